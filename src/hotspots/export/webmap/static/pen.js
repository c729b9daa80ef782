// A pen that leaves lines and areas as SVG, for paper: it takes what a canvas' pen takes, and browsers print it as it is.
(function (Hotspots) {
  "use strict";

  const { drawn } = Hotspots.elements;

  class Pen {
    constructor(width, height) {
      this.sheet = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
      Object.assign(this, { globalAlpha: 1, fillStyle: "", strokeStyle: "", lineWidth: 1, lineJoin: "round", dash: [], way: [] });
    }

    beginPath() {
      this.way = [];
    }

    moveTo(x, y) {
      this.way.push(`M${x.toFixed(1)} ${y.toFixed(1)}`);
    }

    lineTo(x, y) {
      this.way.push(`L${x.toFixed(1)} ${y.toFixed(1)}`);
    }

    // Slanting lines, as what to fill with; each ink once.
    hatch(ink, tile) {
      const id = `hotspots-hatch-${ink.slice(1)}`;
      if (!this.sheet.querySelector(`pattern[data-ink="${ink}"]`)) {
        const pattern = drawn("pattern", { id, "data-ink": ink, width: tile, height: tile, patternUnits: "userSpaceOnUse" });
        pattern.append(drawn("path", { d: `M-1 1L1 -1M0 ${tile}L${tile} 0M${tile - 1} ${tile + 1}L${tile + 1} ${tile - 1}`, stroke: ink, "stroke-width": 1.1 }));
        this.sheet.append(pattern);
      }
      return `url(#${id})`;
    }

    fillText(text, x, y) {
      const made = drawn("text", { x: x.toFixed(1), y: y.toFixed(1), fill: this.fillStyle, style: `font: ${this.font}`, "text-anchor": "middle", "dominant-baseline": "central" });
      made.textContent = text;
      this.sheet.append(made);
    }

    setLineDash(dash) {
      this.dash = dash;
    }

    fill() {
      this.leave({ fill: this.fillStyle, "fill-opacity": this.globalAlpha });
    }

    stroke() {
      this.leave({ fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-linejoin": this.lineJoin, "stroke-opacity": this.globalAlpha,
        "stroke-dasharray": this.dash.join(" ") || "none" });
    }

    leave(look) {
      if (!this.way.length) return;
      this.sheet.append(drawn("path", { d: this.way.join(""), ...look }));
    }
  }

  Hotspots.pen = { Pen };
})(window.Hotspots = window.Hotspots || {});
