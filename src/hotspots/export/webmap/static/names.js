// Names of areas, written where they fit: the higher an area ranks, the earlier its turn.
(function (Hotspots) {
  "use strict";

  const MOST = 150, LINE = 14, MARGIN = 3;
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
      if (!widths.has(text)) {
        pen.font = `500 11px ${getComputedStyle(document.body).fontFamily}`;
        widths.set(text, pen.measureText(text).width);
      }
      return widths.get(text);
    };
  }

  const apart = (a, b) => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;

  class Names {
    constructor(map) {
      this.map = map;
      this.pane = Hotspots.layers.pane(map, "names", 460);
      this.group = L.layerGroup().addTo(map);
      this.widthOf = measure();
      this.source = null;
      map.on("moveend", () => this.write());
    }

    // `source`: the areas, the positions in the order of their turn, and each one's name; null for none.
    show(source) {
      this.source = source;
      this.write();
    }

    write() {
      this.group.clearLayers();
      const { source, map } = this;
      const height = source ? source.areas.pixelHeight() : 0;
      if (height < LEAST_LEADING) return;
      const small = height < LEAST_HEIGHT;
      const view = map.getBounds(), taken = this.districtBoxes();
      let written = 0;
      for (const [turn, position] of source.order.entries()) {
        const leading = turn < LEADING;
        if (written === MOST || (small && !leading)) return;
        const place = source.areas.places[position];
        if (!view.contains(place) || !source.nameOf(position)) continue;
        const box = this.boxOf(source, position, place, leading);
        if (!box || !taken.every((other) => apart(box, other))) continue;
        taken.push(box);
        this.group.addLayer(this.label(source.nameOf(position), place));
        written += 1;
      }
    }

    // Where the name would stand, if its area leads the list or is wide enough for it.
    boxOf({ areas, nameOf }, position, place, leading) {
      const bounds = areas.bounds(position);
      const corner = this.map.latLngToContainerPoint(bounds.getNorthWest());
      const size = this.map.latLngToContainerPoint(bounds.getSouthEast()).subtract(corner);
      const width = this.widthOf(nameOf(position)) + 2 * MARGIN;
      if (!leading && (size.x * SHARE < width || size.y < LINE + 2 * MARGIN)) return null;
      const { x, y } = this.map.latLngToContainerPoint(place);
      return { left: x - width / 2, right: x + width / 2, top: y - LINE / 2, bottom: y + LINE / 2 };
    }

    districtBoxes() {
      const frame = this.map.getContainer().getBoundingClientRect();
      return [...this.map.getContainer().querySelectorAll(".hotspots-name span")]
        .filter((span) => span.parentElement.style.visibility !== "hidden")
        .map((span) => span.getBoundingClientRect())
        .map((box) => ({ left: box.left - frame.left, right: box.right - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top }));
    }

    label(name, place) {
      const text = document.createElement("span");
      text.textContent = name;
      const icon = L.divIcon({ className: "hotspots-area-name", html: text, iconSize: null });
      return L.marker(place, { icon, pane: this.pane, interactive: false, keyboard: false });
    }
  }

  Hotspots.names = { Names };
})(window.Hotspots = window.Hotspots || {});
