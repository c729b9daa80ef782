import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { model: { Model, view }, card: { facts, rankWords } } = load("words", "elements", "values", "districts", "drill", "model", "speech", "card");

const words = (name, list, values, more) => ({ name, label: name, unit: "", words: list, values, ...more });
const numbers = (name, label, unit, values, decimals) => ({ name, label, unit, values, decimals });
const theme = (group, measure, store, table, column, rank, legend, classes) => ({
  group, title: measure, measure, store, table, noun: store ? "LSOAs" : "wards", rank, tooltip: [], ownTooltip: false, ranked: false,
  legend: legend.map((label) => ({ label })), missing: { label: "No data" }, opens: 0,
  steps: [{ label: "", column, counts: legend.map(() => 1), gaps: 0, classes }],
});

// Two wards with priorities and burglary, and three LSOAs, of which two lie in the first ward.
function data() {
  return {
    columns: [
      words("code", ["E1", "E2"], [0, 1]), words("name", ["Town", "Moor"], [0, 1]), words("district", ["Vale"], [0, 0]),
      numbers("rank", "Rank", "", [1, 2], 0), numbers("rank_lo", "", "", [1, 2], 0), numbers("rank_hi", "", "", [2, 2], 0),
      words("priority", ["Local priority", "Not a priority"], [0, 1]), words("reason", ["High.", "Low."], [0, 1]),
      numbers("rate", "Rate", "per 1,000 people a year", [30, null], 1), words("sd_flag", ["Above", "Average"], [0, 1]),
      words("code", ["L1", "L2", "L3"], [0, 1, 2]), words("name", ["Town A", "Town B", "Moor A"], [0, 1, 2]),
      numbers("n", "Incidents", "", [4, 9, 2], 0),
    ],
    tables: [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 8, 9], [10, 11, 12]],
    sparks: [null, { months: ["May 2025"], n: [[3], [0]] }, null],
    stores: [{}, {}],
    themes: [
      theme("Priorities", "Priorities", 0, 0, "priority", "rank", ["Local priority", "Not a priority"], "01"),
      theme("Burglary", "Against the average", 0, 1, "sd_flag", "rate", ["Above", "Average"], "0-"),
      theme("Burglary", "Rate", 0, 1, "rate", "rate", ["0 to 10", "over 10"], "1-"),
      theme("Burglary", "Incidents", 1, 2, "n", "n", ["0 to 5", "over 5"], "010"),
    ],
    surfaces: [], outline: null,
    cards: [{
      everyone: "the 2 wards of Vale", unit: "per 1,000 people a year", compared: "2025 against 2024", ranked: 0,
      measures: [{ label: "Burglary", table: 1, column: "rate", average: 10, standing: "sd_flag", change: { words: ["up 36%", ""], values: [0, 1] } }],
      within: [{ label: "LSOAs", store: 1, holder: [0, 0, 1] }], sure: { words: ["Firm.", "Borderline."], values: [0, 1] },
      offences: { labels: ["Burglary", "Drugs"], rows: [[40, 1, 30, 0, 10], [0]] },
    }, null],
  };
}

const told = (index, position) => {
  const model = new Model(data());
  return facts(model, view(model.data.themes[index], 0), position);
};

test("the card of a priority says class, reason, rank, range and how sure it is", () => {
  const card = told(0, 0);
  assert.equal(card.name, "Town");
  assert.equal(card.place, "Vale · E1");
  assert.deepEqual([card.lead.label, card.lead.about], ["Local priority", "Priorities"]);
  assert.equal(card.reason, "High.");
  assert.equal(card.priority, null);
  assert.equal(card.rankWords, "Rank 1 of 2; between 1 and 2 once chance is allowed for.");
  assert.equal(card.sure, "Firm.");
});

test("in another theme the card keeps the priority and its reason, below the class in sight", () => {
  const card = told(1, 0);
  assert.deepEqual([card.lead.label, card.lead.about, card.reason], ["Above", "Burglary · Against the average", ""]);
  assert.deepEqual([card.priority.label, card.priority.reason], ["Local priority", "High."]);
  assert.equal(told(2, 0).lead.label, "30.0 per 1,000 people a year");
  assert.equal(told(2, 1).lead.label, "No data");
});

test("bars are in multiples of the average, on one scale from two times it up", () => {
  const [bar] = told(0, 0).measures;
  // 30 is three times the average of 10: the bar is whole, the mark at a third.
  assert.deepEqual([bar.shown, bar.averageShown, bar.bar, bar.mark], ["30.0", "10.0", 1, 1 / 3]);
  assert.deepEqual([bar.standing, bar.change], ["Above", "up 36%"]);
  const [missing] = told(0, 1).measures;
  assert.deepEqual([missing.shown, missing.bar, missing.mark, missing.change], ["no data", 0, 0.5, ""]);
});

test("offences stand with their share of all, and none where there are none", () => {
  assert.deepEqual(told(0, 0).offences, [{ label: "Drugs", n: 30, share: 0.75 }, { label: "Burglary", n: 10, share: 0.25 }]);
  assert.deepEqual(told(0, 1).offences, []);
});

test("the smaller areas inside stand from the highest", () => {
  const [inside] = told(1, 0).within;
  assert.deepEqual(inside.rows.map((row) => [row.name, row.code, row.value, row.position]), [["Town B", "L2", "9", 1], ["Town A", "L1", "4", 0]]);
  assert.equal(inside.about, "Burglary, incidents");
  assert.deepEqual(told(0, 1).within[0].rows.map((row) => row.name), ["Moor A"]);
});

test("months are those of the theme in sight, else of the first that has them", () => {
  assert.equal(told(0, 0).months.about, "Burglary");
  assert.equal(told(1, 0).months.about, "Burglary");
  assert.equal(told(3, 0).months, null);
});

test("a layer without cards has a card of its own columns", () => {
  const card = told(3, 1);
  assert.deepEqual([card.name, card.lead.label, card.measures, card.within], ["Town B", "9 incidents", [], []]);
  assert.equal(card.rankWords, "Rank 1 of 3 by incidents.");
});

test("a rank that chance would not move has no range", () => {
  assert.equal(rankWords({ value: 3, of: 1201, low: 3, high: 3 }), "Rank 3 of 1,201; chance would hardly move it.");
});
