// The shapes of one layer, in the map's own units: where each is, what lies at a place, and how it is traced with a pen.
(function (Hotspots) {
  "use strict";

  // The world is 1 wide and 1 high, as web maps lay it out.
  const eastOf = (longitude) => longitude / 360 + 0.5;
  const southOf = (latitude) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360)) / (2 * Math.PI);
  const longitudeOf = (x) => (x - 0.5) * 360;
  const latitudeOf = (y) => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;
  // Vertices nearer than this to the last one drawn, in pixels, are passed over.
  const NEAR = 0.6;
  // Areas to a cell of the grid that finds them, on average.
  const FILL = 2;

  // The vertices of each arc to draw at a scale, sought when the arc is first drawn: of a country little may be in sight. They are
  // the same ones whichever way a ring runs along an arc, so that neighbours meet.
  class Detail {
    constructor({ world, arcs }, scale) {
      const count = arcs.length - 1;
      Object.assign(this, { world, arcs, scale, least: (NEAR / scale) ** 2, size: 0, kept: new Float64Array(4 * count),
        from: new Int32Array(count).fill(-1), to: new Int32Array(count) });
    }

    // The places that hold all vertices, with those of the arc from `from[arc]` to before `to[arc]`.
    of(arc) {
      if (this.from[arc] < 0) this.keep(arc);
      return this.kept;
    }

    keep(arc) {
      const { world, arcs, least } = this, last = arcs[arc + 1] - 1;
      this.room(arcs[arc + 1] - arcs[arc]);
      const { kept } = this;
      let { size } = this, x = Infinity, y = Infinity;
      this.from[arc] = size;
      for (let at = arcs[arc]; at <= last; at++) {
        const east = world[2 * at], south = world[2 * at + 1];
        if (at !== last && (east - x) ** 2 + (south - y) ** 2 < least) continue;
        kept[2 * size] = x = east;
        kept[2 * size + 1] = y = south;
        size += 1;
      }
      this.to[arc] = this.size = size;
    }

    room(more) {
      const { kept, size } = this;
      if (2 * (size + more) <= kept.length) return;
      this.kept = new Float64Array(2 * Math.max(kept.length, size + more));
      this.kept.set(kept);
    }
  }

  class Shapes {
    // `first` and `count`: which of the shapes of a topology these are.
    constructor(topology, first = 0, count = topology.areas.length - 1 - first) {
      Object.assign(this, { topology, first, count });
      if (topology.points) Object.assign(topology, { world: worldOf(topology.points), points: null });
      this.boxes = this.boxesOf();
      this.height = averageHeight(this.boxes);
      this.middle = middleHeight(this.boxes);
    }

    // Calls `draw(start, end, step)` for each arc of a ring, with places in the points.
    eachArc(ring, draw) {
      const { rings, refs, arcs } = this.topology;
      for (let i = rings[ring]; i < rings[ring + 1]; i++) {
        const arc = refs[i] >> 1;
        if (refs[i] & 1) draw(arcs[arc + 1] - 1, arcs[arc] - 1, -1);
        else draw(arcs[arc], arcs[arc + 1], 1);
      }
    }

    ringsOf(position) {
      const { areas } = this.topology;
      return [areas[this.first + position], areas[this.first + position + 1]];
    }

    // West, north, east, south of each shape; one without rings has none.
    boxesOf() {
      const { topology } = this, { world, arcs, rings, refs } = topology;
      const boxes = new Float64Array(4 * this.count);
      const ofArc = topology.arcBoxes || (topology.arcBoxes = arcBoxes(arcs, world));
      for (let position = 0; position < this.count; position++) {
        const [from, to] = this.ringsOf(position);
        let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
        for (let i = rings[from]; i < rings[to]; i++) {
          const at = 4 * (refs[i] >> 1);
          if (ofArc[at] < west) west = ofArc[at];
          if (ofArc[at + 1] < north) north = ofArc[at + 1];
          if (ofArc[at + 2] > east) east = ofArc[at + 2];
          if (ofArc[at + 3] > south) south = ofArc[at + 3];
        }
        boxes.set([west, north, east, south], 4 * position);
      }
      return boxes;
    }

    box(position) {
      return this.boxes.subarray(4 * position, 4 * position + 4);
    }

    // South-west and north-east corners in degrees, latitude first; null of a shape without rings.
    bounds(position) {
      const [west, north, east, south] = this.box(position);
      return west > east ? null : [[latitudeOf(south), longitudeOf(west)], [latitudeOf(north), longitudeOf(east)]];
    }

    // Rings of [latitude, longitude], as Leaflet takes them.
    outline(position) {
      const { world } = this.topology;
      const [from, to] = this.ringsOf(position);
      return Array.from({ length: to - from }, (_, i) => {
        const ring = [];
        this.eachArc(from + i, (start, end, step) => {
          for (let at = start; at !== end - step; at += step) ring.push([latitudeOf(world[2 * at + 1]), longitudeOf(world[2 * at])]);
        });
        return ring;
      });
    }

    // The shape that holds a place, or null; of two that overlap the first.
    at([latitude, longitude]) {
      return this.find(eastOf(longitude), southOf(latitude));
    }

    // The same, of a place in the world's units.
    find(x, y) {
      const grid = this.grid || (this.grid = gridOf(this.boxes, this.count));
      const found = grid.near(x, y).find((position) => this.holds(position, x, y));
      return found === undefined ? null : found;
    }

    // Whether a shape holds a place in the world's units.
    holds(position, x, y) {
      const { boxes } = this, { world, areas, rings, refs, arcs } = this.topology, own = 4 * position;
      if (x < boxes[own] || x > boxes[own + 2] || y < boxes[own + 1] || y > boxes[own + 3]) return false;
      let inside = false;
      // Which way an arc runs makes no difference to how often a line crosses it.
      for (let i = rings[areas[this.first + position]]; i < rings[areas[this.first + position + 1]]; i++) {
        const arc = refs[i] >> 1, last = arcs[arc + 1] - 1;
        for (let at = arcs[arc]; at < last; at++) {
          const y1 = world[2 * at + 1], y2 = world[2 * at + 3];
          if ((y1 > y) === (y2 > y)) continue;
          if (x < world[2 * at] + ((y - y1) / (y2 - y1)) * (world[2 * at + 2] - world[2 * at])) inside = !inside;
        }
      }
      return inside;
    }

    // How much of the world a shape covers, found once.
    ground(position) {
      const known = this.grounds || (this.grounds = new Map());
      if (!known.has(position)) {
        const { world } = this.topology, [from, to] = this.ringsOf(position);
        let twice = 0;
        for (let ring = from; ring < to; ring++) {
          this.eachArc(ring, (start, end, step) => {
            for (let at = start; at !== end - step; at += step) {
              twice += world[2 * at] * world[2 * (at + step) + 1] - world[2 * (at + step)] * world[2 * at + 1];
            }
          });
        }
        known.set(position, Math.abs(twice) / 2);
      }
      return known.get(position);
    }

    // Whether a shape is in a window of the world: west, north, east, south.
    inSight(position, sight) {
      const at = 4 * position, { boxes } = this;
      return boxes[at] <= sight[2] && boxes[at + 2] >= sight[0] && boxes[at + 1] <= sight[3] && boxes[at + 3] >= sight[1];
    }

    // The vertices to draw at a scale, found once for all who draw at it.
    detail(scale) {
      const { topology } = this;
      if (!topology.detail || topology.detail.scale !== scale) topology.detail = new Detail(topology, scale);
      return topology.detail;
    }

    // Traces a shape as rings, which filling closes: to close each of many, browsers measure all those before it.
    // `frame` has the scale in pixels a world and the pixel of its corner.
    trace(pen, position, { scale, left, top }) {
      const { rings, refs } = this.topology, detail = this.detail(scale), { from, to } = detail;
      const [first, last] = this.ringsOf(position);
      for (let ring = first; ring < last; ring++) {
        for (let i = rings[ring]; i < rings[ring + 1]; i++) {
          const arc = refs[i] >> 1, back = refs[i] & 1, step = back ? -1 : 1, kept = detail.of(arc);
          let at = back ? to[arc] - 1 : from[arc];
          const end = back ? from[arc] - 1 : to[arc];
          if (i === rings[ring]) pen.moveTo(kept[2 * at] * scale - left, kept[2 * at + 1] * scale - top);
          // An arc begins where the one before it in the ring ends.
          for (at += step; at !== end; at += step) pen.lineTo(kept[2 * at] * scale - left, kept[2 * at + 1] * scale - top);
        }
      }
    }

    // The arcs of the shapes at `positions`, each once.
    arcsOf(positions) {
      const { rings, refs, arcs } = this.topology;
      const seen = new Uint8Array(arcs.length - 1), found = [];
      for (const position of positions) {
        const [from, to] = this.ringsOf(position);
        for (let i = rings[from]; i < rings[to]; i++) {
          const arc = refs[i] >> 1;
          if (seen[arc]) continue;
          seen[arc] = 1;
          found.push(arc);
        }
      }
      return found;
    }

    // Traces arcs as lines.
    traceArcs(pen, found, { scale, left, top }) {
      const detail = this.detail(scale), { from, to } = detail;
      for (const arc of found) {
        const kept = detail.of(arc);
        let at = from[arc];
        pen.moveTo(kept[2 * at] * scale - left, kept[2 * at + 1] * scale - top);
        for (at += 1; at < to[arc]; at++) pen.lineTo(kept[2 * at] * scale - left, kept[2 * at + 1] * scale - top);
      }
    }
  }

  function worldOf(points) {
    for (let i = 0; i < points.length; i += 2) {
      points[i] = eastOf(points[i]);
      points[i + 1] = southOf(points[i + 1]);
    }
    return points;
  }

  function arcBoxes(arcs, world) {
    const boxes = new Float64Array(4 * (arcs.length - 1));
    for (let arc = 0; arc < arcs.length - 1; arc++) {
      let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      for (let at = arcs[arc]; at < arcs[arc + 1]; at++) {
        const x = world[2 * at], y = world[2 * at + 1];
        if (x < west) west = x;
        if (x > east) east = x;
        if (y < north) north = y;
        if (y > south) south = y;
      }
      boxes[4 * arc] = west;
      boxes[4 * arc + 1] = north;
      boxes[4 * arc + 2] = east;
      boxes[4 * arc + 3] = south;
    }
    return boxes;
  }

  // Median height of shapes, as a share of the world's; those without rings are left out.
  function middleHeight(boxes) {
    const heights = new Float64Array(boxes.length / 4);
    let known = 0;
    for (let i = 0; i < boxes.length; i += 4) if (boxes[i] <= boxes[i + 2]) heights[known++] = boxes[i + 3] - boxes[i + 1];
    const sorted = heights.subarray(0, known).sort();
    return known ? (sorted[(known - 1) >> 1] + sorted[known >> 1]) / 2 : 0;
  }

  // The same on average.
  function averageHeight(boxes) {
    let sum = 0, known = 0;
    for (let i = 0; i < boxes.length; i += 4) {
      if (boxes[i] > boxes[i + 2]) continue;
      sum += boxes[i + 3] - boxes[i + 1];
      known++;
    }
    return sum / Math.max(1, known);
  }

  // Which boxes overlap each cell of a grid over all of them.
  function gridOf(boxes, count) {
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (let i = 0; i < boxes.length; i += 4) {
      west = Math.min(west, boxes[i]);
      north = Math.min(north, boxes[i + 1]);
      east = Math.max(east, boxes[i + 2]);
      south = Math.max(south, boxes[i + 3]);
    }
    const side = Math.max(1, Math.round(Math.sqrt(count / FILL)));
    const column = (x) => Math.min(side - 1, Math.max(0, Math.floor(((x - west) / (east - west || 1)) * side)));
    const row = (y) => Math.min(side - 1, Math.max(0, Math.floor(((y - north) / (south - north || 1)) * side)));
    const cells = Array.from({ length: side * side }, () => []);
    for (let position = 0; position < count; position++) {
      const at = 4 * position;
      if (boxes[at] > boxes[at + 2]) continue;
      for (let r = row(boxes[at + 1]); r <= row(boxes[at + 3]); r++) {
        for (let c = column(boxes[at]); c <= column(boxes[at + 2]); c++) cells[r * side + c].push(position);
      }
    }
    return { near: (x, y) => cells[row(y) * side + column(x)] };
  }

  Hotspots.shapes = { Shapes, worldOf };
})(window.Hotspots = window.Hotspots || {});
