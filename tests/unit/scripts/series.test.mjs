import assert from "node:assert/strict";
import { test } from "node:test";
import { extent, fold, own, phase, read, unit } from "../../../resources/ztfvo/web/static/object/series.js";

const curve = (more = {}) => ({
  oid: 680113300005170, filter: "zg", fieldid: 680, rcid: 50, separation: 0, nrows: 4,
  hmjd: [58000.5, 58001, 58002, 58003.25], mag: [15, 16, 14, 15.5], magerr: [0.1, 0.2, 0, 1.5],
  flux: [3e-3, 1e-3, 9e-3, 2e-3], fluxerr: [1e-4, 1e-4, 0, 2e-3],
  diffmag: [17, null, 16, 18], diffmag_err_bright: [0.1, null, 0.2, 0.3], diffmag_err_faint: [0.2, null, 0.3, 0.9],
  catflags: [0, 32768, 0, 0], ...more,
});
const drawn = (quantity, more) => read({ lightcurves: [curve(more)] }, quantity, ["680113300005170"])[0];

test("a phase is at least 0 and less than 1, before the epoch too", () => {
  assert.equal(phase(58001, 2, 58000), 0.5);
  assert.equal(phase(57999.5, 2, 58000), 0.75);
  assert.equal(phase(58000, 2, 58000), 0);
  assert.equal(phase(58000 - 1e-17, 2, 58000), 0);
  assert.ok(phase(-1e-18, 1, 0) < 1);
});

test("flagged are points with flags or without an error, and only those", () => {
  assert.deepEqual([...drawn("mag").flagged], [0, 1, 1, 0]);
});

test("points without a value are left out, and keep the row they came from", () => {
  const one = drawn("diffmag");
  assert.deepEqual([...one.y], [17, 16, 18]);
  assert.deepEqual([...one.row], [0, 2, 3]);
  assert.deepEqual([...one.x], [58000.5, 58002, 58003.25]);
});

test("the error of a difference magnitude is that towards each side", () => {
  const one = drawn("diffmag");
  assert.deepEqual([one.low[0], one.high[0]], [17 - 0.1, 17 + 0.2]);
});

test("flagged points and such with errors of a magnitude do not widen the range of values", () => {
  const { x, y } = extent([drawn("mag")], "mag", 0);
  assert.ok(y[0] > 14.8 && y[1] < 15.7, `${y}`);
  assert.ok(x[0] < 58000.5 && x[1] > 58003.25, `${x}`);
});

test("where all points are flagged they make the range", () => {
  const { y, empty } = extent([drawn("mag", { catflags: [1, 1, 1, 1] })], "mag", 0);
  assert.equal(empty, false);
  assert.ok(y[0] < 14 && y[1] > 16);
});

test("no points are an empty range, one point a range around it", () => {
  assert.equal(extent([], "mag", 0).empty, true);
  const single = drawn("mag", { nrows: 1, hmjd: [58000], mag: [15], magerr: [0.1], catflags: [0] });
  const { x, y } = extent([single], "mag", 0);
  assert.ok(x[0] < 58000 && x[1] > 58000 && y[0] < 15 && y[1] > 15);
});

test("folding turns times into phases, and back", () => {
  const one = drawn("mag");
  fold([one], 2, 58000);
  assert.deepEqual([...one.x], [0.25, 0.5, 0, 0.625]);
  fold([one], null, 0);
  assert.deepEqual([...one.x], [58000.5, 58001, 58002, 58003.25]);
});

test("bins keep the phases that they were computed with", () => {
  const one = drawn("mag", { phase: [0.1, 0.2, 0.3, 0.4], npoints: [1, 1, 1, 1] });
  fold([one], 2, 58000);
  assert.deepEqual([...one.x], [0.1, 0.2, 0.3, 0.4]);
});

test("flux densities are written in the unit of their size", () => {
  assert.deepEqual(unit("flux", [0, 2e-3]), { factor: 1e-3, name: "mJy" });
  assert.deepEqual(unit("diffflux", [-4e-6, 1e-6]), { factor: 1e-6, name: "µJy" });
  assert.deepEqual(unit("mag", [14, 15]), { factor: 1, name: "mag" });
  assert.deepEqual(unit("flux", [0, 0]), { factor: 1e-9, name: "nJy" });
});

const outside = {
  source: "gaia_photometry", title: "Gaia", state: "found", object: "Gaia DR3 1", filters: { G: { wavelength_eff: 6e-7 } },
  rows: { filter: ["G", "G", "BP"], hmjd: [57000, 57001, 57002], mag: [15, 18, 16], magerr: [0.01, null, 0.02],
    flux: [3e-3, null, 1e-3], fluxerr: [1e-5, null, 2e-5], limit: [false, true, false] },
};

test("a service outside has a series for each filter, and one for its limits", () => {
  const found = read({ lightcurves: [], outside: [outside] }, "mag", []);
  assert.deepEqual(found.map((one) => [one.name, [...one.x], Boolean(one.limits)]), [
    ["gaia_photometry G", [57000], false], ["gaia_photometry G limits", [57001], true], ["gaia_photometry BP", [57002], false]]);
  assert.equal(found[0].wavelength, 6e-7);
});

test("a limit in flux is that of its magnitude: 0 mag is 10^3.56 Jy", () => {
  const [, limit] = read({ lightcurves: [], outside: [outside] }, "flux", []);
  assert.ok(Math.abs(limit.y[0] / 10 ** (3.56 - 0.4 * 18) - 1) < 1e-12);
});

test("own points are read by the names of their columns, whatever their order", () => {
  const [v, b] = own("filter,magerr,mjd,mag\nV,0.02,58000.5,15\nB,0.03,58001.5,16\r\n", "mag", "mine.csv");
  assert.deepEqual([v.name, [...v.x], [...v.y], [...v.high]], ["mine.csv V", [58000.5], [15], [15.02]]);
  assert.equal(b.band, "B");
});

test("own points of which something is missing or no number are refused with the line", () => {
  assert.throws(() => own("mjd,flux\n1,2\n", "mag", "x.csv"), /x\.csv has no columns mjd, mag and magerr/);
  assert.throws(() => own("mjd,mag,magerr\n1,2,0.1\n1,,0.1\n", "mag", "x.csv"), /line 3: nothing is not a number/);
  assert.throws(() => own("mjd,mag,magerr\n", "mag", "x.csv"), /names of columns and no epochs/);
  assert.throws(() => own("mjd;mag;magerr\n1;2;0.1\n", "mag", "x.csv"), /no commas between its columns/);
});

test("own points in JD are refused with the way to MJD, and too many with the limit", () => {
  assert.throws(() => own("mjd,mag,magerr\n2458300.5,13,0.05\n", "mag", "x.csv"),
    /line 2: 2458300\.5 looks like a JD, and times here are MJD: MJD = JD - 2400000\.5/);
  const many = (number) => `mjd,mag,magerr\n${"58000,15,0.1\n".repeat(number)}`;
  assert.equal(own(many(20000), "mag", "x.csv")[0].x.length, 20000);
  assert.throws(() => own(many(20001), "mag", "x.csv"), /20,001 epochs, 20,000 are the limit/);
});
