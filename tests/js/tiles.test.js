import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { refusal, colours } = load("elements", "tiles").tiles;
const osm = { url: "https://tile.openstreetmap.org/{z}/{x}/{y}.png" };

test("OpenStreetMap is not asked for tiles where the page is opened as a file, and the reason is given", () => {
  assert.match(refusal(osm, { protocol: "file:" }), /opened as a file\. Put it on a web server, or .*--tiles/);
  assert.equal(refusal(osm, { protocol: "https:" }), "");
  assert.equal(refusal({ url: "https://maps.force.example/{z}/{x}/{y}.png" }, { protocol: "file:" }), "");
  assert.equal(refusal({ url: "https://maps.example/openstreetmap.org/{z}/{x}/{y}.png" }, { protocol: "file:" }), "");
});

test("colours over streets are as clear in the legend as on the map, and whole without streets", () => {
  const data = { strength: 0.5, land: "#fff", themes: [{ missing: { opacity: 1 }, legend: [{ opacity: 0.8 }, { opacity: 0 }] }] };
  const over = colours(data, true), alone = colours(data, false);
  assert.deepEqual(over.themes[0].legend.map(({ opacity }) => opacity), [0.4, 0]);
  assert.equal(over.themes[0].missing.opacity, 0.5);
  assert.deepEqual([over.strength, over.land], [1, ""]);
  assert.deepEqual(alone.themes[0].legend.map(({ opacity }) => opacity), [0.8, 0]);
  assert.deepEqual([alone.strength, alone.land], [1, "#fff"]);
});
