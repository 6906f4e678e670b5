// Opens the file that the page names, in JS9.
/* global JS9 */
const said = document.getElementById("image-said");
document.addEventListener("JS9:ready", () => {
  said.textContent = "Loading …";
  fetch(document.getElementById("file").getAttribute("href")).then(async (answer) => {
    if (!answer.ok) {
      said.textContent = (await answer.text()).trim() || `The site answered with status ${answer.status}.`;
      return;
    }
    JS9.Load(await answer.blob(), { filename: "image.fits", onload: () => { said.textContent = ""; } });
  }, () => { said.textContent = "The site does not answer: try again."; });
});
