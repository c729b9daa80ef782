import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { integers, polygons, places } = load("decode").decode;

test("whole numbers of either sign are read as Python writes them", () => {
  // The example of `encode_integers`, then numbers of two, four and five letters.
  assert.deepEqual(integers("ABCegB"), [0, -1, 1, 15, 16]);
  assert.deepEqual(integers("-BgqjGv90gB"), [31, 100000, -535000]);
  assert.deepEqual(integers(""), []);
});

// By hand: 0 is A, 1 is C, -1 is B, 3 is G, 4 is I.
test("a polygon is parts of rings of [latitude, longitude], each point a step from the one before", () => {
  // One part, one ring, three points: (east, north) 1 0, then 0 1, then -1 -1.
  const [[[ring]]] = polygons({ rings: "CCG", points: "CAACBB" });
  assert.deepEqual(ring, [[0, 0.00001], [0.00001, 0.00001], [0, 0]]);
});

test("holes and further parts follow in order, and the steps run on from polygon to polygon", () => {
  // The first: two parts, of which the first has two rings; the second: one part of one ring. Rings of one point each.
  const shapes = polygons({ rings: "EECCCCCCC", points: "CACACACA" });
  assert.deepEqual(shapes.map((parts) => parts.map((rings) => rings.length)), [[2, 1], [1]]);
  assert.deepEqual(shapes[1][0][0], [[0, 0.00004]]);
});

test("one place for each polygon", () => {
  assert.deepEqual(places({ places: "CEBB" }), [[0.00002, 0.00001], [0.00001, 0]]);
});
