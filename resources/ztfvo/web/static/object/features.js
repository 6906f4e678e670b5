// Features of the light curve, in the set that is chosen.

import { address, json, Refused } from "../page/ask.js";
import { fill, find, make } from "../page/dom.js";
import { valueOf } from "./state.js";

export function start({ data, state, page, keep }) {
  const place = find("#features");
  const sets = make("select", {}), said = make("p", { role: "status", class: "quiet" });
  const list = make("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Features" }), downloads = make("p", { class: "row" });
  fill(place, find("h2", place), make("p", { class: "row" }, make("label", { class: "check" }, "Set ", sets)), said, list, downloads);
  const path = data.addresses.features.split("?")[0];
  let running = null, asked = null;

  const pairs = () => [
    ...data.oids.map((oid) => ["ID", oid]),
    ...(sets.value || state.own.FEATURES ? [["VERSION", sets.value || state.own.FEATURES]] : []),
    ...["TIME", "BAD_CATFLAGS_MASK"].flatMap((name) => {
      const value = valueOf(state.pairs, name);
      return value ? [[name, value]] : [];
    }),
  ];

  async function load() {
    const where = address(path, pairs());
    if (where === asked) return;
    asked = where;
    running?.abort();
    const mine = running = new AbortController();
    try {
      const answer = await json(where, { signal: mine.signal });
      said.textContent = [`${answer.set.title}.`, ...answer.set.differences, ...answer.notes, ...answer.left_out].join(" ");
      show(answer);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      if (!(fault instanceof Refused)) throw fault;
      said.textContent = fault.message;
      fill(list);
    }
    fill(downloads, ...["csv", "votable", "json"].map((form) =>
      make("a", { class: "button", href: address(path, [...pairs(), ["RESPONSEFORMAT", form]]) }, form)));
  }

  function show(answer) {
    const rows = [...answer.features].sort((one, two) => one.name.localeCompare(two.name));
    const value = (curve, name) => {
      const is = curve.values[name];
      return is === null || is === undefined ? "" : String(Number(is.toPrecision(4)));
    };
    fill(list, make("table", { class: "features" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Feature"),
        ...answer.lightcurves.map((curve) => make("th", { scope: "col", class: "number" }, `${curve.oid} ${curve.filter}`)))),
      make("tbody", {}, ...rows.map((one) => make("tr", {},
        make("th", { scope: "row", title: `${one.description} (${one.reference})` }, one.name, one.unit ? make("span", { class: "quiet" }, ` ${one.unit}`) : ""),
        ...answer.lightcurves.map((curve) => make("td", { class: "number" }, value(curve, one.name))))))));
  }

  sets.addEventListener("change", () => {
    state.own.FEATURES = sets.value;
    keep();
    load();
    page.dispatchEvent(new CustomEvent("version"));
  });
  page.addEventListener("drawn", load);
  const known = data.feature_sets;
  fill(sets, ...known.map((one) => make("option", { value: one.name, selected: one.name === state.own.FEATURES, title: one.title }, one.name)));
  load();
}
