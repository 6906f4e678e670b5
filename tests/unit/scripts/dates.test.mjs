import assert from "node:assert/strict";
import { test } from "node:test";
import { calendar, moment } from "../../../resources/ztfvo/web/static/object/dates.js";

test("a MJD is written as its date and time, to the second", () => {
  assert.equal(moment(58849), "2020-01-01 00:00:00");
  assert.equal(moment(58849.5 + 1 / 86400), "2020-01-01 12:00:01");
  assert.equal(moment(40587), "1970-01-01 00:00:00");
});

test("ticks of years stand on the first of January", () => {
  assert.deepEqual(calendar(58200, 60100, 8), [
    { at: 58484, text: "2019" }, { at: 58849, text: "2020" }, { at: 59215, text: "2021" },
    { at: 59580, text: "2022" }, { at: 59945, text: "2023" }]);
});

test("ticks of months and days stand on whole months and days, of leap years too", () => {
  assert.deepEqual(calendar(58870, 58960, 4).map((one) => one.text), ["2020-02", "2020-03", "2020-04"]);
  assert.deepEqual(calendar(58906, 58911, 5).map((one) => one.text),
    ["2020-02-27", "2020-02-28", "2020-02-29", "2020-03-01", "2020-03-02", "2020-03-03"]);
  assert.deepEqual(calendar(58900, 58931, 5).map((one) => one.text), ["2020-02-21", "2020-03-01", "2020-03-11", "2020-03-21"]);
});

test("there are never more ticks than asked for, by much, at any scale", () => {
  for (const span of [1e-3, 0.1, 1, 3, 17, 100, 400, 2000, 1e4, 1e5]) {
    const ticks = calendar(58123.4, 58123.4 + span, 6);
    assert.ok(ticks.length >= 1 && ticks.length <= 8, `${span} d: ${ticks.length}`);
    assert.ok(ticks.every((one) => one.at >= 58123.4 && one.at <= 58123.4 + span), `${span} d`);
  }
});

test("a range that is empty, reversed or endless has no ticks", () => {
  for (const [low, high] of [[58000, 58000], [58001, 58000], [0, Infinity], [NaN, 1]]) {
    assert.deepEqual(calendar(low, high, 5), []);
  }
});
