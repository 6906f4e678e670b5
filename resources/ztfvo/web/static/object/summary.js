// What is known of the object, as it comes; the sentence that says it stands at the head of the page.

import { address, lines, Refused } from "../page/ask.js";
import { fill, find, link, make } from "../page/dom.js";

const GROUPS = {
  identification: "Identification", name: "Names", type: "Types", class: "Classes", period: "Periods",
  distance: "Distances", redshift: "Redshift", extinction: "Extinction", magnitude: "Magnitudes (AB)", colour: "Colours",
  "absolute magnitude": "Absolute magnitude", position: "Position", knowledge: "Experts", link: "Elsewhere",
};

export function start({ data, state, page, form, refolded }) {
  const place = find("#summary"), sentence = find("#sentence"), names = find("#names");
  const list = make("dl", { class: "summary" }), missing = make("p", { class: "quiet" });
  const said = make("p", { role: "status", class: "quiet" });
  fill(place, find("h2", place), said, list, missing,
    make("p", {}, make("a", { href: data.addresses.summary }, "As JSON"), " · ",
      make("a", { href: `${data.addresses.summary}&RESPONSEFORMAT=votable` }, "VOTable")));
  let running = null;

  async function load() {
    running?.abort();
    const mine = running = new AbortController();
    const facts = [];
    said.textContent = "Asking catalogues and services …";
    const radii = state.own.MATCH_RADIUS.split(",").filter(Boolean).map((one) => ["RADIUS", one]);
    const version = state.own.FEATURES ? [["VERSION", state.own.FEATURES]] : [];
    const take = (part) => {
      facts.push(...(part.facts ?? []));
      if (part.kind === "end") {
        sentence.textContent = part.sentence;
        missing.textContent = (part.notes ?? []).join(" ");
        said.textContent = "";
      }
      show(facts);
    };
    try {
      await lines(address(data.addresses.summary.split("?")[0],
        [["ID", data.oids[0]], ...radii, ...version, ["RESPONSEFORMAT", "jsonl"]]), take, { signal: mine.signal });
    } catch (fault) {
      if (fault.name === "AbortError") return;
      if (!(fault instanceof Refused)) throw fault;
      said.textContent = fault.message;
    }
  }

  function show(facts) {
    const groups = Map.groupBy ? Map.groupBy(facts, (one) => one.group) : grouped(facts);
    const order = [...new Set([...Object.keys(GROUPS), ...groups.keys()])];
    fill(list, ...order.filter((name) => groups.has(name)).flatMap((name) => [
      make("dt", {}, GROUPS[name] ?? name),
      ...groups.get(name).map((fact) => make("dd", {}, ...inWords(fact)))]));
    page.dispatchEvent(new CustomEvent("periods", { detail: groups.get("period") ?? [] }));
    // A bare number says nothing without its catalogue.
    const known = new Map((groups.get("name") ?? []).map((one) => [String(one.value), one.title]));
    names.textContent = [...known].map(([name, title]) => (/^\d+$/.test(name) ? `${title} ${name}` : name)).join(" · ");
  }

  function inWords(fact) {
    const generic = ["name", "type", "class", "period", "distance", "redshift"].includes(fact.name);
    const text = `${generic ? "" : `${fact.name} `}${fact.value}${fact.unit ? ` ${fact.unit}` : ""}`;
    const value = fact.name === "period" ? make("button", {
      type: "button", class: "plain", title: "Fold the light curve with it",
      onclick: () => {
        form.elements.PERIOD.value = fact.value;
        refolded(true);
      },
    }, text) : fact.group === "link" ? link(String(fact.title ?? fact.name), fact.link) : text;
    if (fact.group === "link") return [value];
    const where = `${fact.title}${fact.separation === undefined ? "" : `, ${fact.separation.toFixed(2)}″`}`;
    return [value, " ", make("span", { class: "quiet" }, "(", fact.link ? link(where, fact.link) : where,
      fact.note ? `; ${fact.note}` : "", ")")];
  }

  page.addEventListener("radius", load);
  page.addEventListener("version", load);
  load();
}

function grouped(facts) {
  const found = new Map();
  for (const fact of facts) found.set(fact.group, [...(found.get(fact.group) ?? []), fact]);
  return found;
}
