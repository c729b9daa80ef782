// What is drawn on the map: areas (one set of shapes shared by all their themes), surfaces, districts.
(function (Hotspots) {
  "use strict";

  const LINE = "#7b8794", GAP_LINE = "#8a94a0", DISTRICT = "#3b4754";
  const WIDEST = 0.8, NARROWEST = 0.15, PIXELS_PER_WIDTH = 40;
  // What is left of the colours of areas outside the chosen districts.
  const DIMMED = 0.2;
  // Places along each side of a district at which its name is tried.
  const TRIES = 20;
  const HALO = 5; // pixels that the white around a name takes
  const DIGIT = 7, NUMBER = 10; // pixels that a digit takes, and its height
  const FARTHEST = 160, TURNS = 32; // pixels from a district to its number outside, and the ways in which it is looked for
  const LEADER = { color: "#1d2733", weight: 1, interactive: false, pane: "leaders" };
  const MOST_NUMBERED = 40; // of more districts, numbers would be no key
  const NOWHERE = { width: Infinity, height: Infinity };
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

  // District outlines with their names.
  class Districts extends Around {
    // `key`: where the numbers of districts without room for a name are told; without it there are none.
    constructor(map, outline, key = null) {
      super(outline, (pen, shapes, positions, frame) => stroke(pen, shapes, positions, { colour: DISTRICT, width: 1.4 }, frame),
        { pane: pane(map, "outlines", 450) });
      const names = pane(map, "districts", 470);
      const labels = outline.labels.map(([latitude, longitude, name]) => {
        const label = document.createElement("span");
        label.textContent = name;
        const icon = L.divIcon({ className: "hotspots-name", html: label, iconSize: null });
        return L.marker([latitude, longitude], { icon, pane: names, interactive: false, keyboard: false });
      });
      pane(map, "leaders", 465);
      this.group = L.layerGroup([this.sheet, ...labels]);
      this.names = outline.labels.map(([latitude, longitude, name], i) =>
        ({ label: labels[i], name, home: [latitude, longitude], district: this.own.at([latitude, longitude]) }));
      this.key = key;
      this.leaders = L.layerGroup().addTo(this.group);
      [...this.names].sort((a, b) => a.name.localeCompare(b.name)).forEach((entry, i) => { entry.number = i + 1; });
    }

    // Writes the names that fit into their districts and hide no colour, near where each has most room; a name that does
    // not fit is folded, and where it does not fit either there is a number, which the key tells.
    write(cover) {
      const sizes = this.sizes();
      const left = this.names.map((entry, i) => ({ ...this.homeOf(entry), sizes: sizes[i] })).filter((entry) => !this.writeName(cover, entry));
      if (!this.key) return;
      this.leaders.clearLayers();
      const numbered = this.names.length > MOST_NUMBERED ? [] : left;
      const outside = numbered.filter((entry) => !this.writeNumber(cover, entry, (size) => this.placeOf(cover, entry.home, entry.district, size)));
      const without = outside.filter((entry) => !this.order && !this.writeNumber(cover, entry, (size) => this.placeOutside(cover, entry, size)));
      this.tell(numbered.filter((entry) => !(this.order ? outside : without).includes(entry)));
    }

    // Whether the name of a district fits.
    writeName(cover, { label, name, home, district, sizes }) {
      const made = label.getElement();
      if (!made || district === null) return true;
      const folded = [0, 1].find((turn) => this.put(cover, label, home, district, sizes[turn]));
      made.firstChild.textContent = name;
      made.firstChild.classList.toggle("folded", folded === 1);
      made.style.visibility = folded === undefined ? "hidden" : "visible";
      return folded !== undefined;
    }

    // Whether the number of a district fits where `placeOf(size)` says.
    writeNumber(cover, { label, number }, placeOf) {
      const made = label.getElement(), place = placeOf({ width: DIGIT * String(number).length, height: NUMBER });
      if (!place) return false;
      label.setLatLng(place);
      made.firstChild.textContent = number;
      made.firstChild.classList.remove("folded");
      made.style.visibility = "visible";
      return true;
    }

    // A place for a number off all districts, the nearest to its own, and a line from there; null where there is none.
    placeOutside(cover, { home, district }, { width, height }) {
      const size = cover.map.getSize(), from = cover.pixel(home), controls = controlsOf(cover.map);
      if (district === null || from.x < 0 || from.y < 0 || from.x > size.x || from.y > size.y) return null;
      for (let away = 2 * NUMBER; away <= FARTHEST; away += NUMBER) {
        for (let turn = 0; turn < TURNS; turn++) {
          const x = from.x + away * Math.sin((2 * Math.PI * turn) / TURNS), y = from.y - away * Math.cos((2 * Math.PI * turn) / TURNS);
          const box = { left: x - width / 2 - HALO, right: x + width / 2 + HALO, top: y - height / 2 - HALO, bottom: y + height / 2 + HALO };
          if (box.left < 0 || box.right > size.x || box.top < 0 || box.bottom > size.y) continue;
          if (controls.some((other) => !Hotspots.cover.apart(box, other))) continue;
          if (pixelsOf(box).some((pixel) => this.own.at(cover.place(pixel)) !== null) || !cover.take(box)) continue;
          const short = 1 - (NUMBER / 2 + HALO) / away;
          this.leaders.addLayer(L.polyline([home, cover.place([from.x + (x - from.x) * short, from.y + (y - from.y) * short])], LEADER));
          return cover.place([x, y]);
        }
      }
      return null;
    }

    put(cover, label, home, district, size) {
      const place = this.placeOf(cover, home, district, size);
      if (place) label.setLatLng(place);
      return Boolean(place);
    }

    // Which districts the numbers on the map are.
    tell(entries) {
      const told = [...entries].sort((a, b) => a.number - b.number).map(({ number, name }) => `${number} ${name}`);
      this.key.textContent = told.length ? `Numbers on the map: ${told.join(", ")}.` : "";
      this.key.hidden = !told.length;
    }

    // How large each name is, in one line and folded: measured all at once, and again only where letters have changed, since
    // every look at an element after a change makes a browser lay out the page anew.
    sizes() {
      const spans = this.names.map(({ label }) => label.getElement()).filter(Boolean).map((made) => made.firstChild);
      if (spans.length < this.names.length) return this.names.map(() => [NOWHERE, NOWHERE]);
      const { fontSize, letterSpacing, wordSpacing } = getComputedStyle(spans[0]);
      const letters = `${fontSize} ${letterSpacing} ${wordSpacing}`;
      if (this.measured && this.measured.letters === letters) return this.measured.sizes;
      this.names.forEach(({ name }, i) => { spans[i].textContent = name; });
      const [plain, folded] = [false, true].map((on) => {
        for (const span of spans) span.classList.toggle("folded", on);
        return spans.map((span) => span.getBoundingClientRect()).map(({ width, height }) => ({ width: width + HALO, height: height + HALO }));
      });
      this.measured = { letters, sizes: plain.map((size, i) => [size, folded[i]]) };
      return this.measured.sizes;
    }

    // Where a district lies: among hexagons elsewhere than on the ground.
    homeOf(entry) {
      if (!this.order) return entry;
      const district = this.order.indexOf(entry.name);
      return district < 0 ? { ...entry, district: null } : { ...entry, district, home: L.latLngBounds(this.shapes.bounds(district)).getCenter() };
    }

    // A place for a name of that size; null where there is none in sight.
    placeOf(cover, home, district, { width, height }) {
      const ground = this.order ? this.shapes : this.own;
      const bounds = L.latLngBounds(ground.bounds(district)), { map } = cover;
      const low = cover.pixel(bounds.getSouthWest()), high = cover.pixel(bounds.getNorthEast()), size = map.getSize();
      if (high.x - low.x < width || low.y - high.y < height) return null;
      if (high.x < 0 || low.x > size.x || low.y < 0 || high.y > size.y) return null;
      for (const { x, y } of candidates(cover.pixel(home), { left: low.x, right: high.x, top: high.y, bottom: low.y }, size, width, height)) {
        const box = { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
        if (pixelsOf(box).every((pixel) => ground.holdsPlace(district, cover.place(pixel))) && cover.take(box)) return cover.place([x, y]);
      }
      return null;
    }
  }

  // What buttons and lines take of the map.
  function controlsOf(map) {
    const frame = map.getContainer().getBoundingClientRect();
    return [...map.getContainer().querySelectorAll(".leaflet-control")].map((control) => control.getBoundingClientRect())
      .map(({ left, right, top, bottom }) => ({ left: left - frame.left, right: right - frame.left, top: top - frame.top, bottom: bottom - frame.top }));
  }

  // Middles of boxes of a size within a frame and the map, from that of the home outwards.
  function candidates(home, frame, size, width, height) {
    const found = [];
    const [left, right] = [Math.max(0, frame.left) + width / 2, Math.min(size.x, frame.right) - width / 2];
    const [top, bottom] = [Math.max(0, frame.top) + height / 2, Math.min(size.y, frame.bottom) - height / 2];
    const across = Math.max(width / 3, (right - left) / TRIES), down = Math.max(height, (bottom - top) / TRIES);
    for (let x = left; x <= right; x += across) for (let y = top; y <= bottom; y += down) found.push(L.point(x, y));
    if (home.x >= left && home.x <= right && home.y >= top && home.y <= bottom) found.push(home);
    return found.sort((a, b) => a.distanceTo(home) - b.distanceTo(home));
  }

  // Pixels along the top, middle and bottom of a box.
  function pixelsOf(box) {
    return [box.top, (box.top + box.bottom) / 2, box.bottom].flatMap((y) =>
      [0, 0.25, 0.5, 0.75, 1].map((share) => [box.left + share * (box.right - box.left), y]));
  }

  Hotspots.layers = { Areas, Districts, surface, land, uncovered, pane, shapesOf };
})(window.Hotspots = window.Hotspots || {});
