// What is written beside and over the map: legend, layer list, tooltip, popup.
(function (Hotspots) {
  "use strict";

  // An element with text; text from data only ever comes in through textContent.
  function element(tag, className, content) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    const children = Array.isArray(content) ? content : [content];
    for (const child of children) {
      if (child !== undefined && child !== null && child !== "") made.append(child);
    }
    return made;
  }

  function swatch(entry) {
    const box = element("i", entry.missing ? "swatch missing" : "swatch");
    const fill = element("span", "fill");
    fill.style.backgroundColor = entry.colour;
    fill.style.opacity = entry.opacity;
    box.append(fill);
    return box;
  }

  function legendRow(entry) {
    const count = entry.count === undefined ? "" : element("span", "count", entry.count.toLocaleString("en-GB"));
    return element("li", entry.count === 0 ? "none" : "", [swatch(entry), element("span", "label", entry.label), count]);
  }

  function legendBlock(entry, rows) {
    return element("section", "legend-block", [
      entry.group ? element("p", "group", entry.group) : "",
      element("h3", "", entry.title),
      element("p", "unit", entry.legendTitle),
      element("ul", "", rows.map(legendRow)),
      entry.note ? element("p", "note", entry.note) : "",
    ]);
  }

  function themeLegend(theme) {
    const rows = theme.legend.filter((entry) => entry.opacity > 0);
    if (theme.missing.count) rows.push({ ...theme.missing, missing: true });
    const block = legendBlock(theme, rows);
    if (rows.some((row) => row.count !== undefined)) {
      block.querySelector(".unit").append(element("span", "count", theme.noun));
    }
    return block;
  }

  function surfaceLegend(entry) {
    return legendBlock(entry, entry.legend.filter((row) => row.opacity > 0));
  }

  function renderLegend(target, theme, surfaces) {
    target.replaceChildren(...[theme && themeLegend(theme), ...surfaces.map(surfaceLegend)].filter(Boolean));
  }

  // Tooltip and popup of one area in one theme.
  function descriptions(tables) {
    const placeLine = (table, position) =>
      table.place(position).filter((word) => word && word !== table.name(position)).join(" · ");
    const row = (table, name, position, main) => {
      const column = table.columns.get(name);
      const label = [column.label, column.unit ? element("small", "", column.unit) : ""];
      return element("div", main ? "row main" : "row",
        [element("dt", "", label), element("dd", "", table.show(name, position))]);
    };
    const list = (theme, names, position) => {
      const table = tables[theme.table];
      return element("dl", "", names.filter((name) => table.columns.has(name))
        .map((name) => row(table, name, position, name === theme.column)));
    };
    const head = (theme, position, withCode) => {
      const table = tables[theme.table];
      const [district] = table.place(position);
      return [element("strong", "name", table.name(position)),
        element("div", "place", withCode ? placeLine(table, position) : district || "")];
    };
    return {
      tooltip: (theme, position) =>
        element("div", "", [...head(theme, position, false), list(theme, theme.tooltip, position)]),
      popup: (theme, position) => {
        const group = theme.group ? element("div", "group", theme.group) : "";
        const heading = ["code", "name", "district", theme.column];
        const others = [...tables[theme.table].columns.keys()].filter((name) => !heading.includes(name));
        return element("div", "", [...head(theme, position, true), group, list(theme, [theme.column, ...others], position)]);
      },
    };
  }

  // Leaflet's layer list, with the themes under headings that open and close.
  const ThemeControl = L.Control.Layers.extend({
    _addItem(item) {
      const label = L.Control.Layers.prototype._addItem.call(this, { ...item, name: "" });
      label.firstElementChild.lastElementChild.textContent = " " + item.name;
      const group = item.layer.theme && item.layer.theme.group;
      if (group && this.options.grouped) this._groupOf(group).append(label);
      return label;
    },

    _groupOf(name) {
      const found = [...this._baseLayersList.children].find((child) => child.dataset.group === name);
      if (found) return found;
      const opened = (this._opened = this._opened || new Set());
      const details = element("details", "theme-group", element("summary", "", name));
      details.dataset.group = name;
      details.open = opened.has(name) || this.options.openGroup() === name;
      details.addEventListener("toggle", () => (details.open ? opened.add(name) : opened.delete(name)));
      this._baseLayersList.append(details);
      return details;
    },
  });

  Hotspots.panel = { renderLegend, descriptions, ThemeControl };
})(window.Hotspots = window.Hotspots || {});
