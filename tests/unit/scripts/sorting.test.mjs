import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, key } from "../../../resources/ztfvo/web/static/page/sorting.js";

const sorted = (texts, direction) =>
  texts.map(key).sort((one, other) => compare(one, other, direction));

test("numbers are sorted as numbers, with what is empty last in either direction", () => {
  assert.deepEqual(sorted(["10", "", "9.5", "-2", "1,000"], 1), [-2, 9.5, 10, 1000, null]);
  assert.deepEqual(sorted(["10", "", "9.5", "-2", "1,000"], -1), [1000, 10, 9.5, -2, null]);
});

test("texts are sorted by their letters and the numbers in them", () => {
  assert.deepEqual(sorted(["SNAD103", "SNAD20", "HZ Her"], 1), ["HZ Her", "SNAD20", "SNAD103"]);
});

test("numbers and texts of one column have an order", () => {
  assert.deepEqual(sorted(["b", "2", "a", "10"], 1), [2, 10, "a", "b"]);
});
