import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { keyboard, speech } = load("words", "values", "marks", "elements", "speech", "keyboard");
const { stepped } = keyboard;

test("arrows go from area to area and stop at both ends", () => {
  assert.equal(stepped(5, null, "ArrowDown"), 0);
  assert.equal(stepped(5, null, "ArrowUp"), 4);
  assert.equal(stepped(5, 0, "ArrowRight"), 1);
  assert.equal(stepped(5, 0, "ArrowLeft"), 0);
  assert.equal(stepped(5, 4, "ArrowDown"), 4);
});

test("Home and End go to the ends, pages by ten", () => {
  assert.equal(stepped(30, 7, "Home"), 0);
  assert.equal(stepped(30, 7, "End"), 29);
  assert.equal(stepped(30, 7, "PageDown"), 17);
  assert.equal(stepped(30, 7, "PageUp"), 0);
  assert.equal(stepped(30, 25, "PageDown"), 29);
});

test("other keys, and a map without areas, lead nowhere", () => {
  assert.equal(stepped(5, 2, "Tab"), undefined);
  assert.equal(stepped(0, null, "Home"), undefined);
});

// Two areas by rate, one of them with a reason.
const data = {
  tables: [[0, 1, 2, 3, 4]],
  columns: [
    { name: "code", label: "Code", unit: "", values: ["E1", "E2"] },
    { name: "name", label: "Name", unit: "", values: ["Hanley", "Leek"] },
    { name: "district", label: "District", unit: "", values: ["Stoke", null] },
    { name: "rate", label: "Rate", unit: "per 1,000 people a year", decimals: 1, values: [2.5, 1200] },
    { name: "reason", label: "Reason", unit: "", values: [null, "Its rate stands out."] },
  ],
};
const view = { column: "rate", rank: "rate", tooltip: ["rate"], classes: "10", noun: "wards" };

test("an area is said with its district, rank, number and reason", () => {
  const table = load("values").values.table(data, 0);
  assert.equal(speech.sentence(view, table, 1), "Leek. Rank 1 of 2 wards. Rate 1,200.0 per 1,000 people a year. Its rate stands out");
  assert.equal(speech.sentence(view, table, 0), "Hanley, Stoke. Rank 2 of 2 wards. Rate 2.5 per 1,000 people a year");
});

test("an area that no number ranks is said without a rank", () => {
  const table = load("values").values.table(data, 0);
  assert.match(speech.sentence({ ...view, classes: "1-" }, table, 1), /^Leek\. Without a rank, among 2 wards\. /);
});

test("what areas are called stands in a sentence as it does in a text, whatever the layer's label", () => {
  const table = load("values").values.table(data, 0);
  assert.match(speech.sentence({ ...view, noun: "Wards" }, table, 1), /Rank 1 of 2 wards\./);
  assert.match(speech.sentence({ ...view, noun: "LSOAs" }, table, 1), /Rank 1 of 2 LSOAs\./);
});
