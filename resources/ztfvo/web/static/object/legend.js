// The light curves of the plot: which are shown, and what came of the services that were asked.

import { fill, make } from "../page/dom.js";
import { counted } from "./numbers.js";

const MARKS = { zg: "●", zr: "■", zi: "◆" };
const SAID = {
  asked: "asked …", empty: "has nothing here", unavailable: "does not answer", malformed: "answered otherwise than declared",
};

export function showLegend(place, series, toggle, others, hue) {
  const entry = (one) => make("label", { class: `check series ${one.band}${one.main ? " main" : ""}` },
    make("input", {
      type: "checkbox", checked: !one.hidden, value: one.name,
      onchange: (event) => toggle(one.name, event.target.checked),
    }),
    mark(one),
    `${one.title ? `${one.title} ${one.band}` : `${one.name} ${one.band}`}, ${counted(one.x.length, one.limits ? "limit" : "point")}`,
    one.main ? "" : make("span", { class: "quiet" },
      one.separation === undefined ? ` ${one.detail}` : ` ${one.separation.toFixed(2)}″, ${one.detail}`));
  function mark(one) {
    const made = make("span", { class: "mark", "aria-hidden": "true" }, one.limits ? "▽" : MARKS[one.band] ?? "▲");
    if (one.variant) made.style.color = hue(one);
    return made;
  }
  const states = others.filter((one) => SAID[one.state]).map((one) =>
    make("span", { class: `state ${one.state}` }, `${one.name}: ${one.reason ?? SAID[one.state]}`));
  const buttons = series.length < 2 ? [] : [
    make("button", { type: "button", onclick: () => every(true) }, "All"),
    make("button", { type: "button", onclick: () => every(false) }, "None")];
  function every(shown) {
    for (const input of place.querySelectorAll("input")) input.checked = shown;
    toggle(null, shown);
  }
  fill(place, make("legend", { class: "unseen" }, "Light curves shown"), ...series.map(entry), ...states, ...buttons);
}
