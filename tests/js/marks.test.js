// Marks beside colours: what is hatched, in what ink, and which areas have room for a sign.
import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./load.js";

const Hotspots = load("decode", "words", "values", "marks");
const { marks } = Hotspots;

const legend = [{ label: "Up", colour: "#ef8a62", opacity: 1, mark: "▲" }, { label: "Same", colour: "#faf9f6", opacity: 1, neutral: true },
  { label: "Borderline", colour: "#903834", opacity: 1, unsure: true }];

test("lines are white on dark colours and dark on pale ones", () => {
  assert.deepEqual(["#004a7d", "#650000", "#cbd080", "#faf9f6"].map(marks.inkOn), ["#ffffff", "#ffffff", "#5c5c5c", "#5c5c5c"]);
});

test("positions are stored as steps from one to the next", () => {
  // 0, 3 and 20: steps 0, 3 and 17, in letters A, G and iB (17 is 34 = 2 + 32, one more letter).
  assert.deepEqual([...marks.positions("AGiB")], [0, 3, 20]);
  assert.deepEqual([...marks.positions(undefined)], []);
});

test("an area is hatched where its class says so or its rate rests on little", () => {
  const view = { legend, missing: { label: "No data" }, classes: "0212-", hatch: { places: new Set([0]) } };
  assert.deepEqual([0, 1, 2, 3, 4].map((position) => marks.unsure(view, position)), [true, true, false, true, false]);
  assert.equal(marks.entryAt(view, 0).unsure, true);
  assert.equal(marks.entryAt(view, 2).unsure, undefined);
});

test("signs go where there is room, and not where a name has the sign already", () => {
  const view = { legend, classes: "00010" }, areas = { places: [[0, 0], [1, 1], [2, 2], [3, 3], [4, 4]] };
  const asked = [];
  const cover = { sees: ([latitude]) => latitude < 4, pixel: ([latitude]) => ({ x: 10 * latitude, y: 0 }),
    take: (box) => { asked.push(box); return box.left > 0; } };
  const found = marks.signs(view, areas, cover, new Set([1]));
  assert.deepEqual(found, [{ place: [2, 2], sign: "▲", ink: "#5c5c5c" }]);
  assert.deepEqual(asked[1], { left: 16, right: 24, top: -4, bottom: 4 });
});

test("a theme without signs asks for no room", () => {
  assert.deepEqual(marks.signs({ legend: [legend[1]], classes: "00" }, null, null, new Set()), []);
});
