// The page of light curves: what is asked for, what comes, what is drawn, and who is to know of it.

import { address, json, Refused } from "../page/ask.js";
import { all, find, make } from "../page/dom.js";
import { moment } from "./dates.js";
import { startFolding } from "./folding.js";
import { showLegend } from "./legend.js";
import { counted } from "./numbers.js";
import { makePlot } from "./plot.js";
import { showReferences } from "./references.js";
import { extent, fold, own as readOwn, QUANTITIES, read, unit } from "./series.js";
import { addressOf, asked, epochOf, folds, modelFits, nameOf, OF_MODEL, ofPage, setUnseen, valueOf, without } from "./state.js";

const data = JSON.parse(find("#page-data").textContent);
const form = find("#choices"), said = find("#plot-said"), host = find("#plot");
const NOT_TO_BE_USED = 32768;  // catflags
const LARGEST = 2e6;  // bytes of a file of own points
const page = new EventTarget();
const state = { pairs: asked(form), own: ofPage(location.search), mine: [], series: [], curves: null };
const outside = new Map();  // by source and what it was asked: the answer, or why there is none
let running = null;

const tell = (name, detail) => page.dispatchEvent(new CustomEvent(name, { detail }));
const quantity = () => valueOf(state.pairs, "QUANTITY") ?? "mag";
const number = (name) => (valueOf(state.pairs, name) === null ? null : Number(valueOf(state.pairs, name)));

function keep() {
  history.replaceState(null, "", addressOf(location.pathname, state.pairs, state.own) + location.hash);
  for (const link of all("#downloads [data-format]")) {
    const pairs = "figure" in link.dataset && modelFits(state.pairs) ? state.pairs : without(state.pairs, ...OF_MODEL);
    link.href = address(data.addresses.lc, [
      ...data.oids.map((oid) => ["ID", oid]), ...pairs, ["RESPONSEFORMAT", link.dataset.format]]);
  }
}

// Epochs are asked for as the form says; folding is done here, but that of bins.
function request(pairs) {
  const folded = valueOf(pairs, "BIN") !== null || !folds(pairs);
  const wanted = without(pairs, "WITH", "CYCLES", "TITLE", "CAPTION", ...OF_MODEL, ...(folded ? [] : ["PERIOD", "EPOCH"]));
  return address(data.addresses.lc, [
    ...data.oids.map((oid) => ["ID", oid]), ...wanted, ["RESPONSEFORMAT", "json"]]);
}

// What cannot be had changes nothing but the sentence below the plot.
async function load() {
  running?.abort();
  const mine = running = new AbortController();
  const pairs = asked(form);
  said.classList.remove("bad");
  try {
    const answer = await json(request(pairs), { signal: mine.signal });
    state.pairs = pairs;
    state.curves = answer;
    state.quantity = quantity();
    keep();
    show();
    folding.follow();
    await askOthers();
  } catch (fault) {
    if (fault.name === "AbortError") return;
    if (!(fault instanceof Refused)) throw fault;
    said.textContent = fault.message;
    said.classList.add("bad");
    tell("refused", fault);
  }
}

// Each service outside is asked by itself, once, and fails alone; who takes its mark off and sets it
// again has it asked again.
async function askOthers() {
  const names = state.pairs.filter(([name]) => name === "WITH").flatMap(([, value]) => value.split(","));
  const time = state.pairs.filter(([name]) => name === "TIME");
  state.outside = names.map((name) => {
    const at = address(`/outside/${name}/lc`, [["ID", data.oids[0]], ...releaseOf(), ...time, ["RESPONSEFORMAT", "json"]]);
    return { name, at };
  });
  const wanted = new Set(state.outside.map(({ at }) => at));
  for (const [at, answer] of outside) if (answer.fault && !wanted.has(at)) outside.delete(at);
  tell("outside");
  await Promise.all([...wanted].filter((at) => !outside.has(at)).map(async (at) => {
    outside.set(at, {});
    try {
      outside.set(at, await json(at));
    } catch (fault) {
      outside.set(at, { fault });
    }
    show(true);
  }));
}

const releaseOf = () => (data.release ? [["RELEASE", data.release]] : []);

function othersFound() {
  return (state.outside ?? []).flatMap(({ at }) => outside.get(at)?.outside ?? []);
}

function outsideStates() {
  return (state.outside ?? []).map(({ name, at }) => {
    const answer = outside.get(at);
    if (!answer?.fault && !answer?.outside) return { name, state: "asked" };
    if (answer.fault) return { name, state: answer.fault.state ?? "unavailable", reason: answer.fault.message };
    const [source] = answer.outside;
    return { name, state: source.state, reason: source.reason, object: source.object, epochs: source.nrows };
  });
}

function show(keepView = false) {
  const chosen = state.quantity;
  const others = othersFound().filter((one) => one.state === "found");
  const hidden = new Set(state.own.HIDE.split(",").filter(Boolean));
  state.series = [
    ...read({ ...state.curves, outside: others }, chosen, data.oids),
    ...state.mine.flatMap(({ text, label }) => readOwn(text, chosen, label)),
  ];
  const alike = new Map();  // light curves of one band differ in hue
  for (const one of state.series) {
    one.hidden = hidden.has(one.name);
    if (!one.oid) continue;
    one.variant = alike.get(one.band) ?? 0;
    alike.set(one.band, one.variant + 1);
  }
  draw(keepView);
  showLegend(find("#legend"), state.series, toggle, outsideStates(), plot.hue);
  showReferences(find("#references") ?? referencesPlace(), state.curves.lightcurves, chosen, setReferences);
  tell("drawn");
  if (!keepView) requestAnimationFrame(() => performance.mark("drawn"));
}

function referencesPlace() {
  const place = make("fieldset", { id: "references", hidden: true });
  find("#legend").before(place);
  return place;
}

function draw(keepView = false) {
  const chosen = state.quantity, period = number("PERIOD"), epoch = number("EPOCH") ?? 0;
  fold(state.series, period, epoch);
  const cycles = period === null ? 0 : 2;
  const range = extent(state.series.filter((one) => !one.hidden), chosen, cycles);
  const shape = unit(chosen, range.y);
  plot.show({
    series: state.series, range, unit: shape, repeat: cycles || 1,
    inverted: Boolean(QUANTITIES[chosen].magnitudes), calendar: period === null,
    xTitle: period === null ? "Heliocentric MJD (UTC)" : `Phase, P = ${Number(period.toPrecision(10))} d`,
    yTitle: `${QUANTITIES[chosen].title}${shape.name === "mag" ? "" : ` (${shape.name})`}`,
  }, keepView && Boolean(plot.view()));
  find("#all-times").hidden = valueOf(state.pairs, "TIME") === null;
  said.textContent = !range.empty ? chosenText() || summaryText()
    : state.series.length && state.series.every((one) => one.hidden) ? "All light curves are hidden: show one below."
      : state.curves.notes.join(" ") || "There is nothing to draw: no epoch is left, or none has this quantity.";
}

function summaryText() {
  const shown = state.series.filter((one) => !one.hidden);
  const points = shown.reduce((sum, one) => sum + one.x.length, 0);
  const flagged = shown.reduce((sum, one) => sum + one.flagged.reduce((part, flag) => part + flag, 0), 0);
  return `${counted(points, "point")} of ${shown.length} series${flagged ? `, ${flagged} of them flagged (crosses)` : ""}.`;
}

// A point in words: what, when, how bright.
function describe(one, row) {
  const columns = QUANTITIES[state.quantity].columns;
  const [value, below, above] = (one.rows[columns[0]] ? columns : QUANTITIES[state.quantity.endsWith("flux") ? "flux" : "mag"].columns)
    .map((name) => one.rows[name][row]);
  const scale = QUANTITIES[state.quantity].magnitudes ? { factor: 1, name: "mag" } : unit(state.quantity, [value, value]);
  const written = (each) => (each / scale.factor).toFixed(scale.factor === 1 ? 3 : 2);
  const hmjd = one.rows.hmjd[row];
  const flag = one.rows.catflags?.[row];
  const flags = flag ? `\ncatflags ${flag}${flag >= NOT_TO_BE_USED ? ", not to be used" : ""}` : "";
  const number = one.rows.npoints ? `\n${one.rows.npoints[row]} epochs` : "";
  const errors = below === above ? `± ${written(below)}` : `+${written(above)} −${written(below)}`;
  const what = `${one.title ?? one.name} ${one.oid || one.title ? one.band : ""}`.trim();
  return `${what}\nHMJD ${hmjd.toFixed(5)}\n${moment(hmjd)}\n${one.limits ? "fainter than " : ""}`
    + `${written(value)}${one.limits ? "" : ` ${errors}`} ${scale.name}${flags}${number}`;
}

function chosenText() {
  const point = chosenPoint();
  return point ? describe(point.series, point.row).replaceAll("\n", " · ") : "";
}

function chosenPoint() {
  const epoch = epochOf(state.own.SHOW);
  if (!epoch || valueOf(state.pairs, "BIN")) return null;
  const one = state.series.find((each) => each.oid === epoch.oid);
  const row = one ? one.rows.hmjd.findIndex((hmjd) => Math.abs(hmjd - epoch.hmjd) < 6e-6) : -1;
  return row < 0 ? null : { series: one, row };
}

function choose(name, row) {
  const one = state.series.find((each) => each.name === name);
  plot.choose({ name, row });
  said.textContent = describe(one, row).replaceAll("\n", " · ");
  if (!one.oid || one.rows.npoints) return;
  state.own.SHOW = nameOf(one.oid, one.rows.hmjd[row]);
  keep();
  tell("chosen", { oid: one.oid, hmjd: one.rows.hmjd[row] });
}

function toggle(name, shown) {
  for (const one of state.series) if (name === null || one.name === name) one.hidden = !shown;
  state.own.HIDE = state.series.filter((one) => one.hidden).map((one) => one.name).join(",");
  keep();
  draw(true);
}

function setReferences(words) {
  setUnseen(form, ["REFMAG"], words.map((word) => ["REFMAG", word]));
  load();
}

function setModel(pairs) {
  setUnseen(form, OF_MODEL, pairs);
  state.pairs = asked(form);
  keep();
}

// A period or its zero of phases needs no other epochs, but those of bins.
function refolded(final) {
  const pairs = asked(form);
  if (!folds(pairs)) {
    load();
    return;
  }
  said.classList.remove("bad");
  state.pairs = pairs;
  if (!final) {
    fold(state.series, number("PERIOD"), number("EPOCH") ?? 0);
    plot.redraw(true);
    return;
  }
  keep();
  if (valueOf(state.pairs, "BIN") || !state.curves) load();
  else draw();
  plot.redraw();
  tell("folded");
  folding.follow();
}

// The figure that the page has without scripts.
function showFigure() {
  const without = find("#without-plot");
  if (!without) return;
  host.hidden = true;
  without.replaceWith(...new DOMParser().parseFromString(without.textContent, "text/html").body.childNodes);
}

for (const part of all(".scripted")) part.hidden = false;
host.hidden = false;
find("#legend").hidden = false;
find("[type=submit]", form).hidden = true;
const plot = makePlot(host, { onChoose: choose, onPoint: describe });
const folding = startFolding(form, page, () => state, refolded);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  load();
});
form.addEventListener("change", (event) => {
  if (["PERIOD", "EPOCH"].includes(event.target.name)) refolded(true);
  else load();
});
find(".others").addEventListener("change", load);  // it stands behind the form
find("#reset-view").addEventListener("click", () => plot.reset());
find("#window-view").addEventListener("click", () => {
  if (valueOf(state.pairs, "PERIOD")) {
    said.textContent = "A window is one of times: unfold the light curve first.";
    return;
  }
  form.elements.TIME.value = plot.view().x.map((one) => one.toFixed(5)).join(" ");
  load();
});
find("#all-times").addEventListener("click", () => {
  form.elements.TIME.value = "";
  load();
});

function addOwn(file) {
  if (file.size > LARGEST) {
    said.textContent = `${file.name} has ${(file.size / 1e6).toFixed(1)} MB, ${LARGEST / 1e6} MB are the limit.`;
    return;
  }
  file.text().then((text) => {
    try {
      readOwn(text, state.quantity, file.name);
    } catch (fault) {
      said.textContent = fault.message;
      return;
    }
    state.mine.push({ text, label: file.name });
    show();
  });
}
find("#own-points").addEventListener("change", (event) => [...event.target.files].forEach(addOwn));
host.addEventListener("dragover", (event) => event.preventDefault());
host.addEventListener("drop", (event) => {
  event.preventDefault();
  [...event.dataTransfer.files].forEach(addOwn);
});

page.addEventListener("drawn", () => {
  const point = chosenPoint();
  plot.choose(point ? { name: point.series.name, row: point.row } : null);
});
page.addEventListener("outside", () => showLegend(find("#legend"), state.series, toggle, outsideStates(), plot.hue));

// For tests, and for people who want to look behind: what is drawn, and where.
window.ztfvo = { plot, state, page };

keep();
load();

// The rest of the page comes when the curve is drawn; each part is a module that fails alone.
const parts = ["image", "summary", "matches", "features", "records", "photometry", "periodogram", "supernova", "similar", "sky", "tools"];
page.addEventListener("drawn", () => requestAnimationFrame(() => setTimeout(() => {
  for (const name of parts.splice(0)) {
    import(`./${name}.js`).then((part) => part.start({ data, state, page, form, choose, keep, refolded, setModel, plot }));
  }
})), { once: true });
page.addEventListener("refused", () => {
  if (!state.curves) showFigure();
});
