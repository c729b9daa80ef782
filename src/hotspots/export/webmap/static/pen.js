// A pen that leaves lines and areas as SVG, for paper: it takes what a canvas' pen takes, and browsers print it as it is.
(function (Hotspots) {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  class Pen {
    constructor(width, height) {
      this.sheet = document.createElementNS(SVG, "svg");
      for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`], ["aria-hidden", "true"]]) {
        this.sheet.setAttribute(name, value);
      }
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
        "stroke-dasharray": this.dash.join(" ") });
    }

    leave(look) {
      if (!this.way.length) return;
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", this.way.join(""));
      for (const [name, value] of Object.entries(look)) if (value !== "") path.setAttribute(name, value);
      this.sheet.append(path);
    }
  }

  Hotspots.pen = { Pen };
})(window.Hotspots = window.Hotspots || {});
