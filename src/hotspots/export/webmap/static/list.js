// The areas of the active theme in their order: a ranking to read, and a way to the map without a pointer.
(function (Hotspots) {
  "use strict";

  const { element, swatch, pointing } = Hotspots.elements;
  const { within } = Hotspots.words;
  const SHORT = 10;

  function headingOf(view, table, count, shown) {
    const column = table.columns.get(view.rank);
    const unit = column.unit ? `${column.label}, ${column.unit}` : column.label;
    const all = `${count.toLocaleString("en-GB")} ${within(view.noun)}${view.where ? ` in ${view.where}` : ""}`;
    const order = view.rank === view.column ? unit : `By class, then ${within(unit)}`;
    return [element("h2", "", shown < count ? `Top ${shown} of ${all}` : `All ${all}`),
      element("p", "unit", view.where ? `${order}; ranks are among all ${within(view.noun)}` : order)];
  }

  class List {
    // `actions`: go(position) when an area is chosen, point(position or null) while one is pointed at.
    constructor(target, model, actions) {
      Object.assign(this, { target, model, actions, all: false, marked: null });
      target.addEventListener("keydown", (event) => this.step(event));
      // On a narrow screen the page scrolls, and not the list.
      for (const place of [target, window]) place.addEventListener("scroll", () => this.fill(), { passive: true });
      window.addEventListener("resize", () => this.fill());
    }

    render(view) {
      if (view === this.view) return;
      if (!view || view.key !== this.theme || view.group !== this.group) this.all = false;
      Object.assign(this, { view, theme: view && view.key, group: view && view.group });
      this.build();
    }

    build() {
      const { view, target } = this;
      target.hidden = !view || !view.rank;
      if (target.hidden) {
        target.replaceChildren();
        return;
      }
      this.table = this.model.tableOf(view);
      this.rows = Hotspots.values.ranking(view, this.table);
      this.shown = this.all ? this.rows.length : Math.min(SHORT, this.rows.length);
      this.list = element("ol");
      this.range = null;
      this.current = 0;
      const heading = element("header", "", headingOf(view, this.table, this.rows.length, this.shown));
      target.replaceChildren(heading, this.list, ...(this.rows.length > SHORT ? [this.more(this.rows.length)] : []));
      this.height = 0;
      this.fill();
    }

    // Makes the rows in sight; room for all others is kept above and below them.
    fill() {
      if (!this.list || !this.list.isConnected) return;
      const [from, to] = this.inSight();
      if (this.range && this.range[0] === from && this.range[1] === to) return;
      const focused = this.list.contains(document.activeElement);
      this.range = [from, to];
      this.buttons = new Map();
      this.list.replaceChildren(...this.rows.slice(from, to).map((row, i) => this.row(row, from + i)));
      if (!this.height) this.height = this.list.firstChild ? this.list.firstChild.offsetHeight : 0;
      this.list.style.paddingTop = `${from * this.height}px`;
      this.list.style.paddingBottom = `${(this.shown - to) * this.height}px`;
      this.mark(this.marked);
      if (focused) this.focus(Math.min(to - 1, Math.max(from, this.current)));
    }

    inSight() {
      const list = this.list.getBoundingClientRect(), frame = this.target.getBoundingClientRect();
      const top = Math.max(0, frame.top) - list.top, bottom = Math.min(window.innerHeight, frame.bottom) - list.top;
      return Hotspots.rows.inSight(top, bottom, this.height, this.shown);
    }

    row({ position, letter, rank }, place) {
      const { view, table, actions } = this;
      const entry = Hotspots.values.entryOf(view, letter);
      const district = table.district(position);
      const name = element("span", "name", [table.name(position), district ? element("small", "", district) : ""]);
      const value = element("span", "value", table.show(view.rank, position));
      const spoken = view.rank === view.column ? "" : element("span", "unseen", entry.label);
      const button = element("button", "", [element("span", "rank", rank === null ? "–" : rank.toLocaleString("en-GB")),
        swatch({ ...Hotspots.marks.entryAt(view, position), mark: "" }), name, spoken, value], { type: "button" });
      button.addEventListener("click", () => actions.go(position));
      button.addEventListener("focus", () => { this.current = place; });
      pointing(button, position, actions.point);
      this.buttons.set(place, button);
      // Rows that are not made yet count all the same.
      return element("li", "", button, { "aria-setsize": this.shown, "aria-posinset": place + 1 });
    }

    more(count) {
      const text = this.all ? `Show the top ${SHORT}` : `Show all ${count.toLocaleString("en-GB")}`;
      const button = element("button", "more", text, { type: "button", "aria-expanded": String(this.all) });
      button.addEventListener("click", () => {
        this.all = !this.all;
        this.build();
        this.target.querySelector(".more").focus({ preventScroll: this.all });
      });
      return button;
    }

    focus(place) {
      const button = this.buttons.get(place);
      if (button) button.focus({ preventScroll: true });
    }

    // Arrow keys walk up and down the list; Home and End go to its ends.
    step(event) {
      const to = { ArrowDown: this.current + 1, ArrowUp: this.current - 1, PageDown: this.current + SHORT,
        PageUp: this.current - SHORT, Home: 0, End: this.shown - 1 }[event.key];
      if (to === undefined || !this.list || !this.list.contains(event.target)) return;
      event.preventDefault();
      this.current = Math.min(this.shown - 1, Math.max(0, to));
      this.bring(this.current);
      this.focus(this.current);
    }

    // Scrolls until a row is in sight, and makes it.
    bring(place) {
      const made = this.buttons.get(place);
      if (made) {
        made.scrollIntoView({ block: "nearest" });
        return;
      }
      const scroller = this.target.scrollHeight > this.target.clientHeight ? this.target : document.scrollingElement;
      const top = this.list.getBoundingClientRect().top + place * this.height;
      scroller.scrollTop += top - this.target.getBoundingClientRect().top - this.target.clientHeight / 2;
      this.fill();
    }

    mark(position) {
      this.marked = position;
      if (!this.rows) return;
      for (const [place, button] of this.buttons || []) {
        if (this.rows[place].position === position) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
    }
  }

  Hotspots.list = { List };
})(window.Hotspots = window.Hotspots || {});
