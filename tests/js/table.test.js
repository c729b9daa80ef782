import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { table: { sorted, pressed, columnsOf }, download: { csv, fileName }, values: { table } } =
  load("words", "elements", "values", "download", "bars", "table");

const data = {
  columns: [
    { name: "code", label: "Code", values: ["E01", "E02", "E03", "E04"] },
    { name: "name", label: "Name", values: ["Ward 10", "=1+1", "Ward 2, \"Old\"", "Åby"] },
    { name: "rate", label: "Rate", unit: "per 1,000 people", values: [1234.56, -2, null, 2], decimals: 1 },
    { name: "gi_p", label: "p", values: [0, 0.25, null, 1], decimals: 4, smallest: "0.0001" },
    { name: "selected", label: "Selected", flag: true, values: [1, 0, null, 1] },
  ],
  tables: [[0, 1, 2, 3, 4]],
};
const areas = table(data, 0);
const view = { column: "rate", rank: "rate", group: "Burglary", title: "Wards: rate", label: "", where: "Leeds" };
const rows = [[0, 1], [3, 2], [1, 3], [2, null]].map(([position, rank]) => ({ position, rank }));
const order = (sort) => sorted(rows, areas, sort).map(({ position }) => position);

test("a column sorts both ways, and areas without a value come last either way", () => {
  assert.deepEqual(order("-rate"), [0, 3, 1, 2]);
  assert.deepEqual(order("rate"), [1, 3, 0, 2]);
  assert.deepEqual(order(""), [0, 3, 1, 2]);
  assert.deepEqual(order("-nowhere"), [0, 3, 1, 2]);
});

test("words sort as people read them: numbers in them by size, accents beside their letter", () => {
  assert.deepEqual(order("name"), [1, 3, 2, 0]);
});

test("equal values stay in the order of the list", () => {
  assert.deepEqual(order("-selected"), [0, 3, 1, 2]);
});

test("a heading sorts numbers from the largest and words from A, then the other way, then as the list", () => {
  assert.deepEqual(["", "-rate", "rate"].map((sort) => pressed(sort, "rate", true)), ["-rate", "rate", ""]);
  assert.deepEqual(["-rate", "name", "-name"].map((sort) => pressed(sort, "name", false)), ["name", "-name", ""]);
});

test("the column in sight follows the name", () => {
  assert.deepEqual(columnsOf(view, areas), ["name", "rate", "code", "gi_p", "selected"]);
});

test("the file has units, ranks, safe cells, and source and licence at its end", () => {
  const text = csv(view, areas, rows, [["Source", "police.uk, July"], ["Licence", "OGL"], ["Note", ""]]);
  assert.equal(text, "\uFEFF" + [
    'Code,Name,"Rate (per 1,000 people)",p,Selected,Rank by rate',
    "E01,Ward 10,1234.6,under 0.0001,yes,1",
    "E04,Åby,2.0,1.0000,yes,2",
    // A text that begins like a formula is a text; a number below 0 is a number.
    "E02,'=1+1,-2.0,0.2500,no,3",
    'E03,"Ward 2, ""Old""",,,,',
    "",
    'Source,"police.uk, July"',
    "Licence,OGL",
    "",
  ].join("\r\n"));
});

test("every beginning of a formula is made a text", () => {
  for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
    const risky = table({ columns: [{ name: "name", label: "Name", values: [`${start}x`] }], tables: [[0]] }, 0);
    assert.match(csv({ rank: null }, risky, [{ position: 0 }], []), new RegExp(`\n"?'\\${start}x`));
  }
});

test("the file is called after what is seen", () => {
  assert.equal(fileName(view), "burglary-wards-rate-leeds.csv");
});
