// What a survey of the sky says of itself.

/** Return the properties of a survey by their names, as the HiPS standard (1.0, 4.4.1) writes them. */
export function read(text) {
  const lines = text.split("\n").map((line) => /^\s*([^#=\s]+)\s*=\s*(.*?)\s*$/.exec(line));
  return Object.fromEntries(lines.filter(Boolean).map(([, name, value]) => [name, value]));
}
