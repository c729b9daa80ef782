import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { model: { Model }, districts: { narrowed, headline, where }, values: { table, ranking } } =
  load("words", "elements", "values", "districts", "drill", "model");

// Five wards: two of Leeds, one of York, one of Selby, one that says no district.
function data(n) {
  const step = (column, classes, counts, gaps) => ({ label: "", column, classes, counts, gaps, note: "Not drawn: 9 cells." });
  const theme = (title, column, classes, counts, gaps) => ({ group: "", title, store: 0, table: 0, noun: "wards", rank: "n",
    steps: [step(column, classes, counts, gaps)], opens: 0, tooltip: [], missing: { label: "no data", opacity: 1 },
    legend: [{ label: "High", opacity: 1 }, { label: "Low", opacity: 1 }] });
  return {
    columns: [{ name: "code", values: ["E1", "E2", "E3", "E4", "E5"] }, { name: "n", values: n },
      { name: "district", values: ["Leeds", "Leeds", "York", "Selby", null] },
      { name: "class", values: [0, 0, 1, 1, 1], words: ["High", "Low"] }],
    tables: [[0, 1, 2, 3]], stores: [{}], surfaces: [], outline: null,
    themes: [theme("Incidents", "n", "0110-", [2, 2], 1), theme("Classes", "class", "00111", [2, 3], 0)],
  };
}

function seen(theme, chosen, n = [1200, 300, 400, 60, 40]) {
  const model = new Model(data(n)), { view } = load("words", "values", "model").model;
  const shown = model.districts.view(view(model.data.themes[theme], 0), chosen);
  return { model, shown, areas: model.tables[0] };
}

test("districts are named once, in the order of the alphabet", () => {
  assert.deepEqual(new Model(data([1, 2, 3, 4, 5])).districts.names, ["Leeds", "Selby", "York"]);
});

test("only areas of the chosen districts keep their class, and the legend counts them", () => {
  const { shown } = seen(0, [0, 2]);
  assert.equal(shown.classes, "011..");
  assert.equal(shown.around, "...0-");
  assert.deepEqual(shown.legend.map((entry) => entry.count), [1, 2]);
  assert.equal(shown.missing.count, 0);
  assert.equal(shown.where, "Leeds and York");
  assert.equal(shown.note, "Not drawn in the whole area: 9 cells.");
});

test("areas keep the rank that they have among all", () => {
  const { shown, areas } = seen(0, [2]);
  // By incidents: 1,200, 400, 300, 60; York's ward is the second of all.
  assert.deepEqual(ranking(shown, areas).map(({ position, rank }) => [position, rank]), [[2, 2]]);
});

test("the headline says how many areas and incidents of how many", () => {
  const { shown, areas } = seen(0, [0]);
  // 1,200 + 300 of 1,200 + 300 + 400 + 60 + 40 = 2,000: 75 %.
  assert.equal(headline(shown, areas), "Leeds: 2 of 5 wards; 1,500 of 2,000 incidents (75%)");
});

test("a small part is not none, and a large one is not all", () => {
  // 4 of 1,000 and 996 of 1,000.
  const some = seen(0, [2], [996, 0, 4, 0, 0]), most = seen(0, [0], [996, 0, 4, 0, 0]);
  assert.match(headline(some.shown, some.areas), /\(under 1%\)/);
  assert.match(headline(most.shown, most.areas), /\(over 99%\)/);
});

test("where a count is not known no sum is said", () => {
  const { shown, areas } = seen(0, [0], [1200, null, 400, 60, 40]);
  assert.equal(headline(shown, areas), "Leeds: 2 of 5 wards");
});

test("of classes the headline counts the first", () => {
  const { shown, areas } = seen(1, [0, 1]);
  assert.match(headline(shown, areas), /; 2 of 2 “High”$/);
});

test("areas that are not drawn are not in the headline's sum", () => {
  const model = new Model(data([1, 2, 3, 4, 5])), theme = model.data.themes[0];
  theme.legend[1].opacity = 0;
  const { view } = load("words", "values", "model").model;
  const shown = narrowed({ ...view(theme, 0), classes: "0..0-" }, [0, 0, 2, 1, -1], [0], ["Leeds", "Selby", "York"]);
  assert.equal(headline(shown, table(model.data, 0)), "Leeds: 1 of 3 wards drawn");
});

test("more than four districts are counted and not named", () => {
  assert.equal(where(["A"]), "A");
  assert.equal(where(["A", "B", "C", "D"]), "A, B, C and D");
  assert.equal(where(["A", "B", "C", "D", "E"]), "5 districts");
});

test("an area outside the chosen districts ends the choice, and a choice leaves an area outside", () => {
  const { model } = seen(0, [0]);
  const leeds = model.changed(model.opening(), { districts: [0] });
  assert.deepEqual(model.changed(leeds, { area: "E2" }).districts, [0]);
  assert.equal(model.changed(leeds, { area: "E3" }).districts, null);
  const chosen = model.changed(model.opening(), { area: "E3" });
  assert.equal(model.changed(chosen, { districts: [0] }).area, null);
  assert.equal(model.changed(chosen, { districts: [2] }).area, "E3");
  assert.equal(model.changed(chosen, { districts: [] }).districts, null);
});

test("the address names districts, and those that it names in vain are none", () => {
  const { model } = seen(0, null);
  assert.equal(model.districts.written([0, 2]), "leeds,york");
  assert.deepEqual(model.districts.read("york,leeds,nowhere"), [0, 2]);
  assert.equal(model.districts.read("nowhere"), null);
});
