// "My partnership": one district or several, to which map, list, names, counts and headline keep while others are dimmed.
(function (Hotspots) {
  "use strict";

  const { element, choice } = Hotspots.elements;
  const { fold, slugs, within } = Hotspots.words;

  const FEW = 12; // districts that are found without typing
  const NAMED = 4; // districts that a sentence names one by one

  const whole = (number) => number.toLocaleString("en-GB", { maximumFractionDigits: 0 });

  // "Leeds", "Leeds and York", "Leeds, Selby and York", "5 districts".
  function where(names) {
    if (names.length > NAMED) return `${names.length} districts`;
    return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
  }

  // A view with only the areas of the chosen districts; `member`: the place of each area's district among `names`.
  function narrowed(view, member, chosen, names) {
    const inside = new Set(chosen), counts = new Map();
    let classes = "", around = "";
    for (let position = 0; position < view.classes.length; position++) {
      const letter = view.classes[position], own = inside.has(member[position]);
      classes += own ? letter : ".";
      around += own ? "." : letter;
      if (own) counts.set(letter, (counts.get(letter) || 0) + 1);
    }
    return { ...view, classes, around, whole: view, where: where(chosen.map((place) => names[place])),
      legend: view.legend.map((entry, i) => ({ ...entry, count: counts.get(String(i)) || 0 })),
      missing: { ...view.missing, count: counts.get("-") || 0 }, ...hatchOf(view, classes),
      note: view.note.replace("Not drawn: ", "Not drawn in the whole area: ") };
  }

  // What is hatched among the areas that keep a class.
  function hatchOf({ hatch }, classes) {
    if (!hatch) return {};
    return { hatch: { ...hatch, places: new Set([...hatch.places].filter((position) => classes[position] !== ".")) } };
  }

  // The column of incidents behind a view: of its own period where it has one.
  function countsOf(view, table) {
    const period = /^[a-z]+_(\d{4}.*)$/.exec(view.column);
    return [period ? `n_${period[1]}` : "n"].find((name) => table.columns.has(name)) || null;
  }

  // Incidents of the areas of some classes; null where one has no number.
  function total(table, column, classes) {
    let sum = 0;
    for (let position = 0; position < classes.length; position++) {
      if (classes[position] === ".") continue;
      const value = table.raw(column, position);
      if (value === null) return null;
      sum += value;
    }
    return sum;
  }

  // A small part is not none, and a large one is not all.
  function share(part, sum) {
    const percent = (100 * part) / sum;
    if (percent > 0 && percent < 1) return "under 1%";
    return percent > 99 && percent < 100 ? "over 99%" : `${Math.round(percent)}%`;
  }

  function sized(classes) {
    let count = 0;
    for (const letter of classes) if (letter !== ".") count += 1;
    return count;
  }

  // What the chosen districts are of the whole: areas, incidents, and areas of the first class of those that have names.
  function headline(view, table) {
    const all = view.whole, facts = [];
    const drawn = view.legend.every((entry) => entry.opacity > 0);
    facts.push(`${whole(sized(view.classes))} of ${whole(sized(all.classes))} ${within(view.noun)}${drawn ? "" : " drawn"}`);
    const column = drawn ? countsOf(view, table) : null;
    const part = column && total(table, column, view.classes), sum = column && total(table, column, all.classes);
    if (column && part !== null && sum) {
      facts.push(`${whole(part)} of ${whole(sum)} incidents (${share(part, sum)})`);
    }
    const first = all.legend.findIndex((entry) => entry.count > 0 && entry.opacity > 0);
    const named = table.columns.get(view.column);
    if (first >= 0 && named && named.words) {
      facts.push(`${whole(view.legend[first].count)} of ${whole(all.legend[first].count)} “${all.legend[first].label}”`);
    }
    return `${view.where}: ${facts.join("; ")}`;
  }

  // The districts that the areas name; where none does, those of the outlines.
  function namesOf(model) {
    const found = new Set();
    for (const table of model.tables) {
      if (!table.columns.has("district")) continue;
      for (let position = 0; position < table.size(); position++) found.add(table.district(position));
    }
    if (!found.size && model.data.outline) model.data.outline.labels.forEach(([, , name]) => found.add(name));
    found.delete("");
    return [...found].sort((a, b) => a.localeCompare(b, "en"));
  }

  // The districts that areas without a word about theirs lie in.
  function located(data, store, placeOf) {
    const outlines = Hotspots.layers.shapesOf(data.outline.shapes);
    const known = new Map(data.outline.labels.map(([latitude, longitude, name]) => [outlines.at([latitude, longitude]), placeOf.get(name)]));
    return Hotspots.decode.places(store.places).map((place) => known.get(outlines.at(place)) ?? -1);
  }

  class Districts {
    constructor(model) {
      this.model = model;
      this.names = namesOf(model);
      this.keys = slugs(this.names);
      this.placeOf = new Map(this.names.map((name, place) => [name, place]));
      this.members = [];
    }

    // The place of each area's district among the names, -1 for none, found once for each layer.
    member(theme) {
      const { data, tables } = this.model;
      if (!this.members[theme.store]) {
        const table = tables[theme.table];
        this.members[theme.store] = table.columns.has("district") || !data.outline
          ? Array.from({ length: table.size() }, (_, position) => this.placeOf.get(table.district(position)) ?? -1)
          : located(data, data.stores[theme.store], this.placeOf);
      }
      return this.members[theme.store];
    }

    // A view as the state wants it.
    view(view, chosen) {
      return view && chosen ? narrowed(view, this.member(view), chosen, this.names) : view;
    }

    // Of an area outside the chosen districts and the districts, the one asked for last stays.
    settled(state, part) {
      const { theme, area, districts } = state;
      if (!districts || !districts.length) return { ...state, districts: null };
      if (area === null || districts.includes(this.member(theme)[this.model.places[theme.store].get(area)])) return state;
      return part.area === area ? { ...state, districts: null } : { ...state, area: null };
    }

    // As an address has them; what it names in vain is left out.
    written(chosen) {
      return chosen.map((place) => this.keys[place]).join(",");
    }

    read(text) {
      const keys = new Set(text.split(","));
      const found = this.keys.flatMap((key, place) => (keys.has(key) ? [place] : []));
      return found.length ? found : null;
    }

    bounds(areas, theme, chosen) {
      const found = L.latLngBounds([]), inside = new Set(chosen);
      this.member(theme).forEach((place, position) => { if (inside.has(place)) found.extend(areas.bounds(position)); });
      return found;
    }
  }

  // Boxes to tick, one stop of the Tab key in all, folded until asked for.
  class Panel {
    // `choose(districts)`: the places of those ticked, null for none.
    constructor(target, line, districts, choose) {
      Object.assign(this, { target, line, districts, choose });
      if (districts.names.length > 1) this.build();
    }

    build() {
      const { target, districts } = this;
      this.summary = element("summary");
      this.list = element("div", "chips-list", districts.names.map((name, place) =>
        choice("checkbox", { "data-place": place }, name, () => this.chosen())), { role: "group", "aria-label": "Districts" });
      this.all = element("button", "more", "Show the whole area", { type: "button", hidden: true });
      this.all.addEventListener("click", () => { this.choose(null); this.summary.focus(); });
      Hotspots.rove.walk(this.list, "label:not([hidden]) input", { across: true });
      target.append(element("details", "", [this.summary, districts.names.length > FEW && this.finder(), this.list, this.all].filter(Boolean)));
    }

    finder() {
      const input = element("input", "", "", { type: "search", placeholder: "Find a district", "aria-label": "Find a district" });
      input.addEventListener("input", () => {
        const asked = fold(input.value);
        [...this.list.children].forEach((label, place) => { label.hidden = !fold(this.districts.names[place]).includes(asked); });
      });
      return input;
    }

    boxes() {
      return [...this.list.querySelectorAll("input")];
    }

    chosen() {
      const found = this.boxes().filter((box) => box.checked).map((box) => Number(box.dataset.place));
      this.choose(found.length ? found : null);
    }

    // `view`: what is in sight, narrowed where districts are chosen.
    render(view, table, chosen) {
      this.target.hidden = !view || !this.summary;
      this.line.hidden = this.target.hidden || !chosen;
      if (this.target.hidden) return;
      const names = chosen ? where(chosen.map((place) => this.districts.names[place])) : "the whole area";
      this.summary.replaceChildren("My partnership: ", element("b", "", names));
      this.all.hidden = !chosen;
      for (const box of this.boxes()) box.checked = Boolean(chosen) && chosen.includes(Number(box.dataset.place));
      this.line.textContent = chosen ? headline(view, table) : "";
    }
  }

  Hotspots.districts = { Districts, Panel, narrowed, headline, where };
})(window.Hotspots = window.Hotspots || {});
