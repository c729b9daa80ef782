import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { model: { Model, view }, link: { read } } = load("words", "elements", "values", "districts", "drill", "model", "link");

const step = (label, column) => ({ label, column, counts: [1, 2], gaps: 3, classes: "01-" });
const theme = (group, title, store, steps) => ({
  group, title, store, table: store, steps, opens: steps.length - 1, noun: store ? "LSOA" : "ward", rank: "rate", ownTooltip: true,
  tooltip: ["name"], legend: [{ label: "Above" }, { label: "Average" }], missing: { label: "no data" },
});

// Two groups of themes on wards, of which one steps through two years; one on LSOAs; a surface of each group; districts.
function data() {
  const years = [step("2016", "n_2016"), step("2017", "n_2017")];
  return {
    columns: [{ name: "code", values: [0, 1, 2], words: ["E1", "E2", "E3"] },
      { name: "name", values: [0, 1, 2], words: ["Town", "Moor", "Vale"] },
      { name: "code", values: [0, 1], words: ["L1", "L2"] }],
    tables: [[0, 1], [2]],
    stores: [{}, {}],
    themes: [
      theme("Burglary", "Wards: rate", 0, [step("", "rate")]),
      theme("Burglary", "Wards: incidents", 0, years),
      theme("Robbery", "Wards: rate", 0, [step("", "rate")]),
      theme("Robbery", "LSOAs: rate", 1, [step("", "rate")]),
    ],
    surfaces: [{ title: "Heat-map", group: "Burglary", visible: false }, { title: "Heat-map", group: "Robbery", visible: false },
      { title: "Heat-map", group: "Elsewhere", visible: false }],
    outline: { title: "Districts", labels: [] },
  };
}

test("the page opens on the first theme, with borders, colours and names but no surface", () => {
  const state = new Model(data()).opening();
  assert.equal(state.theme.title, "Wards: rate");
  assert.equal(state.group, "Burglary");
  assert.deepEqual([...state.overlays], ["outlines", "colours", "names"]);
  assert.equal(state.area, null);
});

test("a surface that shows when the page opens has the colours to itself", () => {
  const opened = data();
  opened.surfaces[0].visible = true;
  assert.deepEqual([...new Model(opened).opening().overlays], ["heat-map", "outlines", "names"]);
});

test("a surface of no known group is offered always, under its full name", () => {
  const model = new Model(data());
  const titles = (group) => model.overlaysOf(group).map((entry) => entry.title);
  assert.deepEqual(titles("Robbery"), ["Heat-map", "Heat-map: Elsewhere", "Districts", "Colours", "Names"]);
});

test("another group shows the same measure, and its first where it has none such", () => {
  const model = new Model(data());
  const state = model.opening();
  assert.equal(model.changed(state, { group: "Robbery" }).theme, model.data.themes[2]);
  const incidents = model.changed(state, { theme: model.data.themes[1] });
  assert.equal(model.changed(incidents, { group: "Robbery" }).theme, model.data.themes[2]);
});

test("a period is kept only among themes with as many, and stays in reach", () => {
  const model = new Model(data());
  const incidents = model.changed(model.opening(), { theme: model.data.themes[1] });
  assert.equal(incidents.period, 1);
  assert.equal(model.changed(incidents, { period: 7 }).period, 1);
  assert.equal(model.changed(incidents, { period: -1 }).period, 0);
  assert.equal(model.changed(incidents, { theme: model.data.themes[0] }).period, 0);
});

test("a selected area is let go where the theme's layer does not hold it", () => {
  const model = new Model(data());
  const chosen = model.changed(model.opening(), { area: "E2" });
  assert.equal(chosen.area, "E2");
  assert.equal(model.changed(chosen, { theme: model.data.themes[3] }).area, null);
  assert.equal(model.changed(chosen, { area: "E9" }).area, null);
});

test("a surface takes the place of the colours, and gives it back", () => {
  const model = new Model(data());
  const state = model.opening();
  const on = model.toggled(state, "heat-map", true);
  assert.deepEqual([...on.overlays], ["outlines", "names", "heat-map"]);
  const off = model.toggled(on, "heat-map", false);
  assert.deepEqual([...off.overlays], ["outlines", "names", "colours"]);
  assert.equal(model.coloured(on), false);
  assert.equal(model.coloured(off), true);
});

test("a theme in one of its periods counts, colours and ranks by that period", () => {
  const seen = view(data().themes[1], 0);
  assert.deepEqual(seen.legend.map((entry) => entry.count), [1, 2]);
  assert.deepEqual(seen.missing, { label: "no data", missing: true, count: 3 });
  assert.deepEqual(seen.tooltip, ["n_2016", "name"]);
  assert.equal(seen.rank, "n_2016");
  assert.equal(view(data().themes[0], 0).rank, "rate");
});

test("an address says what is chosen", () => {
  const model = new Model(data());
  const { state, at } = read(model, "#theme=wards-incidents&period=2016&over=names,outlines&at=53.8,-1.55,10.25&area=E3");
  assert.equal(state.theme, model.data.themes[1]);
  assert.equal(state.period, 0);
  assert.deepEqual([...state.overlays], ["names", "outlines"]);
  assert.deepEqual(at, { centre: [53.8, -1.55], zoom: 10.25 });
  assert.equal(state.area, "E3");
});

test("whatever an address names in vain is as the page opens", () => {
  const model = new Model(data());
  const hashes = ["", "#", "#theme=<script>&group=x&period=9&area=E9", "#at=north,south,up", "#at=91,0,3", "#at=1,2"];
  for (const hash of hashes) {
    const { state, at } = read(model, hash);
    assert.deepEqual(state, model.opening(), hash);
    assert.equal(at, null, hash);
  }
  assert.deepEqual([...read(model, "#over=nonsense,__proto__").state.overlays], []);
});

test("the same month a year before stands beside, else the month before, else another theme", () => {
  const model = new Model(data());
  const months = ["July 2017", "June 2018", "July 2018"].map((label) => step(label, label));
  const wide = theme("Burglary", "Wards: by month", 0, months);
  model.data.themes.push(wide);
  const at = (period) => ({ ...model.opening(), theme: wide, period });
  assert.deepEqual(model.besides(at(2)), { theme: wide, shift: -2 });
  assert.deepEqual(model.besides(at(1)), { theme: wide, shift: -1 });
  assert.deepEqual(model.besides(at(0)), { theme: wide, shift: 0 });
  const still = model.besides(model.opening());
  assert.equal(still.theme.title, "Wards: incidents");
});

test("what stands beside keeps its distance, and has no period outside the files", () => {
  const model = new Model(data());
  let state = model.changed(model.opening(), { theme: model.data.themes[1] });
  state = model.changed(state, { beside: model.besides(state) });
  assert.equal(model.besidePeriod(state), 0);
  state = model.changed(state, { period: 0 });
  assert.equal(model.besidePeriod(state), -1);
});

test("a theme without periods does not play", () => {
  const model = new Model(data());
  let state = model.changed(model.opening(), { theme: model.data.themes[1], playing: true });
  assert.equal(state.playing, true);
  state = model.changed(state, { theme: model.data.themes[0] });
  assert.equal(state.playing, false);
});

test("hexagons are drawn where they are asked for and the areas have some", () => {
  const asked = { overlays: new Set(["hexagons"]) };
  const model = Object.assign(Object.create(Model.prototype), { data: { stores: [{ hexagons: {} }, { hexagons: null }] } });
  assert.equal(model.hexagons({ ...asked, theme: { store: 0 } }), true);
  assert.equal(model.hexagons({ ...asked, theme: { store: 1 } }), false);
  assert.equal(model.hexagons({ overlays: new Set(), theme: { store: 0 } }), false);
  assert.equal(model.hexagons({ ...asked, theme: null }), false);
});
