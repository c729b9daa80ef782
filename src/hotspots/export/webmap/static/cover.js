// How much of each coloured area names and signs cover: no more than a share of any, or colours could not be read.
(function (Hotspots) {
  "use strict";

  const MOST = 0.2; // of an area's ground on the screen
  const STEP = 5; // pixels between the places at which it is asked which area lies below

  const apart = (a, b) => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;

  // What buttons and lines take of the map; on paper there is the scale alone.
  function controls(map) {
    const frame = map.getContainer().getBoundingClientRect(), paper = document.documentElement.classList.contains("printing");
    return [...map.getContainer().querySelectorAll(paper ? ".leaflet-control-scale" : ".leaflet-control")]
      .map((control) => control.getBoundingClientRect()).filter(({ width }) => width)
      .map(({ left, right, top, bottom }) => ({ left: left - frame.left, right: right - frame.left, top: top - frame.top, bottom: bottom - frame.top }));
  }

  class Cover {
    // `shapes`: those of the areas in sight; `coloured(position)`: whether one of them has a colour that must be read;
    // `boxes`: what is taken already.
    constructor(map, shapes, coloured, boxes = []) {
      Object.assign(this, { map, shapes, coloured, covered: new Map(), boxes: [...boxes], view: map.getBounds().pad(0.05) });
      this.scale = map.options.crs.scale(map.getZoom());
      this.corner = map.getPixelOrigin().add(map.containerPointToLayerPoint([0, 0]));
    }

    sees(place) {
      return this.view.contains(place);
    }

    pixel(place) {
      return this.map.latLngToContainerPoint(place);
    }

    place(pixel) {
      const { lat, lng } = this.map.containerPointToLatLng(pixel);
      return [lat, lng];
    }

    // The shape that lies below a pixel, or null.
    at(shapes, [x, y]) {
      return shapes.find((this.corner.x + x) / this.scale, (this.corner.y + y) / this.scale);
    }

    // Whether a shape lies below a pixel.
    holds(shapes, position, [x, y]) {
      return shapes.holds(position, (this.corner.x + x) / this.scale, (this.corner.y + y) / this.scale);
    }

    // The ground that a box would cover, in square pixels by area; null as soon as `over(position, pixels)` says too much.
    under({ left, right, top, bottom }, over = () => false) {
      const columns = Math.max(2, Math.round((right - left) / STEP)), rows = Math.max(2, Math.round((bottom - top) / STEP));
      const each = ((right - left) * (bottom - top)) / (columns * rows), found = new Map();
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const pixel = [left + ((column + 0.5) / columns) * (right - left), top + ((row + 0.5) / rows) * (bottom - top)];
          const position = this.at(this.shapes, pixel);
          if (position === null || !this.coloured(position)) continue;
          found.set(position, (found.get(position) || 0) + each);
          if (over(position, found.get(position))) return null;
        }
      }
      return found;
    }

    // Takes a box where it is free and leaves every coloured area to be seen; whether it did.
    take(box) {
      if (!this.boxes.every((other) => apart(box, other))) return false;
      const over = (position, more) => (this.covered.get(position) || 0) + more > MOST * this.shapes.ground(position) * this.scale ** 2;
      const found = this.shapes ? this.under(box, over) : new Map();
      if (!found) return false;
      this.boxes.push(box);
      for (const [position, more] of found) this.covered.set(position, (this.covered.get(position) || 0) + more);
      return true;
    }
  }

  Hotspots.cover = { Cover, controls, apart };
})(window.Hotspots = window.Hotspots || {});
