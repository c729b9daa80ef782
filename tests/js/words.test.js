import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.js";

const { fold, slug, slugs, capitalised } = load("words").words;

test("a search compares words without accents, case, apostrophes and full stops", () => {
  assert.equal(fold("Ynys Môn: Tŷ'n-y-gongl"), "ynys mon tyn y gongl");
  assert.equal(fold("St. Mary’s & St. John"), "st marys and st john");
  assert.equal(fold("  Llanfair   P.G. "), "llanfair pg");
});

test("letters of other scripts stay letters", () => {
  assert.equal(fold("Łódź 中区"), "łodz 中区");
});

test("a slug is never empty", () => {
  assert.equal(slug("Rate, per 1,000"), "rate-per-1-000");
  assert.equal(slug("…"), "x");
});

test("equal slugs are told apart by their number", () => {
  assert.deepEqual(slugs(["A b", "a-B", "c", "A.b", "a b"]), ["a-b", "a-b-2", "c", "ab", "a-b-3"]);
});

test("capitals are given to the first letter alone", () => {
  assert.equal(capitalised("anti-social behaviour"), "Anti-social behaviour");
  assert.equal(capitalised(""), "");
});
