// Periods of the light curves that are shown: the periodogram, whose peaks fold the light curve.

import { address, json, Refused } from "../page/ask.js";
import { fill, find, make } from "../page/dom.js";
import { counted } from "./numbers.js";
import { drawSpectrum } from "./spectrum.js";

export function start({ data, state, form, refolded }) {
  const place = find("#periodogram"), opener = find("#show-periodogram");
  const title = find("#periodogram-title");
  const said = make("p", { role: "status", class: "quiet" });
  const picture = make("figure"), list = make("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Peaks" });
  const method = make("select", {}, make("option", { value: "lombscargle" }, "Lomb-Scargle"), make("option", { value: "box" }, "Box (eclipses)"));
  const bound = (label) => make("input", { type: "text", inputMode: "decimal", size: 8, "aria-label": label, placeholder: "auto" });
  const [least, most] = [bound("Shortest period (d)"), bound("Longest period (d)")];
  const go = make("button", { type: "button", onclick: load }, "Search");
  const path = data.addresses.periodogram.split("?")[0];
  fill(place, title, make("p", { class: "row" }, make("label", { class: "check" }, "By ", method), "from ", least, " to ", most, " d ", go), said, picture, list,
    make("p", {}, make("a", { href: data.addresses.periodogram }, "As JSON"), " · ",
      make("a", { href: `${data.addresses.periodogram}&RESPONSEFORMAT=png` }, "PNG")));

  const pairs = () => {
    const shown = state.series.filter((one) => one.oid && !one.hidden).map((one) => one.oid);
    return [["ID", (shown.length ? shown : data.oids).join(",")], ["METHOD", method.value],
      ...(least.value.trim() ? [["MIN_PERIOD", least.value.trim()]] : []), ...(most.value.trim() ? [["MAX_PERIOD", most.value.trim()]] : [])];
  };

  async function load() {
    said.textContent = "Searching …";
    said.classList.remove("bad");
    try {
      const answer = await json(address(path, pairs()));
      const left = answer.left_out.join(" ");
      said.textContent = `${answer.method.title}, ${answer.grid.number.toLocaleString("en")} frequencies, ${counted(answer.lightcurves.length, "light curve")}. ${left}`;
      drawSpectrum(picture, answer, fold);
      show(answer.peaks);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      said.textContent = fault.message;
      said.classList.add("bad");
      fill(picture, null);
      fill(list);
    }
  }

  function fold(period) {
    form.elements.PERIOD.value = Number(period.toPrecision(10));
    refolded(true);
  }
  const foldBy = (period, text) => make("button", { type: "button", onclick: () => fold(period) }, text);

  function show(peaks) {
    const number = (value, digits) => (value === null ? "" : String(Number(value.toPrecision(digits))));
    fill(list, make("table", { class: "peaks" },
      make("thead", {}, make("tr", {}, ...["Period (d)", "Error (d)", "Power", "S/N", "False alarm", "Flags", "Instead"].map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, ...peaks.map((peak) => make("tr", { class: peak.flags.length ? "alias" : "" },
        make("td", {}, foldBy(peak.period, number(peak.period, 9))), make("td", { class: "number" }, number(peak.period_error, 2)),
        make("td", { class: "number" }, number(peak.power, 3)), make("td", { class: "number" }, number(peak.s_to_n, 3)),
        make("td", { class: "number" }, number(peak.fap, 2)), make("td", {}, peak.flags.join(", ")),
        make("td", {}, ...peak.alternatives.map((one) => {
          const button = foldBy(one.period, `${one.factor === 2 ? "×2" : "½"}${one.preferred ? " (better)" : ""}`);
          button.title = one.reason;
          return button;
        })))))));
  }

  let loaded = false;
  opener.hidden = false;
  opener.addEventListener("click", () => {
    place.hidden = !place.hidden;
    opener.setAttribute("aria-expanded", String(!place.hidden));
    if (!place.hidden && !loaded) {
      loaded = true;
      load();
    }
  });
}
