// What is asked for, as the form has it and as the address of the page says it: the parameters of
// /lc, and those of the page alone.

import { make } from "../page/dom.js";

// Of a model of supernovae that figures show.
export const OF_MODEL = ["MODEL", "MIN_Z", "MAX_Z", "EBV", "HOST_DUST"];
export const OF_PAGE = ["SHOW", "HIDE", "MATCH_RADIUS", "FEATURES"];
const DEFAULTS = { QUANTITY: "mag", QUALITY: "all", RADIUS: "0" };

// Parameters of /lc that the form asks for, without those that say nothing.
export function asked(form) {
  const found = [...new FormData(form)]
    .map(([name, value]) => [name, String(value).trim()])
    .filter(([name, value]) => value && DEFAULTS[name] !== value);
  const has = (...names) => found.some(([name]) => names.includes(name));
  return has("PERIOD", "BIN") ? found : without(found, "EPOCH");
}

// Whether folding is what can be done here: others' numbers are the service's to explain.
export function folds(pairs) {
  const bounds = { PERIOD: [1e-5, 1e6], EPOCH: [-1e6, 2.4e6] };
  return Object.entries(bounds).every(([name, [least, most]]) => {
    const value = valueOf(pairs, name);
    return value === null || (Number(value) >= least && Number(value) <= most);
  });
}

// Have the form ask for these by fields that nobody sees, in place of those of the names.
export function setUnseen(form, names, pairs) {
  for (const name of names) for (const input of form.querySelectorAll(`[type=hidden][name=${name}]`)) input.remove();
  form.append(...pairs.map(([name, value]) => make("input", { type: "hidden", name, value })));
}

// Whether a figure can show the model: it is of time, and has the dust of the Galaxy in it.
export const modelFits = (pairs) => !valueOf(pairs, "PERIOD") && !valueOf(pairs, "DEREDDEN");

export const valueOf = (pairs, name) => pairs.find(([each]) => each === name)?.[1] ?? null;
export const without = (pairs, ...names) => pairs.filter(([name]) => !names.includes(name));

// Parameters of the page alone, by name; what is not there is "".
export function ofPage(search) {
  const given = new URLSearchParams(search);
  const found = Object.fromEntries(OF_PAGE.map((name) => [name, ""]));
  for (const [name, value] of given) {
    if (OF_PAGE.includes(name.toUpperCase())) found[name.toUpperCase()] = value;
  }
  return found;
}

// The address of the page in this state.
export function addressOf(path, pairs, own) {
  const all = [...pairs, ...OF_PAGE.filter((name) => own[name]).map((name) => [name, own[name]])];
  const text = new URLSearchParams(all).toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text ? `${path}?${text}` : path;
}

// The chosen epoch: OID-HMJD, as /epoch names it.
export function epochOf(text) {
  const [, oid, hmjd] = /^(\d+)-(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return oid ? { oid, hmjd: Number(hmjd) } : null;
}

export const nameOf = (oid, hmjd) => `${oid}-${hmjd.toFixed(5)}`;
