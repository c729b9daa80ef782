// The map by keyboard: one stop, from which arrow keys go from area to area in the order of the list.
(function (Hotspots) {
  "use strict";

  const { element } = Hotspots.elements;

  const PAGE = 10;
  const MOVES = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: PAGE, PageUp: -PAGE };
  const PANS = { ArrowDown: [0, 1], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowLeft: [-1, 0] };
  const HINT = [["Arrow keys", "area to area, by rank"], ["Enter", "choose"], ["Shift and arrows", "move the map"],
    ["+ and −", "zoom"], ["Escape", "leave the area"]];

  // The place in an order of `count` areas that a key leads to from `here` (null: none yet); undefined for other keys.
  function stepped(count, here, key) {
    if (!count) return undefined;
    if (key === "Home") return 0;
    if (key === "End") return count - 1;
    const move = MOVES[key];
    if (move === undefined) return undefined;
    if (here === null) return move > 0 ? 0 : count - 1;
    return Math.min(count - 1, Math.max(0, here + move));
  }

  class Walker {
    // `actions`: view() and table() in sight, selected() position or null, placeOf(position), point(position or null),
    // choose(position), leave() when there is nothing more to leave, say(sentence).
    constructor(map, actions) {
      Object.assign(this, { map, actions, position: null });
      this.stop = element("div", "hotspots-keys", "", { tabindex: 0, role: "application", "aria-roledescription": "map",
        "aria-label": "Map, area by area", "aria-describedby": "hotspots-hint" });
      const words = HINT.flatMap(([keys, does], i) => [i ? "; " : "", element("b", "", keys), ` ${does}`]);
      map.getContainer().prepend(this.stop, element("p", "hotspots-hint", words, { id: "hotspots-hint" }));
      this.stop.addEventListener("keydown", (event) => this.press(event));
      this.stop.addEventListener("blur", () => this.put());
      this.stop.addEventListener("focus", () => this.take());
    }

    // Whoever tabs on loses sight of the area that the keys are on, and finds it again when they come back, unless the map
    // shows other areas by then or another one was chosen.
    put() {
      const view = this.actions.view();
      this.left = { position: this.position, store: view && view.store, selected: this.actions.selected() };
      this.position = null;
      this.actions.point(null);
    }

    take() {
      const view = this.actions.view(), { left } = this;
      if (!left || left.position === null || !view || view.store !== left.store || this.actions.selected() !== left.selected) return;
      this.position = left.position;
      this.actions.point(this.position);
    }

    press(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.act(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    }

    // Whether the key meant something.
    act({ key, shiftKey }) {
      const { map, actions } = this;
      if (shiftKey && PANS[key]) return Boolean(pan(map, PANS[key]));
      if (key === "+" || key === "=") return Boolean(map.zoomIn());
      if (key === "-" || key === "_") return Boolean(map.zoomOut());
      if (key === "Escape") return this.leave();
      const here = this.here();
      if ((key === "Enter" || key === " ") && here !== null) {
        actions.choose(here);
        return true;
      }
      return this.walk(key, here);
    }

    // The area that the keys are on: the last one walked to, else the selected one.
    here() {
      return this.position === null ? this.actions.selected() : this.position;
    }

    walk(key, here) {
      const view = this.actions.view();
      if (!view || !view.rank) return false;
      const { rows, places } = Hotspots.speech.order(view, this.actions.table());
      const next = stepped(rows.length, places.has(here) ? places.get(here) : null, key);
      if (next === undefined) return false;
      this.position = rows[next].position;
      this.look(this.actions.placeOf(this.position));
      this.actions.point(this.position);
      this.actions.say(Hotspots.speech.sentence(view, this.actions.table(), this.position));
      return true;
    }

    // Escape leaves the area that the keys are on, then the selected one.
    leave() {
      if (this.position === null) return this.actions.leave();
      this.position = null;
      this.actions.point(null);
      this.actions.say("");
      return true;
    }

    // The map follows where the area would be at its edge or beyond.
    look(place) {
      if (!this.map.getBounds().pad(-0.08).contains(place)) this.map.panTo(place, { animate: !Hotspots.calm() });
    }
  }

  // A third of the map, in the direction given.
  function pan(map, [x, y]) {
    const { x: width, y: height } = map.getSize();
    return map.panBy([Math.round((x * width) / 3), Math.round((y * height) / 3)], { animate: !Hotspots.calm() });
  }

  Hotspots.keyboard = { Walker, stepped, pan };
})(window.Hotspots = window.Hotspots || {});
