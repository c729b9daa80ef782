// A table of every area in sight and all its columns, to sort and to read; its rows lead to the map.
(function (Hotspots) {
  "use strict";

  const { element, pointing } = Hotspots.elements;

  // One for all comparisons: a browser takes long to make it.
  const inWords = new Intl.Collator("en", { numeric: true }).compare;

  // Rows by a column, "-rate" from the largest down; those without a value come last, and equal ones stay as they were.
  function sorted(rows, table, sort) {
    const down = sort.startsWith("-"), name = down ? sort.slice(1) : sort;
    if (!table.columns.has(name)) return rows;
    const value = new Map(rows.map(({ position }) => [position, table.raw(name, position)]));
    const compared = (a, b) => (typeof a === "string" ? inWords(a, b) : a - b);
    return [...rows].sort((one, other) => {
      const a = value.get(one.position), b = value.get(other.position);
      if (a === null || b === null) return (a === null) - (b === null);
      return down ? compared(b, a) : compared(a, b);
    });
  }

  // What a press on a heading asks for: numbers from the largest, words from A; then the other way; then the order of the list.
  function pressed(sort, name, numeric) {
    const first = numeric ? `-${name}` : name, second = numeric ? name : `-${name}`;
    return { [first]: second, [second]: "" }[sort] ?? first;
  }

  // Name, rank and district first, then what the map shows, then all else.
  function columnsOf(view, table) {
    const first = ["name", "rank", "district", view.column].filter((name) => table.columns.has(name));
    return [...new Set([...first, ...table.columns.keys()])];
  }

  class AreaTable {
    // `actions`: sort(text), go(position), point(position or null), close().
    constructor(target, actions) {
      Object.assign(this, { target, actions, shown: null, height: 0 });
      const close = element("button", "close", "×", { type: "button", "aria-label": "Close the table" });
      close.addEventListener("click", () => actions.close());
      // No stop of the Tab key: its headings and rows are, and the keys that go from row to row scroll it.
      this.frame = element("div", "table-frame", "", { tabindex: -1, role: "region", "aria-label": "Table of areas" });
      this.frame.addEventListener("scroll", () => this.fill(), { passive: true });
      this.frame.addEventListener("keydown", (event) => this.step(event));
      window.addEventListener("resize", () => this.fill());
      const bars = element("div", "table-bars", "", { role: "group", "aria-label": "Bars" });
      this.bars = new Hotspots.bars.Bars(bars, actions);
      target.append(close, element("div", "table-halves", [this.frame, bars]));
    }

    // `sort`: as in the address, "" for the order of the list.
    render(open, view, table, sort) {
      this.target.hidden = !open || !view;
      if (this.target.hidden) {
        this.frame.replaceChildren();
        this.shown = null;
        return;
      }
      if (this.shown && this.shown.view === view && this.shown.sort === sort) return;
      const same = this.shown && this.shown.view.table === view.table, focused = this.focusedColumn();
      this.shown = { view, sort };
      this.table = table;
      this.names = columnsOf(view, table);
      this.rows = sorted(Hotspots.values.ranking(view, table), table, sort);
      this.build(view, sort, !same);
      this.bars.render(view, table, this.rows, sort);
      const again = focused !== undefined && [...this.frame.querySelectorAll("thead button")].find((button) => button.dataset.column === focused);
      if (again) again.focus({ preventScroll: true });
    }

    focusedColumn() {
      return this.frame.contains(document.activeElement) ? document.activeElement.dataset.column : undefined;
    }

    // `left`: whether it starts at its first column again.
    build(view, sort, left) {
      const title = [view.group, view.title, view.label, view.where].filter(Boolean).join(", ");
      // A layer with ranks of its own has them among its columns.
      this.ranked = !this.table.columns.has("rank") && Boolean(view.rank);
      const head = element("tr", "", [this.ranked && element("th", "rank", "Rank", { scope: "col" }), ...this.names.map((name) => this.heading(name, sort))].filter(Boolean));
      const made = element("table", "", [element("caption", "", `${title}: ${this.rows.length.toLocaleString("en-GB")} ${Hotspots.words.within(view.noun)}`),
        element("thead", "", head), this.body = element("tbody")], { "aria-rowcount": this.rows.length + 1 });
      Hotspots.rove.keep(made.tHead, "button");
      Hotspots.rove.keep(this.body, "button");
      // Whole before the browser sees it, and asked for its size once: every look after a change lays it out anew.
      this.make(...Hotspots.rows.inSight(0, this.frame.clientHeight, this.height, this.rows.length));
      this.frame.replaceChildren(made);
      this.frame.scrollTop = 0;
      if (left) this.frame.scrollLeft = 0;
      this.measure();
    }

    // How high a row is, known from the first time on.
    measure() {
      const { body, frame, rows } = this;
      if (this.height || !rows.length) return;
      this.height = body.firstChild.offsetHeight;
      if (!this.height) return;
      const [from, to] = Hotspots.rows.inSight(frame.scrollTop, frame.scrollTop + frame.clientHeight, this.height, rows.length);
      if (from === this.range[0] && to === this.range[1]) body.append(...this.gap(rows.length - to));
      else this.make(from, to);
    }

    heading(name, sort) {
      const { label, unit } = this.table.columns.get(name), numeric = this.numeric(name);
      const sorting = { [name]: "ascending", [`-${name}`]: "descending" }[sort] || "none";
      const button = element("button", "", [label, unit ? element("small", "", unit) : "",
        element("span", "way", { ascending: "▲", descending: "▼", none: "" }[sorting], { "aria-hidden": "true" })], { type: "button", "data-column": name });
      button.addEventListener("click", () => this.actions.sort(pressed(sort, name, numeric)));
      return element("th", numeric ? "number" : "", button, { scope: "col", "aria-sort": sorting });
    }

    numeric(name) {
      const { words, flag } = this.table.columns.get(name);
      return !words && !flag && this.rows.some(({ position }) => typeof this.table.raw(name, position) === "number");
    }

    fill() {
      if (!this.shown) return;
      const { rows, height, frame } = this;
      if (!height) {
        this.measure();
        return;
      }
      const [from, to] = Hotspots.rows.inSight(frame.scrollTop, frame.scrollTop + frame.clientHeight, height, rows.length);
      if (this.range[0] !== from || this.range[1] !== to) this.make(from, to);
    }

    // The rows from one place to another; room for all others is kept above and below them.
    make(from, to) {
      this.range = [from, to];
      const { rows, body } = this, focused = body.contains(document.activeElement) ? document.activeElement.dataset.row : null;
      body.replaceChildren(...this.gap(from), ...rows.slice(from, to).map((row, i) => this.row(row, from + i)),
        ...(this.height ? this.gap(rows.length - to) : []));
      this.mark(this.marked);
      if (focused !== null) this.focus(Number(focused));
    }

    gap(count) {
      const cell = element("td", "", "", { colspan: this.names.length + (this.ranked ? 1 : 0) });
      cell.style.height = `${count * this.height}px`;
      return count ? [element("tr", "gap", cell, { "aria-hidden": "true" })] : [];
    }

    row({ position, rank }, place) {
      const { table, actions } = this;
      const name = element("button", "", table.name(position), { type: "button", "data-row": place });
      name.addEventListener("click", () => actions.go(position));
      const cells = this.names.slice(1).map((column) => {
        const number = typeof table.raw(column, position) === "number";
        return element("td", number ? "number" : "", table.show(column, position));
      });
      const row = element("tr", "", [this.ranked && element("td", "number", rank === null ? "–" : rank.toLocaleString("en-GB")), element("th", "", name, { scope: "row" }), ...cells].filter(Boolean),
        { "aria-rowindex": place + 2, "data-position": position });
      pointing(row, position, actions.point);
      return row;
    }

    // The row of the selected area.
    mark(position) {
      this.marked = position;
      if (!this.shown) return;
      for (const row of this.body.children) row.classList.toggle("chosen", row.dataset.position === String(position));
    }

    // What stands for the area that is pointed at, on the map or here.
    point(position) {
      if (this.shown) Hotspots.bars.point(this.target, position);
    }

    focus(place) {
      const button = this.body.querySelector(`[data-row="${place}"]`);
      if (button) button.focus({ preventScroll: true });
    }

    // Arrow keys go along the headings, and up and down the rows.
    step(event) {
      const { row, column } = event.target.dataset;
      if (column !== undefined) {
        const buttons = [...this.frame.querySelectorAll("thead button")];
        const to = { ArrowRight: 1, ArrowLeft: -1 }[event.key] && buttons[buttons.indexOf(event.target) + { ArrowRight: 1, ArrowLeft: -1 }[event.key]];
        if (!to) return;
        event.preventDefault();
        to.focus();
      } else if (row !== undefined && !["ArrowRight", "ArrowLeft"].includes(event.key)) {
        const to = Hotspots.keyboard.stepped(this.rows.length, Number(row), event.key);
        if (to === undefined) return;
        event.preventDefault();
        this.bring(to);
        this.focus(to);
      }
    }

    // Scrolls until a row is in sight, below the headings, which stay.
    bring(place) {
      const { frame, height } = this, head = this.frame.querySelector("thead").offsetHeight, top = place * height;
      if (top < frame.scrollTop) frame.scrollTop = top;
      if (top + height + 2 * head > frame.scrollTop + frame.clientHeight) frame.scrollTop = top + height + 2 * head - frame.clientHeight;
      this.fill();
    }
  }

  Hotspots.table = { AreaTable, sorted, pressed, columnsOf };
})(window.Hotspots = window.Hotspots || {});
