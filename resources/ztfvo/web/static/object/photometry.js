// The epochs of the light curves as a table, as /lc has them.

import { all, fill, find, make } from "../page/dom.js";
import { moment } from "./dates.js";

const FIRST = 25;

export function start({ state, page, choose }) {
  const place = find("#photometry");
  place.hidden = false;
  place.classList.add("whole");
  let open = false;

  function show() {
    const curves = state.series.filter((one) => one.oid);
    const names = ["hmjd", "phase", "mag", "magerr", "flux", "fluxerr", "diffflux", "diffflux_err", "diffmag",
      "diffmag_err_bright", "diffmag_err_faint", "clrcoeff", "catflags", "npoints"]
      .filter((name) => curves.some((one) => one.rows[name]));
    const rows = curves.flatMap((one) => one.rows.hmjd.map((hmjd, row) => ({ one, row, hmjd })))
      .sort((a, b) => a.hmjd - b.hmjd);
    const shown = open ? rows : rows.slice(0, FIRST);
    const cell = (value, name) => make("td", { class: "number" },
      value === null || value === undefined ? "" : name === "hmjd" ? value.toFixed(5) : String(Number(value.toPrecision(name.includes("flux") ? 5 : 6))));
    fill(place, find("h2", place),
      make("div", { class: "wide", role: "region", tabIndex: 0, "aria-labelledby": "photometry-title" }, make("table", {},
        make("thead", {}, make("tr", {}, ...["OID", "band", "date (UTC)", ...names].map((name) =>
          make("th", { scope: "col", title: state.curves.columns[name]?.description ?? "" }, name,
            state.curves.columns[name]?.unit ? make("span", { class: "quiet" }, ` ${state.curves.columns[name].unit}`) : "")))),
        make("tbody", {}, ...shown.map(({ one, row, hmjd }) => make("tr", {},
          make("th", { scope: "row" }, make("button", { type: "button", class: "plain", onclick: () => choose(one.name, row) }, one.oid)),
          make("td", {}, one.band), make("td", {}, moment(hmjd)), ...names.map((name) => cell(one.rows[name]?.[row], name))))))),
      rows.length > FIRST ? make("button", {
        type: "button", "aria-expanded": String(open),
        onclick: () => {
          open = !open;
          show();
          all("button", place).at(-1).focus();
        },
      }, open ? `The first ${FIRST} only` : `All ${rows.length} epochs`) : null);
  }

  page.addEventListener("drawn", show);
  show();
}
