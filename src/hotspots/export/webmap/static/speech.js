// What a screen reader hears of an area: who it is, its rank, its class and numbers, and why.
(function (Hotspots) {
  "use strict";

  const { within } = Hotspots.words;

  const WHY = ["reason", "un_text"];
  const known = new WeakMap();

  // The areas of a view in the order of the list, once for each view.
  function order(view, table) {
    if (!known.has(view)) {
      const rows = Hotspots.values.ranking(view, table);
      known.set(view, { rows, places: new Map(rows.map((row, place) => [row.position, place])) });
    }
    return known.get(view);
  }

  function rankOf(view, table, position) {
    const { rows, places } = order(view.whole || view, table);
    const row = rows[places.get(position)];
    if (!row) return "";
    const all = `${rows.length.toLocaleString("en-GB")} ${within(view.noun)}`;
    return row.rank === null ? `Without a rank, among ${all}` : `Rank ${row.rank.toLocaleString("en-GB")} of ${all}`;
  }

  function sentence(view, table, position) {
    const has = (name) => table.columns.has(name);
    const facts = [...new Set([view.column, view.rank, ...view.tooltip])].filter(has)
      .map((name) => [table.columns.get(name).label, table.show(name, position), table.columns.get(name).unit])
      .map((fact) => fact.filter(Boolean).join(" "));
    const why = WHY.filter((name) => has(name) && table.raw(name, position)).map((name) => table.show(name, position));
    const who = [table.name(position), table.district(position)].filter(Boolean).join(", ");
    return [who, rankOf(view, table, position), ...facts, Hotspots.marks.why(view, position), ...why].filter(Boolean).map((part) => part.replace(/\.$/, "")).join(". ");
  }

  Hotspots.speech = { order, sentence };
})(window.Hotspots = window.Hotspots || {});
