// Columns of the areas, and their cells as a reader should see them.
(function (Hotspots) {
  "use strict";

  const NO_DATA = "no data";

  function cell(column, position) {
    const values = column.values;
    if (column.words) {
      const word = values[position];
      return word === null || word < 0 ? null : column.words[word];
    }
    return values[position];
  }

  function number(column, value) {
    if (column.smallest && value === 0) return "under " + column.smallest;
    const decimals = column.decimals ?? (Number.isInteger(value) ? 0 : 3);
    return value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  }

  function text(column, position) {
    const value = cell(column, position);
    if (value === null || value === undefined) return NO_DATA;
    if (typeof value === "boolean") return value ? "yes" : "no";
    return typeof value === "number" ? number(column, value) : value;
  }

  // A table of the document: its columns by name, in the order they are shown.
  function table(data, index) {
    const columns = new Map(data.tables[index].map((i) => [data.columns[i].name, data.columns[i]]));
    const show = (name, position) => (columns.has(name) ? text(columns.get(name), position) : "");
    return {
      columns,
      show,
      name: (position) => show("name", position),
      place: (position) => [cell(columns.get("district") || { values: [] }, position), show("code", position)],
    };
  }

  Hotspots.values = { table };
})(window.Hotspots = window.Hotspots || {});
