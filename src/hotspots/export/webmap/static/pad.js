// Buttons that move the map for whoever cannot drag it, with the way back to the whole in their middle.
(function (Hotspots) {
  "use strict";

  const { element, drawn } = Hotspots.elements;

  // Drawn in the colour of the text, which forced colours keep. The keys: how a button is reached from the one in the middle.
  const UP = "M4 10 8 5.5 12 10";
  const BUTTONS = [
    { name: "Move up", move: [0, -1], path: UP, turn: 0, key: "ArrowUp" },
    { name: "Move left", move: [-1, 0], path: UP, turn: 270, key: "ArrowLeft" },
    { name: "Whole area", path: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", turn: 0, key: "Home" },
    { name: "Move right", move: [1, 0], path: UP, turn: 90, key: "ArrowRight" },
    { name: "Move down", move: [0, 1], path: UP, turn: 180, key: "ArrowDown" },
  ];

  function icon({ path, turn }) {
    const svg = drawn("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
    svg.append(drawn("path", { d: path, transform: `rotate(${turn} 8 8)`, fill: "none", stroke: "currentColor", "stroke-width": 2 }));
    return svg;
  }

  // A toolbar: one stop of the Tab key, within which the arrow keys go to the button of their direction.
  function add(map, whole) {
    const bar = element("div", "leaflet-bar hotspots-pad", "", { role: "toolbar", "aria-label": "Move the map" });
    const made = BUTTONS.map((entry) => {
      const button = element("button", entry.move ? "" : "hotspots-whole", icon(entry),
        { type: "button", title: entry.name, "aria-label": entry.name, tabindex: entry.move ? -1 : 0 });
      button.addEventListener("click", () => (entry.move ? Hotspots.keyboard.pan(map, entry.move) : whole()));
      button.addEventListener("focus", () => { for (const other of made) other.tabIndex = other === button ? 0 : -1; });
      return button;
    });
    bar.addEventListener("keydown", (event) => {
      const to = BUTTONS.findIndex((entry) => entry.key === event.key);
      if (to < 0) return;
      event.preventDefault();
      made[to].focus();
    });
    bar.append(...made);
    L.DomEvent.disableClickPropagation(bar);
    const zoom = map.zoomControl.getContainer();
    zoom.setAttribute("role", "toolbar");
    zoom.setAttribute("aria-label", "Zoom");
    Hotspots.rove.walk(zoom, "a");
    const Pad = L.Control.extend({ options: { position: "topleft" }, onAdd: () => bar });
    new Pad().addTo(map);
  }

  Hotspots.pad = { add };
})(window.Hotspots = window.Hotspots || {});
