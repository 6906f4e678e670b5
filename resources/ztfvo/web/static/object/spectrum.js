// The drawing of a periodogram: power against period, with its peaks, which a click chooses.

import uPlot from "/static/vendor/uplot/dist/uPlot.esm.js";

const NEAR = 30;  // px
const HEIGHT = 260;

// Draw what /periodogram answers; `choose` is called with the period of the peak that is clicked.
export function drawSpectrum(place, { periodogram, peaks }, choose) {
  place.replaceChildren();
  const periods = periodogram.frequency.map((one) => 1 / one).reverse();
  const powers = [...periodogram.power].reverse();
  const style = getComputedStyle(place);
  const text = style.color;
  const axis = { stroke: text, font: "13px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif",
    grid: { stroke: "rgba(128, 128, 128, .25)", width: 1 }, ticks: { show: false } };
  const drawing = new uPlot({
    width: Math.max(place.clientWidth, 280), height: HEIGHT, legend: { show: false },
    scales: { x: { time: false, distr: 3 }, y: { range: (_, __, top) => [0, 1.12 * top] } },
    series: [{}, { stroke: text, width: 1, points: { show: false } }],
    axes: [{ ...axis, label: "Period (d)", labelSize: 20 }, { ...axis, label: "Power", labelSize: 20, size: 50 }],
    cursor: { points: { show: false }, drag: { x: true, y: false } },
    hooks: { draw: [mark] },
  }, [periods, powers], place);

  function mark(u) {
    const { ctx } = u;
    ctx.save();
    ctx.font = `bold ${13 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    for (const [number, peak] of peaks.entries()) {
      const x = u.valToPos(peak.period, "x", true), y = u.valToPos(peak.power, "y", true);
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
      // An alias is marked by brackets, and paler.
      ctx.globalAlpha = peak.flags.length ? 0.55 : 1;
      ctx.fillStyle = text;
      ctx.fillText(peak.flags.length ? `(${number + 1})` : String(number + 1), x, y - 6 * devicePixelRatio);
    }
    ctx.restore();
  }

  drawing.over.setAttribute("title", "Click a peak to fold the light curve with it");
  drawing.over.addEventListener("click", (event) => {
    const box = drawing.over.getBoundingClientRect();
    const at = event.clientX - box.left;
    const [nearest] = peaks.map((peak) => ({ peak, far: Math.abs(drawing.valToPos(peak.period, "x") - at) }))
      .sort((one, two) => one.far - two.far);
    if (nearest && nearest.far <= NEAR) choose(nearest.peak.period);
  });
  new ResizeObserver(() => {
    if (place.clientWidth) drawing.setSize({ width: place.clientWidth, height: HEIGHT });
  }).observe(place);
  place.spectrum = drawing;
}
