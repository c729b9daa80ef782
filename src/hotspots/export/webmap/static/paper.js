// Printing on A4: before the browser lays the page out, the map takes the paper's width, or the left of it where the areas are
// taller than wide: legend and list then stand beside it.
(function (Hotspots) {
  "use strict";

  const TALL = 0.85; // width over height, below which the paper's width would be empty on both sides
  const CARD = "hotspots-card";

  // Whether what there is to see is taller than wide, and no card wants its place beside it.
  function tall(map, all) {
    const { x: width, y: height } = map.project(L.latLngBounds(all).getNorthEast()).subtract(map.project(L.latLngBounds(all).getSouthWest()));
    return width < TALL * Math.abs(height) && document.getElementById(CARD).hidden;
  }

  // From before the page is laid out for paper until the map is back where it was.
  let under = false;

  // `all`: the bounds of everything there is to see.
  function prepare(map, all) {
    let before = null;
    const about = () => [...document.querySelectorAll(".hotspots-about")];

    window.addEventListener("beforeprint", () => {
      if (before) return;
      under = true;
      before = { bounds: map.getBounds(), centre: map.getCenter(), zoom: map.getZoom(), open: about().map((part) => part.open) };
      for (const part of about()) part.open = true;
      const whole = before.bounds.contains(all);
      document.documentElement.classList.toggle("tall", whole && tall(map, all));
      resize(true);
      map.fitBounds(whole ? all : before.bounds, { animate: false, padding: whole ? [8, 8] : [0, 0] });
    });
    window.addEventListener("afterprint", () => {
      if (!before) return;
      about().forEach((part, i) => { part.open = before.open[i]; });
      document.documentElement.classList.remove("tall");
      const { centre, zoom } = before;
      before = null;
      const back = () => {
        resize(false);
        map.setView(centre, zoom, { animate: false });
      };
      back();
      // The page may have the paper's size for a moment more.
      window.requestAnimationFrame(() => {
        if (before) return;
        back();
        under = false;
      });
    });

    function resize(printing) {
      document.documentElement.classList.toggle("printing", printing);
      map.invalidateSize({ animate: false, pan: false });
    }
  }

  Hotspots.paper = { prepare, busy: () => under };
})(window.Hotspots = window.Hotspots || {});
