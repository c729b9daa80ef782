// Finding an area by its name or code.
(function (Hotspots) {
  "use strict";

  const { element } = Hotspots.elements;
  const { fold } = Hotspots.words;
  const MOST = 8;

  // Every named area once, of every layer; codes find the others.
  function index(model) {
    return model.places.flatMap((codes, store) => {
      const theme = model.data.themes.find((entry) => entry.store === store);
      const table = model.tableOf(theme);
      return [...codes].map(([code, position]) => {
        const name = table.name(position), district = table.district(position);
        return { store, code, position, name, district, noun: theme.noun, words: fold(name), key: fold(code) };
      });
    });
  }

  // How well a text answers: 0 wholly, 1 from its beginning, 2 from that of a word, 3 somewhere, -1 not.
  function fit(text, asked) {
    const at = ` ${text}`.indexOf(` ${asked}`);
    if (text === asked) return 0;
    if (at === 0) return 1;
    if (at > 0) return 2;
    return text.includes(asked) ? 3 : -1;
  }

  // By name if the name answers, else by a code that begins so.
  function hitOf(entry, asked, store) {
    const name = fit(entry.words, asked), code = fit(entry.key, asked);
    const here = entry.store === store ? 0 : 1;
    if (name >= 0) return { entry, fit: name, here, order: entry.words };
    return { entry, fit: code < 2 ? code : -1, here, order: entry.key };
  }

  function find(entries, text, store) {
    const asked = fold(text);
    if (!asked) return [];
    return entries.map((entry) => hitOf(entry, asked, store)).filter((hit) => hit.fit >= 0)
      .sort((a, b) => a.fit - b.fit || a.here - b.here || a.entry.store - b.entry.store ||
        a.order.localeCompare(b.order, "en") || a.entry.position - b.entry.position)
      .slice(0, MOST).map((hit) => hit.entry);
  }

  // A text box with a list of what it finds; the list is worked with the arrow keys, Enter and Escape.
  class Search {
    constructor(target, model, { store, go }) {
      Object.assign(this, { model, store, go, hits: [], active: -1, entries: null });
      this.list = element("ul", "", "", { id: "hotspots-found", role: "listbox", "aria-label": "Areas found" });
      this.input = element("input", "", "", { type: "search", id: "hotspots-query", role: "combobox",
        autocomplete: "off", spellcheck: "false", placeholder: "Find an area by name or code",
        "aria-label": "Find an area by name or code", "aria-controls": "hotspots-found", "aria-expanded": "false",
        "aria-autocomplete": "list" });
      this.note = element("p", "unseen", "", { role: "status" });
      target.replaceChildren(this.input, this.list, this.note);
      this.input.addEventListener("input", () => this.look());
      this.input.addEventListener("focus", () => this.look());
      this.input.addEventListener("blur", () => this.close());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.close();
    }

    look() {
      this.entries = this.entries || index(this.model);
      this.hits = find(this.entries, this.input.value, this.store());
      const asked = this.input.value.trim() !== "";
      this.list.replaceChildren(...this.hits.map((hit, i) => this.option(hit, i)));
      if (asked && !this.hits.length) this.list.append(element("li", "nothing", "No area found", { "aria-disabled": "true", role: "option" }));
      this.note.textContent = asked ? `${this.hits.length || "No"} found` : "";
      this.list.hidden = !asked;
      this.input.setAttribute("aria-expanded", String(asked));
      this.activate(this.hits.length ? 0 : -1);
    }

    option(hit, i) {
      const place = [hit.district, hit.noun, hit.name === hit.code ? "" : hit.code].filter(Boolean).join(" · ");
      const made = element("li", "", [element("span", "name", hit.name), element("small", "", place)],
        { role: "option", id: `hotspots-found-${i}`, "aria-selected": "false" });
      // A press must not take the focus from the box, or the list would close before the click.
      made.addEventListener("pointerdown", (event) => event.preventDefault());
      made.addEventListener("mousedown", (event) => event.preventDefault());
      made.addEventListener("click", () => this.choose(hit));
      return made;
    }

    activate(position) {
      this.active = position;
      [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === position)));
      const item = this.list.children[position];
      if (item) this.input.setAttribute("aria-activedescendant", item.id);
      else this.input.removeAttribute("aria-activedescendant");
      if (item) item.scrollIntoView({ block: "nearest" });
    }

    key(event) {
      const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (way && this.hits.length) {
        event.preventDefault();
        this.activate((this.active + way + this.hits.length) % this.hits.length);
      } else if (event.key === "Enter" && this.hits[this.active]) {
        event.preventDefault();
        this.choose(this.hits[this.active]);
      } else if (event.key === "Escape" && !this.list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      }
    }

    choose(hit) {
      this.input.value = hit.name;
      this.close();
      this.go(hit);
    }

    close() {
      this.list.hidden = true;
      this.hits = [];
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  Hotspots.search = { Search };
})(window.Hotspots = window.Hotspots || {});
