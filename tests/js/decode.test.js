import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { decode: { integers, topology, places, numbers }, shapes: { Shapes } } = load("decode", "shapes");

test("whole numbers of either sign are read as Python writes them", () => {
  // The example of `encode_integers`, then numbers of two, four and five letters.
  assert.deepEqual([...integers("ABCegB")], [0, -1, 1, 15, 16]);
  assert.deepEqual([...integers("-BgqjGv90gB")], [31, 100000, -535000]);
  assert.equal(integers("").length, 0);
});

test("numbers of more bits than JavaScript's own whole numbers have are exact", () => {
  // 2 ** 40 is 2 ** 41 in zigzag: a two in the ninth letter; the eight before are nothing, and say that more follow.
  assert.deepEqual([...integers("ggggggggC", Float64Array)], [2 ** 40]);
});

test("a packed column has its numbers, and NaN where there is none", () => {
  // Written 0, 1, 39, -12: none, 0, 38 tenths, -12 tenths.
  assert.deepEqual([...numbers({ packed: "ACuCX", scale: 10 })], [NaN, 0, 3.8, -1.2]);
});

test("one place for each area", () => {
  assert.deepEqual(places("CEBB"), [[0.00002, 0.00001], [0.00001, 0]]);
});

// Two squares side by side, each a unit wide and high in 1/100,000 degrees: the border between them is arc 1.
//
//   (0,1) --- (1,1) --- (2,1)
//     |  left  |  right  |
//   (0,0) --- (1,0) --- (2,0)
//
// Arc 0 runs from (1,0) over (0,0) and (0,1) to (1,1), arc 1 from (1,1) down to (1,0), arc 2 from (1,0) over (2,0) and (2,1) to
// (1,1). The left area has arcs 0 and 1; the right one arc 1 backwards, then arc 2 backwards.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const write = (list) => list.map((n) => letters[n < 0 ? -2 * n - 1 : 2 * n]).join("");
const pair = () => topology({
  sizes: write([1, 1, 2, 1, 1, 2]), refs: write([0, 2, 1, 2]), lengths: write([4, 2, 4]),
  points: write([1, 0, -1, 0, 0, 1, 1, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 1, -1, 0]),
});

test("rings are made of arcs, forwards or backwards", () => {
  const shapes = new Shapes(pair());
  const corners = (position) => shapes.outline(position).map((ring) => ring.map((point) => point.map((n) => Math.round(n * 1e5))));
  assert.deepEqual(corners(0), [[[0, 1], [0, 0], [1, 0], [1, 1]]]);
  assert.deepEqual(corners(1), [[[0, 1], [1, 1], [1, 2], [0, 2]]]);
});

test("an area is found by a place in it, and none outside", () => {
  const shapes = new Shapes(pair());
  const at = (north, east) => shapes.at([north / 1e5, east / 1e5]);
  assert.deepEqual([at(0.5, 0.5), at(0.5, 1.5), at(0.5, 2.5), at(1.5, 0.5)], [0, 1, null, null]);
});

test("each border in sight is drawn once", () => {
  const shapes = new Shapes(pair());
  assert.deepEqual(shapes.arcsOf([0, 1]), [0, 1, 2]);
  assert.deepEqual(shapes.arcsOf([1]), [1, 2]);
});

test("corners are south-west and north-east", () => {
  const bounds = new Shapes(pair()).bounds(1).map((corner) => corner.map((n) => Math.round(n * 1e5)));
  assert.deepEqual(bounds, [[0, 1], [1, 2]]);
});

test("vertices too near to see are passed over, those where borders meet never", () => {
  const shapes = new Shapes(pair());
  const drawn = [];
  const pen = { moveTo: (...to) => drawn.push(to), lineTo: (...to) => drawn.push(to) };
  shapes.trace(pen, 0, { scale: 360e5, left: 0, top: 0 });
  // Four corners and the first again; where two borders meet once, though both end there.
  assert.equal(drawn.length, 5);
  assert.deepEqual(drawn[0], drawn[4]);
  drawn.length = 0;
  shapes.trace(pen, 0, { scale: 360e3, left: 0, top: 0 });
  assert.equal(drawn.length, 3);
});
