// The page of the sky: Aladin Lite in place of the chart, where the browser and the survey's host
// allow it. Its survey is always given and its messages to CDS are off, so that no host is asked but
// the survey's.

import { read } from "./hips.js";

const PATIENCE = 8000; // ms
const STAGE = document.getElementById("stage");
const CHART = document.getElementById("chart");
const CHOICE = document.getElementById("survey");

let aladin = null;
let api = null;

function say(text) {
  document.getElementById("say").textContent = text;
}

function refuse(reason) {
  STAGE.hidden = true;
  CHART.hidden = false;
  say(`${reason} This is a chart of what is marked.`);
}

async function properties(address) {
  const answer = await fetch(`${address}/properties`, {
    signal: AbortSignal.timeout(PATIENCE), referrerPolicy: "no-referrer", credentials: "omit",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return read(await answer.text());
}

async function show(address) {
  let known;
  try {
    known = await properties(address);
  } catch {
    refuse(`${new URL(address).host} does not answer, so that its pictures cannot be shown.`);
    return;
  }
  const option = [...CHOICE.options].find((one) => one.value === address);
  if (known.obs_title) option.textContent = known.obs_title;
  try {
    api ??= await start();
  } catch {
    refuse("Pictures need WebGL 2, which this browser has not, or not switched on.");
    return;
  }
  STAGE.hidden = false;
  CHART.hidden = true;
  say(known.obs_copyright ? `© ${known.obs_copyright}` : "");
  const survey = api.HiPS(address, { name: known.obs_title ?? address });
  if (aladin) aladin.setBaseImageLayer(survey);
  else aladin = open(survey);
}

async function start() {
  if (!document.createElement("canvas").getContext("webgl2")) throw new Error("no WebGL 2");
  const { default: library } = await import(STAGE.dataset.library);
  await library.init;
  return library;
}

function open(survey) {
  const { ra, dec, view } = STAGE.dataset;
  STAGE.hidden = false;
  const made = api.aladin("#stage", {
    survey, hipsList: [], log: false, samp: false, target: `${ra} ${dec}`, fov: Number(view),
    cooFrame: "ICRSd", projection: "TAN", showReticle: false, showShareControl: false,
    showLayersControl: false, showCooLocation: false, showFrame: false, showProjectionControl: false,
    showFullscreenControl: false, showZoomControl: false, showStatusBar: false,
  });
  const marks = JSON.parse(STAGE.dataset.marks);
  const layer = api.catalog({
    name: "marks", shape: "circle", color: "#ffb066", sourceSize: 16,
    displayLabel: marks.length <= 12, labelColumn: "name", labelColor: "#ffb066",
    onClick: "showPopup",
  });
  layer.addSources(marks.map(([east, north, name]) => api.source(east, north, { name })));
  made.addCatalog(layer);
  const motions = api.graphicOverlay({ name: "motions", color: "#ffb066", lineWidth: 2 });
  made.addOverlay(motions);
  for (const ends of JSON.parse(STAGE.dataset.arrows)) motions.add(api.vector(...ends));
  return made;
}

if (CHOICE) {
  CHOICE.addEventListener("change", () => {
    const here = new URL(location.href);
    here.searchParams.set("SURVEY", CHOICE.value);
    history.replaceState(null, "", here);
    show(CHOICE.value);
  });
  show(CHOICE.value);
} else {
  say("This site shows no pictures of the sky: this is a chart of what is marked.");
}
