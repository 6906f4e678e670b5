// Keys of the queue: a tag's own, and those that buttons and links show.
const form = document.getElementById("tagging");
const actions = {
  Enter: () => press("record"),
  s: () => press("skip"),
  u: () => press("undo"),
  d: () => form.elements.description.focus(),
  Backspace: () => follow("prev"),
  ArrowLeft: () => follow("prev"),
  ArrowRight: () => follow("next"),
};
let sent = false;

function press(what) {
  const button = form.querySelector(`button[name=do][value=${what}]`);
  if (button && !sent) button.click();
}

function follow(where) {
  const link = form.querySelector(`a[rel=${where}]`);
  if (link && !sent) location.assign(link.href);
}

function toggle(key) {
  const box = [...form.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  if (!box) return false;
  box.click();
  return true;
}

function isTyped(target) {
  return target.matches("textarea, input:not([type=checkbox]), select");
}

addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (isTyped(event.target)) {
    if (event.key === "Escape") event.target.blur();
    if (event.key === "Enter" && event.ctrlKey && form.contains(event.target)) press("record");
    return;
  }
  if (event.ctrlKey) return;
  // Enter on a link or button is its own.
  if (event.key === "Enter" && event.target.matches("a, button, summary")) return;
  const action = Object.hasOwn(actions, event.key) && actions[event.key];
  if (action) action();
  if (action || toggle(event.key)) event.preventDefault();
});

form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
addEventListener("pageshow", () => { sent = false; });

document.documentElement.classList.add("with-keys");
if (form.dataset.nextPicture) new Image().src = form.dataset.nextPicture;
