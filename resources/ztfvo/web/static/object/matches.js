// Objects of catalogues at the place: each catalogue with its own radius and state, nearest first.

import { address, json, lines, Refused } from "../page/ask.js";
import { fill, find, link, make } from "../page/dom.js";
import { table } from "../page/tables.js";

const HIDDEN = new Set(["place", "separation_as_listed", "position_angle", "record"]);
const STATES = { empty: "nothing", unavailable: "no answer", malformed: "unreadable", asked: "asked …" };

export function start({ data, state, page, keep }) {
  const place = find("#matches"), path = data.addresses.match.split("?")[0];
  const said = make("p", { class: "quiet", role: "status" }, "Asking …");
  const list = make("div", { class: "matches" });
  fill(place, find("h2", place), said, list, make("p", {}, make("a", { href: data.addresses.match }, "As JSON")));
  const entries = new Map();
  const radii = () => Object.fromEntries(state.own.MATCH_RADIUS.split(",").filter(Boolean).map((one) => one.split(":")));

  function entry(catalog) {
    const title = make("span", {}, catalog.title), count = make("span", { class: "quiet" }, STATES.asked);
    const body = make("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": catalog.title });
    const radius = make("input", { type: "text", inputMode: "decimal", size: 4, value: catalog.radius, "aria-label": `Radius of ${catalog.title} (arcsec)` });
    const again = make("button", { type: "button", onclick: () => ask(catalog.name) }, "Ask again");
    const details = make("details", { class: "match" },
      make("summary", {}, title, " ", count), make("p", { class: "row" }, make("label", { class: "check" }, "Within ", radius, "″"), again,
        link("About", catalog.about)), body);
    radius.addEventListener("change", () => {
      state.own.MATCH_RADIUS = Object.entries({ ...radii(), [catalog.name]: radius.value.trim() })
        .filter(([, value]) => value).map((one) => one.join(":")).join(",");
      keep();
      ask(catalog.name);
      page.dispatchEvent(new CustomEvent("radius"));
    });
    return { catalog, count, body, details, title };
  }

  function show(name, answer) {
    const one = entries.get(name);
    const rows = answer.rows ?? [];
    const simulated = one.catalog.simulated ? ", simulated" : "";
    one.details.classList.toggle("bad-state", answer.state === "unavailable" || answer.state === "malformed");
    one.count.textContent = answer.state === "found"
      ? `${rows.length}, nearest ${rows[0].separation === null || rows[0].separation === undefined ? "" : `${rows[0].separation.toFixed(2)}″`}${simulated}`
      : `${STATES[answer.state] ?? answer.state}${simulated}`;
    one.details.open = answer.state === "found" && rows.length <= 3 && one.catalog.name !== "vizier";
    if (answer.state !== "found") {
      fill(one.body, make("p", {}, answer.reason ?? `Nothing within ${one.catalog.radius}″.`));
    } else {
      const columns = one.catalog.columns.filter((column) => !HIDDEN.has(column.name)
        && rows.some((row) => row[column.name] !== null && row[column.name] !== undefined));
      fill(one.body, table(columns, rows, { link: (row) => row.record, first: one.catalog.yields.name }));
    }
    page.dispatchEvent(new CustomEvent("matched", { detail: { catalog: one.catalog, rows } }));
    one.state = answer.state;
    sort();
    tally();
  }

  // Catalogues that have something and those still asked stand by themselves, the others together.
  const groups = [["without a usable answer", ["unavailable", "malformed"]], ["with nothing here", ["empty"]]].map(([what, states]) => {
    const title = make("summary", {}), inner = make("div", {});
    return { what, states, title, inner, details: make("details", { class: "group", hidden: true }, title, inner) };
  });

  function sort() {
    const all = [...entries.values()];
    const grouped = new Set(groups.flatMap((group) => group.states));
    list.append(...all.filter((one) => !grouped.has(one.state))
      .sort((a, b) => Number(a.state !== "found") - Number(b.state !== "found")).map((one) => one.details));
    for (const { what, states, title, inner, details } of groups) {
      const mine = all.filter((one) => states.includes(one.state)).map((one) => one.details);
      inner.append(...mine);
      title.textContent = `${mine.length} ${what}`;
      details.hidden = !mine.length;
      list.append(details);
    }
  }

  function tally() {
    const states = [...entries.values()].map((one) => one.state);
    const of = (...names) => states.filter((one) => names.includes(one)).length;
    const waiting = states.filter((one) => !one).length;
    said.textContent = `${of("found")} of ${states.length} catalogues have something, ${of("empty")} nothing`
      + `${of("unavailable", "malformed") ? `, ${of("unavailable", "malformed")} do not answer` : ""}${waiting ? `, ${waiting} still asked` : ""}.`;
  }

  async function ask(name) {
    const one = entries.get(name);
    one.count.textContent = STATES.asked;
    const own = radii()[name];
    try {
      const answer = await json(address(path, [["ID", data.oids[0]], ["CATALOG", name], ...(own ? [["RADIUS", `${name}:${own}`]] : [])]));
      Object.assign(one.catalog, answer.catalogs[0]);
      show(name, answer.catalogs[0].answers[0]);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      show(name, { state: "unavailable", reason: fault.message });
    }
  }

  const own = Object.entries(radii()).map((one) => ["RADIUS", one.join(":")]);
  lines(address(path, [["ID", data.oids[0]], ...own, ["RESPONSEFORMAT", "jsonl"]]), (part) => {
    if (part.kind === "begin") {
      for (const catalog of part.catalogs) {
        entries.set(catalog.name, entry(catalog));
      }
      sort();
      tally();
    } else if (part.kind === "answer") show(part.catalog, part);
  }).catch((fault) => {
    if (!(fault instanceof Refused)) throw fault;
    said.textContent = fault.message;
  });
}
