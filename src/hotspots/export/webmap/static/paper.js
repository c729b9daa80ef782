// Printing on A4: the map takes the paper's width before the browser lays the page out.
(function (Hotspots) {
  "use strict";

  // `all`: the bounds of everything there is to see.
  function prepare(map, all) {
    let before = null;
    const about = () => [...document.querySelectorAll(".hotspots-about")];

    window.addEventListener("beforeprint", () => {
      if (before) return;
      before = { bounds: map.getBounds(), centre: map.getCenter(), zoom: map.getZoom(), open: about().map((part) => part.open) };
      for (const part of about()) part.open = true;
      resize(true);
      const whole = before.bounds.contains(all);
      map.fitBounds(whole ? all : before.bounds, { animate: false, padding: whole ? [8, 8] : [0, 0] });
    });
    window.addEventListener("afterprint", () => {
      if (!before) return;
      about().forEach((part, i) => { part.open = before.open[i]; });
      resize(false);
      map.setView(before.centre, before.zoom, { animate: false });
      before = null;
    });

    function resize(printing) {
      document.documentElement.classList.toggle("printing", printing);
      map.invalidateSize({ animate: false, pan: false });
    }
  }

  Hotspots.paper = { prepare };
})(window.Hotspots = window.Hotspots || {});
