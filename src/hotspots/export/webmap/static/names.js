// Names on the map, written where they fit and hide no colour: districts, then areas as they rank, then towns.
(function (Hotspots) {
  "use strict";

  const MOST = 150, LINE = 14, MARGIN = 2;
  // Under this average height areas are too small for names to be anything but litter.
  const LEAST_HEIGHT = 60;
  // The first areas of the list are named at half that height, whether or not there is room for all.
  const LEADING = 5, LEAST_LEADING = 24;
  // A name takes at most this share of its area's width, or it would seem to be its neighbour's.
  const SHARE = 0.85;

  function measure() {
    const pen = document.createElement("canvas").getContext("2d");
    const widths = new Map();
    return (text) => {
      // To ask for the font makes a browser go through all styles: once, and not for each name.
      if (!widths.size) pen.font = `500 11px ${getComputedStyle(document.body).fontFamily}`;
      if (!widths.has(text)) widths.set(text, pen.measureText(text).width);
      return widths.get(text);
    };
  }

  class Names {
    // `districts(cover)`: writes the names of districts, where they are shown.
    constructor(map, districts) {
      Object.assign(this, { map, districts, source: null, signs: [], widthOf: measure() });
      this.pane = Hotspots.layers.pane(map, "names", 460);
      this.group = L.layerGroup().addTo(map);
      this.sheet = Hotspots.marks.sheet(map, () => this.signs);
      this.again = () => this.write();
      map.on("moveend", this.again);
    }

    // `source`: the view and its areas, what returns their ranking in the order of their turn (none: no names), each one's
    // name, and the towns to name; null for none.
    show(source) {
      this.source = source;
      this.write();
    }

    write() {
      if (Hotspots.sheet.waits(this.again)) return;
      const { source, map } = this, view = source && source.view;
      // Looked at before anything is written, or a browser lays out the page for it.
      const controls = Hotspots.cover.controls(map);
      this.group.clearLayers();
      const loud = (position) => {
        const entry = view.legend[view.classes[position]];
        return Boolean(entry && entry.opacity && !entry.neutral);
      };
      const cover = new Hotspots.cover.Cover(map, source ? source.areas.shapes : null, loud, controls);
      this.districts(cover);
      const named = source ? this.writeAreas(cover) : new Set();
      this.signs = source && source.coloured ? Hotspots.marks.signs(view, source.areas, cover, named) : [];
      this.drawSigns();
      for (const [place, name] of source && source.context ? Hotspots.context.towns(source.context, cover, this.widthOf) : []) {
        this.group.addLayer(this.label(name, place, "hotspots-town"));
      }
    }

    // A sheet is a canvas of several megabytes: there is none without signs.
    drawSigns() {
      const { map, sheet, signs } = this;
      if (!signs.length) sheet.remove();
      else if (map.hasLayer(sheet)) sheet.redraw();
      else sheet.addTo(map);
    }

    // Returns the positions whose names are written.
    writeAreas(cover) {
      const { source } = this, named = new Set();
      const height = source.areas.pixelHeight();
      if (height < LEAST_LEADING) return named;
      for (const [turn, { position }] of source.order().entries()) {
        const leading = turn < LEADING;
        if (named.size === MOST || (height < LEAST_HEIGHT && !leading)) break;
        const place = source.areas.places[position], name = this.textOf(position);
        if (!name || !cover.sees(place)) continue;
        const box = this.boxOf(position, name, leading);
        if (!box || !cover.take(box)) continue;
        named.add(position);
        this.group.addLayer(this.label(name, place, "hotspots-area-name"));
      }
      return named;
    }

    // A name with the sign of its area's class before it.
    textOf(position) {
      const { view, nameOf, coloured } = this.source, name = nameOf(position);
      const { mark } = coloured ? Hotspots.values.entryOf(view, view.classes[position]) : {};
      return name && mark ? `${mark} ${name}` : name;
    }

    // Where the name would stand, if its area leads the list or is wide enough for it, and all of the name is in sight.
    boxOf(position, name, leading) {
      const { areas } = this.source, bounds = areas.bounds(position);
      const corner = this.map.latLngToContainerPoint(bounds.getNorthWest());
      const size = this.map.latLngToContainerPoint(bounds.getSouthEast()).subtract(corner);
      const width = this.widthOf(name) + 2 * MARGIN;
      if (!leading && (size.x * SHARE < width || size.y < LINE + 2 * MARGIN)) return null;
      const { x, y } = this.map.latLngToContainerPoint(areas.places[position]), whole = this.map.getSize();
      const box = { left: x - width / 2, right: x + width / 2, top: y - LINE / 2, bottom: y + LINE / 2 };
      return box.left < 0 || box.right > whole.x || box.top < 0 || box.bottom > whole.y ? null : box;
    }

    label(name, place, className) {
      const text = document.createElement("span");
      text.textContent = name;
      const icon = L.divIcon({ className, html: text, iconSize: null });
      return L.marker(place, { icon, pane: this.pane, interactive: false, keyboard: false });
    }
  }

  Hotspots.names = { Names };
})(window.Hotspots = window.Hotspots || {});
