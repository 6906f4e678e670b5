// Outlines of markers, added to a path.
export const OUTLINES = {
  circle(path, x, y, size) {
    path.moveTo(x + size, y);
    path.arc(x, y, size, 0, 2 * Math.PI);
  },
  square: (path, x, y, size) => path.rect(x - 0.88 * size, y - 0.88 * size, 1.76 * size, 1.76 * size),
  diamond: (path, x, y, size) => polygon(path, [[x, y - 1.3 * size], [x + 1.3 * size, y], [x, y + 1.3 * size], [x - 1.3 * size, y]]),
  triangle: (path, x, y, size) => polygon(path, [[x, y - 1.2 * size], [x + 1.1 * size, y + 0.8 * size], [x - 1.1 * size, y + 0.8 * size]]),
  limit: (path, x, y, size) => polygon(path, [[x - 0.8 * size, y - 0.5 * size], [x + 0.8 * size, y - 0.5 * size], [x, y + size]]),
  star: (path, x, y, size) => polygon(path, Array.from({ length: 10 }, (_, corner) => {
    const [reach, angle] = [(corner % 2 ? 0.55 : 1.4) * size, (corner * Math.PI) / 5];
    return [x + reach * Math.sin(angle), y - reach * Math.cos(angle)];
  })),
  pentagon: (path, x, y, size) => polygon(path, Array.from({ length: 5 }, (_, corner) =>
    [x + 1.2 * size * Math.sin(corner * 0.4 * Math.PI), y - 1.2 * size * Math.cos(corner * 0.4 * Math.PI)])),
};

function polygon(path, corners) {
  path.moveTo(...corners[0]);
  for (const corner of corners.slice(1)) path.lineTo(...corner);
  path.closePath();
}

export function cross(path, x, y, size) {
  path.moveTo(x - size, y - size);
  path.lineTo(x + size, y + size);
  path.moveTo(x - size, y + size);
  path.lineTo(x + size, y - size);
}
