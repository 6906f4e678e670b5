// For the pages of DaCHS, whose scripts expect a module to export to, and to make code of text,
// which the site's rules do not allow.
var module = {};
window.renderTemplate = (name) => document.getElementById(name).innerHTML;
// Its boxes call what it does not bring.
var Forms = { Util: {
  updateLabel() {},
  labelClick(label) { document.getElementById(label.id.replace(/label$/, "box")).click(); },
} };

// Names of inputs that have none of their own, for those who hear the page.
const NAMES = {
  _DBOPTIONS_ORDER: "Sort by",
  _DBOPTIONS_DIR: "Direction",
  MAXREC: "Rows at most",
  _FORMAT: "Output format",
};
document.addEventListener("DOMContentLoaded", () => {
  for (const input of document.querySelectorAll("#genForm select, #genForm input[type=checkbox]")) {
    if (input.labels.length || input.ariaLabel) continue;
    const beside = document.getElementById(input.id.replace(/box$/, "label"));
    input.ariaLabel = NAMES[input.name] || (beside !== input && beside?.textContent) || input.name;
  }
});

// Results can be plotted, and sent to programs on the visitor's machine.
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll(".with-scripts")) part.hidden = false;
  document.getElementById("plot-columns")?.addEventListener("click", () => {
    // It begins with nothing where no columns are named: the first two with fractions are.
    const cells = [...document.querySelectorAll("table.results tr.data:first-child td")];
    const numbers = cells.flatMap((cell, at) => (/^-?\d+\.\d+$/.test(cell.textContent) ? [at] : []));
    const [x, y] = numbers.length > 1 ? numbers : [0, 1];
    openFlotPlot($("table.results"), { xselIndex: x, yselIndex: y });
  });
  const button = document.getElementById("sendViaSAMP");
  const form = document.getElementById("genForm");
  if (!button || !form) return;
  const report = (text) => { document.getElementById("samp-state").textContent = text; };
  const connector = new samp.Connector(document.title, {
    "samp.icon.url": new URL("/favicon.png", location).href,
  });
  button.addEventListener("click", () => {
    const table = `${getFormQuery(form, { _FORMAT: 1 })}&_FORMAT=VOTable&VERB=3`;
    const message = new samp.Message("table.load.votable", { url: table, name: document.title });
    connector.runWithConnection(
      (connection) => { connection.notifyAll([message]); report("Sent."); },
      () => report("No program answers: start TOPCAT or Aladin first."),
    );
  });
  addEventListener("pagehide", () => connector.unregister());
});
