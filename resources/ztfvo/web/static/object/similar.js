// Light curves whose features are most like those of this one, each with a small picture.

import { address, json, Refused } from "../page/ask.js";
import { fill, find, make } from "../page/dom.js";

const NUMBER = 12;

export function start({ data }) {
  const place = find("#similar"), said = make("p", { role: "status", class: "quiet" }, "Asked for when it is scrolled to.");
  const list = make("ul", { class: "alike" });
  fill(place, find("h2", place), said, list, make("p", {}, make("a", { href: data.addresses.similar }, "As JSON"), " · ",
    make("a", { href: `${data.addresses.similar}&RESPONSEFORMAT=csv` }, "CSV")));

  async function load() {
    said.textContent = "Asked …";
    try {
      const answer = await json(address(data.addresses.similar.split("?")[0], [["ID", data.oids[0]], ["N", NUMBER]]));
      said.textContent = answer.notes.join(" ");
      fill(list, ...answer.neighbours.map((one) => make("li", {},
        make("a", { href: `${data.addresses.views}/${one.oid}` },
          make("img", { src: `${data.addresses.lc}/${one.oid}.svg`, alt: "", loading: "lazy", width: 120, height: 40 }), ` ${one.oid}`),
        make("span", { class: "quiet" }, ` at ${one.distance.toFixed(2)}; ${one.mag_median.toFixed(2)} mag; differs most in `
          + one.differs.map((each) => `${each.feature} (${each.difference > 0 ? "+" : "−"}${Math.abs(each.difference).toFixed(2)})`).join(", ")))));
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      said.textContent = fault.message;
    }
  }

  new IntersectionObserver(([entry], observer) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    load();
  }, { rootMargin: "100px" }).observe(place);
}
