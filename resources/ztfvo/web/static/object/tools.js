// Positions and the page's address to copy, and the light curve for programs on this machine (SAMP).

import { all, find, make } from "../page/dom.js";
import { sendTable } from "../page/samp.js";

export function start() {
  const said = find("#tools-said");
  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = `${what} is copied.`;
    } catch {
      said.textContent = `The browser does not let pages copy: ${text}`;
    }
  };
  for (const one of all(".copied")) {
    one.replaceWith(make("button", {
      type: "button", class: "copied", title: "Copy", onclick: () => copy(one.textContent.replace(/^Gal /, ""), one.textContent),
    }, one.textContent));
  }
  for (const name of ["#copy-link", "#send-by-samp"]) find(name).hidden = false;
  find("#copy-link").addEventListener("click", () => copy(location.href, "The address of what is shown"));
  find("#send-by-samp").addEventListener("click", async () => {
    const votable = find('#downloads [data-format="votable"]').href;
    said.textContent = "Looking for a program …";
    said.textContent = await sendTable(votable, document.title);
  });
}
