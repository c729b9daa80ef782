// Towns, roads and rivers of the reader's own: thin lines over the colours, which stay what the legend says.
(function (Hotspots) {
  "use strict";

  // Each line in a pale one, so that it shows on every colour.
  const LOOKS = {
    water: [{ colour: "#ffffff", width: 2.4, opacity: 0.55 }, { colour: "#2a6ea6", width: 1.2, opacity: 0.9 }],
    road: [{ colour: "#ffffff", width: 2.6, opacity: 0.6 }, { colour: "#6b5a4c", width: 1, opacity: 0.9 }],
  };
  const LINE = 13, MARGIN = 2, DOT = 3;

  // Lines in the map's own units, each with its box.
  function decoded({ lengths, points }) {
    const world = Hotspots.shapes.worldOf(Hotspots.decode.degrees(points)), starts = [0];
    for (const length of Hotspots.decode.integers(lengths)) starts.push(starts[starts.length - 1] + length);
    return starts.slice(0, -1).map((from, i) => {
      const xs = [], ys = [];
      for (let at = from; at < starts[i + 1]; at++) {
        xs.push(world[2 * at]);
        ys.push(world[2 * at + 1]);
      }
      return { xs, ys, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
    });
  }

  function trace(pen, lines, { scale, left, top, sight }) {
    pen.beginPath();
    for (const { xs, ys, box } of lines) {
      if (box[0] > sight[2] || box[2] < sight[0] || box[1] > sight[3] || box[3] < sight[1]) continue;
      xs.forEach((x, i) => pen[i ? "lineTo" : "moveTo"](x * scale - left, ys[i] * scale - top));
    }
  }

  function layer(map, data) {
    const kinds = Object.entries(data.lines).map(([kind, text]) => [LOOKS[kind], decoded(text)]);
    return new Hotspots.sheet.Sheet((pen, frame) => {
      for (const [looks, lines] of kinds) {
        for (const { colour, width, opacity } of looks) {
          trace(pen, lines, frame);
          Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineJoin: "round", globalAlpha: opacity });
          pen.setLineDash([]);
          pen.stroke();
        }
      }
      pen.globalAlpha = 1;
    }, { pane: Hotspots.layers.pane(map, "context", 420) });
  }

  // The towns that have room, as [place, name], each with a dot to its left; `widthOf` measures a name.
  function towns(data, cover, widthOf) {
    return data.towns.flatMap(([latitude, longitude, name]) => {
      const place = [latitude, longitude];
      if (!cover.sees(place)) return [];
      const { x, y } = cover.pixel(place);
      const box = { left: x - DOT, right: x + 2 * DOT + widthOf(name) + MARGIN, top: y - LINE / 2, bottom: y + LINE / 2 };
      return cover.take(box) ? [[place, name]] : [];
    });
  }

  Hotspots.context = { layer, towns };
})(window.Hotspots = window.Hotspots || {});
