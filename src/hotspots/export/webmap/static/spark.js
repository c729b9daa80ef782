// The months of one area, drawn small: counts as a line over the band of ordinary months.
(function (Hotspots) {
  "use strict";

  const { drawn } = Hotspots.elements;
  const WIDTH = 230, HEIGHT = 54, EDGE = 4;

  // Where each month's values lie, in a box of the given size; months are equally far apart, and null has no place.
  function points(values, highest) {
    const step = values.length > 1 ? (WIDTH - 2 * EDGE) / (values.length - 1) : 0;
    const up = (HEIGHT - 2 * EDGE) / Math.max(highest, 1);
    return values.map((value, i) => (value === null ? null : [EDGE + i * step, HEIGHT - EDGE - value * up]));
  }

  // The runs of months that follow one another, each as the places of its months.
  function runs(values) {
    const found = [];
    values.forEach((value, i) => {
      if (value === null) return;
      if (i && values[i - 1] !== null) found.at(-1).push(i);
      else found.push([i]);
    });
    return found;
  }

  function path(places) {
    return places.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  }

  // "January 2025 to December 2025: 9, 7, ... 14; 4 to 9 expected in December 2025".
  function sentence(sparks, position) {
    const last = sparks.months.length - 1, n = sparks.n[position];
    const span = last ? `${sparks.months[0]} to ${sparks.months[last]}` : sparks.months[last];
    const told = `${sparks.label}, ${span}: ${n.map((value) => (value === null ? "not covered" : value)).join(", ")}`;
    if (n[last] === null) return told;
    return `${told}; ${sparks.lower[position][last]} to ${sparks.upper[position][last]} expected in ${sparks.months[last]}`;
  }

  function draw(sparks, position) {
    const n = sparks.n[position], lower = sparks.lower[position], upper = sparks.upper[position];
    const highest = Math.max(...n, ...upper);
    const line = points(n, highest), top = points(upper, highest), foot = points(lower, highest);
    const made = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "spark", role: "img",
      "aria-label": sentence(sparks, position) });
    for (const run of runs(n)) {
      const of = (places) => run.map((i) => places[i]);
      made.append(drawn("path", { class: "band", d: `${path(of(top))}${path(of(foot).reverse()).replace("M", "L")}Z` }),
        drawn("path", { class: "line", d: path(of(line)) }));
      if (run.length === 1) made.append(drawn("circle", { class: "last", cx: line[run[0]][0], cy: line[run[0]][1], r: 1.2 }));
    }
    made.append(...line.flatMap((place, i) => (place && sparks.signal[position][i]
      ? [drawn("circle", { class: sparks.signal[position][i] > 0 ? "high" : "low", cx: place[0], cy: place[1], r: 3.5 })] : [])));
    if (line.at(-1)) made.append(drawn("circle", { class: "last", cx: line.at(-1)[0], cy: line.at(-1)[1], r: 2 }));
    return made;
  }

  Hotspots.spark = { draw, points, runs, sentence };
})(window.Hotspots = window.Hotspots || {});
