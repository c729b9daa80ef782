// The selected area: its outline, and the way to it.
(function (Hotspots) {
  "use strict";

  const CLOSEST = 13.5;
  // A dark line in a white one shows on every colour.
  const LINES = [{ color: "#ffffff", weight: 7 }, { color: "#101820", weight: 3 }];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  class Selection {
    constructor(map) {
      this.map = map;
      const pane = Hotspots.layers.pane(map, "selection", 455);
      this.outline = LINES.map((line) =>
        L.polygon([], { ...line, pane, interactive: false, fill: false, opacity: 1 }).addTo(map));
    }

    // An outline for whatever the list points at, else for the selected area.
    point(areas, position) {
      this.draw(position === null ? [] : areas.outline(position));
    }

    draw(rings) {
      for (const line of this.outline) line.setLatLngs(rings);
    }

    // `way`: "fly" brings the area into view, anything else leaves the map as it is.
    show(areas, position, way) {
      this.point(areas, position);
      if (way === "fly") this.fly(areas, position);
    }

    hide() {
      this.draw([]);
    }

    fly(areas, position) {
      const options = { padding: [40, 40], maxZoom: CLOSEST };
      const bounds = areas.bounds(position).pad(0.3);
      if (calm.matches) this.map.fitBounds(bounds, { ...options, animate: false });
      else this.map.flyToBounds(bounds, { ...options, duration: 0.9 });
    }
  }

  // Options of Leaflet for readers who asked their system for less motion.
  Hotspots.calm = () => calm.matches;
  Hotspots.motion = () => (calm.matches
    ? { zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false } : {});
  Hotspots.selection = { Selection };
})(window.Hotspots = window.Hotspots || {});
