// The lines of districts, and their names where these fit: else numbers, which a key tells.
(function (Hotspots) {
  "use strict";

  const { Around, pane, stroke } = Hotspots.layers;
  const DISTRICT = "#3b4754";
  const WIDEST = 1.4, NARROWEST = 0.4, HEIGHT_PER_WIDTH = 40; // pixels of a line, and of a district for each of them
  // Places along each side of a district at which its name is tried.
  const TRIES = 20;
  const HALO = 5; // pixels that the white around a name takes
  const DIGIT = 7, NUMBER = 10; // pixels that a digit takes, and its height
  const FARTHEST = 160, TURNS = 32; // pixels from a district to its number outside, and the ways in which it is looked for
  const LEADER = { color: "#1d2733", weight: 1, interactive: false, pane: "leaders" };
  const MOST_NUMBERED = 20; // of more in sight, the key would be longer than the legend
  const NOWHERE = { width: Infinity, height: Infinity };

  class Districts extends Around {
    // `key`: where the numbers of districts without room for a name are told; without it there are none.
    constructor(map, outline, key = null) {
      super(outline, (pen, shapes, positions, frame) => stroke(pen, shapes, positions, { colour: DISTRICT, width: lineWidth(shapes.height * frame.scale) }, frame),
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
    }

    // Writes the names that fit into their districts and hide no colour, near where each has most room; a name that does
    // not fit is folded, and where it does not fit either there is a number, which the key tells.
    write(cover) {
      // Looked at before anything is written: after that, a look makes a browser lay out the page anew.
      const sizes = this.sizes();
      const left = this.names.map((entry, i) => ({ ...this.homeOf(entry), sizes: sizes[i] })).filter((entry) => !this.writeName(cover, entry));
      if (!this.key) return;
      this.leaders.clearLayers();
      const numbered = this.numbered(cover, left);
      const outside = numbered.filter((entry) => !this.writeNumber(cover, entry, (size) => this.placeOf(cover, entry.home, entry.district, size)));
      const without = outside.filter((entry) => !this.order && !this.writeNumber(cover, entry, (size) => this.placeOutside(cover, entry, size)));
      this.tell(numbered.filter((entry) => !(this.order ? outside : without).includes(entry)));
    }

    // The districts in sight without a name, numbered by the alphabet among all or, of a country's, among themselves.
    numbered(cover, left) {
      const size = cover.map.getSize();
      const seen = left.filter(({ home }) => size.contains(cover.pixel(home)) && cover.pixel(home).x >= 0 && cover.pixel(home).y >= 0);
      if (seen.length > MOST_NUMBERED) return [];
      const counted = this.names.length > MOST_NUMBERED ? seen : this.names;
      const order = counted.map(({ name }) => name).sort((a, b) => a.localeCompare(b));
      return seen.map((entry) => ({ ...entry, number: order.indexOf(entry.name) + 1 }));
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
      if (district === null) return null;
      const size = cover.map.getSize(), from = cover.pixel(home);
      for (let away = 2 * NUMBER; away <= FARTHEST; away += NUMBER) {
        for (let turn = 0; turn < TURNS; turn++) {
          const x = from.x + away * Math.sin((2 * Math.PI * turn) / TURNS), y = from.y - away * Math.cos((2 * Math.PI * turn) / TURNS);
          const box = { left: x - width / 2 - HALO, right: x + width / 2 + HALO, top: y - height / 2 - HALO, bottom: y + height / 2 + HALO };
          if (box.left < 0 || box.right > size.x || box.top < 0 || box.bottom > size.y) continue;
          if (pixelsOf(box).some((pixel) => cover.at(this.own, pixel) !== null) || !cover.take(box)) continue;
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
        if (pixelsOf(box).every((pixel) => cover.holds(ground, district, pixel)) && cover.take(box)) return cover.place([x, y]);
      }
      return null;
    }
  }

  // Lines thin out with the height of a district on the screen, or those of a country would hide its colours.
  const lineWidth = (height) => Math.min(WIDEST, Math.max(NARROWEST, height / HEIGHT_PER_WIDTH));

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

  Hotspots.outlines = { Districts, lineWidth };
})(window.Hotspots = window.Hotspots || {});
