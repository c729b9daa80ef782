// Marks beside colours: a hatch over what rests on little, and a sign or a letter on classes that colour alone would tell.
(function (Hotspots) {
  "use strict";

  const TILE = 7; // pixels from one line of the hatch to the next
  const DARK = "#5c5c5c", LIGHT = "#ffffff";
  const SIGN = 11, INK = 8; // pixels of a sign's font, and of what it covers

  // What shows on a colour: lines of white where it is dark.
  function inkOn(colour) {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140 ? LIGHT : DARK;
  }

  // The positions that a step of a theme hatches beside their class.
  function positions(text) {
    let at = 0;
    return new Set(Array.from(Hotspots.decode.integers(text || ""), (step) => (at += step)));
  }

  // Whether an area is hatched beside its class, and in words why; empty where it is not.
  const beside = (view, position) => Boolean(view.hatch && view.hatch.places.has(position));
  const why = (view, position) => (beside(view, position) ? view.hatch.why : "");

  // Whether an area is hatched: its class says so, or its number rests on little.
  function unsure(view, position) {
    return byClass(view, position) || beside(view, position);
  }

  const byClass = (view, position) => Boolean(Hotspots.values.entryOf(view, view.classes[position]).unsure);

  // How an area is called and drawn, hatch and all.
  function entryAt(view, position) {
    const entry = Hotspots.values.entryOf(view, view.classes[position]);
    return unsure(view, position) ? { ...entry, unsure: true } : entry;
  }

  const tiles = new Map();

  // A pattern of slanting lines for a pen of a canvas, as fine as the screen.
  function pattern(pen, ink) {
    if (pen.hatch) return pen.hatch(ink, TILE);
    const ratio = window.devicePixelRatio || 1, key = `${ink} ${ratio}`;
    if (!tiles.has(key)) {
      const tile = document.createElement("canvas"), side = Math.round(TILE * ratio);
      tile.width = tile.height = side;
      const own = tile.getContext("2d");
      own.strokeStyle = ink;
      own.lineWidth = 1.1 * ratio;
      own.beginPath();
      for (const shift of [-side, 0, side]) {
        own.moveTo(shift - 1, side + 1);
        own.lineTo(shift + side + 1, -1);
      }
      own.stroke();
      tiles.set(key, tile);
    }
    const made = pen.createPattern(tiles.get(key), "repeat");
    made.setTransform({ a: 1 / ratio, d: 1 / ratio });
    return made;
  }

  // Lines over the areas at `positions`, in the ink that shows on their colour.
  function hatch(pen, shapes, found, colour, frame) {
    if (!found.length) return;
    pen.beginPath();
    for (const position of found) shapes.trace(pen, position, frame);
    pen.fillStyle = pattern(pen, inkOn(colour));
    pen.fill();
  }

  // The signs of a view's areas, where its classes have some and there is room. `cover` keeps the room.
  function signs(view, areas, cover, taken) {
    if (!view.legend.some((entry) => entry.mark)) return [];
    const found = [];
    for (let position = 0; position < view.classes.length; position++) {
      const entry = view.legend[view.classes[position]];
      if (!entry || !entry.mark || !entry.opacity || taken.has(position)) continue;
      const place = areas.places[position], half = INK / 2;
      if (!cover.sees(place)) continue;
      const { x, y } = cover.pixel(place), wide = half * entry.mark.length;
      if (cover.take({ left: x - wide, right: x + wide, top: y - half, bottom: y + half })) found.push({ place, sign: entry.mark, ink: inkOn(entry.colour) });
    }
    return found;
  }

  function sheet(map, signsOf) {
    return new Hotspots.sheet.Sheet((pen, { scale, left, top }) => {
      pen.font = `700 ${SIGN + 1}px ${getComputedStyle(document.body).fontFamily}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      for (const { place, sign, ink } of signsOf()) {
        const { x, y } = map.options.crs.latLngToPoint(L.latLng(place), Math.log2(scale / 256));
        pen.fillStyle = ink;
        pen.fillText(sign, x - left, y - top);
      }
    }, { pane: Hotspots.layers.pane(map, "marks", 452) });
  }

  Hotspots.marks = { inkOn, positions, why, unsure, byClass, entryAt, hatch, signs, sheet };
})(window.Hotspots = window.Hotspots || {});
