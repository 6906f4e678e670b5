// What experts say of the light curve: the history for everyone, and a form for those who are logged in.
// The knowledge database is asked as its API says; a newer record is shown, never written over.

import { json, Refused } from "../page/ask.js";
import { fill, find, make } from "../page/dom.js";

export function start({ data }) {
  const place = find("#records-panel"), base = data.addresses.kdb;
  if (!place || !base || !base.startsWith("/")) return;  // at another host it has pages of its own
  const api = (path) => `${base}/api/v1/${path}`;
  const oid = data.oids[0];
  const said = make("p", { role: "status" }), form = make("form", { class: "record", hidden: true });
  const login = make("p", { hidden: true }, make("a", { href: `${base}/login?next=${encodeURIComponent(`${base}/objects/${oid}`)}` }, "Log in"), " to record what you see.");
  const history = make("details", { class: "history", ontoggle: () => { if (history.open) showHistory(); } },
    make("summary", {}, `History of ${oid}`), make("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "History" }));
  fill(place, said, form, login, history);
  const known = { session: null, state: null, tags: null };

  async function showHistory() {
    const body = find("div", history);
    try {
      const rows = await everyPage(api(`objects/${oid}/history/`));
      fill(body, rows.length ? make("table", {},
        make("thead", {}, make("tr", {}, ...["When (UTC)", "Who", "Tags", "Description", "Release"].map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...rows.reverse().map((row) => make("tr", {},
          make("td", {}, row.changed_at.slice(0, 16).replace("T", " ")), make("td", { dir: "auto" }, row.author),
          make("td", {}, row.deleted ? "deleted" : row.tags.join(", ")), make("td", { dir: "auto", class: "text" }, row.description),
          make("td", {}, row.release))))) : make("p", {}, "Nothing was recorded."));
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      fill(body, make("p", {}, fault.message));
    }
  }

  async function everyPage(address) {
    const rows = [];
    for (let next = address; next;) {
      const part = await json(next);
      rows.push(...part.results);
      next = part.next && new URL(part.next).pathname + new URL(part.next).search;
    }
    return rows;
  }

  async function load() {
    try {
      known.session = await json(api("session/"));
      login.hidden = Boolean(known.session.public_name);
      if (!known.session.may_annotate) return;
      [known.state, known.tags] = await Promise.all([json(api(`objects/${oid}/`)), json(api("tags/"))]);
      showForm(known.state.current);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      said.textContent = fault.status === 0 || fault.status >= 500
        ? "The knowledge database does not answer: try again in a minute." : fault.message;
    }
  }

  function showForm(current) {
    const has = new Set(current?.tags ?? []);
    const hint = make("p", { class: "quiet hint", "aria-live": "polite" });
    const tags = known.tags.filter((tag) => !tag.retired && !tag.merged_into).sort((one, two) => one.order - two.order);
    const groups = [...new Set(tags.map((tag) => tag.group))];
    const tell = (tag) => { hint.textContent = `${tag.name}: ${tag.description}`; };
    const box = (tag) => make("label", { class: "check", title: tag.description, onmouseenter: () => tell(tag) },
      make("input", { type: "checkbox", name: "tags", value: tag.name, checked: has.has(tag.name), onfocus: () => tell(tag), onchange: () => tell(tag) }), tag.name);
    const text = make("textarea", { name: "description", rows: 4, cols: 60, maxLength: 20000, dir: "auto" });
    text.value = current?.description ?? "";
    fill(form,
      ...groups.map((group) => make("fieldset", { class: "tags" }, make("legend", {}, group || "other"),
        ...tags.filter((tag) => tag.group === group).map(box))),
      hint, make("label", {}, "Description", text),
      make("label", { class: "check" }, make("input", { type: "checkbox", name: "public", checked: current?.public ?? true }), "Everyone may read it"),
      make("p", { class: "row" }, make("button", { type: "submit" }, "Record"), make("button", { type: "reset" }, "As before"),
        make("span", { class: "quiet" }, `as ${known.session.public_name}`)));
    form.hidden = false;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const body = {
      oid: Number(oid), release: data.release, tags: given.getAll("tags"), description: given.get("description"),
      public: given.get("public") !== null, based_on: known.state.newest,
    };
    const answer = await fetch(api("annotations/"), {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": known.session.csrf_token }, body: JSON.stringify(body),
    }).catch(() => null);
    if (answer?.ok) {
      const made = await answer.json();
      known.state = await json(api(`objects/${oid}/`));
      said.textContent = `Recorded, ${made.changed_at.slice(0, 16).replace("T", " ")} UTC.`;
      if (history.open) showHistory();
      return;
    }
    if (answer?.status === 409) {
      known.state = await json(api(`objects/${oid}/`));
      const { current } = known.state;
      said.textContent = `${current?.author ?? "Somebody"} recorded something meanwhile: ${current ? `${current.tags.join(", ") || "no tags"}. ${current.description}` : "the record was deleted"}.`
        + " Nothing of yours is lost: look at both, then record again.";
      return;
    }
    said.textContent = answer ? reasons(await answer.json().catch(() => ({}))) || `Not recorded: status ${answer.status}.`
      : "Not recorded: the knowledge database does not answer.";
  });

  const reasons = (body) => Object.entries(body).map(([name, value]) => `${name === "detail" ? "" : `${name}: `}${[value].flat().join(" ")}`).join(" ");

  load();
}
