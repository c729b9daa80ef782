// How much of coloured areas names may cover.
import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./load.js";

const { cover } = load("cover");

// A map of one unit a pixel, and two areas side by side: the first 100 wide and coloured, the second without a colour.
const map = { getBounds: () => ({ pad: () => ({ contains: () => true }) }), getZoom: () => 0, options: { crs: { scale: () => 1 } },
  getPixelOrigin: () => ({ add: ({ x, y }) => ({ x, y }) }), containerPointToLayerPoint: ([x, y]) => ({ x, y }) };
const shapes = { find: (x, y) => (y < 0 || y > 20 || x < 0 || x > 200 ? null : x < 100 ? 0 : 1), ground: () => 2000 };
const make = () => new cover.Cover(map, shapes, (position) => position === 0);

test("a box counts by the ground of each coloured area below it", () => {
  // 40 wide and 10 high, half of it over the first area.
  assert.deepEqual([...make().under({ left: 80, right: 120, top: 0, bottom: 10 })], [[0, 200]]);
});

test("a fifth of an area may be covered, by one name or by several", () => {
  const one = make();
  assert.equal(one.take({ left: 0, right: 50, top: 0, bottom: 10 }), false); // 500 of 2,000
  assert.equal(one.take({ left: 0, right: 30, top: 0, bottom: 10 }), true); // 300
  assert.equal(one.take({ left: 40, right: 60, top: 0, bottom: 10 }), false); // 200 more
  assert.equal(one.take({ left: 40, right: 50, top: 0, bottom: 10 }), true); // 100 more
  assert.equal(one.take({ left: 105, right: 195, top: 0, bottom: 20 }), true); // not coloured
});

test("names never overlap", () => {
  const one = make();
  assert.equal(one.take({ left: 110, right: 130, top: 0, bottom: 10 }), true);
  assert.equal(one.take({ left: 125, right: 150, top: 5, bottom: 12 }), false);
});

test("no name stands where the buttons and the scale are", () => {
  const one = new cover.Cover(map, shapes, () => false, [{ left: 0, right: 90, top: 0, bottom: 20 }]);
  assert.equal(one.take({ left: 80, right: 120, top: 5, bottom: 15 }), false);
  assert.equal(one.take({ left: 95, right: 120, top: 5, bottom: 15 }), true);
});
