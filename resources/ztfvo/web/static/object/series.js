// What is drawn, of what /lc answers: numbers as they came, to the digit.

// Columns of a quantity: value, error towards smaller and towards larger values.
export const QUANTITIES = {
  mag: { title: "AB magnitude", columns: ["mag", "magerr", "magerr"], magnitudes: true },
  flux: { title: "Flux density", columns: ["flux", "fluxerr", "fluxerr"] },
  diffmag: {
    title: "AB magnitude of the difference",
    columns: ["diffmag", "diffmag_err_bright", "diffmag_err_faint"], magnitudes: true,
  },
  diffflux: {
    title: "Difference of flux density", columns: ["diffflux", "diffflux_err", "diffflux_err"],
  },
};
const MOST_OWN = 20_000;
const FIRST_JD = 2.4e6;  // from here on a time is no MJD
const WIDE = 1;  // mag: points with larger errors do not widen the range shown

// From the phase of the epoch: as numpy's modulo, at least 0 and less than 1.
export function phase(hmjd, period, epoch) {
  let part = ((hmjd - epoch) / period) % 1;
  if (part < 0) part += 1;
  return part < 1 ? part : 0;
}

// Series of an answer of /lc: one for each light curve, here and of other services.
export function read(answer, quantity, asked) {
  const own = answer.lightcurves.map((curve) => ({
    ...points(curve, curve.nrows, QUANTITIES[quantity].columns, (row) =>
      (curve.catflags[row] ?? 0) !== 0 || !(curve.magerr[row] > 0)),
    name: String(curve.oid),
    oid: String(curve.oid),
    band: curve.filter,
    main: asked.includes(String(curve.oid)),
    detail: `field ${curve.fieldid}, channel ${curve.rcid}`,
    separation: curve.separation,
  }));
  return [...own, ...(answer.outside ?? []).flatMap((source) => beside(source, quantity))];
}

// Those of a service outside: detections and limits of each of its filters.  Where differences are
// asked for, they are what the service has.
function beside(source, quantity) {
  const columns = quantity.endsWith("flux") ? ["flux", "fluxerr", "fluxerr"] : ["mag", "magerr", "magerr"];
  const filters = [...new Set(source.rows.filter)];
  return filters.flatMap((band) => [false, true].map((limits) => {
    const chosen = source.rows.filter.flatMap(
      (one, row) => (one === band && source.rows.limit[row] === limits ? [row] : []));
    const rows = Object.fromEntries(Object.entries(source.rows).map(
      ([name, values]) => [name, chosen.map((row) => values[row])]));
    if (limits) {
      rows.flux = rows.mag.map((mag) => (mag === null ? null : jansky(mag)));
      rows.magerr = rows.fluxerr = chosen.map(() => 0);
    }
    return {
      ...points(rows, chosen.length, columns, () => false),
      name: `${source.source} ${band}${limits ? " limits" : ""}`, oid: null, band, main: false, limits,
      detail: source.object ?? "", source: source.source, title: source.title,
      wavelength: source.filters[band]?.wavelength_eff ?? null,
    };
  })).filter((one) => one.rows.hmjd.length);
}

const jansky = (mag) => 10 ** (0.4 * (8.9 - mag));

// Own photometry, as a CSV file with a line of names has it: mjd (heliocentric, UTC), mag (AB), magerr
// and filter.  Throws an Error with a sentence where it has something else.
export function own(text, quantity, label) {
  const [head, ...lines] = text.trim().split(/\r?\n/).map((line) => line.split(",").map((cell) => cell.trim()));
  if (lines.length > MOST_OWN) {
    throw new Error(`${label} has ${lines.length.toLocaleString("en")} epochs, ${MOST_OWN.toLocaleString("en")} are the limit.`);
  }
  const names = head.map((name) => name.toLowerCase());
  const at = (...known) => names.findIndex((name) => known.includes(name));
  const [time, mag, error, filter] = [
    at("hmjd", "mjd"), at("mag"), at("magerr", "err"), at("filter", "band")];
  if (time < 0 || mag < 0 || error < 0) {
    if (/[;\t]/.test(text.slice(0, text.search(/\r?\n/)))) throw new Error(`${label} has no commas between its columns: write it with commas.`);
    throw new Error(`${label} has no columns mjd, mag and magerr: name them in its first line.`);
  }
  if (!lines.length) throw new Error(`${label} has names of columns and no epochs.`);
  const number = (line, cell, row) => {
    const value = Number(line[cell]);
    if (line[cell] === "" || !Number.isFinite(value)) {
      throw new Error(`${label}, line ${row + 2}: ${line[cell] || "nothing"} is not a number.`);
    }
    return value;
  };
  const bands = [...new Set(lines.map((line) => line[filter] ?? ""))];
  return bands.map((band) => {
    const mine = lines.flatMap((line, row) => ((line[filter] ?? "") === band ? [[line, row]] : []));
    const rows = { hmjd: [], mag: [], magerr: [], flux: [], fluxerr: [] };
    for (const [line, row] of mine) {
      const [hmjd, is, err] = [time, mag, error].map((cell) => number(line, cell, row));
      if (hmjd > FIRST_JD) {
        throw new Error(`${label}, line ${row + 2}: ${line[time]} looks like a JD, and times here are MJD: MJD = JD - 2400000.5.`);
      }
      rows.hmjd.push(hmjd);
      rows.mag.push(is);
      rows.magerr.push(err);
      rows.flux.push(jansky(is));
      rows.fluxerr.push(0.4 * Math.LN10 * jansky(is) * err);
    }
    const columns = quantity.endsWith("flux") ? ["flux", "fluxerr", "fluxerr"] : ["mag", "magerr", "magerr"];
    return {
      ...points(rows, mine.length, columns, () => false), name: `${label} ${band}`.trim(), oid: null,
      band, main: false, detail: "own points", title: label, mine: true,
    };
  });
}

function points(rows, count, [value, below, above], isFlagged) {
  const arrays = { x: [], y: [], low: [], high: [], flagged: [], row: [] };
  for (let index = 0; index < count; index += 1) {
    const is = rows[value][index];
    if (is === null) continue;
    const [down, up] = [rows[below][index], rows[above][index]];
    arrays.x.push(rows.hmjd[index]);
    arrays.y.push(is);
    arrays.low.push(down > 0 ? is - down : is);
    arrays.high.push(up > 0 ? is + up : is);
    arrays.flagged.push(isFlagged(index) ? 1 : 0);
    arrays.row.push(index);
  }
  return {
    x: Float64Array.from(arrays.x), y: Float64Array.from(arrays.y),
    low: Float64Array.from(arrays.low), high: Float64Array.from(arrays.high),
    flagged: Uint8Array.from(arrays.flagged), row: Uint32Array.from(arrays.row), rows,
    hmjd: Float64Array.from(arrays.x),
  };
}

// Have the series' x be phases, those of bins as they were computed, or times where there is no
// period.
export function fold(series, period, epoch) {
  for (const one of series) {
    for (let index = 0; index < one.x.length; index += 1) {
      one.x[index] = period === null ? one.hmjd[index]
        : one.rows.phase && one.rows.npoints ? one.rows.phase[one.row[index]]
          : phase(one.hmjd[index], period, epoch);
    }
  }
}

// Range of x and y of what is shown, with some room.  Neither flagged points nor such with errors of a
// magnitude and more widen it, unless there are no others.
export function extent(series, quantity, cycles) {
  const around = (careful) => {
    const found = { x: [Infinity, -Infinity], y: [Infinity, -Infinity] };
    const widen = (range, low, high) => {
      range[0] = Math.min(range[0], low);
      range[1] = Math.max(range[1], high);
    };
    for (const one of series) {
      for (let index = 0; index < one.x.length; index += 1) {
        widen(found.x, one.x[index], one.x[index]);
        const wide = one.limits || (one.rows.magerr?.[one.row[index]] ?? 0) >= WIDE;
        if (careful && (one.flagged[index] || wide)) continue;
        widen(found.y, wide ? one.y[index] : one.low[index], wide ? one.y[index] : one.high[index]);
      }
    }
    return found;
  };
  let found = around(true);
  if (found.y[1] < found.y[0]) found = around(false);
  if (found.y[1] < found.y[0]) return { x: [0, 1], y: [0, 1], empty: true };
  const room = ([low, high], share) => {
    const reach = share * (high - low) || Math.abs(high) * share || 1;
    return [low - reach, high + reach];
  };
  return { x: cycles ? [0, cycles] : room(found.x, 0.03), y: room(found.y, 0.05), empty: false };
}

const UNITS = [[1, "Jy"], [1e-3, "mJy"], [1e-6, "µJy"], [1e-9, "nJy"]];

// Unit that a range of flux densities (Jy) is written in.
export function unit(quantity, range) {
  if (QUANTITIES[quantity].magnitudes) return { factor: 1, name: "mag" };
  const most = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  const [factor, name] = UNITS.find(([size]) => most >= size) ?? UNITS.at(-1);
  return { factor, name };
}
