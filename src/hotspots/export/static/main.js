// The page: one state (which theme, which overlays), one function that draws it.
(function (Hotspots) {
  "use strict";

  const PHONE = window.matchMedia("(max-width: 700px)");

  function escaped(text) {
    const holder = document.createElement("span");
    holder.textContent = text;
    return holder.innerHTML;
  }

  function dress(map, data) {
    map.attributionControl.setPrefix("Leaflet");
    if (data.attribution) {
      map.attributionControl.addAttribution(`<span class="licence">${escaped(data.attribution)}</span>`);
    }
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    map.fitBounds(data.bounds, { padding: [12, 12], animate: false });
    map.setMaxBounds(L.latLngBounds(data.bounds).pad(1));
    map.setMinZoom(Math.max(0, map.getZoom() - 2));
    // A focus ring is for those who use the keyboard; Leaflet focuses the map on a click as well.
    const page = map.getContainer();
    page.addEventListener("pointerdown", () => page.classList.add("by-pointer"), true);
    page.addEventListener("keydown", () => page.classList.remove("by-pointer"), true);
  }

  // The layer list stands in the panel, or on a phone behind a button on the map.
  function placeControl(map, choices, overlays, openGroup) {
    const slot = document.getElementById("hotspots-layers");
    const grouped = new Set(choices.map((choice) => choice.theme.group)).size > 1;
    let control = null;
    const place = () => {
      if (control) control.remove();
      control = new Hotspots.panel.ThemeControl(null, null, { collapsed: false, autoZIndex: false, grouped, openGroup });
      for (const choice of choices) control.addBaseLayer(choice, choice.theme.title);
      for (const { layer, title } of overlays) control.addOverlay(layer, title);
      control.addTo(map);
      if (PHONE.matches) control.collapse();
      else slot.append(control.getContainer());
      slot.hidden = PHONE.matches;
    };
    place();
    map.on("click", () => { if (PHONE.matches) control.collapse(); });
    PHONE.addEventListener("change", () => { place(); map.invalidateSize(); });
  }

  function start(map, data) {
    const state = { theme: null, surfaces: new Set() };
    const tables = data.tables.map((_, index) => Hotspots.values.table(data, index));
    const describe = Hotspots.panel.descriptions(tables);
    const areas = data.stores.map((store) => new Hotspots.layers.Areas(map, store, describe, data.strength));
    const legend = document.getElementById("hotspots-legend");
    let shown = null;

    function render() {
      const theme = data.themes[state.theme] || null;
      const wanted = theme ? areas[theme.store] : null;
      if (shown && shown !== wanted) shown.hide();
      if (wanted && !(shown === wanted && wanted.theme === theme)) wanted.show(theme);
      shown = wanted;
      Hotspots.panel.renderLegend(legend, theme, data.surfaces.filter((_, index) => state.surfaces.has(index)));
    }

    function change(part) {
      Object.assign(state, part);
      render();
    }

    function withSurface(index, on) {
      const surfaces = new Set(state.surfaces);
      if (on) surfaces.add(index);
      else surfaces.delete(index);
      change({ surfaces });
    }

    dress(map, data);
    const choose = (index) => change({ theme: index });
    const choices = data.themes.map((theme, index) => new Hotspots.layers.ThemeChoice(theme, index, choose));
    const overlays = data.surfaces.map((entry, index) => {
      const layer = Hotspots.layers.surface(entry);
      layer.on("add remove", (event) => withSurface(index, event.type === "add"));
      if (entry.visible) layer.addTo(map);
      return { layer, title: entry.title };
    });
    if (data.outline) {
      const layer = Hotspots.layers.districts(map, data.outline).addTo(map);
      overlays.push({ layer, title: data.outline.title });
    }
    if (choices.length) choices[0].addTo(map);
    placeControl(map, choices, overlays, () => (data.themes[state.theme] || {}).group);
    render();
  }

  Hotspots.start = start;
})(window.Hotspots = window.Hotspots || {});
