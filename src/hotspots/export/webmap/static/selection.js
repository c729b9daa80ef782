// The selected area: its outline, its popup, the way to it, and what a screen reader says of it.
(function (Hotspots) {
  "use strict";

  const CLOSEST = 13.5;
  // A dark line in a white one shows on every colour.
  const LINES = [{ color: "#ffffff", weight: 7 }, { color: "#101820", weight: 3 }];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  class Selection {
    // `actions`: popup(view, position) for the popup's content, closed() when the reader closes it.
    constructor(map, actions) {
      Object.assign(this, { map, actions, quiet: false });
      const pane = Hotspots.layers.pane(map, "selection", 455);
      this.outline = LINES.map((line) =>
        L.polygon([], { ...line, pane, interactive: false, fill: false, opacity: 1 }).addTo(map));
      this.popup = L.popup({ className: "hotspots-popup", minWidth: 230 });
      this.popup.on("remove", () => { if (!this.quiet) actions.closed(); });
      document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.popup.close(); });
    }

    // An outline for whatever the list points at, else for the selected area.
    point(areas, position) {
      this.draw(position === null ? [] : areas.shapes[position].getLatLngs());
    }

    draw(rings) {
      for (const line of this.outline) line.setLatLngs(rings);
    }

    // Small enough to be seen whole.
    fitPopup(pans) {
      const { x, y } = this.map.getSize();
      Object.assign(this.popup.options, { maxWidth: Math.min(340, x - 60), maxHeight: Math.min(380, Math.round(y / 2)),
        autoPan: pans, autoPanPadding: [10, 10] });
    }

    // `way`: "fly" brings the area into view, "stay" leaves the map as it is, a place is where it was pressed.
    show(areas, view, position, way) {
      const place = way === "fly" || way === "stay" ? L.latLng(areas.places[position]) : way;
      this.point(areas, position);
      this.fitPopup(way !== "fly" && way !== "stay");
      this.quietly(() => this.popup.setLatLng(place).setContent(this.actions.popup(view, position)).openOn(this.map));
      const content = this.popup.getElement().querySelector(".leaflet-popup-content");
      for (const [name, value] of [["tabindex", 0], ["role", "group"], ["aria-label", "The chosen area"]]) content.setAttribute(name, value);
      if (way === "fly") this.fly(areas, position);
    }

    // The same area in another theme.
    update(areas, view, position) {
      this.point(areas, position);
      this.popup.options.autoPan = false;
      this.quietly(() => this.popup.setContent(this.actions.popup(view, position)));
    }

    hide() {
      this.draw([]);
      this.quietly(() => this.popup.close());
    }

    quietly(act) {
      this.quiet = true;
      act();
      this.quiet = false;
    }

    // The area ends up below its popup, with both in view.
    fly(areas, position) {
      const popup = this.popup.getElement();
      const above = popup ? popup.offsetHeight : 0;
      const options = { paddingTopLeft: [30, Math.min(above, this.map.getSize().y * 0.6) + 10], paddingBottomRight: [30, 60],
        maxZoom: CLOSEST };
      const bounds = areas.shapes[position].getBounds().pad(0.3);
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
