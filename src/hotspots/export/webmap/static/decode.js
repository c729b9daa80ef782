// Reads the short text that polygons and classes are stored as.
(function (Hotspots) {
  "use strict";

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const UNITS_PER_DEGREE = 100000;
  const VALUE_OF = new Uint8Array(128);
  [...ALPHABET].forEach((letter, value) => { VALUE_OF[letter.charCodeAt(0)] = value; });

  // Whole numbers: five bits a letter, lowest first, the sixth bit says that more follow.
  function integers(text) {
    const numbers = [];
    let value = 0, shift = 0;
    for (let i = 0; i < text.length; i++) {
      const digit = VALUE_OF[text.charCodeAt(i)];
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit & 32) continue;
      numbers.push(value & 1 ? -((value + 1) >>> 1) : value >>> 1);
      value = shift = 0;
    }
    return numbers;
  }

  // One entry per polygon, as Leaflet takes them: parts of rings of [latitude, longitude].
  function polygons(encoded) {
    const sizes = integers(encoded.rings), steps = integers(encoded.points);
    let size = 0, step = 0, east = 0, north = 0;
    const point = () => {
      east += steps[step++];
      north += steps[step++];
      return [north / UNITS_PER_DEGREE, east / UNITS_PER_DEGREE];
    };
    const list = (make) => Array.from({ length: sizes[size++] }, make);
    const ring = () => list(point);
    const part = () => list(ring);
    const shapes = [];
    while (size < sizes.length) shapes.push(list(part));
    return shapes;
  }

  // One [latitude, longitude] per polygon, inside it.
  function places(encoded) {
    const steps = integers(encoded.places), found = [];
    let east = 0, north = 0;
    for (let i = 0; i < steps.length; i += 2) {
      east += steps[i];
      north += steps[i + 1];
      found.push([north / UNITS_PER_DEGREE, east / UNITS_PER_DEGREE]);
    }
    return found;
  }

  Hotspots.decode = { integers, polygons, places };
})(window.Hotspots = window.Hotspots || {});
