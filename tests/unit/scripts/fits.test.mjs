import assert from "node:assert/strict";
import { test } from "node:test";
import { grey, levels, readImage } from "../../../resources/ztfvo/web/static/object/fits.js";

function file(cards, size, write) {
  const buffer = new ArrayBuffer(2880 + 2880 * Math.ceil(size / 2880));
  const bytes = new Uint8Array(buffer).fill(32, 0, 2880);
  [...cards, "END"].forEach((card, number) => {
    [...card].forEach((letter, at) => { bytes[80 * number + at] = letter.charCodeAt(0); });
  });
  write(new DataView(buffer, 2880));
  return buffer;
}
const card = (name, value) => `${name.padEnd(8)}= ${String(value).padStart(20)} / about it`;
const head = (bitpix, ...more) => [card("SIMPLE", "T"), card("BITPIX", bitpix), card("NAXIS", 2), card("NAXIS1", 3), card("NAXIS2", 2), ...more];

test("floating-point pixels are read by rows, with big ends first", () => {
  const { width, height, pixels } = readImage(file(head(-32), 24, (view) => [1, 2, 3, 4, 5, NaN].forEach((value, at) => view.setFloat32(4 * at, value))));
  assert.deepEqual([width, height, [...pixels]], [3, 2, [1, 2, 3, 4, 5, NaN]]);
});

test("whole numbers are scaled, and blank ones are not known", () => {
  const cards = head(16, card("BSCALE", 0.5), card("BZERO", "1.0D2"), card("BLANK", -7));
  const { pixels } = readImage(file(cards, 12, (view) => [0, 2, -4, -7, 1, 10].forEach((value, at) => view.setInt16(2 * at, value))));
  assert.deepEqual([...pixels], [100, 101, 98, NaN, 100.5, 105]);
});

test("texts of the header lose their quotes", () => {
  const { header } = readImage(file(head(8, "OBJECT  = 'O''Neil  '           / name"), 6, () => {}));
  assert.equal(header.OBJECT, "O'Neil");
});

test("what is no image, or breaks off, is refused in words", () => {
  assert.throws(() => readImage(new ArrayBuffer(2880)), /no FITS header/);
  assert.throws(() => readImage(file([card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0)], 1, () => {})), /no FITS image/);
  assert.throws(() => readImage(file(head(-32), 24, () => {}).slice(0, 2890)), /breaks off/);
  assert.throws(() => readImage(new TextEncoder().encode("<html>".padEnd(4000)).buffer), /no FITS header/);
});

test("pictures are drawn from the top, black to white, and grey where nothing is known", () => {
  const image = { width: 2, height: 2, pixels: Float32Array.from([0, 10, NaN, 5]) };
  assert.deepEqual([...grey(image, "linear", [0, 10])], [128, 128, 0, 255]);
  assert.equal(grey(image, "sqrt", [0, 10])[1], Math.round(255 * Math.sqrt(0.5)));
});

test("levels leave out the ends, and are never the same", () => {
  const pixels = Float32Array.from({ length: 1001 }, (_, at) => at);
  assert.deepEqual(levels(pixels), [10, 995]);
  assert.deepEqual(levels(Float32Array.from([3, 3, NaN])), [3, 4]);
  assert.deepEqual(levels(Float32Array.from([NaN])), [0, 1]);
});
