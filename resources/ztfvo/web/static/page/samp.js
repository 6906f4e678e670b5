// Tables for programs on the visitor's machine, such as TOPCAT and Aladin, by the SAMP Web Profile.

const LIBRARY = "/static/vendor/sampjs/samp.js";

// The library is a script that expects a module to export to.
function library() {
  if (window.samp?.Connector) return Promise.resolve(window.samp);
  window.module ??= {};
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = () => done(window.samp);
    script.onerror = failed;
    document.head.append(script);
  });
}

// Send the address of a VOTable to all programs; returns what came of it, in a sentence.
export async function sendTable(address, name) {
  let samp;
  try {
    samp = await library();
  } catch {
    return "The program for SAMP could not be loaded: try again.";
  }
  return new Promise((done) => {
    const connector = new samp.Connector("ZTF light curves", { "samp.description": "Light curves of ZTF" });
    const failed = () => done("No SAMP hub answers: start TOPCAT or Aladin, let this page connect to it, and try again.");
    connector.runWithConnection((connection) => {
      connection.notifyAll([new samp.Message("table.load.votable", { url: address, name, "table-id": address })],
        () => {
          done("Sent to the programs that are running.");
          connector.unregister();
        }, failed);
    }, failed);
  });
}
