// The months of one area: where its points lie, and what a screen reader says of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./load.js";

const { spark } = load("elements", "spark");
const sparks = { label: "Incidents by month", months: ["January 2025", "February 2025", "March 2025"],
  n: [[4, 0, 14]], lower: [[1, 1, 4]], upper: [[9, 8, 9]], signal: [[0, 0, 1]] };

test("the highest value is at the top and none at the foot, months equally far apart", () => {
  const places = spark.points([0, 10, 5], 10);
  assert.deepEqual(places.map(([, y]) => y), [50, 4, 27]);
  assert.equal(places[1][0] - places[0][0], places[2][0] - places[1][0]);
});

test("a single month and an area without incidents are drawn all the same", () => {
  assert.deepEqual(spark.points([0], 0), [[4, 50]]);
});

test("a sentence says the counts, and what was expected in the last month", () => {
  assert.equal(spark.sentence(sparks, 0),
    "Incidents by month, January 2025 to March 2025: 4, 0, 14; 4 to 9 expected in March 2025");
});

test("a month that is not covered is a gap in the line, and said to be one", () => {
  const gap = { ...sparks, n: [[4, null, 14]], lower: [[1, null, 4]], upper: [[9, null, 9]] };
  assert.deepEqual(spark.points([4, null, 14], 14)[1], null);
  assert.deepEqual(spark.runs([4, null, 14, 3]), [[0], [2, 3]]);
  assert.deepEqual(spark.runs([null, 4, 5, null]), [[1, 2]]);
  assert.equal(spark.sentence(gap, 0),
    "Incidents by month, January 2025 to March 2025: 4, not covered, 14; 4 to 9 expected in March 2025");
  assert.equal(spark.sentence({ ...sparks, n: [[4, 0, null]] }, 0), "Incidents by month, January 2025 to March 2025: 4, 0, not covered");
});
