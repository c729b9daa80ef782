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

    setLineDash(dash) {
      this.dash = dash;
    }

    fill() {
      this.leave({ fill: this.fillStyle, "fill-opacity": this.globalAlpha });
    }

    stroke() {
      this.leave({ fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-linejoin": this.lineJoin,
        "stroke-dasharray": this.dash.join(" ") || "none" });
    }

    leave(look) {
      if (!this.way.length) return;
      this.sheet.append(drawn("path", { d: this.way.join(""), ...look }));
    }
  }

  Hotspots.pen = { Pen };
})(window.Hotspots = window.Hotspots || {});
