// Reads the short text that borders, places and columns are stored as.
(function (Hotspots) {
  "use strict";

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const UNITS_PER_DEGREE = 100000;
  const VALUE_OF = new Uint8Array(128);
  [...ALPHABET].forEach((letter, value) => { VALUE_OF[letter.charCodeAt(0)] = value; });

  // Whole numbers: five bits a letter, lowest first, the sixth bit says that more follow.
  function integers(text, Kind = Int32Array) {
    let count = 0;
    for (let i = 0; i < text.length; i++) if (VALUE_OF[text.charCodeAt(i)] < 32) count++;
    const found = new Kind(count);
    let value = 0, scale = 1;
    for (let i = 0, n = 0; i < text.length; i++) {
      const digit = VALUE_OF[text.charCodeAt(i)];
      // Sums and not bits: numbers may be longer than the 32 that JavaScript's bits have.
      value += (digit & 31) * scale;
      scale *= 32;
      if (digit & 32) continue;
      found[n++] = value % 2 ? -(value + 1) / 2 : value / 2;
      value = 0;
      scale = 1;
    }
    return found;
  }

  // Longitude and latitude in turn, from differences between them.
  function degrees(text) {
    const steps = integers(text), found = new Float64Array(steps.length);
    let east = 0, north = 0;
    for (let i = 0; i < steps.length; i += 2) {
      east += steps[i];
      north += steps[i + 1];
      found[i] = east / UNITS_PER_DEGREE;
      found[i + 1] = north / UNITS_PER_DEGREE;
    }
    return found;
  }

  // Where each of many runs begins in what they are laid end to end in, and where the last ends.
  function starts(lengths) {
    const found = new Int32Array(lengths.length + 1);
    lengths.forEach((length, i) => { found[i + 1] = found[i] + length; });
    return found;
  }

  // Borders as arcs, and which arcs make each ring of each area: area i has the rings from areas[i] to areas[i + 1], ring j
  // the references from rings[j] to rings[j + 1], and a reference is twice the number of its arc, one more if it runs backwards.
  function topology(encoded) {
    const sizes = integers(encoded.sizes), refs = integers(encoded.refs);
    for (let i = 1; i < refs.length; i++) refs[i] += refs[i - 1];
    const areas = [0], rings = [0];
    for (let at = 0; at < sizes.length;) {
      for (let parts = sizes[at++]; parts > 0; parts--) {
        for (let count = sizes[at++]; count > 0; count--) rings.push(rings[rings.length - 1] + sizes[at++]);
      }
      areas.push(rings.length - 1);
    }
    return { areas: Int32Array.from(areas), rings: Int32Array.from(rings), refs, arcs: starts(integers(encoded.lengths)),
      points: degrees(encoded.points) };
  }

  // One [latitude, longitude] per area, inside it.
  function places(text) {
    const found = degrees(text);
    return Array.from({ length: found.length / 2 }, (_, i) => [found[2 * i + 1], found[2 * i]]);
  }

  // Numbers of a column: 0 is missing, and those from 0 up are one higher.
  function numbers({ packed, scale }) {
    const found = integers(packed, Float64Array);
    for (let i = 0; i < found.length; i++) found[i] = found[i] === 0 ? NaN : (found[i] > 0 ? found[i] - 1 : found[i]) / scale;
    return found;
  }

  Hotspots.decode = { integers, degrees, topology, places, numbers };
})(window.Hotspots = window.Hotspots || {});
