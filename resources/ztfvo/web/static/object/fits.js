// A FITS image of one header and data unit (FITS standard 4.0, sections 3 and 4), as cutouts are.

const BLOCK = 2880, CARD = 80;
const READERS = {
  8: (view, at) => view.getUint8(at),
  16: (view, at) => view.getInt16(at),
  32: (view, at) => view.getInt32(at),
  "-32": (view, at) => view.getFloat32(at),
  "-64": (view, at) => view.getFloat64(at),
};

// Pixels by rows from the first, with NaN where there is none; throws an Error with a sentence.
export function readImage(buffer) {
  const { header, end } = readHeader(buffer);
  const { BITPIX, NAXIS, NAXIS1: width, NAXIS2: height } = header;
  const read = READERS[BITPIX];
  if (header.SIMPLE !== true || NAXIS !== 2 || !read) throw new Error("The file is no FITS image of two axes.");
  const size = Math.abs(BITPIX) / 8;
  if (buffer.byteLength < end + width * height * size) throw new Error("The FITS file breaks off.");
  const view = new DataView(buffer, end);
  const pixels = new Float32Array(width * height);
  const scale = header.BSCALE ?? 1, zero = header.BZERO ?? 0;
  for (let index = 0; index < pixels.length; index += 1) {
    const value = read(view, index * size);
    pixels[index] = BITPIX > 0 && value === header.BLANK ? NaN : zero + scale * value;
  }
  return { width, height, pixels, header };
}

function readHeader(buffer) {
  const header = {};
  const bytes = new Uint8Array(buffer);
  for (let at = 0; at + CARD <= bytes.length; at += CARD) {
    const card = String.fromCharCode(...bytes.subarray(at, at + CARD));
    const name = card.slice(0, 8).trim();
    if (name === "END") return { header, end: BLOCK * Math.ceil((at + CARD) / BLOCK) };
    if (card[8] === "=" && card[9] === " ") header[name] = valueOf(card.slice(10));
  }
  throw new Error("The file has no FITS header.");
}

function valueOf(text) {
  const quoted = /^\s*'((?:[^']|'')*)'/.exec(text);
  if (quoted) return quoted[1].replaceAll("''", "'").trimEnd();
  const word = text.split("/")[0].trim();
  if (word === "T" || word === "F") return word === "T";
  return word === "" ? null : Number(word.replace("D", "E"));
}

export const STRETCHES = {
  asinh: (part) => Math.asinh(10 * part) / Math.asinh(10),
  linear: (part) => part,
  sqrt: (part) => Math.sqrt(part),
  log: (part) => Math.log10(1 + 999 * part) / 3,
};

// Values that are black and white: a little below the sky and near the brightest, by percentiles.
export function levels(pixels, low = 1, high = 99.5) {
  const sorted = Float32Array.from(pixels.filter((one) => Number.isFinite(one))).sort();
  if (!sorted.length) return [0, 1];
  const at = (percent) => sorted[Math.round((percent / 100) * (sorted.length - 1))];
  const [black, white] = [at(low), at(high)];
  return white > black ? [black, white] : [black, black + 1];
}

// Grey, 0 to 255, by rows from the top as pictures have them; no pixel is 128 where there is none.
export function grey({ width, height, pixels }, stretch, [black, white]) {
  const made = new Uint8ClampedArray(width * height);
  const bend = STRETCHES[stretch];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = pixels[row * width + column];
      const part = Math.min(1, Math.max(0, (value - black) / (white - black)));
      made[(height - 1 - row) * width + column] = Number.isFinite(value) ? Math.round(255 * bend(part)) : 128;
    }
  }
  return made;
}
