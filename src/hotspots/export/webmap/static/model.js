// What can be chosen, and what a choice means: themes, groups, overlays, periods, areas.
(function (Hotspots) {
  "use strict";

  const { slugs } = Hotspots.words;

  const lately = new WeakMap();

  // What one theme shows in one of its periods. The last one of each theme stays, and with it the ranking of its areas.
  function view(theme, period) {
    const last = lately.get(theme);
    if (last && last.period === period) return last;
    const made = viewOf(theme, period);
    lately.set(theme, made);
    return made;
  }

  function viewOf(theme, period) {
    const step = theme.steps[period];
    const legend = theme.legend.map((entry, i) => ({ ...entry, count: step.counts[i] }));
    return { ...theme, ...step, period, legend, ...hatchOf(theme, step), missing: { ...theme.missing, missing: true, count: step.gaps },
      tooltip: theme.ownTooltip ? [step.column, ...theme.tooltip] : theme.tooltip,
      // Areas that step through time are ranked by the period in sight.
      rank: theme.steps.length > 1 ? step.column : theme.rank };
  }

  // Which areas a step hatches beside their class, and the line of the legend that says why.
  function hatchOf(theme, step) {
    if (!theme.hatch) return {};
    return { hatch: { ...theme.hatch, places: Hotspots.marks.positions(step.hatched) } };
  }

  // The step of the same season a year before, else the step before, as a number of steps back; 0 where there is none.
  function yearBefore(theme, period) {
    const label = theme.steps[period].label.replace(/\d{4}/, (year) => String(year - 1).padStart(4, "0"));
    const found = theme.steps.findIndex((step) => step.label === label);
    return found < 0 ? (period > 0 ? -1 : 0) : found - period;
  }

  // Surfaces that belong to no group of themes are offered always, under their full name.
  function surfaces(data, groups) {
    const entries = data.surfaces.map((surface) => {
      const known = groups.includes(surface.group);
      const title = surface.group && !known ? `${surface.title}: ${surface.group}` : surface.title;
      return { kind: "surface", title, group: known ? surface.group : "", surface, on: surface.visible };
    });
    for (const group of new Set(entries.map((entry) => entry.group))) {
      const own = entries.filter((entry) => entry.group === group);
      slugs(own.map((entry) => entry.title)).forEach((key, i) => { own[i].key = key; });
    }
    return entries;
  }

  // A surface that shows when the page opens has the colours to itself.
  function hideColours(entries) {
    const surface = entries.some((entry) => entry.kind === "surface" && entry.on);
    return entries.map((entry) => (entry.kind === "colours" ? { ...entry, on: !surface } : entry));
  }

  function overlays(data, groups, named) {
    const found = surfaces(data, groups);
    if (data.outline) {
      found.push({ kind: "districts", title: data.outline.title, group: "", key: "outlines", on: true });
    }
    // Without its colours a layer of areas shows the borders that a surface is read against.
    if (found.some((entry) => entry.kind === "surface") && data.themes.length) {
      found.push({ kind: "colours", title: "Colours", group: "", key: "colours", on: true });
    }
    if (data.stores.some((store) => store.hexagons)) found.push({ kind: "hexagons", title: "Equal hexagons", group: "", key: "hexagons", on: false });
    if (data.context) found.push({ kind: "context", title: "Towns and roads", group: "", key: "context", on: true });
    if (named) found.push({ kind: "names", title: "Names", group: "", key: "names", on: true });
    return hideColours(found);
  }

  // The areas of a store, by code; all tables of a store list the same areas.
  function places(data, tables) {
    const tableOf = data.stores.map((_, store) => tables[data.themes.find((theme) => theme.store === store).table]);
    return tableOf.map((table) => new Map(table.codes().map((code, position) => [code, position])));
  }

  class Model {
    constructor(data) {
      this.data = data;
      this.tables = data.tables.map((_, index) => Hotspots.values.table(data, index));
      this.places = places(data, this.tables);
      this.districts = new Hotspots.districts.Districts(this);
      this.groups = [...new Set(data.themes.map((theme) => theme.group).filter(Boolean))];
      this.groupKeys = slugs(this.groups);
      for (const group of new Set(data.themes.map((theme) => theme.group))) {
        const own = data.themes.filter((theme) => theme.group === group);
        slugs(own.map((theme) => theme.title)).forEach((key, i) => { own[i].key = key; });
      }
      this.overlays = overlays(data, this.groups, this.tables.some((table) => table.named()));
    }

    // The state in which the page opens.
    opening() {
      const { page = null, themes } = this.data;
      // The page of one area opens on it, and stays there.
      const first = page === null ? themes[0] : themes.find((theme) => this.places[theme.store].has(page));
      const on = this.overlays.filter((entry) => entry.on).map((entry) => entry.key);
      return { group: first ? first.group : "", theme: first || null, period: first ? first.opens : 0,
        overlays: new Set(on), area: page, playing: false, beside: null, weights: null, districts: null,
        table: false, sort: "", trail: [] };
    }

    // The state with a new part, and whatever no longer fits it put right.
    changed(state, part) {
      const next = { ...state, ...part };
      if (next.group !== state.group && !part.theme) next.theme = this.counterpart(state.theme, next.group);
      if (part.theme && part.theme.group) next.group = part.theme.group;
      const theme = next.theme;
      if (theme && theme !== state.theme && part.period === undefined) {
        next.period = state.theme && state.theme.steps.length === theme.steps.length ? state.period : theme.opens;
      }
      if (theme) next.period = Math.min(Math.max(0, next.period), theme.steps.length - 1);
      if (!theme || theme.steps.length < 2) next.playing = false;
      if (next.beside && state.beside && theme !== state.theme && next.beside.theme === state.theme && !part.beside) {
        next.beside = this.besides(next);
      }
      if (next.area !== null && (!theme || !this.places[theme.store].has(next.area))) next.area = null;
      next.trail = Hotspots.drill.settled(next.trail, theme);
      return this.districts.settled(next, part);
    }

    // What stands beside a state at first: the same a year before, else another theme of the group.
    besides(state) {
      const { theme, period, group } = state;
      if (!theme) return null;
      if (theme.steps.length > 1) return { theme, shift: yearBefore(theme, period) };
      const other = this.themesOf(group).find((entry) => entry !== theme) || this.data.themes.find((entry) => entry !== theme);
      return { theme: other || theme, shift: 0 };
    }

    // The period of what stands beside, in step with the one in sight; -1 where the files have none.
    besidePeriod(state) {
      const { theme, shift } = state.beside;
      if (theme.steps.length < 2) return 0;
      const period = this.stepBeside(state) + shift;
      return period >= 0 && period < theme.steps.length ? period : -1;
    }

    // The period that the shift of what stands beside counts from.
    stepBeside(state) {
      const { theme } = state.beside;
      return state.theme && state.theme.steps.length === theme.steps.length ? state.period : theme.opens;
    }

    themesOf(group) {
      return this.data.themes.filter((theme) => theme.group === group || theme.group === "");
    }

    // The theme of another group that shows the same measure.
    counterpart(theme, group) {
      const all = this.themesOf(group);
      return all.find((other) => theme && other.key === theme.key) || all[0] || null;
    }

    overlaysOf(group) {
      return this.overlays.filter((entry) => entry.group === "" || entry.group === group);
    }

    // Coloured areas show through a surface and change its colours: one gives way to the other, unless asked back.
    toggled(state, key, on) {
      const shown = new Set([...state.overlays].filter((other) => other !== key));
      if (on) shown.add(key);
      const surfaceKeys = this.overlays.filter((entry) => entry.kind === "surface").map((entry) => entry.key);
      const known = this.overlays.some((entry) => entry.kind === "colours");
      if (known && surfaceKeys.includes(key)) {
        if (on) shown.delete("colours");
        else if (!surfaceKeys.some((other) => shown.has(other))) shown.add("colours");
      }
      return { overlays: shown };
    }

    // Whether the areas in sight are drawn as hexagons.
    hexagons(state) {
      return state.overlays.has("hexagons") && Boolean(state.theme && this.data.stores[state.theme.store].hexagons);
    }

    coloured(state) {
      return state.overlays.has("colours") || !this.overlays.some((entry) => entry.kind === "colours");
    }

    isOn(entry, state) {
      return state.overlays.has(entry.key) && (entry.group === "" || entry.group === state.group);
    }

    // A view under other weights has a table of its own.
    tableOf(theme) {
      return theme.areas || this.tables[theme.table];
    }

    sparksOf(theme) {
      const found = (this.data.sparks || [])[theme.table];
      return (typeof found === "number" ? this.data.sparks[found] : found) || null;
    }

    // The theme to see an area of a store in: the one in sight, else the first of the group, else the first.
    themeFor(store, state) {
      if (state.theme && state.theme.store === store) return state.theme;
      const fits = (theme) => theme.store === store;
      return this.themesOf(state.group).find(fits) || this.data.themes.find(fits);
    }
  }

  Hotspots.model = { Model, view };
})(window.Hotspots = window.Hotspots || {});
