// The image of the chosen epoch: the display cutout with stretch, zoom and marker, what else there is
// of the exposure, minor planets near the object then, blinking, and a film of all good epochs.

import { address, bytes, json, Refused } from "../page/ask.js";
import { all, fill, find, link, make } from "../page/dom.js";
import { moment } from "./dates.js";
import { grey, levels, readImage, STRETCHES } from "./fits.js";
import { epochOf, valueOf } from "./state.js";

const KINDS = { science: "Science", difference: "Difference", reference: "Reference" };
const KEPT = 60;  // images in memory
const FILM = 350;  // ms an image

export function start({ data, state, page, choose, plot }) {
  const place = find("#epoch");
  const image = { epoch: null, kind: "science", stretch: "asinh", zoom: 1, last: null, film: null, blink: null };
  const files = new Map();

  const canvas = make("canvas", { width: 300, height: 300, class: "image", role: "img" });
  const frame = make("div", { class: "image-frame", hidden: true }, canvas);
  const said = make("p", { role: "status", class: "said" }, "Choose an epoch in the plot: click a point, or step with the arrow keys.");
  const button = (text, act, more = {}) => make("button", { type: "button", onclick: act, ...more }, text);
  const film = button("Film", () => (image.film ? stopFilm() : playFilm()), { "aria-pressed": "false" });
  const blink = button("Blink", () => (image.blink ? stopBlink() : startBlink()), { "aria-pressed": "false", title: "With the epoch shown before" });
  const kinds = Object.entries(KINDS).map(([name, title]) =>
    button(title, () => { image.kind = name; mark(); showImage(); }, { value: name, "aria-pressed": String(name === image.kind) }));
  const mark = () => kinds.forEach((one) => one.setAttribute("aria-pressed", String(one.value === image.kind)));
  const stretch = make("select", { onchange: (event) => { image.stretch = event.target.value; paint(); } },
    ...Object.keys(STRETCHES).map((name) => make("option", { value: name }, name)));
  const links = make("ul", { class: "row links" });
  const planets = make("p", { class: "planets", role: "status" });
  fill(place, find("h2", place),
    make("div", { class: "row" }, make("span", { class: "choices" }, ...kinds)),
    frame, said,
    make("div", { class: "row" },
      button("◀ Earlier", () => plot.step(-1)), button("Later ▶", () => plot.step(1)),
      button("−", () => zoom(0.5), { "aria-label": "Smaller" }), button("+", () => zoom(2), { "aria-label": "Larger" }),
      make("label", { class: "check" }, "Stretch ", stretch), blink, film),
    links, planets);

  const at = ({ oid, hmjd }) => `${data.addresses.epochs}/${oid}/${hmjd.toFixed(5)}`;

  // The cutout of an epoch, asked for once.
  async function fetchImage(epoch, kind, signal) {
    const where = address(`${at(epoch)}/cutout.fits`, kind === "science" ? [] : [["IMAGE", kind]]);
    if (!files.has(where)) {
      const { headers, body } = await bytes(where, { signal });
      const read = readImage(body);
      const [x, y] = (headers.get("X-Object-Pixel") ?? "").split(" ").map(Number);
      files.set(where, { ...read, object: Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null, levels: levels(read.pixels) });
      if (files.size > KEPT) files.delete(files.keys().next().value);
    }
    return files.get(where);
  }

  let asking = null;
  async function showImage() {
    if (!image.epoch) return;
    asking?.abort();
    const mine = asking = new AbortController();
    said.textContent = `Image of ${moment(image.epoch.hmjd)} …`;
    said.classList.remove("bad");
    try {
      image.shown = await fetchImage(image.epoch, image.kind, mine.signal);
      paint();
      said.textContent = `${KINDS[image.kind]} image, ${nameOf(image.epoch)}`;
    } catch (fault) {
      if (fault.name === "AbortError") return;
      image.shown = null;
      paint();
      said.textContent = fault.message;
      said.classList.toggle("bad", fault.status !== 404);  // most epochs have none
    }
  }

  const nameOf = ({ oid, hmjd }) => `${oid}, HMJD ${hmjd.toFixed(5)}, ${moment(hmjd)}`;

  function paint() {
    const context = canvas.getContext("2d");
    const { shown } = image;
    canvas.setAttribute("aria-label", shown ? `${KINDS[image.kind]} image around the object, ${nameOf(image.epoch)}` : "No image");
    frame.hidden = !shown;
    if (!shown) return;
    const { width, height, object } = shown;
    const small = new OffscreenCanvas(width, height);
    const picture = new ImageData(width, height);
    const tones = grey(shown, image.stretch, shown.levels);
    for (let index = 0; index < tones.length; index += 1) {
      picture.data.fill(tones[index], 4 * index, 4 * index + 3);
      picture.data[4 * index + 3] = 255;
    }
    small.getContext("2d").putImageData(picture, 0, 0);
    const scale = image.zoom * Math.min(canvas.width / width, canvas.height / height);
    // Pixels of FITS are counted from 1 at their centres, from below.
    const [x, y] = object ? [object[0] - 0.5, height - object[1] + 0.5] : [width / 2, height / 2];
    const [left, top] = image.zoom > 1 ? [canvas.width / 2 - x * scale, canvas.height / 2 - y * scale]
      : [(canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2];
    context.imageSmoothingEnabled = false;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(small, left, top, width * scale, height * scale);
    if (object) {
      const [px, py] = [left + x * scale, top + y * scale];
      context.strokeStyle = "#ffb000";
      context.lineWidth = 2;
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [0, 1]]) {
        context.moveTo(px + 8 * dx, py + 8 * dy);
        context.lineTo(px + 22 * dx, py + 22 * dy);
      }
      context.stroke();
    }
  }

  function zoom(factor) {
    image.zoom = Math.min(16, Math.max(1, image.zoom * factor));
    paint();
  }

  async function showLinks() {
    const mine = image.epoch;
    fill(links);
    try {
      const about = await json(at(mine));
      if (mine !== image.epoch) return;
      const known = Object.assign({}, ...["science", "reference", "cutout", "folder"].map((group) => about[group] ?? {}));
      const entry = (name, text) => known[name] && make("li", {}, link(text, known[name].url));
      fill(links, ...[
        entry("cutout.fits", "Cutout (FITS)"), entry("sciimg.fits", "Whole image (FITS)"),
        entry("folder", "Exposure"), make("li", {}, link("All products", at(mine))),
        make("li", {}, make("a", { href: address("/image", [["FILE", `${at(mine)}/cutout.fits`]]) }, "Open in JS9")),
      ].filter(Boolean));
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
    }
  }

  async function showPlanets() {
    const mine = image.epoch;
    planets.textContent = "Minor planets near it then: asked …";
    let text;
    try {
      text = inWords(await json(`${at(mine)}/asteroids`));
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      text = `Minor planets: ${fault.message}`;
    }
    if (mine === image.epoch) planets.textContent = text;
  }

  function inWords(answer) {
    const [{ title, radius, answers: [{ state: is, reason, rows }], yields }] = answer.catalogs;
    if (is === "unavailable" || is === "malformed") return `Minor planets: ${reason}`;
    if (!rows.length) return `No body of the solar system near it then (${title}).`;
    return `Near it then (${title}): ${rows.map((row) =>
      `${row[yields?.name ?? "name"] ?? row.name}, ${row.separation.toFixed(1)}″`).join("; ")}.`;
  }

  function show(epoch) {
    image.last = image.epoch;
    image.epoch = epoch;
    image.kind = "science";
    mark();
    showImage();
    showLinks();
    showPlanets();
  }

  // Two images in turn.
  function startBlink() {
    if (!image.last || !image.epoch) {
      said.textContent = "Choose two epochs, one after the other: they are shown in turn.";
      return;
    }
    stopFilm();
    const pair = [image.last, image.epoch];
    blink.setAttribute("aria-pressed", "true");
    let turn = 0;
    const next = async () => {
      try {
        image.shown = await fetchImage(pair[turn % 2], image.kind);
        said.textContent = nameOf(pair[turn % 2]);
        paint();
        turn += 1;
      } catch (fault) {
        stopBlink();
        said.textContent = fault.message;
      }
    };
    image.blink = setInterval(next, 500);
    next();
  }

  function stopBlink() {
    clearInterval(image.blink);
    image.blink = null;
    blink.setAttribute("aria-pressed", "false");
  }

  // All good epochs of the light curve whose epoch was chosen, or of the first.
  async function playFilm() {
    stopBlink();
    const oid = image.epoch?.oid ?? data.oids[0];
    const one = state.series.find((each) => each.oid === oid);
    if (!one || valueOf(state.pairs, "BIN")) {
      said.textContent = "There are no epochs to show.";
      return;
    }
    const epochs = [...one.hmjd].filter((_, index) => !one.flagged[index]).sort((a, b) => a - b);
    film.setAttribute("aria-pressed", "true");
    const mine = image.film = { missing: 0 };
    for (const [count, hmjd] of epochs.entries()) {
      const epoch = { oid, hmjd };
      try {
        const [shown] = await Promise.all([fetchImage(epoch, "science"), new Promise((done) => setTimeout(done, FILM))]);
        if (image.film !== mine) return;
        Object.assign(image, { shown, epoch, kind: "science" });
        plot.choose({ name: one.name, row: one.rows.hmjd.indexOf(hmjd) });
        paint();
      } catch (fault) {
        if (!(fault instanceof Refused) && !(fault instanceof Error)) throw fault;
        mine.missing += 1;
        if (mine.missing >= 5 && mine.missing === count + 1) {
          said.textContent = fault.message;
          break;
        }
      }
      if (image.film !== mine) return;
      said.textContent = `${count + 1} of ${epochs.length}: ${nameOf(epoch)}${mine.missing ? `; ${mine.missing} without an image` : ""}`;
    }
    stopFilm();
  }

  function stopFilm() {
    image.film = null;
    film.setAttribute("aria-pressed", "false");
  }

  page.addEventListener("chosen", (event) => {
    stopFilm();
    stopBlink();
    show(event.detail);
  });
  const first = epochOf(state.own.SHOW);
  if (first) show(first);
}
