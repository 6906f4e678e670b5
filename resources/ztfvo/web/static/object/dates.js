// Times and their ticks. Epochs are heliocentric MJD (UTC), so dates are heliocentric too: up to
// 8.3 minutes from those at the Earth.

const UNIX = 40587;
const DAY = 86400000;

export const dateOf = (mjd) => new Date(Math.round((mjd - UNIX) * DAY));
const mjdOf = (year, month, day) => Date.UTC(year, month, day) / DAY + UNIX;

// As 2019-01-31 04:05:06.
export const moment = (mjd) => dateOf(mjd).toISOString().slice(0, 19).replace("T", " ");

const STEPS = [
  ...[1, 2, 5, 10].map((days) => ({ days, length: days })),
  ...[1, 2, 3, 6].map((months) => ({ months, length: 30.44 * months })),
  ...[1, 2, 5, 10, 20, 50].map((years) => ({ months: 12 * years, length: 365.25 * years })),
];

// Ticks of a calendar: at most `most` of them between two MJD, on round dates.
export function calendar(low, high, most) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  if (span < most) return hours(low, high, most);
  const step = STEPS.find((one) => span / one.length <= most) ?? STEPS.at(-1);
  const first = dateOf(low);
  const ticks = [];
  let year = first.getUTCFullYear(), month = first.getUTCMonth();
  if (step.months) month -= month % Math.min(step.months, 12);
  if (step.months > 12) year -= year % (step.months / 12);
  for (let count = 0; count < 1000; count += 1) {
    if (step.months) {
      const at = mjdOf(year, month + count * step.months, 1);
      if (at > high) break;
      if (at >= low) ticks.push(at);
      continue;
    }
    const start = mjdOf(year, month + count, 1);
    if (start > high) break;
    const end = mjdOf(year, month + count + 1, 1);
    // The last days of a month have no tick where the next month's first is near.
    for (let at = start; at <= end - step.days / 2 - 0.5; at += step.days) {
      if (at >= low && at <= high) ticks.push(at);
    }
  }
  return ticks.map((at) => ({ at, text: written(at, step) }));
}

function written(at, step) {
  const text = dateOf(at).toISOString();
  return step.months >= 12 ? text.slice(0, 4) : step.months ? text.slice(0, 7) : text.slice(0, 10);
}

function hours(low, high, most) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];
  const step = (steps.find((one) => ((high - low) * 1440) / one <= most) ?? 1440) / 1440;
  const ticks = [];
  for (let number = Math.ceil(low / step); number * step <= high && ticks.length < 50; number += 1) {
    const at = number * step;
    ticks.push({ at, text: moment(at).slice(5, 16) });
  }
  return ticks;
}
