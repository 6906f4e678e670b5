// Elements of a page. Text is always text: nothing that comes from outside is read as markup.

export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Make an element; properties that are null or false are left out.
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "for") made.htmlFor = value;
    else if (name in made && !name.startsWith("aria")) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// A link, where the address is one of the web, else its text: others could be scripts.
export function link(text, address) {
  return /^(?:https?:\/\/|\/(?!\/))/.test(address ?? "")
    ? make("a", { href: address }, text) : document.createTextNode(text);
}

export function fill(element, ...children) {
  element.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
