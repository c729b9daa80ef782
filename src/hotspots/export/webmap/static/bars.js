// The first areas of the table as bars, from the same zero; a bar, its row and its area on the map mark one another.
(function (Hotspots) {
  "use strict";

  const { element, swatch, pointing } = Hotspots.elements;

  const MOST = 60;

  // Where each bar begins and how long it is, in percent; null where there is no value.
  function spans(values) {
    const known = values.filter((value) => value !== null);
    const low = Math.min(0, ...known), high = Math.max(0, ...known), whole = high - low || 1;
    return values.map((value) => (value === null ? null
      : { from: (100 * (Math.min(0, value) - low)) / whole, length: (100 * Math.abs(value)) / whole }));
  }

  // The column that the table is sorted by where it holds numbers, else the one that orders the list; null for none.
  function columnOf(view, table, rows, sort) {
    const numbers = (name) => table.columns.has(name) && rows.some(({ position }) => typeof table.raw(name, position) === "number");
    return [sort.replace(/^-/, ""), view.rank].find((name) => name && numbers(name)) || null;
  }

  class Bars {
    // `actions`: go(position), point(position or null).
    constructor(target, actions) {
      Object.assign(this, { target, actions });
      Hotspots.rove.walk(target, "button");
    }

    render(view, table, rows, sort) {
      const column = columnOf(view, table, rows, sort);
      this.target.hidden = !column;
      if (!column) return;
      const { label, unit } = table.columns.get(column), shown = rows.slice(0, MOST);
      const of = rows.length > MOST ? `the first ${MOST} of ${rows.length.toLocaleString("en-GB")}` : "";
      const placed = spans(shown.map(({ position }) => table.raw(column, position)));
      this.target.replaceChildren(element("h3", "", [label, element("small", "", [unit, of].filter(Boolean).join("; "))]),
        element("ol", "", shown.map((row, i) => this.bar(view, table, column, row, placed[i]))));
    }

    bar(view, table, column, { position, letter }, span) {
      const entry = Hotspots.values.entryOf(view, letter), track = element("span", "track", "", { "aria-hidden": "true" });
      if (span) {
        const fill = swatch(entry);
        fill.className = "fill-box";
        fill.style.marginLeft = `${span.from}%`;
        fill.style.width = `${span.length}%`;
        track.append(fill);
      }
      const button = element("button", "", [element("span", "name", table.name(position)), element("span", "value", table.show(column, position)), track],
        { type: "button", "data-position": position });
      button.addEventListener("click", () => this.actions.go(position));
      pointing(button, position, this.actions.point);
      return element("li", "", button);
    }
  }

  // Marks what stands for an area inside an element.
  function point(target, position) {
    for (const marked of target.querySelectorAll(".pointed")) marked.classList.remove("pointed");
    if (position === null) return;
    for (const found of target.querySelectorAll(`[data-position="${position}"]`)) found.classList.add("pointed");
  }

  Hotspots.bars = { Bars, spans, columnOf, point };
})(window.Hotspots = window.Hotspots || {});
