// What is drawn on the map: areas (one set of polygons shared by all their themes), surfaces, districts.
(function (Hotspots) {
  "use strict";

  const SVG_LIMIT = 2500;
  const LINE = { color: "#b4bdc8", opacity: 1 };
  const WIDEST = 0.8, NARROWEST = 0.15, PIXELS_PER_WIDTH = 40;
  const HOVER = { color: "#1d2733", weight: 2.5, dashArray: null };

  function pathStyle(entry, strength, weight) {
    const style = { ...LINE, weight, fillColor: entry.colour, fillOpacity: entry.opacity * strength, dashArray: null };
    return entry.missing ? { ...style, color: "#8a94a0", dashArray: "3 3" } : style;
  }

  function heightOf(parts) {
    let low = 90, high = -90;
    for (const [outer] of parts) {
      for (const [latitude] of outer) {
        if (latitude < low) low = latitude;
        if (latitude > high) high = latitude;
      }
    }
    return Math.max(0, high - low);
  }

  // The polygons of one area layer. Switching the theme restyles them; nothing is made twice.
  class Areas {
    // `actions`: tooltip(position) for what is shown on hover, choose(position, place) when one is pressed.
    constructor(map, encoded, strength, actions) {
      Object.assign(this, { map, encoded, strength, actions, view: null, shapes: null });
    }

    build() {
      const shapes = Hotspots.decode.polygons(this.encoded);
      const renderer = shapes.length > SVG_LIMIT ? L.canvas({ padding: 0.4 }) : L.svg({ padding: 0.4 });
      this.renderer = renderer;
      this.places = Hotspots.decode.places(this.encoded);
      this.group = L.featureGroup();
      this.shapes = shapes.map((rings, position) =>
        Object.assign(L.polygon(rings, { renderer, smoothFactor: 0.5 }), { position }));
      // Leaflet's own way of binding a tooltip makes every shape a stop of the Tab key.
      this.tip = L.tooltip({ direction: "auto", className: "hotspots-tooltip", opacity: 1 });
      const follow = ({ latlng }) => { if (this.tip.isOpen()) this.tip.setLatLng(latlng); };
      const hush = () => { this.tip.close(); };
      this.group.on("mouseover", ({ layer, latlng }) =>
        this.tip.setLatLng(latlng).setContent(this.actions.tooltip(layer.position)).openOn(this.map));
      this.group.on("mousemove", follow).on("mouseout remove", hush);
      document.addEventListener("keydown", (event) => { if (event.key === "Escape") hush(); });
      this.group.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        hush();
        this.actions.choose(event.layer.position, event.latlng);
      });
      this.height = shapes.reduce((sum, rings) => sum + heightOf(rings), 0) / Math.max(1, shapes.length);
      this.group.on("add", () => this.map.on("zoomend", this.fitLines, this));
      this.group.on("remove", () => this.map.off("zoomend", this.fitLines, this));
      this.group.on("mouseover", (event) => event.layer.setStyle(HOVER).bringToFront());
      this.group.on("mouseout", (event) => event.layer.setStyle(this.styleOf(event.layer.position)));
    }

    styleOf(position) {
      const letter = this.view.classes[position];
      return letter === "." ? null : this.styles[letter];
    }

    show(view, coloured) {
      if (!this.shapes) this.build();
      this.view = view;
      this.coloured = coloured;
      this.restyle();
      this.group.addTo(this.map);
    }

    restyle() {
      const { view } = this;
      const strength = this.coloured ? this.strength : 0;
      this.weight = this.lineWeight();
      this.styles = { "-": pathStyle(view.missing, strength, this.weight) };
      view.legend.forEach((entry, i) => { this.styles[i] = pathStyle(entry, strength, this.weight); });
      for (const shape of this.shapes) this.draw(shape);
    }

    // Height on the screen of an area of average size.
    pixelHeight() {
      return (this.height / 360) * this.map.getPixelWorldBounds().getSize().y * 1.6;
    }

    // Lines thin out with the size of the areas on the screen, so that they never hide the colours.
    lineWeight() {
      return Math.min(WIDEST, Math.max(NARROWEST, this.pixelHeight() / PIXELS_PER_WIDTH));
    }

    fitLines() {
      if (this.lineWeight() !== this.weight) this.restyle();
    }

    draw(shape) {
      const style = this.styleOf(shape.position);
      if (style) {
        shape.setStyle(style);
        if (!this.group.hasLayer(shape)) this.group.addLayer(shape);
      } else if (this.group.hasLayer(shape)) {
        this.group.removeLayer(shape);
      }
    }

    // The renderer goes too: an empty canvas would swallow the pointer of what lies below.
    hide() {
      this.group.remove();
      this.renderer.remove();
    }
  }

  function surface(entry) {
    const layer = L.imageOverlay(entry.image, entry.bounds, { zIndex: 300, alt: entry.title, className: "hotspots-surface" });
    return Object.assign(layer, { entry });
  }

  function pane(map, name, zIndex) {
    const made = map.createPane(name);
    made.style.zIndex = zIndex;
    made.style.pointerEvents = "none";
    return name;
  }

  // The ground of the study area, so that what has no colour of its own is land and not sea.
  function land(map, outline, colour) {
    const style = { pane: pane(map, "land", 250), interactive: false, stroke: false, fillColor: colour, fillOpacity: 1 };
    return L.featureGroup(Hotspots.decode.polygons(outline.shapes).map((rings) => L.polygon(rings, style)));
  }

  // District outlines with their names.
  function districts(map, outline) {
    const lines = pane(map, "outlines", 450), names = pane(map, "districts", 470);
    const style = { pane: lines, interactive: false, fill: false, color: "#3b4754", weight: 1.4, opacity: 0.85 };
    const shapes = Hotspots.decode.polygons(outline.shapes).map((rings) => L.polygon(rings, style));
    const labels = outline.labels.map(([latitude, longitude, name]) => {
      const label = document.createElement("span");
      label.textContent = name;
      const icon = L.divIcon({ className: "hotspots-name", html: label, iconSize: null });
      return L.marker([latitude, longitude], { icon, pane: names, interactive: false, keyboard: false });
    });
    const group = L.featureGroup([...shapes, ...labels]);
    const tidy = () => hideOverlaps(labels);
    group.on("add", () => { map.on("zoomend", tidy); requestAnimationFrame(tidy); });
    group.on("remove", () => map.off("zoomend", tidy));
    return group;
  }

  // Of names that would overlap, the first one stays.
  function hideOverlaps(labels) {
    const kept = [];
    for (const element of labels.map((label) => label.getElement()).filter(Boolean)) {
      element.style.visibility = "visible";
      const box = element.firstChild.getBoundingClientRect();
      const hit = kept.some((other) => box.left < other.right && other.left < box.right &&
        box.top < other.bottom && other.top < box.bottom);
      if (hit) element.style.visibility = "hidden";
      else kept.push(box);
    }
  }

  Hotspots.layers = { Areas, surface, land, districts, pane };
})(window.Hotspots = window.Hotspots || {});
