import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { table, ranking } = load("values").values;

const data = {
  columns: [
    { name: "code", values: [0, 1, 2, 3], words: ["E01", "E02", "E03", "E04"] },
    { name: "name", values: [0, 1, 1, -1], words: ["Town", "Moor"] },
    { name: "rate", values: [1234.56, 2, null, 2], decimals: 1 },
    { name: "gi_p", values: [0, 0.25, null, 1], decimals: 4, smallest: "0.0001" },
    { name: "own", values: [3, 0.12345, null, -2] },
    { name: "selected", values: [true, false, null, true] },
  ],
  tables: [[0, 1, 2, 3, 4, 5], [0]],
};

test("what is missing since it is hidden is called so", () => {
  const column = { name: "n", missing: "hidden", values: [null, 20] };
  const { show } = table({ columns: [column, { name: "code", values: ["E1", "E2"] }], tables: [[1, 0]] }, 0);
  assert.equal(show("n", 0), "hidden");
  assert.equal(show("n", 1), "20");
});

test("a 0 of rounded counts reads as what it stands for, and stays a 0", () => {
  const columns = [
    { name: "n", zero: "under 5", decimals: 0, values: [0, 20] }, { name: "rate", zero: "too few", decimals: 1, values: [0, 3] },
  ];
  const { show, raw, write } = table({ columns, tables: [[0, 1]] }, 0);
  assert.deepEqual([show("n", 0), show("rate", 0), show("n", 1), show("rate", 1)], ["under 5", "too few", "20", "3.0"]);
  assert.equal(raw("n", 0), 0);
  assert.equal(write("n", 0), "under 5");
});

test("cells read as the vocabulary has them", () => {
  const { show } = table(data, 0);
  assert.equal(show("rate", 0), "1,234.6");
  assert.equal(show("rate", 2), "no data");
  assert.equal(show("gi_p", 0), "under 0.0001");
  assert.equal(show("gi_p", 1), "0.2500");
  assert.equal(show("own", 0), "3");
  assert.equal(show("own", 1), "0.123");
  assert.equal(show("selected", 0), "yes");
  assert.equal(show("selected", 1), "no");
  assert.equal(show("name", 3), "no data");
  assert.equal(show("nowhere", 0), "");
});

test("a table whose areas have only codes has no names", () => {
  assert.equal(table(data, 0).named(), true);
  assert.equal(table(data, 1).named(), false);
  assert.deepEqual(table(data, 1).codes(), ["E01", "E02", "E03", "E04"]);
});

test("numbers rank from the largest; equal ones share a rank, and those without a value come last and have none", () => {
  const view = { rank: "rate", column: "rate", classes: "0112" };
  const rows = ranking(view, table(data, 0)).map(({ position, rank }) => [position, rank]);
  assert.deepEqual(rows, [[0, 1], [1, 2], [3, 2], [2, null]]);
});

test("classes come first where there are classes, then the number behind them", () => {
  // Class 0 is the highest; an area that is not drawn, '.', is not listed.
  const view = { rank: "rate", column: "sd_flag", classes: "10.0", legend: [{}, {}] };
  const rows = ranking(view, table(data, 0)).map(({ position, rank }) => [position, rank]);
  assert.deepEqual(rows, [[1, 1], [3, 1], [0, 3]]);
});

test("a class that is less sure stands with its own class, by the number", () => {
  // Rates 3, 2, none, 2: the first is less sure of being in the class of the second; the fourth is in a lower one.
  const view = { rank: "rate", column: "priority", classes: "10.2", legend: [{}, { unsure: true }, {}] };
  const rows = ranking(view, table(data, 0)).map(({ position, rank }) => [position, rank]);
  assert.deepEqual(rows, [[0, 1], [1, 2], [3, 3]]);
});
