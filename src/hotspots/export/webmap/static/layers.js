// What is drawn on the map: areas (one set of shapes shared by all their themes), surfaces, land.
(function (Hotspots) {
  "use strict";

  const LINE = "#7b8794", GAP_LINE = "#8a94a0";
  const WIDEST = 0.8, NARROWEST = 0.15, PIXELS_PER_WIDTH = 40;
  // What is left of the colours of areas outside the chosen districts.
  const DIMMED = 0.2;
  const HOVER = { color: "#1d2733", weight: 2.5, fill: false, interactive: false };

  // The shapes of a layer of the document, and those of its districts where it tells of them; read once.
  function shapesOf(encoded) {
    if (!encoded.shapes) {
      const topology = Hotspots.decode.topology(encoded);
      const count = topology.areas.length - 1 - (encoded.districts || 0);
      encoded.shapes = new Hotspots.shapes.Shapes(topology, 0, count);
      // What is read is not kept as text, too.
      for (const part of ["sizes", "refs", "lengths", "points"]) delete encoded[part];
      encoded.around = encoded.districts ? new Hotspots.shapes.Shapes(topology, count) : null;
    }
    return encoded.shapes;
  }

  // The areas of one layer. Switching the theme paints them anew; nothing is made twice.
  class Areas {
    // `actions`: tooltip(position) for what is shown on hover, choose(position, place) when one is pressed,
    // and, where wanted, over(position or null) for the one under the pointer.
    // `least`: the pixels from which on areas have borders, and a hatch.
    constructor(map, encoded, { strength, least }, actions) {
      Object.assign(this, { map, encoded, strength, least, actions, view: null, shapes: null, over: null });
    }

    build() {
      this.shapes = shapesOf(this.encoded);
      this.places = Hotspots.decode.places(this.encoded.places);
      this.sheet = new Hotspots.sheet.Sheet((pen, frame) => this.paint(pen, frame));
      this.ring = L.polygon([], { ...HOVER, pane: pane(this.map, "hover", 440) });
      this.tip = L.tooltip({ direction: "auto", className: "hotspots-tooltip", opacity: 1 });
      this.events = { mousemove: (event) => this.hover(event), mouseout: () => this.leave(), movestart: () => this.leave(),
        click: (event) => this.press(event) };
      document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.leave(); });
    }

    // The area of the theme in sight at a place on the map, or null.
    at(place) {
      const position = this.shapes.at([place.lat, place.lng]);
      return position === null || this.view.classes[position] === "." ? null : position;
    }

    hover({ latlng, originalEvent }) {
      const position = originalEvent.target.closest(".leaflet-control, .leaflet-popup") ? null : this.at(latlng);
      if (position === null) {
        this.leave();
        return;
      }
      if (position !== this.over) {
        this.over = position;
        this.ring.setLatLngs(this.shapes.outline(position)).addTo(this.map);
        this.tip.setContent(this.actions.tooltip(position));
        this.map.getContainer().classList.add("over-area");
        if (this.actions.over) this.actions.over(position);
      }
      this.tip.setLatLng(latlng);
      if (!this.map.hasLayer(this.tip)) this.tip.addTo(this.map);
    }

    leave() {
      if (this.over === null) return;
      this.over = null;
      this.ring.remove();
      this.tip.remove();
      this.map.getContainer().classList.remove("over-area");
      if (this.actions.over) this.actions.over(null);
    }

    press(event) {
      const position = this.at(event.latlng);
      if (position === null) return;
      this.leave();
      this.actions.choose(position, event.latlng);
    }

    // Corners of an area; of one too small to have a shape, its place.
    bounds(position) {
      return L.latLngBounds(this.shapes.bounds(position) || [this.places[position], this.places[position]]);
    }

    // Rings of an area, to draw over it.
    outline(position) {
      return this.shapes.outline(position);
    }

    show(view, coloured) {
      if (!this.shapes) this.build();
      Object.assign(this, { view, coloured });
      if (this.map.hasLayer(this.sheet)) {
        this.leave();
        this.sheet.redraw();
        return;
      }
      this.sheet.addTo(this.map);
      this.map.on(this.events);
      this.map.setMaxZoom(this.encoded.zoom);
    }

    hide() {
      this.leave();
      this.map.off(this.events);
      this.sheet.remove();
    }

    // Whether all the ground is covered by colours, so that nothing below them is seen.
    covers() {
      const { view, encoded } = this;
      if (!this.coloured || this.strength < 1 || !encoded.around || view.around || view.classes.includes(".")) return false;
      return [...new Set(view.classes)].every((letter) => Hotspots.values.entryOf(view, letter).opacity === 1);
    }

    // Height on the screen of an area of average size.
    pixelHeight() {
      return this.shapes.height * this.map.options.crs.scale(this.map.getZoom());
    }

    // Whether the middle one of the areas is so many pixels high.
    isHigh(pixels) {
      return this.shapes.middle * this.map.options.crs.scale(this.map.getZoom()) >= pixels;
    }

    // Whether rates that rest on little are hatched: in areas that are too small, lines could not be told from a colour.
    get hatched() {
      return this.isHigh(this.least.hatch);
    }

    // Lines thin out with the size of the areas on the screen, so that they never hide the colours.
    lineWeight() {
      return Math.min(WIDEST, Math.max(NARROWEST, this.pixelHeight() / PIXELS_PER_WIDTH));
    }

    // The areas in sight by their letter among `classes`.
    inSight(sight, classes) {
      const found = new Map();
      for (let position = 0; position < this.shapes.count; position++) {
        const letter = classes[position];
        if (letter === "." || !this.shapes.inSight(position, sight)) continue;
        if (!found.has(letter)) found.set(letter, []);
        found.get(letter).push(position);
      }
      return found;
    }

    colour(pen, found, strength, frame) {
      const { shapes, view } = this;
      for (const [letter, positions] of found) {
        const entry = Hotspots.values.entryOf(view, letter);
        fill(pen, shapes, positions, entry.colour, entry.opacity * strength, frame);
      }
    }

    hatch(pen, found, frame) {
      // A class that is hatched is told from another by nothing else.
      const { shapes, view } = this, { unsure, byClass } = Hotspots.marks, lined = this.hatched ? unsure : byClass;
      for (const [letter, positions] of found) {
        const { colour, opacity } = Hotspots.values.entryOf(view, letter);
        if (opacity) Hotspots.marks.hatch(pen, shapes, positions.filter((position) => lined(view, position)), colour, frame);
      }
    }

    paint(pen, frame) {
      const { shapes, view } = this, found = this.inSight(frame.sight, view.classes);
      if (this.coloured && view.around) this.colour(pen, this.inSight(frame.sight, view.around), this.strength * DIMMED, frame);
      if (this.coloured) this.colour(pen, found, this.strength, frame);
      if (this.coloured) this.hatch(pen, found, frame);
      // Borders of small areas would hide their colours.
      if (this.coloured && !this.isHigh(this.least.border)) return;
      const lines = [...found].filter(([letter]) => letter !== "-").flatMap(([, positions]) => positions);
      stroke(pen, shapes, lines, { colour: LINE, width: this.lineWeight() }, frame);
      stroke(pen, shapes, found.get("-") || [], { colour: GAP_LINE, width: this.lineWeight(), dash: [3, 3] }, frame);
    }
  }

  function all(shapes, frame) {
    return Array.from({ length: shapes.count }, (_, position) => position)
      .filter((position) => shapes.inSight(position, frame.sight));
  }

  function fill(pen, shapes, positions, colour, opacity, frame) {
    if (!opacity) return;
    pen.beginPath();
    for (const position of positions) shapes.trace(pen, position, frame);
    pen.globalAlpha = opacity;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
  }

  // Every border once, however many areas share it.
  function stroke(pen, shapes, positions, { colour, width, dash = [] }, frame) {
    pen.beginPath();
    shapes.traceArcs(pen, shapes.arcsOf(positions), frame);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.lineJoin = "round";
    pen.setLineDash(dash);
    pen.stroke();
  }

  function surface(entry) {
    return L.imageOverlay(entry.image, entry.bounds, { zIndex: 300, alt: entry.title, className: "hotspots-surface" });
  }

  function pane(map, name, zIndex) {
    const made = map.getPane(name) || map.createPane(name);
    made.style.zIndex = zIndex;
    made.style.pointerEvents = "none";
    return name;
  }

  // What is drawn along the districts: of the areas in sight where they tell of theirs, else of the whole document.
  class Around {
    constructor(outline, paint, options) {
      this.own = shapesOf(outline.shapes);
      this.shapes = this.own;
      this.sheet = new Hotspots.sheet.Sheet((pen, frame) => paint(pen, this.shapes, all(this.shapes, frame), frame), options);
    }

    follow(encoded) {
      const shapes = (encoded && shapesOf(encoded) && encoded.around) || this.own;
      this.order = shapes === this.own ? null : encoded.names || null;
      if (shapes === this.shapes) return;
      this.shapes = shapes;
      this.sheet.redraw();
    }
  }

  // The ground of the study area, so that what has no colour of its own is land and not sea.
  function land(map, outline, colour) {
    return new Around(outline, (pen, shapes, positions, frame) => fill(pen, shapes, positions, colour, 1, frame),
      { pane: pane(map, "land", 250) });
  }

  // The ground that no file covers, as areas without data are drawn.
  function uncovered(map, { shapes: encoded, legend }) {
    const own = shapesOf(encoded);
    return new Hotspots.sheet.Sheet((pen, frame) => {
      const positions = all(own, frame);
      fill(pen, own, positions, legend.colour, 1, frame);
      stroke(pen, own, positions, { colour: GAP_LINE, width: WIDEST, dash: [3, 3] }, frame);
    }, { pane: pane(map, "uncovered", 240) });
  }

  Hotspots.layers = { Areas, Around, surface, land, uncovered, pane, stroke, shapesOf };
})(window.Hotspots = window.Hotspots || {});
