// Which of many rows are made: those in sight, and at least a dozen more on either side.
import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { inSight } = load("rows").rows;

test("few rows are all made, and of many whose height is not known yet the first two dozen", () => {
  assert.deepEqual(inSight(0, 500, 20, 0), [0, 0]);
  assert.deepEqual(inSight(0, 500, 20, 24), [0, 24]);
  assert.deepEqual(inSight(0, 500, 0, 35672), [0, 24]);
});

test("what is in sight has a dozen rows or more on either side, and no row is made that is not there", () => {
  // From pixel 2,000 to 2,500 at 20 pixels a row: rows 100 to 125; in dozens 96 to 132, and one more dozen on either side.
  assert.deepEqual(inSight(2000, 2500, 20, 35672), [84, 144]);
  assert.deepEqual(inSight(0, 500, 20, 35672), [0, 48]);
  assert.deepEqual(inSight(-900, 100, 20, 35672), [0, 24]);
  // The last rows: 1,000 of them end at pixel 20,000.
  assert.deepEqual(inSight(19500, 20000, 20, 1000), [960, 1000]);
  // Scrolled far beyond the end, two dozen are left.
  assert.deepEqual(inSight(90000, 90500, 20, 1000), [976, 1000]);
});
