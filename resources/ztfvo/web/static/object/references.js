// Reference magnitudes of differences: those of the catalogue, and others in their place.

import { fill, make } from "../page/dom.js";

export function showReferences(place, curves, quantity, set) {
  place.hidden = !quantity.startsWith("diff");
  if (place.hidden) return;
  const rows = curves.map((curve) => {
    const value = (name) => (curve[name] === null ? "" : String(Number(curve[name].toFixed(4))));
    const input = (name, label) => make("input", {
      type: "text", inputMode: "decimal", size: 8, value: value(name), "aria-label": `${label} of ${curve.oid}`,
    });
    const [mag, error] = [input("refmag", "Reference magnitude"), input("refmagerr", "Its error")];
    return { curve, mag, error, asGiven: [mag.value, error.value] };
  });
  const changed = () => set(rows
    .filter(({ mag, error, asGiven }) => mag.value.trim() && (mag.value !== asGiven[0] || error.value !== asGiven[1] || given(mag)))
    .map(({ curve, mag, error }) => `${curve.oid}:${mag.value.trim()}${error.value.trim() ? `:${error.value.trim()}` : ""}`));
  const given = (input) => input.dataset.own === "yes";
  for (const { mag, error } of rows) {
    for (const one of [mag, error]) one.addEventListener("change", changed);
  }
  fill(place, make("legend", {}, "Reference magnitudes (AB)"),
    ...rows.map(({ curve, mag, error }) => make("span", { class: "reference" },
      `${curve.oid} ${curve.filter} `, mag, " ± ", error)),
    make("button", { type: "button", onclick: () => set([]) }, "Those of the catalogue"));
}
