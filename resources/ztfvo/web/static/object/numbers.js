// Numbers as people write them.

// A value as its error allows: two digits of it.
export function within(value, error) {
  if (!(error > 0)) return String(Number(value.toPrecision(8)));
  const digits = 1 - Math.floor(Math.log10(error));
  const size = Math.floor(Math.log10(Math.abs(value) || error));
  return digits >= 0 && digits <= 6 ? value.toFixed(digits)
    : String(Number(value.toPrecision(Math.min(17, Math.max(1, size + digits + 1)))));
}

// A number of things, in words.
export const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;
