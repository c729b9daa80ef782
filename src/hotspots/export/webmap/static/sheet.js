// A sheet of canvas over the map: it moves and grows with the map, and is painted anew when the map comes to rest.
(function (Hotspots) {
  "use strict";

  // How far the sheet reaches beyond the map on each side, as a share of the map.
  const MARGIN = 0.2;

  // What waits for the end of some work that would have it done several times.
  let waiting = null;

  // Does some work, and what it asks for to be drawn once, when it is done.
  function together(work) {
    if (waiting) {
      work();
      return;
    }
    waiting = new Set();
    try {
      work();
    } finally {
      const due = waiting;
      waiting = null;
      for (const draw of due) draw();
    }
  }

  // Whether a drawing waits for the end of some work.
  const waits = (draw) => Boolean(waiting && waiting.add(draw));

  const Sheet = L.Layer.extend({
    // `paint(pen, frame)`: the frame has the scale in pixels a world, the pixel of the sheet's corner, and what of the world
    // is in sight: west, north, east, south. Options: pane.
    initialize(paint, options) {
      this.paint = paint;
      this.again = () => this.redraw();
      L.setOptions(this, options);
    },

    onAdd() {
      const zooms = this._map.options.zoomAnimation && L.Browser.any3d;
      this.canvas = L.DomUtil.create("canvas", `hotspots-sheet leaflet-zoom-${zooms ? "animated" : "hide"}`, this.getPane());
      this.canvas.setAttribute("aria-hidden", "true");
      this.redraw();
    },

    onRemove() {
      this.canvas.remove();
      this.canvas = null;
      this.clear();
    },

    getEvents() {
      return { moveend: this.redraw, viewreset: this.redraw, resize: this.redraw, zoom: this.follow,
        zoomanim: (event) => this.transform(event.center, event.zoom) };
    },

    redraw() {
      const map = this._map;
      if (!map || !this.canvas || waits(this.again)) return;
      const size = map.getSize(), margin = size.multiplyBy(MARGIN).round();
      const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
      const whole = size.add(margin.multiplyBy(2));
      const printing = document.documentElement.classList.contains("printing");
      this.clear();
      if (printing) {
        this.print(whole, corner);
        return;
      }
      const ratio = window.devicePixelRatio || 1;
      this.canvas.width = Math.round(whole.x * ratio);
      this.canvas.height = Math.round(whole.y * ratio);
      this.canvas.style.width = `${whole.x}px`;
      this.canvas.style.height = `${whole.y}px`;
      L.DomUtil.setPosition(this.canvas, corner);
      this.zoom = map.getZoom();
      this.corner = map.layerPointToLatLng(corner);
      const pen = this.canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.paint(pen, this.frame(whole, corner));
    },

    // What of the world the sheet shows.
    frame(whole, corner) {
      const map = this._map, scale = map.options.crs.scale(map.getZoom());
      const { x: left, y: top } = map.getPixelOrigin().add(corner);
      return { scale, left, top,
        sight: [left / scale, top / scale, (left + whole.x) / scale, (top + whole.y) / scale] };
    },

    // On paper a canvas that was ever wiped is a white patch over all below it: lines are printed instead.
    print(whole, corner) {
      const pen = new Hotspots.pen.Pen(whole.x, whole.y);
      this.paint(pen, this.frame(whole, corner));
      this.printed = pen.sheet;
      L.DomUtil.setPosition(this.printed, corner);
      this.canvas.after(this.printed);
      this.canvas.style.display = "none";
    },

    clear() {
      if (this.printed) this.printed.remove();
      this.printed = null;
      if (this.canvas) this.canvas.style.display = "";
    },

    // While fingers pinch, the map zooms without coming to rest.
    follow() {
      if (this.canvas) this.transform(this._map.getCenter(), this._map.getZoom());
    },

    // What Leaflet's own renderers do: the old picture stands in until the new one is painted.
    transform(centre, zoom) {
      if (!this.corner) return; // not painted yet
      const map = this._map, half = map.getSize().divideBy(2);
      const origin = map.project(centre, zoom).subtract(half).add(L.DomUtil.getPosition(map.getPane("mapPane"))).round();
      L.DomUtil.setTransform(this.canvas, map.project(this.corner, zoom).subtract(origin), map.getZoomScale(zoom, this.zoom));
    },
  });

  Hotspots.sheet = { Sheet, together, waits };
})(window.Hotspots = window.Hotspots || {});
