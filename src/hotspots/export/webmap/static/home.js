// What the page shows by itself: it stays in sight when the window or the phone is turned, until the reader moves the map.
(function (Hotspots) {
  "use strict";

  const PADDING = [12, 12];
  const NEAR = 1; // pixels by which rounding may move the middle

  class Home {
    constructor(map) {
      Object.assign(this, { map, kept: null });
      map.on("moveend", () => { if (!this.stands()) this.kept = null; });
      map.on("resize", () => { if (this.kept && !Hotspots.paper.busy()) this.show(this.kept.bounds); });
    }

    show(bounds) {
      this.kept = null;
      this.map.fitBounds(bounds, { padding: PADDING, animate: false });
      this.kept = { bounds, size: this.map.getSize(), centre: this.map.getCenter(), zoom: this.map.getZoom() };
    }

    leave() {
      this.kept = null;
    }

    // Whether nobody has moved the map; what a new size moves is no move, nor is what paper needs.
    stands() {
      const { map, kept } = this;
      if (!kept) return false;
      if (Hotspots.paper.busy() || !kept.size.equals(map.getSize())) return true;
      return map.getZoom() === kept.zoom && map.project(map.getCenter()).distanceTo(map.project(kept.centre)) <= NEAR;
    }
  }

  Hotspots.home = { Home };
})(window.Hotspots = window.Hotspots || {});
