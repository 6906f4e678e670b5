import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../../../resources/ztfvo/web/static/hips.js";

test("properties are read with blanks, comments and signs in their values", () => {
  const text = "# a comment = no\nobs_title   = A survey\n\nhips_frame=equatorial  \nobs_ack = a = b\nbroken\n";
  assert.deepEqual(read(text), { obs_title: "A survey", hips_frame: "equatorial", obs_ack: "a = b" });
});

test("what is no list of properties has none", () => {
  assert.deepEqual(read("<html><body>Not found</body></html>"), {});
});
