// The modules of the map and the brief as a page has them, without a page: each adds to one global `Hotspots`.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const FOLDER = new URL("../../src/hotspots/export/webmap/static/", import.meta.url);

export function load(...names) {
  const window = {};
  // The same intrinsics as the tests', so that what modules return compares equal to what tests write.
  for (const name of names) {
    const text = readFileSync(new URL(`${name}.js`, FOLDER), "utf8");
    vm.compileFunction(text, ["window", "Hotspots", "document", "L"]).call(null, window, window.Hotspots);
  }
  return window.Hotspots;
}
