// The plot of series.  uPlot has the axes; points, errors, the search for what is under the pointer
// and the keys are here.  Nothing else knows which library draws.
//
//   const plot = makePlot(host, { onChoose, onPoint, onRange });
//   plot.show({ series, range, xTitle, yTitle, unit, inverted, calendar, repeat })
//   plot.choose({ name, row }), plot.redraw(fast), plot.reset(), plot.place(name, row)
//   plot.overlay([{ band, x, y }]): lines over the points

import uPlot from "/static/vendor/uplot/dist/uPlot.esm.js";
import { calendar } from "./dates.js";
import { cross, OUTLINES } from "./markers.js";

const NEAR = 22;  // px
const MANY = 1500;  // points from which on they are sketched while something moves
const SHAPES = { zg: "circle", zr: "square", zi: "diamond" };
const OTHERS = ["triangle", "star", "pentagon"];
const LEAST = 1e-9;
const DARK = matchMedia("screen and (prefers-color-scheme: dark)");
const BLUE = 3.8e-7, RED = 1e-6;  // m: ends of the colours of filters elsewhere

export function makePlot(host, { onChoose, onPoint, onRange }) {
  let shown = { series: [], repeat: 1, unit: { factor: 1 } };
  let view = { x: [0, 1], y: [0, 1] };
  let chosen = null, fast = false, pan = null, lines = [];

  let ink = {};
  const readInk = () => {
    const probe = document.createElement("i");
    host.append(probe);
    const of = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    ink = { text: of("--text"), quiet: of("--quiet"), line: of("--line"), card: of("--card"),
      accent: of("--accent"), link: of("--link"), zg: of("--zg"), zr: of("--zr"), zi: of("--zi") };
    probe.remove();
  };
  readInk();

  const axis = (more) => ({
    stroke: () => ink.text, grid: { stroke: () => ink.line, width: 1 },
    ticks: { stroke: () => ink.line, width: 1 }, font: "13px system-ui, sans-serif",
    labelFont: "13px system-ui, sans-serif", labelSize: 22, ...more,
  });
  const narrow = () => host.clientWidth < 500;
  const dates = (low, high) => calendar(low, high, narrow() ? 3 : Math.floor(host.clientWidth / 130));
  const plain = (values, factor) => {
    const step = Math.abs(values[1] - values[0]) / factor || 1;
    const digits = Math.min(8, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
    return values.map((one) => (one / factor).toFixed(digits).replace(/^-0(\.0*)?$/, "0"));
  };

  const drawing = new uPlot({
    width: 300, height: 300, legend: { show: false }, pxAlign: 0,
    padding: [null, 12, null, null],
    scales: {
      x: { time: false, range: () => view.x },
      y: { range: () => view.y, dir: 1 },
    },
    series: [{}, { paths: () => null, points: { show: false } }],
    axes: [
      axis({ label: "x", values: (_, values) => plain(values, 1) }),
      axis({ label: "y", size: 62, values: (_, values) => plain(values, shown.unit.factor) }),
      axis({
        side: 0, scale: "x", label: "", size: 30, labelSize: 0, grid: { show: false },
        splits: (_, __, low, high) => (shown.calendar ? dates(low, high).map((one) => one.at) : []),
        values: (_, splits) => (shown.calendar && splits.length ? dates(...view.x) : [])
          .map((one) => one.text).slice(0, splits.length),
      }),
    ],
    cursor: {
      points: { show: false },
      drag: { x: true, y: true, uni: 24, setScale: false },
      bind: { dblclick: () => () => { reset(); return null; },
        mousedown: (_, __, handle) => (event) => (event.shiftKey ? startPan(event) : handle(event)) },
    },
    hooks: {
      draw: [draw],
      setSelect: [(u) => zoomTo(u.select)],
      setCursor: [(u) => point(u.cursor.left, u.cursor.top)],
    },
  }, [[0, 1], [null, null]], host);

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  drawing.over.append(tip);

  // Pixels of the canvas.
  const along = (range, start, size, flip) => {
    const scale = size / (range[1] - range[0]);
    return flip ? (value) => start + size - (value - range[0]) * scale
      : (value) => start + (value - range[0]) * scale;
  };
  const scales = (box) => [
    along(view.x, box.left, box.width, false), along(view.y, box.top, box.height, !shown.inverted)];

  function draw(u) {
    const { ctx, bbox } = u;
    const [px, py] = scales(bbox);
    const ratio = uPlot.pxRatio ?? devicePixelRatio;
    const count = shown.series.reduce((sum, one) => sum + (one.hidden ? 0 : one.x.length), 0);
    const bare = fast && count * shown.repeat > MANY;
    const size = Math.min(4.2, Math.max(1.7, 4.4 - 0.9 * Math.log10(Math.max(count, 1) / 100))) * ratio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    let other = 0;
    const order = shown.series.map((one) => {
      const shape = SHAPES[one.band] ?? OTHERS[other++ % OTHERS.length];
      return [one, one.limits ? "limit" : shape];
    });
    order.sort(([one], [two]) => Number(one.main) - Number(two.main));
    for (const [one, shape] of order) {
      if (one.hidden) continue;
      if (bare) sketch(ctx, one, size, px, py);
      else paint(ctx, one, shape, size * (one.main ? 1 : 0.8), px, py, bbox, ratio);
    }
    for (const line of lines) trace(ctx, line, px, py, ratio);
    if (chosen) ring(ctx, px, py, size, ratio);
    ctx.restore();
  }

  // A line through points, interrupted where there is none.
  function trace(ctx, line, px, py, ratio) {
    const path = new Path2D();
    let open = false;
    line.x.forEach((x, index) => {
      const y = line.y[index];
      if (y === null) open = false;
      else if (open) path.lineTo(px(x), py(y));
      else {
        path.moveTo(px(x), py(y));
        open = true;
      }
    });
    ctx.strokeStyle = ink[line.band] ?? ink.link;
    ctx.lineWidth = 2 * ratio;
    ctx.stroke(path);
  }

  // Points as plain squares, which are drawn many times as fast: while something moves.
  function sketch(ctx, one, size, px, py) {
    ctx.fillStyle = hueOf(one);
    const half = Math.max(1, Math.round(0.8 * size));
    for (let turn = 0; turn < shown.repeat; turn += 1) {
      for (let index = 0; index < one.x.length; index += 1) {
        if (!one.flagged[index]) {
          ctx.fillRect(Math.round(px(one.x[index] + turn)) - half, Math.round(py(one.y[index])) - half, 2 * half, 2 * half);
        }
      }
    }
  }

  function paint(ctx, one, shape, size, px, py, bbox, ratio) {
    const good = new Path2D(), bad = new Path2D(), errors = new Path2D();
    const [left, right] = [bbox.left - size, bbox.left + bbox.width + size];
    for (let turn = 0; turn < shown.repeat; turn += 1) {
      for (let index = 0; index < one.x.length; index += 1) {
        const x = px(one.x[index] + turn);
        if (x < left || x > right) continue;
        const y = py(one.y[index]);
        if (one.flagged[index]) cross(bad, x, y, 0.8 * size);
        else {
          OUTLINES[shape](good, x, y, size);
          if (one.high[index] > one.low[index]) {
            errors.moveTo(x, py(one.low[index]));
            errors.lineTo(x, py(one.high[index]));
          }
        }
      }
    }
    const hue = hueOf(one);
    ctx.lineWidth = ratio;
    ctx.strokeStyle = ctx.fillStyle = hue;
    ctx.globalAlpha = 0.45;
    ctx.stroke(errors);
    ctx.globalAlpha = 0.6;
    ctx.stroke(bad);
    ctx.globalAlpha = 1;
    if (!one.main) {
      ctx.fillStyle = ink.card;
      ctx.lineWidth = 1.2 * ratio;
      ctx.fill(good);
      ctx.stroke(good);
    } else ctx.fill(good);
  }

  function hueOf(one) {
    if (ink[one.band] && !one.mine) {
      if (!one.variant) return ink[one.band];
      const [other, share] = [[ink.link, 85], [ink.text, 60], [ink.accent, 75]][(one.variant - 1) % 3];
      return `color-mix(in srgb, ${other} ${share}%, ${ink[one.band]})`;
    }
    if (one.wavelength) {
      const part = Math.min(1, Math.max(0, (one.wavelength - BLUE) / (RED - BLUE)));
      return `hsl(${Math.round(270 * (1 - part))} 70% ${DARK.matches ? 65 : 42}%)`;
    }
    return ink.link;
  }

  function ring(ctx, px, py, size, ratio) {
    const one = shown.series.find((each) => each.name === chosen.name);
    const index = one && !one.hidden ? one.row.indexOf(chosen.row) : -1;
    if (index < 0) return;
    ctx.strokeStyle = ink.link;
    ctx.lineWidth = 2.5 * ratio;
    for (let turn = 0; turn < shown.repeat; turn += 1) {
      ctx.beginPath();
      ctx.arc(px(one.x[index] + turn), py(one.y[index]), size + 5 * ratio, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }

  // The visible point nearest to a place of the plot (CSS px), within reach.
  function nearest(left, top) {
    const box = { left: 0, top: 0, width: drawing.over.clientWidth, height: drawing.over.clientHeight };
    const [px, py] = scales(box);
    let best = null, least = NEAR * NEAR;
    for (const one of shown.series) {
      if (one.hidden) continue;
      for (let turn = 0; turn < shown.repeat; turn += 1) {
        for (let index = 0; index < one.x.length; index += 1) {
          const across = px(one.x[index] + turn) - left;
          if (across * across > least) continue;
          const down = py(one.y[index]) - top;
          const square = across * across + down * down;
          if (square < least) [least, best] = [square, { name: one.name, row: one.row[index], series: one, index, turn }];
        }
      }
    }
    return best;
  }

  function point(left, top) {
    const found = left >= 0 ? nearest(left, top) : null;
    tip.hidden = !found;
    drawing.over.style.cursor = found ? "pointer" : "";
    if (!found) return;
    tip.textContent = onPoint(found.series, found.row);
    const [px, py] = scales({ left: 0, top: 0, width: drawing.over.clientWidth, height: drawing.over.clientHeight });
    const x = px(found.series.x[found.index] + found.turn), y = py(found.series.y[found.index]);
    const room = drawing.over.clientWidth - x > 230;
    tip.style.left = room ? `${x + 14}px` : "";
    tip.style.right = room ? "" : `${drawing.over.clientWidth - x + 14}px`;
    tip.style.top = `${Math.min(y + 10, drawing.over.clientHeight - 90)}px`;
  }

  let pressed = null;
  drawing.over.addEventListener("pointerdown", (event) => { pressed = [event.clientX, event.clientY]; });
  drawing.over.addEventListener("click", (event) => {
    if (pressed && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) > 5) return;
    const box = drawing.over.getBoundingClientRect();
    const found = nearest(event.clientX - box.left, event.clientY - box.top);
    if (found) onChoose(found.name, found.row);
  });

  function setView(x, y) {
    const size = ([low, high]) => Math.max(high - low, LEAST);
    view = { x: [x[0], x[0] + size(x)], y: [y[0], y[0] + size(y)] };
    drawing.redraw(false, true);
    drawing.setScale("x", { min: view.x[0], max: view.x[1] });
    onRange?.(view, isWhole());
  }

  const isWhole = () => shown.range && view.x[0] === shown.range.x[0] && view.x[1] === shown.range.x[1]
    && view.y[0] === shown.range.y[0] && view.y[1] === shown.range.y[1];

  function zoomTo(select) {
    const { width, height, left, top } = select;
    const whole = [drawing.over.clientWidth, drawing.over.clientHeight];
    drawing.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width < 5 && height < 5) return;
    const cut = ([low, high], from, to) => [low + from * (high - low), low + to * (high - low)];
    const [up, down] = [top / whole[1], (top + height) / whole[1]];
    setView(
      width < 5 ? view.x : cut(view.x, left / whole[0], (left + width) / whole[0]),
      height < 5 ? view.y : shown.inverted ? cut(view.y, up, down) : cut(view.y, 1 - down, 1 - up));
  }

  function zoomBy(factor, [at, level] = [0.5, 0.5]) {
    const cut = ([low, high], part) => {
      const middle = low + part * (high - low);
      return [middle - (middle - low) * factor, middle + (high - middle) * factor];
    };
    setView(cut(view.x, at), cut(view.y, shown.inverted ? level : 1 - level));
  }

  function moveBy(across, down) {
    const [width, height] = [view.x[1] - view.x[0], view.y[1] - view.y[0]];
    const up = shown.inverted ? down : -down;
    setView(view.x.map((one) => one + across * width), view.y.map((one) => one + up * height));
  }

  function startPan(event) {
    pan = [event.clientX, event.clientY];
    const move = (next) => {
      moveBy((pan[0] - next.clientX) / drawing.over.clientWidth, (pan[1] - next.clientY) / drawing.over.clientHeight);
      pan = [next.clientX, next.clientY];
    };
    const end = () => {
      pan = null;
      removeEventListener("mousemove", move);
      removeEventListener("mouseup", end);
    };
    addEventListener("mousemove", move);
    addEventListener("mouseup", end);
    return null;
  }

  drawing.over.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;  // the page scrolls
    event.preventDefault();
    const box = drawing.over.getBoundingClientRect();
    zoomBy(event.deltaY > 0 ? 1.25 : 0.8,
      [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }, { passive: false });

  // Points in the order of time, each once, of what is shown.
  function inTime() {
    return shown.series.filter((one) => !one.hidden)
      .flatMap((one) => Array.from(one.row, (row, index) => ({ name: one.name, row, at: one.hmjd[index] })))
      .sort((one, two) => one.at - two.at);
  }

  function step(by) {
    const points = inTime();
    if (!points.length) return;
    const now = chosen ? points.findIndex((one) => one.name === chosen.name && one.row === chosen.row) : -1;
    const to = by === -Infinity ? 0 : by === Infinity ? points.length - 1
      : Math.min(points.length - 1, Math.max(0, now < 0 ? (by > 0 ? 0 : points.length - 1) : now + by));
    onChoose(points[to].name, points[to].row);
    bringIntoView(points[to]);
  }

  // Have a point in what is in view, as large as that is.
  function bringIntoView({ name, row }) {
    const one = shown.series.find((each) => each.name === name), index = one.row.indexOf(row);
    const moved = ([low, high], at) => {
      const by = at < low || at > high ? at - (low + high) / 2 : 0;
      return [low + by, high + by];
    };
    const wanted = [moved(view.x, one.x[index]), moved(view.y, one.y[index])];
    if (wanted[0][0] !== view.x[0] || wanted[1][0] !== view.y[0]) setView(...wanted);
  }

  const KEYS = {
    ArrowLeft: () => step(-1), ArrowRight: () => step(1), Home: () => step(-Infinity), End: () => step(Infinity),
    "+": () => zoomBy(0.8), "-": () => zoomBy(1.25), 0: reset,
  };
  const MOVES = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = event.shiftKey && MOVES[event.key] ? () => moveBy(...MOVES[event.key]) : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  function fit() {
    const width = host.clientWidth;
    if (width) drawing.setSize({ width, height: Math.round(Math.min(620, Math.max(320, width * 0.6))) });
  }
  new ResizeObserver(fit).observe(host);
  fit();
  DARK.addEventListener("change", () => { readInk(); drawing.redraw(); });

  function reset() {
    if (shown.range) setView(shown.range.x, shown.range.y);
  }

  return {
    show(what, keep = false) {
      shown = what;
      drawing.scales.y.dir = shown.inverted ? -1 : 1;
      drawing.axes[0].label = what.xTitle;
      drawing.axes[1].label = what.yTitle;
      if (keep) drawing.redraw(false, true);
      else reset();
    },
    choose(point) {
      chosen = point;
      drawing.redraw(false, false);
    },
    overlay(what) {
      const whole = isWhole();
      lines = what;
      if (shown.range && lines.length) {
        const values = lines.flatMap((line) => line.y.filter((one) => one !== null));
        const [low, high] = shown.range.y, room = 0.03 * (high - low);
        const y = shown.inverted ? [Math.min(low, Math.min(...values) - room), high] : [low, Math.max(high, Math.max(...values) + room)];
        shown.range = { ...shown.range, y };
      }
      if (whole) reset();
      else drawing.redraw(false, false);
    },
    // Have these times in view.
    look: (x) => setView(x, shown.range.y),
    hue: hueOf,
    redraw(quick = false) {
      fast = quick;
      drawing.redraw(false, false);
    },
    reset, step, zoomBy,
    // Where a point is on the screen (CSS px of the window).
    place(name, row) {
      const one = shown.series.find((each) => each.name === name);
      const index = one.row.indexOf(row);
      const box = drawing.over.getBoundingClientRect();
      const [px, py] = scales({ left: 0, top: 0, width: box.width, height: box.height });
      return { x: box.left + px(one.x[index]), y: box.top + py(one.y[index]) };
    },
    drawn: () => shown.series,
    lines: () => lines,
    view: () => view,
  };
}
