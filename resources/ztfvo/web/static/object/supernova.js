// Models of supernovae, fitted to the light curves that are shown, and drawn into the plot.

import { address, json, Refused } from "../page/ask.js";
import { fill, find, make } from "../page/dom.js";
import { within } from "./numbers.js";
import { modelFits, OF_MODEL, valueOf } from "./state.js";

const AROUND = 30;  // d

export function start({ data, state, page, plot, setModel }) {
  const place = find("#supernova"), opener = find("#show-supernova");
  const said = make("p", { role: "status", class: "quiet" }), table = make("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Parameters" });
  const model = make("select", {}, ...data.models.map((one) => make("option", { value: one.name, disabled: !one.here },
    `${one.name} (${one.type}${one.here ? "" : ", not installed"})`)));
  const bound = (label, value) => make("input", { type: "text", inputMode: "decimal", size: 6, "aria-label": label, value });
  const [least, most] = [bound("Least redshift", "0.01"), bound("Largest redshift", "0.3")];
  const dust = make("input", { type: "checkbox" });
  const given = (name) => valueOf(state.pairs, name);
  const go = make("button", { type: "button", onclick: fit }, "Fit");
  const clear = make("button", { type: "button", onclick: remove }, "Remove");
  const links = make("p", { class: "row" }), hint = make("p", { class: "quiet" });
  const look = make("button", { type: "button", hidden: true, onclick: () => plot.look(spanOf(fitted.curves)) }, "Show its time");
  const spanOf = (curves) => {
    const times = curves.flatMap((curve) => [curve.hmjd[0], curve.hmjd.at(-1)]);
    return [Math.min(...times) - AROUND, Math.max(...times) + AROUND];
  };
  fill(place, find("h3", place), make("p", { class: "row" }, make("label", { class: "check" }, "Model ", model),
    "redshift from ", least, " to ", most, make("label", { class: "check" }, dust, "dust of its galaxy"), go, look, clear), said, hint, table, links);
  let fitted = null;

  const pairs = () => {
    const shown = state.series.filter((one) => one.oid && !one.hidden).map((one) => one.oid);
    return [["ID", (shown.length ? shown : data.oids).join(",")],
      ...state.pairs.filter(([name]) => [...OF_MODEL, "TIME", "BAD_CATFLAGS_MASK", "REFMAG"].includes(name))];
  };

  const asked = () => [["MODEL", model.value], ["MIN_Z", least.value.trim()], ["MAX_Z", most.value.trim()], ["EBV", given("EBV")],
    ["HOST_DUST", dust.checked ? "yes" : ""]].filter(([, value]) => value);

  async function fit() {
    said.textContent = "Fitting, which takes some seconds …";
    said.classList.remove("bad");
    go.disabled = true;
    setModel(asked());
    try {
      const where = pairs();
      fitted = await json(address(data.addresses.fit, where));
      const { parameters, chi_square: chi, degrees_of_freedom: free } = fitted;
      said.textContent = [`${fitted.model.title}: chi-square ${chi.toFixed(1)} for ${free} degrees of freedom, ${fitted.nepochs} epochs.`, ...fitted.notes].join(" ");
      fill(table, make("table", {}, make("thead", {}, make("tr", {}, ...["Parameter", "Value", "Error"].map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...parameters.map((one) => make("tr", {}, make("th", { scope: "row", title: one.description }, one.name, one.unit ? ` (${one.unit})` : ""),
          make("td", { class: "number" }, within(one.value, one.error)),
          make("td", { class: "number" }, one.error === null ? (one.free ? "" : "fixed") : String(Number(one.error.toPrecision(2)))))))));
      fill(links, ...["json", "votable", "png", "pdf"].map((form) =>
        make("a", { class: "button", href: address(data.addresses.fit, [...where, ["RESPONSEFORMAT", form], ["QUANTITY", state.quantity]].filter(([name]) => name !== "QUANTITY" || form.startsWith("p"))) }, form)));
      draw();
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      said.textContent = fault.message;
      said.classList.add("bad");
    } finally {
      go.disabled = false;
    }
  }

  function draw() {
    look.hidden = !fitted;
    hint.textContent = fitted && !modelFits(state.pairs)
      ? "The model is of time, with the dust of the Galaxy in it: it is not drawn over phases or de-reddened epochs, nor into figures of them." : "";
    plot.overlay(!fitted || !modelFits(state.pairs) ? [] : fitted.curves
      .filter((curve) => curve[state.quantity])
      .map((curve) => ({ band: curve.filter, x: curve.hmjd, y: curve[state.quantity] })));
  }

  function remove() {
    fitted = null;
    setModel([]);
    said.textContent = "";
    fill(table);
    fill(links);
    draw();
  }

  page.addEventListener("drawn", draw);
  page.addEventListener("folded", draw);
  opener.hidden = false;
  const open = (opened) => {
    place.hidden = !opened;
    opener.setAttribute("aria-expanded", String(opened));
  };
  opener.addEventListener("click", () => open(place.hidden));
  if (given("MODEL")) {
    model.value = given("MODEL");
    least.value = given("MIN_Z") ?? least.value;
    most.value = given("MAX_Z") ?? most.value;
    dust.checked = given("HOST_DUST") === "yes";
    open(true);
    fit();
  }
}
