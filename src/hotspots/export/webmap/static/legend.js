// What is written beside the map about the colours, and over it about one area.
(function (Hotspots) {
  "use strict";

  const { element, swatch } = Hotspots.elements;

  // Texts of more letters than this read as sentences, over the whole width.
  const LONG = 45;

  function legendRow(entry) {
    const count = entry.count === undefined ? "" : element("span", "count", entry.count.toLocaleString("en-GB"));
    return element("li", entry.count === 0 ? "none" : "", [swatch(entry), element("span", "label", entry.label), count]);
  }

  function block(entry, title, rows, noun) {
    return element("section", "legend-block", [
      element("h2", "", title),
      element("p", "unit", [element("span", "", entry.legendTitle), noun ? element("span", "count", noun) : ""]),
      element("ul", "", rows.map(legendRow)),
      entry.note ? element("p", "note", entry.note) : "",
    ]);
  }

  function titleOf(entry, period) {
    return [entry.group ? element("span", "group", `${entry.group} · `) : "", entry.title, period ? `, ${period}` : ""];
  }

  function themeLegend(view, { uncovered, hatched }) {
    const rows = view.legend.filter((entry) => entry.opacity > 0 && !(entry.rare && entry.count === 0));
    if (view.hatch && view.hatch.places.size) rows.push({ ...view.hatch, label: hatched ? view.hatch.label : view.hatch.closer, count: view.hatch.places.size });
    if (view.missing.count) rows.push(view.missing);
    if (uncovered) rows.push({ ...uncovered.legend, missing: true });
    return block(view, titleOf(view, [view.label, view.where].filter(Boolean).join(", ")), rows, view.noun);
  }

  function surfaceLegend(entry, uncovered) {
    const rows = entry.legend.filter((row) => row.opacity > 0);
    return block(entry, titleOf(entry), uncovered ? [...rows, { ...uncovered.legend, missing: true }] : rows);
  }

  // `uncovered`: the ground that no file covers, where there is some; `hatched`: whether areas are large enough for a hatch.
  function render(target, views, surfaces, around) {
    target.replaceChildren(...views.filter(Boolean).map((view) => themeLegend(view, around)),
      ...surfaces.map((entry) => surfaceLegend(entry, around.uncovered)));
  }

  // Tooltip and figures of one area in one theme.
  function descriptions(model) {
    const row = (table, name, position, main) => {
      const column = table.columns.get(name);
      const label = [column.label, column.unit ? element("small", "", column.unit) : ""];
      const shown = table.show(name, position);
      return element("div", `row${main ? " main" : ""}${shown.length > LONG ? " sentence" : ""}`,
        [element("dt", "", label), element("dd", "", shown)]);
    };
    const list = (view, names, position) => {
      const table = model.tableOf(view);
      return element("dl", "", [...new Set(names)].filter((name) => table.columns.has(name))
        .map((name) => row(table, name, position, name === view.column)));
    };
    const head = (view, position) => {
      const table = model.tableOf(view);
      const place = [table.district(position)];
      return [element("strong", "name", table.name(position)),
        element("div", "place", place.filter((word) => word && word !== table.name(position)).join(" · "))];
    };
    return {
      tooltip: (view, position) => {
        const why = Hotspots.marks.why(view, position);
        return element("div", "", [...head(view, position), list(view, view.tooltip, position), why && element("p", "", why)]);
      },
      // All columns of an area, that in sight first; `told`: the column that the card says above.
      figures: (view, position, told) => {
        const first = [view.column, "reason", "un_text"];
        // Of a view that steps through periods, the one in sight; the slider has the others.
        const heading = ["code", "name", "district", ...first, ...view.steps.map((step) => step.column)];
        const others = [...model.tableOf(view).columns.keys()].filter((name) => !heading.includes(name));
        return list(view, [...first, ...others].filter((name) => name !== told), position);
      },
    };
  }

  Hotspots.legend = { render, descriptions };
})(window.Hotspots = window.Hotspots || {});
