import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { steps, choose } = load("../../pages/fit").paper;

test("letters get smaller with everything on the page before anything is left out", () => {
  const all = steps(), whole = all.filter((step) => !step.spared), rest = all.filter((step) => step.spared);
  assert.deepEqual(all, [...whole, ...rest]);
  assert.deepEqual([whole[0].size, whole.at(-1).size, rest[0].size, rest.at(-1).size], [9, 7, 7, 4.5]);
  for (const part of [whole, rest]) part.slice(1).forEach((step, i) => assert.equal(part[i].size - step.size, 0.25));
});

test("the first step that fits is chosen, and no smaller one is tried", () => {
  const tried = [];
  const found = choose(steps(), (step) => tried.push(step.size) && step.size <= 8);
  assert.deepEqual(found, { size: 8, spared: false });
  assert.deepEqual(tried, [9, 8.75, 8.5, 8.25, 8]);
});

test("where nothing fits the smallest is chosen", () => {
  assert.deepEqual(choose(steps(), () => false), { size: 4.5, spared: true });
});
