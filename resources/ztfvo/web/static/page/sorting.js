// Tables that can be sorted by a column. Rows in a body of their own stay together: bodies are then
// ordered by their first row.

/** Return what a cell is sorted by: a number where it is one, nothing where it is empty. */
export function key(text) {
  const plain = text.trim();
  if (plain === "") return null;
  const number = Number(plain.replaceAll(",", ""));
  return Number.isNaN(number) ? plain : number;
}

/** Compare two keys; what is empty comes last in either direction. */
export function compare(first, second, direction) {
  if (first === null || second === null) return (first === null) - (second === null);
  const order = typeof first === "number" && typeof second === "number"
    ? first - second
    : String(first).localeCompare(String(second), "en", { numeric: true });
  return direction * order;
}

/** Let a table be sorted by its headings. */
export function sortable(table) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    if ("unsorted" in heading.dataset) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const direction = heading.ariaSort === "ascending" ? -1 : 1;
      for (const other of headings) other.ariaSort = null;
      heading.ariaSort = direction > 0 ? "ascending" : "descending";
      sort(table, column, direction);
    });
  });
}

function sort(table, column, direction) {
  const bodies = [...table.tBodies];
  const text = (row) => key(row.cells[column]?.textContent ?? "");
  for (const body of bodies) {
    const rows = [...body.rows].filter((row) => !row.classList.contains("star"));
    rows.sort((first, second) => compare(text(first), text(second), direction));
    body.append(...rows);
  }
  if (bodies.length < 2) return;
  const first = (body) => text([...body.rows].find((row) => !row.classList.contains("star")));
  bodies.sort((one, other) => compare(first(one), first(other), direction));
  table.append(...bodies);
}
