// The areas of the active theme in their order: a ranking to read, and a way to the map without a pointer.
(function (Hotspots) {
  "use strict";

  const { element, swatch } = Hotspots.elements;
  const { within } = Hotspots.words;
  const SHORT = 10;

  function headingOf(view, table, count, shown) {
    const column = table.columns.get(view.rank);
    const unit = column.unit ? `${column.label}, ${column.unit}` : column.label;
    const all = `${count.toLocaleString("en-GB")} ${view.noun}`;
    return [element("h2", "", shown < count ? `Top ${shown} of ${all}` : `All ${all}`),
      element("p", "unit", view.rank === view.column ? unit : `By class, then ${within(unit)}`)];
  }

  class List {
    // `actions`: go(position) when an area is chosen, point(position or null) while one is pointed at.
    constructor(target, model, actions) {
      Object.assign(this, { target, model, actions, all: false });
      target.addEventListener("keydown", (event) => this.step(event));
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
      const table = this.model.tableOf(view);
      const rows = Hotspots.values.ranking(view, table);
      const shown = this.all ? rows : rows.slice(0, SHORT);
      const list = element("ol", "", shown.map((row) => this.row(row, table)));
      this.buttons = new Map([...list.querySelectorAll("button")].map((button, i) => [shown[i].position, button]));
      const heading = element("header", "", headingOf(view, table, rows.length, shown.length));
      target.replaceChildren(heading, list, ...(rows.length > SHORT ? [this.more(rows.length)] : []));
      this.mark(this.marked);
    }

    row({ position, letter, rank }, table) {
      const { view, actions } = this;
      const entry = letter === "-" ? view.missing : view.legend[letter];
      const district = table.district(position);
      const name = element("span", "name", [table.name(position), district ? element("small", "", district) : ""]);
      const value = element("span", "value", table.show(view.rank, position));
      const spoken = view.rank === view.column ? "" : element("span", "unseen", entry.label);
      const button = element("button", "", [element("span", "rank", rank === null ? "–" : String(rank)),
        swatch(entry), name, spoken, value], { type: "button" });
      button.addEventListener("click", () => actions.go(position));
      for (const type of ["mouseenter", "focus"]) button.addEventListener(type, () => actions.point(position));
      for (const type of ["mouseleave", "blur"]) button.addEventListener(type, () => actions.point(null));
      return element("li", "", button);
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

    // Arrow keys walk up and down the list.
    step(event) {
      const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const buttons = [...this.target.querySelectorAll("ol button")];
      const here = buttons.indexOf(event.target);
      if (!way || here < 0) return;
      event.preventDefault();
      (buttons[here + way] || event.target).focus();
    }

    mark(position) {
      this.marked = position;
      for (const [place, button] of this.buttons || []) {
        if (place === position) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
    }
  }

  Hotspots.list = { List };
})(window.Hotspots = window.Hotspots || {});
