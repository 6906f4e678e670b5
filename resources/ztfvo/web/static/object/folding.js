// Folding: half and twice the period, a fine period, the zero of phases.

import { all, fill, find, make } from "../page/dom.js";

const MOST_KNOWN = 4;

export function startFolding(form, page, current, refold) {
  const place = find("#folding"), now = find("#period-now");
  const fine = find("#period-slider"), zero = find("#phase-slider");
  const period = form.elements.PERIOD, epoch = form.elements.EPOCH;
  const format = (value) => String(Number(value.toPrecision(10)));
  let base = null, zeroBase = null;

  // The slider goes to where a fifth of a cycle is lost or won per unit of frequency resolution.
  function span() {
    const times = current().series.flatMap((one) => [one.hmjd[0], one.hmjd[one.hmjd.length - 1]]);
    const length = Math.max(...times) - Math.min(...times);
    return 3 / (Number.isFinite(length) && length > 0 ? length : 1000);
  }

  fine.addEventListener("input", () => {
    base ??= Number(period.value);
    const frequency = 1 / base + (Number(fine.value) / 1000) * span();
    if (frequency <= 0) return;
    period.value = format(1 / frequency);
    now.value = `${period.value} d`;
    refold(false);
  });
  fine.addEventListener("change", () => {
    base = null;
    fine.value = 0;
    refold(true);
  });
  zero.addEventListener("input", () => {
    zeroBase ??= Number(epoch.value) || 0;
    epoch.value = (zeroBase + Number(zero.value) * Number(period.value)).toFixed(5);
    refold(false);
  });
  zero.addEventListener("change", () => {
    zeroBase = null;
    zero.value = 0;
    refold(true);
  });
  for (const button of all("button", place)) {
    button.addEventListener("click", () => {
      period.value = format(Number(period.value) * (button.dataset.period === "half" ? 0.5 : 2));
      refold(true);
    });
  }

  // Periods that are known are offered while none is chosen.
  const known = make("span", { id: "known-periods", class: "row", hidden: true });
  find("#choices").after(known);
  page.addEventListener("periods", ({ detail }) => {
    const sources = new Map();
    for (const { value, title } of detail) sources.set(format(value), [...(sources.get(format(value)) ?? []), title]);
    fill(known, "Known periods: ", ...[...sources].slice(0, MOST_KNOWN).map(([value, titles]) => make("button", {
      type: "button", class: "plain", title: titles.join(", "),
      onclick: () => {
        period.value = value;
        refold(true);
      },
    }, `${value} d`)));
    known.dataset.number = sources.size;
    follow();
  });

  function follow() {
    const value = Number(period.value);
    place.hidden = !(value > 0);
    known.hidden = value > 0 || !Number(known.dataset.number);
    now.value = value > 0 ? `${format(value)} d` : "";
  }

  return {
    // Show the tools where the light curve is folded.
    follow,
  };
}
