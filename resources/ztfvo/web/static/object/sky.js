// The sky around the object, in a frame of its own, which is asked for when it is scrolled to.

import { address } from "../page/ask.js";
import { fill, find, make } from "../page/dom.js";

const FIELD = 2;  // arcmin

export function start({ data, state, page }) {
  const place = find("#sky");
  if (!data.place) {
    place.hidden = true;
    return;
  }
  const [ra, dec] = data.place;
  const matches = new Map(), motions = new Map();
  const said = make("p", { class: "quiet" }, "The object is marked, with the light curves around it.");
  const frame = make("iframe", { title: "Sky around the object", class: "sky" });
  const marks = () => [
    ...state.curves.lightcurves.map((curve) => `${curve.ra},${curve.dec},${curve.oid} ${curve.filter}`),
    ...[...matches.values()].flat().slice(0, 60),
  ];
  const where = () => address("/sky", [["RA", ra], ["DEC", dec], ["FOV", FIELD / 60], ...marks().map((one) => ["MARK", one]), ...[...motions.values()].flat().slice(0, 60).map((one) => ["MOTION", one])]);
  const whole = make("a", { href: where() }, "Larger");
  const renew = make("button", { type: "button", onclick: load }, "Mark matches");
  function load() {
    frame.src = whole.href = where();
  }
  fill(place, find("h2", place), frame, said, make("p", { class: "row" }, renew, whole));
  page.addEventListener("matched", ({ detail: { catalog, rows } }) => {
    const placed = rows.filter((row) => Number.isFinite(row.ra) && Number.isFinite(row.dec)).slice(0, 10);
    const { name, pmra, pmdec } = catalog.yields ?? {};
    matches.set(catalog.name, placed.map((row) => `${row.ra},${row.dec},${row[name] ?? catalog.title}`));
    motions.set(catalog.name, placed.filter((row) => Number.isFinite(row[pmra]) && Number.isFinite(row[pmdec]))
      .map((row) => [row.ra, row.dec, row[pmra], row[pmdec]].join(",")));
  });
  new IntersectionObserver(([entry], observer) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    load();
  }, { rootMargin: "200px" }).observe(place);
}
