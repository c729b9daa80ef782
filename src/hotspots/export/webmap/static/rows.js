// Which of many rows to make: those in sight and some more on either side, however many there are.
(function (Hotspots) {
  "use strict";

  const BEYOND = 12;

  // The first row to make and the one after the last, of `count` that are `height` pixels high each (0: not known yet), where
  // what is in sight goes from `top` to `bottom`. In steps, so that rows are made in dozens and not one by one.
  function inSight(top, bottom, height, count) {
    if (!height || count <= 2 * BEYOND) return [0, Math.min(count, 2 * BEYOND)];
    const clamp = (row) => Math.min(count, Math.max(0, row));
    const from = clamp(Math.floor(top / height / BEYOND) * BEYOND - BEYOND);
    return [Math.min(from, count - 2 * BEYOND), clamp(Math.ceil(bottom / height / BEYOND) * BEYOND + BEYOND)];
  }

  Hotspots.rows = { inSight };
})(window.Hotspots = window.Hotspots || {});
