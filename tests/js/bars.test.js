import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { bars: { spans, columnOf }, values: { table } } = load("words", "elements", "values", "bars");

test("bars share one zero, from which negative numbers go the other way", () => {
  assert.deepEqual(spans([4, 2, null]), [{ from: 0, length: 100 }, { from: 0, length: 50 }, null]);
  // From -1 to 3: zero is a quarter along.
  assert.deepEqual(spans([3, -1]), [{ from: 25, length: 75 }, { from: 0, length: 25 }]);
  assert.deepEqual(spans([0, null]), [{ from: 0, length: 0 }, null]);
});

test("bars show what the table is sorted by where that is a number, else what orders the list", () => {
  const areas = table({ columns: [{ name: "name", values: ["A", "B"] }, { name: "n", values: [1, 2] }, { name: "rate", values: [3, 4] }],
    tables: [[0, 1, 2]] }, 0), rows = [{ position: 0 }, { position: 1 }];
  assert.equal(columnOf({ rank: "rate" }, areas, rows, "-n"), "n");
  assert.equal(columnOf({ rank: "rate" }, areas, rows, "name"), "rate");
  assert.equal(columnOf({ rank: null }, areas, rows, ""), null);
});
