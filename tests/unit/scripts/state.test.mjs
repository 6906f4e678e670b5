import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, epochOf, nameOf, ofPage } from "../../../resources/ztfvo/web/static/object/state.js";

test("an address has the parameters of /lc first, then those of the page that say something", () => {
  assert.equal(addressOf("/view/1", [["PERIOD", "1.7"], ["REFMAG", "1:14.2"]], { SHOW: "1-58000.50000", HIDE: "", MATCH_RADIUS: "", FEATURES: "" }),
    "/view/1?PERIOD=1.7&REFMAG=1:14.2&SHOW=1-58000.50000");
  assert.equal(addressOf("/view/1", [], {}), "/view/1");
});

test("what is written into an address is escaped", () => {
  assert.equal(addressOf("/view/1", [["TITLE", "a&b=<c>"]], {}), "/view/1?TITLE=a%26b%3D%3Cc%3E");
});

test("parameters of the page are read whatever the case of their names", () => {
  assert.deepEqual(ofPage("?show=1-2&PERIOD=3&hide=a,b"), { SHOW: "1-2", HIDE: "a,b", MATCH_RADIUS: "", FEATURES: "" });
});

test("an epoch is an OID and a time; anything else is none", () => {
  assert.deepEqual(epochOf("680113300005170-58199.49176"), { oid: "680113300005170", hmjd: 58199.49176 });
  for (const text of ["", "1", "-1", "a-b", "1-2-3", "1-2.5x"]) assert.equal(epochOf(text), null);
  assert.equal(nameOf("7", 58199.491760001), "7-58199.49176");
});
