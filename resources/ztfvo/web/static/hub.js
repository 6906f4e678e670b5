// Tables sent to programs on the visitor's machine by SAMP (the web profile of SAMP 1.3).

const LIBRARY = "/static/vendor/sampjs/samp.js";
const TABLE = "table.load.votable";

let connector = null;

/** Let a button send the table whose address it has. */
export function offerSamp(button) {
  button.hidden = false;
  button.addEventListener("click", () => send(button));
}

async function send(button) {
  const say = sayer(button);
  button.disabled = true;
  try {
    const samp = await library();
    connector ??= new samp.Connector(document.title, {
      "samp.name": "ZTF light curves",
      "samp.description.text": document.title,
      "author.affiliation": location.origin,
    });
    const message = new samp.Message(TABLE, { url: button.dataset.samp, name: button.dataset.title });
    connector.runWithConnection(
      (connection) => {
        connection.notifyAll([message]);
        say("Sent: see TOPCAT, or the program that listens.");
      },
      () => say("No program listens, or it did not allow this page: start TOPCAT or Aladin, whose"
        + " SAMP hub this page looks for on your machine, and allow the connection."),
    );
  } catch (error) {
    say(error.message);
  } finally {
    button.disabled = false;
  }
}

function sayer(button) {
  const place = document.querySelector(".samp");
  return (text) => {
    if (!place) return;
    place.hidden = false;
    place.textContent = text;
    button.focus();
  };
}

function library() {
  if (window.samp) return Promise.resolve(window.samp);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = () => resolve(window.samp);
    script.onerror = () => reject(new Error("The program for SAMP could not be loaded: try again."));
    document.head.append(script);
  });
}
