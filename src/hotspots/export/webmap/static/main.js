// The page: one state (which theme, period, overlays, area), one function that draws it.
(function (Hotspots) {
  "use strict";

  const { element } = Hotspots.elements;

  const STEP_TIME = 1200; // milliseconds that a period stays in sight while the months go by

  function dress(map, data, home) {
    map.attributionControl.setPrefix("Leaflet");
    if (data.attribution) {
      const line = element("span", "licence", data.attribution);
      map.attributionControl.addAttribution(line.outerHTML);
    }
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    const whole = () => home.show(data.bounds);
    whole();
    map.setMaxBounds(L.latLngBounds(data.bounds).pad(1));
    map.setMinZoom(Math.max(0, map.getZoom() - 2));
    Hotspots.pad.add(map, whole);
    return whole;
  }

  // The link to the list must not touch the address, which holds the state.
  function skipLink(list) {
    const link = document.querySelector(".skip-link");
    link.hidden = list.hidden;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      // On a phone the open table stands in the list's place.
      const to = list.getClientRects().length ? list : document.querySelector(".table-frame");
      to.focus();
      to.scrollIntoView({ block: "nearest" });
    });
  }

  class Page {
    constructor(map, data) {
      this.map = map;
      this.data = data;
      this.model = new Hotspots.model.Model(data);
      this.describe = Hotspots.legend.descriptions(this.model);
      this.at = (id) => document.getElementById(`hotspots-${id}`);
      Hotspots.phone.follow(document.querySelector(".hotspots-page"), [map.getContainer(), this.at("beside")], this.at("card"));
      Hotspots.phone.follow(document.querySelector(".hotspots-page"), [this.at("table")], this.at("foot"));
      // Where it stands on a phone it has another height than where it was made.
      map.invalidateSize({ animate: false, pan: false });
      if (data.page) this.alone();
      this.home = new Hotspots.home.Home(map);
      this.whole = dress(map, data, this.home);
      this.build();
      this.link = new Hotspots.link.Link(this.model, map, { state: () => this.state,
        placed: () => !this.home.stands(), restore: (found) => this.restore(found) });
      this.restore(Hotspots.link.read(this.model, location.hash));
      map.on("moveend", () => this.link.save("replace"));
      map.on("zoomend", () => { if (this.shown && this.shown.hatched !== this.hatched) this.drawLegend(); });
      Hotspots.paper.prepare(map, data.bounds);
      skipLink(this.at("list"));
      this.at("print").addEventListener("click", () => window.print());
    }

    // The page of one area: its name in the title, and a sheet for a body.
    alone() {
      const { area, theme } = this.model.opening(), position = this.model.places[theme.store].get(area);
      document.documentElement.classList.add("one-area");
      document.title = `${this.model.tableOf(theme).name(position)}: ${document.title}`;
      this.map.invalidateSize({ animate: false });
    }

    build() {
      const { map, data, model } = this;
      const actions = { tooltip: (position) => this.describe.tooltip(this.view, position),
        choose: (position, place) => this.select(position, place), over: (position) => this.table.point(position) };
      this.land = data.outline && data.land ? Hotspots.layers.land(map, data.outline, data.land) : null;
      this.around = this.land ? [this.land] : [];
      if (data.uncovered) Hotspots.layers.uncovered(map, data.uncovered).addTo(map);
      this.areas = data.stores.map((store) => new Hotspots.layers.Areas(map, store, data, actions));
      this.hexagons = data.stores.map(({ hexagons }) => hexagons && new Hotspots.layers.Areas(map, hexagons, data, actions));
      this.layers = new Map(model.overlays.map((entry) => [entry, this.layerOf(entry)]));
      this.names = new Hotspots.names.Names(map, (cover) => this.nameDistricts(cover));
      this.beside = new Hotspots.beside.Beside(map, this.at("beside"), data, {
        tooltip: (view, position) => this.describe.tooltip(view, position),
        choose: (store, position) => this.goTo({ store, position }) });
      this.selection = new Hotspots.selection.Selection(map);
      this.card = new Hotspots.card.Card(this.at("card"), model, map, { figures: this.describe.figures,
        go: (hit) => this.goTo(hit), closed: () => this.change({ area: null }),
        inner: (view) => Hotspots.drill.below(model, view, (store) => Hotspots.layers.shapesOf(data.stores[store]).height),
        drill: (theme, position) => this.drill(theme, position) });
      this.back = new Hotspots.drill.Back(this.at("back"), model, () => this.climb());
      this.switch = new Hotspots.switches.Switch(this.at("switch"), model, (part) => this.change(part));
      this.districts = new Hotspots.districts.Panel(this.at("districts"), this.at("headline"), model.districts, (chosen) => this.choose(chosen));
      this.scenario = new Hotspots.scenario.Scenario(model);
      this.whatif = new Hotspots.scenario.Panel(this.at("whatif"), this.at("banner"), this.scenario, { tried: (weights) => this.tryWeights(weights) });
      this.list = new Hotspots.list.List(this.at("list"), model, {
        go: (position) => this.select(position, "fly"), point: (position) => this.point(position) });
      Hotspots.rove.keep(this.at("list"), "ol button");
      this.table = new Hotspots.table.AreaTable(this.at("table"), { sort: (sort) => this.change({ sort }),
        go: (position) => this.select(position, "fly"), point: (position) => this.point(position), close: () => this.tabulate(false) });
      Hotspots.rove.walk(this.at("seen"), "button", { across: true });
      this.at("tabular").addEventListener("click", () => this.tabulate(!this.state.table));
      this.at("download").addEventListener("click", () => this.download());
      this.search = new Hotspots.search.Search(this.at("search"), model, {
        store: () => this.state.theme && this.state.theme.store, go: (hit) => this.goTo(hit) });
      this.at("search").hidden = !data.themes.length;
      this.walker = new Hotspots.keyboard.Walker(map, { view: () => this.view, table: () => model.tableOf(this.view),
        selected: () => this.selected(), placeOf: (position) => this.shown.places[position], point: (position) => this.point(position),
        choose: (position) => this.select(position, "fly"), leave: () => this.leave(), say: (sentence) => this.say(sentence) });
    }

    layerOf(entry) {
      if (entry.kind === "surface") return Hotspots.layers.surface(entry.surface);
      if (entry.kind === "context") return Hotspots.context.layer(this.map, this.data.context);
      if (entry.kind !== "districts") return null;
      this.districtLines = new Hotspots.outlines.Districts(this.map, this.data.outline, this.at("key"));
      this.around.push(this.districtLines);
      return this.districtLines.group;
    }

    change(part, way = "stay") {
      this.state = this.model.changed(this.state, typeof part === "function" ? part(this.state) : part);
      this.render(way);
      this.link.save("push");
    }

    // The districts to keep to, which come into view; null for the whole.
    choose(districts) {
      Hotspots.sheet.together(() => {
        this.change({ districts });
        this.fit();
      });
      if (this.view) this.say(districts ? this.at("headline").textContent : "Showing the whole area");
    }

    // To the smaller areas inside one, and back to it.
    drill(theme, position) {
      const { trail, theme: from } = this.state, area = this.model.tableOf(from).code(position), bounds = this.shown.bounds(position);
      Hotspots.sheet.together(() => {
        this.change({ theme, area: null, trail: [...trail, { theme: from, area }] });
        this.map.fitBounds(bounds, { padding: [12, 12], animate: false });
      });
      this.back.button.focus();
      this.map.getContainer().scrollIntoView({ block: "nearest" });
    }

    climb() {
      const { theme, area } = this.state.trail[this.state.trail.length - 1];
      this.change({ theme });
      this.select(this.model.places[theme.store].get(area), "fly");
    }

    tabulate(open) {
      this.change({ table: open });
      if (open) this.at("table").querySelector(".table-frame").focus({ preventScroll: true });
      else this.at("tabular").focus();
      if (open) this.at("table").scrollIntoView({ block: "nearest" });
    }

    // The table takes room from the map; who saw the whole sees the whole.
    drawTable(areas) {
      const { table, sort } = this.state, open = table && Boolean(this.view), target = this.at("table");
      const turned = target.hidden === open, whole = turned && Boolean(this.drawn) && this.map.getBounds().contains(this.chosenBounds());
      this.at("seen").hidden = !this.view;
      this.at("tabular").setAttribute("aria-expanded", String(open));
      target.hidden = !open;
      if (turned) this.map.invalidateSize({ animate: false });
      if (whole) this.fit();
      this.table.render(open, this.view, areas, sort);
    }

    // The rows in the order in which the reader has them.
    download() {
      const areas = this.model.tableOf(this.view), rows = Hotspots.values.ranking(this.view, areas);
      const { table, sort } = this.state;
      Hotspots.download.save(this.view, areas, table ? Hotspots.table.sorted(rows, areas, sort) : rows, this.data);
    }

    // Corners of the chosen districts, else of all there is.
    chosenBounds() {
      const { theme, districts } = this.state;
      const bounds = theme && districts ? this.model.districts.bounds(this.shown, theme, districts) : null;
      return bounds && bounds.isValid() ? bounds : L.latLngBounds(this.data.bounds);
    }

    fit() {
      this.home.show(this.chosenBounds());
    }

    // A slider on its way is one entry of the browser's history, not fifty.
    tryWeights(weights) {
      const began = Boolean(weights) !== Boolean(this.state.weights);
      this.state = this.model.changed(this.state, { weights });
      this.render("stay");
      this.link.save(began ? "push" : "replace");
    }

    // The state of an address; without a place in it, the selected area or the whole comes into view.
    restore({ state, at }) {
      this.state = state;
      Hotspots.sheet.together(() => {
        if (at) {
          this.home.leave();
          this.map.setView(at.centre, at.zoom, { animate: false });
        } else this.whole();
        this.render(at ? "stay" : "fly");
        // Districts, and a table that takes room from the map, leave another whole to be seen.
        if (!at && (state.districts || state.table) && state.area === null) this.fit();
      });
    }

    select(position, way) {
      const area = this.model.tableOf(this.state.theme).code(position);
      this.asked = true;
      this.change({ area }, way);
      this.asked = false;
      if (way === "fly") this.map.getContainer().scrollIntoView({ block: "nearest" });
    }

    goTo({ store, position }) {
      const theme = this.model.themeFor(store, this.state);
      if (theme !== this.state.theme) this.change({ theme });
      this.select(position, "fly");
    }

    // The position of the selected area, or null.
    selected() {
      const { theme, area } = this.state;
      return theme && area !== null ? this.model.places[theme.store].get(area) ?? null : null;
    }

    point(position) {
      const { theme } = this.state;
      if (theme) this.selection.point(this.shown, position === null ? this.selected() : position);
      this.table.point(position);
    }

    // Escape on the map; whether there was an area to leave.
    leave() {
      if (this.state.area === null) return false;
      this.change({ area: null });
      return true;
    }

    // The months go by, one after the other and round again; the browser's history keeps where they were started.
    play() {
      if (!this.state.playing) window.clearInterval(this.clock);
      if (this.state.playing === Boolean(this.drawn && this.drawn.playing)) return;
      if (!this.state.playing) return;
      this.clock = window.setInterval(() => {
        if (document.hidden) return;
        this.state = this.model.changed(this.state, { period: (this.state.period + 1) % this.state.theme.steps.length });
        this.render("stay");
        this.link.save("replace");
      }, STEP_TIME);
    }

    drawBeside() {
      const { beside } = this.state;
      const period = beside ? this.model.besidePeriod(this.state) : -1;
      const known = this.besideView && beside && this.besideView.of === beside.theme && this.besideView.period === period && this.drawn.districts === this.state.districts;
      if (!known) {
        this.besideView = period < 0 ? null : { ...this.model.districts.view(Hotspots.model.view(beside.theme, period), this.state.districts), of: beside.theme };
      }
      this.beside.show(Boolean(beside), this.view, this.besideView);
    }

    // What is asked for to be drawn on the way is drawn once.
    render(way) {
      Hotspots.sheet.together(() => this.draw(way));
    }

    draw(way) {
      const { theme, period, weights, districts } = this.state;
      const changed = !this.drawn || ["theme", "period", "weights", "districts"].some((part) => this.drawn[part] !== this.state[part]);
      if (changed) this.view = theme ? this.model.districts.view(this.scenario.view(Hotspots.model.view(theme, period), weights), districts) : null;
      this.whatif.render(this.view, weights);
      this.drawAreas(changed);
      this.drawBeside();
      this.play();
      this.switch.render(this.state);
      const areas = this.view && this.model.tableOf(this.view);
      if (changed) this.districts.render(this.view, areas, districts);
      this.back.render(this.state.trail);
      this.drawTable(areas);
      this.surfaces = this.drawOverlays();
      this.drawLegend();
      this.list.render(this.view);
      // Names of areas make room for those of districts.
      this.drawNames(changed || !this.drawn || this.drawn.overlays !== this.state.overlays);
      this.drawSelection(changed, way);
      this.drawn = this.state;
    }

    drawLegend() {
      const { theme, beside } = this.state, other = this.besideView && beside.theme !== theme ? this.besideView : null;
      this.hatched = !this.shown || this.shown.hatched;
      Hotspots.legend.render(this.at("legend"), [this.coloured ? this.told() : null, other], this.surfaces,
        { uncovered: this.asHexagons ? null : this.data.uncovered, hatched: this.hatched });
    }

    // What the legend tells of the view in sight; of hexagons, that they are no places.
    told() {
      if (!this.view || !this.state.overlays.has("hexagons")) return this.view;
      const said = this.asHexagons ? `Every one of the ${Hotspots.words.within(this.view.noun)} is a hexagon of the same size, near its place and not at it.`
        : `There are no hexagons of these ${Hotspots.words.within(this.view.noun)}: they are too many or too few.`;
      return { ...this.view, note: [said, this.view.note].filter(Boolean).join(" ") };
    }

    drawAreas(changed) {
      const coloured = this.model.coloured(this.state), hexagons = this.model.hexagons(this.state);
      if (!changed && coloured === this.coloured && hexagons === this.asHexagons) return;
      Object.assign(this, { coloured, asHexagons: hexagons });
      const wanted = this.view ? (hexagons ? this.hexagons : this.areas)[this.view.store] : null;
      if (this.shown && this.shown !== wanted) this.shown.hide();
      if (wanted) wanted.show(this.view, coloured);
      this.shown = wanted;
      for (const lines of this.around) lines.follow(wanted && wanted.encoded);
      this.drawLand(!wanted || !wanted.covers());
      if (changed && this.drawn && this.view && !this.state.playing && this.drawn.weights === this.state.weights) this.say(`Showing ${[this.view.group, this.view.title, this.view.label].filter(Boolean).join(", ")}`);
    }

    // A sheet is a canvas of several megabytes: there is no land where none would be seen.
    drawLand(seen) {
      if (!this.land || this.map.hasLayer(this.land.sheet) === seen) return;
      if (seen) this.land.sheet.addTo(this.map);
      else this.land.sheet.remove();
    }

    // Put on and take off what lies over the areas; returns the surfaces in sight.
    drawOverlays() {
      const surfaces = [];
      for (const [entry, layer] of this.layers) {
        const on = this.isDrawn(entry);
        if (on && entry.kind === "surface") surfaces.push({ ...entry.surface, group: entry.group, title: entry.title });
        if (layer && on && !this.map.hasLayer(layer)) layer.addTo(this.map);
        if (layer && !on && this.map.hasLayer(layer)) layer.remove();
      }
      return surfaces;
    }

    // Hexagons are no places: nothing that has a place is drawn over them.
    isDrawn(entry) {
      return this.model.isOn(entry, this.state) && !(this.asHexagons && ["surface", "context"].includes(entry.kind));
    }

    // Names of districts come first, where their lines are in sight.
    nameDistricts(cover) {
      const lines = this.districtLines;
      if (lines && this.map.hasLayer(lines.group)) lines.write(cover);
      else if (lines) lines.tell([]);
    }

    drawNames(changed) {
      if (!changed) return;
      const { view, shown, model } = this;
      const drawn = (kind) => model.overlays.some((entry) => entry.kind === kind && this.isDrawn(entry));
      const on = view && drawn("names"), context = drawn("context") ? this.data.context : null;
      const table = view && model.tableOf(view);
      const nameOf = (position) => (table.name(position) === table.code(position) ? "" : table.name(position));
      const order = () => (on ? Hotspots.values.ranking(view, table) : []);
      this.names.show(view ? { view, areas: shown, order, nameOf, context, coloured: this.coloured } : null);
    }

    drawSelection(changed, way) {
      const { area, theme } = this.state;
      const position = area === null ? null : this.model.places[theme.store].get(area);
      this.list.mark(position);
      this.table.mark(position);
      if (position === null) {
        if (this.drawn && this.drawn.area !== null) this.selection.hide();
        this.card.hide();
        return;
      }
      const same = this.drawn && this.drawn.area === area;
      if (!same || changed || this.asked) this.card.show(this.view, position, this.asked);
      if (same && way === "stay") {
        if (changed || this.drawn.overlays !== this.state.overlays) this.selection.point(this.shown, position);
        return;
      }
      this.selection.show(this.shown, position, way);
      this.say(Hotspots.speech.sentence(this.view, this.model.tableOf(this.view), position));
    }

    // What a screen reader hears.
    say(sentence) {
      this.at("status").textContent = sentence;
    }
  }

  Hotspots.start = (map, data) => {
    // What the page shows where no script runs.
    for (const still of document.querySelectorAll(".hotspots-still")) still.remove();
    new Page(map, Hotspots.tiles.under(map, data));
  };
})(window.Hotspots = window.Hotspots || {});
