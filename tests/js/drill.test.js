import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { drill: { below, settled, written, read } } = load("words", "elements", "drill");

const theme = (key, group, store, measure) => ({ key, group, store, measure, table: store });
const themes = [theme("wards-rate", "Burglary", 0, "Rate"), theme("lsoas-incidents", "Burglary", 1, "Incidents"),
  theme("lsoas-rate", "Burglary", 1, "Rate"), theme("cells", "Burglary", 2, "Hotspots"), theme("robbery", "Robbery", 3, "Rate"),
  theme("localities", "Robbery", 4, "Rate")];
const [wards, incidents, lsoas, cells, robbery, localities] = themes;
const model = { themesOf: (group) => themes.filter((entry) => entry.group === group),
  tables: [[], [], [], [], ["members"]].map((names) => ({ columns: new Set(names) })),
  places: [new Map([["E05:1", 0]]), new Map([["E01", 0]]), new Map(), new Map()] };
const heightOf = (store) => [3, 1, 0.1, 0.5, 0.2][store];

test("below an area are the next smaller ones of its group, in the same measure where there is one", () => {
  assert.equal(below(model, wards, heightOf), lsoas);
  assert.equal(below(model, incidents, heightOf), cells);
  assert.equal(below(model, cells, heightOf), null);
});

test("localities, which are made of areas, lie in none of them", () => {
  assert.ok(heightOf(localities.store) < heightOf(robbery.store));
  assert.equal(below(model, robbery, heightOf), null);
});

test("the way back ends at the areas in sight, and with the group", () => {
  const trail = [{ theme: wards, area: "E05:1" }, { theme: lsoas, area: "E01" }];
  assert.deepEqual(settled(trail, cells), trail);
  assert.deepEqual(settled(trail, incidents), trail.slice(0, 1));
  assert.deepEqual(settled(trail, wards), []);
  assert.deepEqual(settled(trail, robbery), []);
});

test("the way back comes back from an address, without steps that lead nowhere", () => {
  const trail = [{ theme: wards, area: "E05:1" }];
  assert.deepEqual(written(trail), ["wards-rate:E05:1"]);
  assert.deepEqual(read(model, "Burglary", ["wards-rate:E05:1", "wards-rate:E99", "nowhere:E01"]), trail);
});
