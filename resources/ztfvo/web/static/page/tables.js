// Tables of rows: names, units and descriptions of their columns, sorted by a click.

import { link, make } from "./dom.js";
import { compare } from "./sorting.js";

const keyOf = (row, column) => (row[column.name] === "" ? null : row[column.name] ?? null);

// A number as people read it: no more digits than say something.
export function written(value, column) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return String(value);
  if (/^(?:ra|dec)/.test(column.name) || column.ucd?.startsWith("pos.eq")) return value.toFixed(6);
  if (column.unit === "arcsec") return value.toFixed(2);
  return String(Number(value.toPrecision(6)));
}

// A table of columns (name, unit, description) and rows (objects).
export function table(columns, rows, { link: leads = () => null, first = null, caption = null } = {}) {
  const isNumber = (column) => rows.some((row) => typeof row[column.name] === "number");
  const cell = (row, column, number) => {
    const text = written(row[column.name], column);
    const leadsTo = (first ? column.name === first : number === 0) ? leads(row) : null;
    return make("td", { class: isNumber(column) ? "number" : "" }, leadsTo && text ? link(text, leadsTo) : text);
  };
  const body = make("tbody");
  const draw = (order) => body.replaceChildren(...order.map((row) =>
    make("tr", {}, ...columns.map((column, number) => cell(row, column, number)))));
  const sorted = { name: null, up: false };
  const head = (column) => {
    const title = [column.description, column.unit ? `(${column.unit})` : ""].filter(Boolean).join(" ");
    const made = make("th", { scope: "col", class: isNumber(column) ? "number" : "" }, make("button", {
      type: "button", title,
      onclick: () => {
        sorted.up = sorted.name === column.name ? !sorted.up : true;
        sorted.name = column.name;
        for (const other of made.parentElement.children) other.removeAttribute("aria-sort");
        made.setAttribute("aria-sort", sorted.up ? "ascending" : "descending");
        draw([...rows].sort((one, two) => compare(keyOf(one, column), keyOf(two, column), sorted.up ? 1 : -1)));
      },
    }, column.name, column.unit ? make("span", { class: "quiet" }, ` ${column.unit}`) : ""));
    return made;
  };
  draw(rows);
  return make("table", {}, caption ? make("caption", {}, caption) : null,
    make("thead", {}, make("tr", {}, ...columns.map(head))), body);
}
