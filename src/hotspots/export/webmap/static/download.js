// "Download what is seen": the areas in sight with all their columns, as a CSV file that is made in the browser.
(function (Hotspots) {
  "use strict";

  const { slug, within } = Hotspots.words;

  // A spreadsheet would run a text that begins like a formula.
  const FORMULA = /^[=+\-@\t\r]/;
  const BOM = "\uFEFF"; // by which Excel knows UTF-8

  function quoted(text) {
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }

  const worded = (text) => (FORMULA.test(text) ? `'${text}` : text);

  // Numbers as they are shown, but without commas; nothing where there is no value.
  function cell(table, name, position) {
    const value = table.raw(name, position);
    if (value === null) return "";
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (typeof value !== "number") return worded(value);
    const { smallest, decimals } = table.columns.get(name);
    if (smallest && value === 0) return `under ${smallest}`;
    return decimals === null || decimals === undefined ? String(value) : value.toFixed(decimals);
  }

  function heading({ label, unit }) {
    return worded(unit ? `${label} (${unit})` : label);
  }

  // `rows`: positions and ranks in their order; `about`: pairs of what the last lines say, such as ["Source", "police.uk"].
  function csv(view, table, rows, about) {
    const names = [...table.columns.keys()], own = table.columns.has("rank") || !view.rank;
    const by = own ? [] : [`Rank by ${within(table.columns.get(view.rank).label)}`];
    const lines = [[...names.map((name) => heading(table.columns.get(name))), ...by],
      ...rows.map(({ position, rank }) => [...names.map((name) => cell(table, name, position)), ...(own ? [] : [rank === null ? "" : String(rank)])]),
      [], ...about.filter(([, text]) => text).map(([what, text]) => [what, worded(text)])];
    return BOM + lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
  }

  function fileName(view) {
    return `${slug([view.group, view.title, view.label, view.where].filter(Boolean).join(" "))}.csv`;
  }

  // What the page says of source, licence and period.
  function aboutOf(view, data) {
    const text = (selector) => (document.querySelector(selector) || { textContent: "" }).textContent;
    return [["Shown", [view.group, view.title, view.label, view.where].filter(Boolean).join(", ")],
      ["Period", text(".masthead .period")], ["Source", text(".hotspots-source .origin").replace(/^Source: /, "")],
      ["Licence", data.attribution], ["Note", view.scenario ? view.note : ""]];
  }

  function save(view, table, rows, data) {
    const blob = new Blob([csv(view, table, rows, aboutOf(view, data))], { type: "text/csv;charset=utf-8" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = fileName(view);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  Hotspots.download = { csv, fileName, save };
})(window.Hotspots = window.Hotspots || {});
