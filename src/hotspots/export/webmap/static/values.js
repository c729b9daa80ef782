// Columns of the areas, and their cells as a reader should see them.
(function (Hotspots) {
  "use strict";

  const NO_DATA = "no data", LACKING = "not covered";

  // The cells of a column, unpacked when they are first asked for: numbers, with NaN where there is none, or texts.
  function cells(column) {
    if (!column.values) {
      column.values = Hotspots.decode.numbers(column);
      delete column.packed;
    }
    return column.values;
  }

  function cell(column, position) {
    const value = cells(column)[position];
    if (value === null || value === undefined || value !== value) return null;
    if (column.words) return column.words[value] ?? null;
    return column.flag ? value === 1 : value;
  }

  // One for each number of decimals: a browser takes long to make it.
  const formats = new Map();

  function formatOf(decimals) {
    if (!formats.has(decimals)) {
      formats.set(decimals, new Intl.NumberFormat("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    }
    return formats.get(decimals);
  }

  function number(column, value) {
    if (value === 0 && (column.zero || column.smallest)) return column.zero || "under " + column.smallest;
    return formatOf(column.decimals ?? (Number.isInteger(value) ? 0 : 3)).format(value);
  }

  function text(column, value) {
    if (value === null) return column.missing || NO_DATA;
    if (typeof value === "boolean") return value ? "yes" : "no";
    return typeof value === "number" ? number(column, value) : value;
  }

  // A table of the document: its columns by name, in the order they are shown.
  function table(data, index) {
    const columns = new Map(data.tables[index].map((i) => [data.columns[i].name, data.columns[i]]));
    const raw = (name, position) => (columns.has(name) ? cell(columns.get(name), position) : null);
    // Why an area has no value: what the files do not cover, in words that begin with "not covered"; else empty.
    const lacking = (position) => {
      const said = raw("coverage", position) || "";
      return said.startsWith(LACKING) ? said : "";
    };
    const show = (name, position) => {
      if (!columns.has(name)) return "";
      const value = cell(columns.get(name), position);
      return (value === null && lacking(position)) || text(columns.get(name), value);
    };
    const name = (position) => show("name", position);
    const code = (position) => show("code", position);
    const codes = () => Array.from(cells(columns.get("code")), (_, position) => code(position));
    return {
      columns, show, raw, lacking, name, code, codes,
      size: () => cells(columns.get("code")).length,
      // Any value as a column shows its own.
      write: (column, value) => text(columns.get(column), value),
      // How many areas have a value in a column.
      known: (column) => Array.from(cells(columns.get(column)), (_, position) => raw(column, position)).filter((value) => value !== null).length,
      district: (position) => raw("district", position) || "",
      // Cells of a grid have codes and no names.
      named: () => columns.get("name") !== undefined && codes().some((own, position) => name(position) !== own),
    };
  }

  // How a letter of a view's classes is called and drawn: "-" has no data, and "." is not drawn.
  const entryOf = (view, letter) => view.legend[letter] || view.missing;

  const ranked = new WeakMap();

  // The order of the areas of a view, found once for all who ask; those of some districts keep their ranks among all.
  function ranking(view, areas) {
    if (!ranked.has(view)) ranked.set(view, view.whole ? ranking(view.whole, areas).filter(({ position }) => view.classes[position] !== ".") : rank(view, areas));
    return ranked.get(view);
  }

  // The place of each class in the order: one that is less sure stands with its own class, which comes before it.
  const placesOf = (legend) => legend.map((entry, place) => (entry.unsure && place ? place - 1 : place));

  // Positions of the areas that a theme draws: by class where there are classes, then from the largest number.
  function rank(view, areas) {
    const byClass = view.rank !== view.column, places = byClass ? placesOf(view.legend) : [];
    const rows = [];
    for (let position = 0; position < view.classes.length; position++) {
      const letter = view.classes[position];
      if (letter === ".") continue;
      const value = areas.raw(view.rank, position);
      const missing = letter === "-" || value === null;
      rows.push({ position, letter, value, order: missing ? Infinity : byClass ? places[letter] : 0 });
    }
    rows.sort((a, b) => a.order - b.order || b.value - a.value || a.position - b.position);
    rows.forEach((row, i) => {
      const above = rows[i - 1];
      const equal = above && above.order === row.order && above.value === row.value;
      row.rank = row.order === Infinity ? null : equal ? above.rank : i + 1;
    });
    // A layer with ranks of its own shows no other number, and none where another measure orders it.
    if (view.ranked) rows.forEach((row) => {
      row.rank = view.rank === "score" ? areas.raw("rank", row.position) : null;
    });
    return rows;
  }

  Hotspots.values = { formatOf, table, ranking, entryOf };
})(window.Hotspots = window.Hotspots || {});
