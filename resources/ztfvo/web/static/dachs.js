// For the pages of DaCHS, whose scripts expect a module to export to, and to make code of text,
// which the site's rules do not allow.
var module = {};
window.renderTemplate = (name) => document.getElementById(name).innerHTML;

// Results can be sent to programs on the visitor's machine.
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll(".with-scripts")) part.hidden = false;
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
