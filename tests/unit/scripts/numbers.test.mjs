import assert from "node:assert/strict";
import { test } from "node:test";
import { within } from "../../../resources/ztfvo/web/static/object/numbers.js";

test("a value has the digits that two of its error are of", () => {
  assert.equal(within(0.067368238, 0.013), "0.067");
  assert.equal(within(58229.40312, 0.48), "58229.40");
  assert.equal(within(-12.3456, 3.21), "-12.3");
  assert.equal(within(2.1996241e-8, 1.2e-9), "2.2e-8");
  assert.equal(within(1234567, 4321), "1234600");
});

test("without an error it has eight digits", () => {
  assert.equal(within(0.04502168231, null), "0.045021682");
  assert.equal(within(3.1, 0), "3.1");
});
