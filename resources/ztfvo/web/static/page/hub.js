// Buttons that send a table to programs on the visitor's machine.
import { sendTable } from "./samp.js";

/** Let a button send the table whose address it has. */
export function offerSamp(button) {
  const place = document.querySelector(".samp");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    place.hidden = false;
    place.textContent = "Looking for a program that listens: allow the connection there.";
    place.textContent = await sendTable(button.dataset.samp, button.dataset.title);
    button.disabled = false;
  });
}
