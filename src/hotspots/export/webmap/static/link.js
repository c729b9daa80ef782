// The address: theme, overlays, place and selected area are in its hash, so that a view can be sent and kept.
(function (Hotspots) {
  "use strict";

  // `placed`: whether the reader moved the map; where it shows what the page chose, the address names no place.
  function write(model, state, map, placed) {
    const parts = new URLSearchParams();
    if (state.group && model.groups.length > 1) parts.set("group", model.groupKeys[model.groups.indexOf(state.group)]);
    if (state.theme) parts.set("theme", state.theme.key);
    if (state.theme && state.theme.steps.length > 1) {
      parts.set("period", Hotspots.words.slug(state.theme.steps[state.period].label));
    }
    parts.set("over", [...state.overlays].join(","));
    const { lat, lng } = map.getCenter();
    if (placed) parts.set("at", [lat.toFixed(4), lng.toFixed(4), Number(map.getZoom().toFixed(2))].join(","));
    if (state.area !== null) parts.set("area", state.area);
    if (state.beside) {
      const { theme, shift } = state.beside;
      parts.set("beside", [model.groupKeys[model.groups.indexOf(theme.group)], theme.key].filter(Boolean).join("."));
      if (shift) parts.set("shift", shift);
    }
    if (state.playing) parts.set("play", "1");
    if (state.districts) parts.set("in", model.districts.written(state.districts));
    if (state.table) parts.set("table", "1");
    if (state.table && state.sort) parts.set("sort", state.sort);
    for (const step of Hotspots.drill.written(state.trail)) parts.append("from", step);
    if (state.weights) parts.set("weights", state.weights.join(","));
    return "#" + parts.toString().replace(/%2C/g, ",");
  }

  function periodOf(theme, slug) {
    const found = theme.steps.findIndex((step) => Hotspots.words.slug(step.label) === slug);
    return found < 0 ? theme.opens : found;
  }

  // What stands beside, by its group and key; a shift that is no whole number is none.
  function besideOf(model, parts) {
    const [group, key] = parts.get("beside").includes(".") ? parts.get("beside").split(".") : ["", parts.get("beside")];
    const name = group ? model.groups[model.groupKeys.indexOf(group)] : "";
    const theme = model.data.themes.find((entry) => entry.group === name && entry.key === key);
    const shift = Number(parts.get("shift") || 0);
    return theme ? { theme, shift: Number.isInteger(shift) ? shift : 0 } : null;
  }

  // What a hash asks for; whatever it leaves out, or names in vain, is as the page opens.
  function read(model, hash) {
    const parts = new URLSearchParams(hash.replace(/^#/, ""));
    let state = model.opening();
    const group = model.groups[model.groupKeys.indexOf(parts.get("group"))];
    if (group) state = model.changed(state, { group });
    const theme = model.themesOf(state.group).find((entry) => entry.key === parts.get("theme"));
    if (theme) state = model.changed(state, { theme });
    if (state.theme && parts.has("period")) {
      state = model.changed(state, { period: periodOf(state.theme, parts.get("period")) });
    }
    if (parts.has("over")) {
      const known = new Set(model.overlays.map((entry) => entry.key));
      state.overlays = new Set(parts.get("over").split(",").filter((key) => known.has(key)));
    }
    if (parts.has("from")) state = model.changed(state, { trail: Hotspots.drill.read(model, state.group, parts.getAll("from")) });
    if (parts.has("in")) state = model.changed(state, { districts: model.districts.read(parts.get("in")) });
    if (parts.get("table") === "1") state = model.changed(state, { table: true, sort: parts.get("sort") || "" });
    if (parts.has("area")) state = model.changed(state, { area: parts.get("area") });
    if (parts.has("beside")) state = model.changed(state, { beside: besideOf(model, parts) });
    if (parts.get("play") === "1") state = model.changed(state, { playing: !Hotspots.calm() });
    if (parts.has("weights")) state = model.changed(state, { weights: Hotspots.scenario.readWeights(model, parts.get("weights")) });
    return { state, at: placeOf(parts.get("at")) };
  }

  function placeOf(text) {
    const numbers = (text || "").split(",").map(Number);
    const [latitude, longitude, zoom] = numbers;
    const sound = text && numbers.length === 3 && numbers.every(Number.isFinite) && Math.abs(latitude) <= 90;
    return sound ? { centre: [latitude, longitude], zoom } : null;
  }

  // Choices become entries of the browser's history; moving the map only changes the entry it happens in.
  class Link {
    constructor(model, map, { state, placed, restore }) {
      Object.assign(this, { model, map, state, placed, waiting: null, works: true });
      window.addEventListener("hashchange", () => {
        clearTimeout(this.waiting);
        this.waiting = null;
        restore(read(model, location.hash));
      });
    }

    // Several changes at once make one entry.
    save(how) {
      const waited = this.waiting !== null;
      clearTimeout(this.waiting);
      this.how = how === "push" || (waited && this.how === "push") ? "push" : "replace";
      this.waiting = setTimeout(() => this.put(), 0);
    }

    put() {
      this.waiting = null;
      const hash = write(this.model, this.state(), this.map, this.placed());
      if (!this.works || hash === location.hash) return;
      try {
        if (this.how === "push") history.pushState(null, "", hash);
        else history.replaceState(null, "", hash);
      } catch {
        // A page shown inside another one, as in a notebook, has no address of its own.
        this.works = false;
      }
    }
  }

  Hotspots.link = { Link, read };
})(window.Hotspots = window.Hotspots || {});
