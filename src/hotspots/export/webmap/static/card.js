// The card of one area: what it is and why, in words first; where it ranks, what it has more of than others, what changed.
(function (Hotspots) {
  "use strict";

  const { element, swatch } = Hotspots.elements;
  const { within } = Hotspots.words;
  const WORST = 3; // smaller areas that a card names
  const NARROW = "(max-width: 700px)";
  // The column of words that says more of a column of classes.
  const SENTENCES = { priority: "reason", ch_flag: "ch_text", un_flag: "un_text", st_class: "st_text" };

  const whole = (number) => number.toLocaleString("en-GB");

  function lead(view, table, position) {
    const entry = Hotspots.values.entryOf(view, view.classes[position]);
    const column = table.columns.get(view.column);
    const classed = !column || column.words || column.name === "priority";
    const label = () => `${table.show(view.column, position)} ${column.unit || within(column.label)}`;
    return { entry, label: classed || entry === view.missing ? entry.label : label(),
      about: view.scenario ? "Scenario" : [...new Set([view.group, view.measure, view.label])].filter(Boolean).join(" · ") };
  }

  // What a layer of ranks says of the area: its class and its reason, whatever theme is in sight.
  function priority(model, cards, view, position) {
    if (!cards || cards.ranked === null || (cards.ranked === view.table && !view.scenario)) return null;
    const theme = model.data.themes.find((entry) => entry.table === cards.ranked && entry.steps[0].column === "priority");
    if (!theme) return null;
    const shown = Hotspots.model.view(theme, 0), table = model.tables[cards.ranked];
    return { ...lead(shown, table, position), ...(view.scenario ? { about: "As published" } : {}), reason: table.raw("reason", position) || "" };
  }

  function rankOf(model, cards, view, position) {
    const ranked = cards && cards.ranked !== null ? model.tables[cards.ranked] : null;
    if (ranked && ranked.columns.has("rank")) {
      const value = ranked.raw("rank", position), of = ranked.known("rank");
      if (value === null) return null;
      return { value, of, low: ranked.raw("rank_lo", position), high: ranked.raw("rank_hi", position), by: "" };
    }
    if (!view.rank || view.rank !== view.column) return null;
    const table = model.tableOf(view), { rows, places } = Hotspots.speech.order(view.whole || view, table);
    const row = rows[places.get(position)];
    if (!row || row.rank === null) return null;
    const of = rows.filter((entry) => entry.rank !== null).length;
    return { value: row.rank, of, low: null, high: null, by: table.columns.get(view.rank).label };
  }

  function rankWords({ value, of, low, high, by }) {
    const by_ = by ? ` by ${within(by)}` : "";
    if (low === null || high === null) return `Rank ${whole(value)} of ${whole(of)}${by_}.`;
    if (low === high) return `Rank ${whole(value)} of ${whole(of)}; chance would hardly move it.`;
    return `Rank ${whole(value)} of ${whole(of)}; between ${whole(low)} and ${whole(high)} once chance is allowed for.`;
  }

  const wordOf = (coded, position) => (coded ? coded.words[coded.values[position]] : "");

  function measuresOf(model, cards, position) {
    const found = cards.measures.map((measure) => {
      const table = model.tables[measure.table];
      const value = table.raw(measure.column, position);
      const { decimals } = measure, written = (number) => (decimals === undefined || number === null
        ? table.write(measure.column, number) : Hotspots.values.formatOf(decimals).format(number));
      return { label: measure.label, value, shown: value === null && table.lacking(position) ? "–" : written(value), average: measure.average, averageShown: written(measure.average),
        standing: measure.standing && !(value === null && table.lacking(position)) ? table.show(measure.standing, position) : "", change: wordOf(measure.change, position) };
    });
    // All bars of a card are in multiples of the average, so that they can be compared.
    const times = found.map(({ value, average }) => (value === null || !average ? 0 : value / average));
    const most = Math.max(2, ...times);
    return found.map((measure, i) => ({ ...measure, bar: times[i] / most, mark: measure.average ? 1 / most : null }));
  }

  function offencesOf(cards, position) {
    if (!cards.offences) return [];
    const [total, ...pairs] = cards.offences.rows[position];
    const found = [];
    for (let i = 0; i < pairs.length; i += 2) {
      found.push({ label: cards.offences.labels[pairs[i]], n: pairs[i + 1], share: pairs[i + 1] / total });
    }
    return found;
  }

  // The smaller areas inside this one that have most of what is in sight: the first theme's where it is on no map of them.
  function withinOf(model, cards, view, position) {
    return cards.within.map(({ label, store, holder }) => {
      const themes = model.data.themes.filter((theme) => theme.store === store);
      const theme = themes.find((entry) => entry.group === view.group) || themes[0];
      if (!theme) return null;
      const shown = Hotspots.model.view(theme, theme.opens), table = model.tableOf(theme);
      const column = table.columns.has("rate") ? "rate" : "n";
      const inside = holder.flatMap((held, i) => (held === position && table.raw(column, i) !== null ? [i] : []));
      const rows = inside.sort((a, b) => table.raw(column, b) - table.raw(column, a) || a - b).slice(0, WORST);
      const { label: measure, unit } = table.columns.get(column);
      return { label, store, count: inside.length, about: `${theme.group ? `${theme.group}, ` : ""}${within(unit || measure)}`,
        rows: rows.map((i) => ({ position: i, name: table.name(i), code: table.code(i), value: table.show(column, i), entry: table.columns.get(shown.column).words ? lead(shown, table, i) : null })) };
    }).filter((inner) => inner && inner.rows.length);
  }

  // Months of the theme in sight, else of the first theme that has them.
  function monthsOf(model, cards, view) {
    const own = model.sparksOf(view);
    if (own) return { sparks: own, about: view.group, table: view.table };
    const first = cards && cards.measures.find((measure) => model.sparksOf(measure));
    return first ? { sparks: model.sparksOf(first), about: first.label, table: first.table } : null;
  }

  // What the files do not cover of the area, as the layer in sight says, else that of the first theme.
  function lackingOf(model, cards, view, position) {
    const said = model.tableOf(view).lacking(position);
    if (said || !cards || !cards.measures.length) return said;
    return model.tables[cards.measures.at(-1).table].lacking(position);
  }

  const sentenceCase = (words) => words.charAt(0).toUpperCase() + words.slice(1);

  // All that the card of one area says, as a plain object.
  function facts(model, view, position) {
    const table = model.tableOf(view), cards = (model.data.cards || [])[view.store] || null;
    const place = [table.district(position), table.code(position)];
    const rank = rankOf(model, cards, view, position);
    const months = monthsOf(model, cards, view);
    const sentence = SENTENCES[view.column] || "reason";
    return {
      name: table.name(position), place: place.filter((word) => word && word !== table.name(position)).join(" · "),
      lead: lead(view, table, position), lacking: sentenceCase(lackingOf(model, cards, view, position)), sentence, reason: view.scenario ? view.scenario.sentenceOf(position) : table.raw(sentence, position) || "",
      priority: priority(model, cards, view, position), rank, rankWords: rank ? (view.scenario ? "As published: " : "") + rankWords(rank) : "",
      sure: cards ? wordOf(cards.sure, position) : "",
      measures: cards ? measuresOf(model, cards, position) : [], unit: cards ? cards.unit : "",
      everyone: cards ? cards.everyone : "", compared: cards ? cards.compared : "",
      months, unusual: months && sentence !== "un_text" ? model.tables[months.table].raw("un_text", position) || "" : "",
      offences: cards ? offencesOf(cards, position) : [], within: cards ? withinOf(model, cards, view, position) : [],
    };
  }

  function rankBar({ value, of, low, high }) {
    const at = (rank) => (of > 1 ? (100 * (rank - 1)) / (of - 1) : 0);
    const bar = element("div", "rank-bar", "", { "aria-hidden": "true" });
    if (low !== null && high !== null) {
      const range = element("i", "range");
      range.style.left = `${at(low)}%`;
      range.style.width = `${at(high) - at(low)}%`;
      bar.append(range);
    }
    const mark = element("i", "mark");
    mark.style.left = `${at(value)}%`;
    bar.append(mark);
    const ends = element("div", "ends", [element("span", "", "1, highest"), element("span", "", whole(of))], { "aria-hidden": "true" });
    return [bar, ends];
  }

  function measureRow({ label, shown, averageShown, standing, change, bar, mark }) {
    const track = element("div", "track", "", { "aria-hidden": "true" });
    const fill = element("i", "fill");
    fill.style.width = `${100 * Math.max(0, Math.min(1, bar))}%`;
    track.append(fill);
    if (mark !== null) {
      const tick = element("i", "tick");
      tick.style.left = `${100 * mark}%`;
      track.append(tick);
    }
    const words = [standing, change].filter(Boolean).join("; ");
    return element("div", "measure", [
      element("dt", "", label),
      element("dd", "value", [element("b", "", shown), element("span", "average", `average ${averageShown}`)]),
      track, words ? element("dd", "words", words) : ""]);
  }

  function part(className, title, note, content) {
    return element("section", className, [element("h3", "", title), note ? element("p", "note", note) : "", ...content]);
  }

  function measuresPart(told) {
    if (!told.measures.length) return "";
    const note = [told.unit, `the line in each bar marks the average of ${told.everyone}`].filter(Boolean).join("; ")
      + (told.compared ? `. Change: ${told.compared}` : "") + ".";
    return part("measures", "Against the average", note.charAt(0).toUpperCase() + note.slice(1),
      [element("dl", "", told.measures.map(measureRow))]);
  }

  function monthsPart({ months, unusual }, position) {
    if (!months) return "";
    const { sparks, about } = months, last = sparks.months.length - 1;
    const ends = element("div", "ends", [sparks.months[0], sparks.months[last]].map((month) => element("span", "", month)), { "aria-hidden": "true" });
    return part("months", `Month by month: ${about}`, "The band is the range of ordinary months.",
      [Hotspots.spark.draw(sparks, position), ends, unusual ? element("p", "", unusual) : ""]);
  }

  function offencesPart({ offences }) {
    if (!offences.length) return "";
    return part("offences", "Main offences", "", [element("ol", "", offences.map(({ label, n, share }) =>
      element("li", "", [element("span", "", label), element("span", "value", `${whole(n)} (${Math.round(100 * share)}%)`)])))]);
  }

  function withinPart(inner, go) {
    const { label, store, about, rows, count } = inner;
    const title = rows.length < count ? `${label} inside: ${rows.length} of ${count}, the highest first` : `${label} inside, the highest first`;
    return part("within", title, about, [element("ol", "", rows.map(({ position, name, code, value, entry }) => {
      const beside = [code !== name ? code : "", entry ? entry.label : ""].filter(Boolean).join(" · ");
      const button = element("button", "", [element("span", "", [name, beside ? element("small", "", beside) : ""]),
        element("span", "value", value)], { type: "button" });
      button.addEventListener("click", () => go({ store, position }));
      return element("li", "", button);
    }))]);
  }

  function leadPart({ entry, label, about }, lacking = "") {
    return element("div", "lead", [about ? element("p", "about", about) : "", element("p", "class", [swatch(entry), element("strong", "", label)]),
      lacking && !label.includes(lacking) ? element("p", "about", `${lacking}.`) : ""]);
  }

  // The card's elements below its heading. `figures`: the list of all columns, folded; `go`: to a smaller area.
  function parts(told, position, { figures, go }) {
    const { priority: set } = told;
    return [
      leadPart(told.lead, told.lacking), told.reason ? element("p", "reason", told.reason) : "",
      set ? leadPart(set) : "", set && set.reason ? element("p", "reason", set.reason) : "",
      told.rank ? element("section", "rank", [element("p", "", told.rankWords), ...rankBar(told.rank), told.sure ? element("p", "sure", told.sure) : ""]) : "",
      measuresPart(told), monthsPart(told, position), offencesPart(told), ...told.within.map((inner) => withinPart(inner, go)),
      element("details", "figures", [element("summary", "", "All figures"), figures]),
    ].filter(Boolean);
  }

  class Card {
    // `actions`: figures(view, position, sentence) for all columns, go(hit) to another area, closed() when the reader closes it,
    // inner(view) for the theme of the smaller areas or null, drill(theme, position) to those inside the area.
    constructor(target, model, map, actions) {
      Object.assign(this, { target, model, map, actions, from: null });
      Hotspots.rove.walk(target, ".drill, .within button");
      document.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !event.defaultPrevented && !target.hidden) this.close();
      });
    }

    // `asked`: the reader chose the area here and now, and reads on in its card.
    show(view, position, asked) {
      const told = facts(this.model, view, position);
      const open = this.target.querySelector("details");
      const held = this.target.contains(document.activeElement);
      const heading = element("h2", "name", told.name, { id: "hotspots-card-name", tabindex: "-1" });
      const button = element("button", "close", "×", { type: "button", "aria-label": "Close the card" });
      button.addEventListener("click", () => this.close());
      const figures = this.actions.figures(view, position, told.reason ? told.sentence : "");
      this.target.replaceChildren(element("header", "", [heading, button]), told.place ? element("p", "place", told.place) : "",
        this.inner(view, position, told.name), ...parts(told, position, { figures, go: this.actions.go }));
      if (open && open.open) this.target.querySelector("details").open = true;
      this.target.hidden = false;
      if (asked) this.lead(heading);
      else if (held) heading.focus({ preventScroll: true });
    }

    // A button to the smaller areas inside, where the map has them of the same group.
    inner(view, position, name) {
      const theme = this.actions.inner(view);
      if (!theme) return "";
      const button = element("button", "drill", `${theme.noun} in ${name}`, { type: "button" });
      button.addEventListener("click", () => this.actions.drill(theme, position));
      return button;
    }

    lead(heading) {
      const before = document.activeElement;
      if (!this.target.contains(before)) this.from = before;
      heading.focus({ preventScroll: true });
      if (window.matchMedia(NARROW).matches) this.map.getContainer().scrollIntoView({ block: "start" });
      else this.target.scrollIntoView({ block: "nearest" });
    }

    hide() {
      this.target.hidden = true;
      this.target.replaceChildren();
    }

    // The focus goes back to where the card was asked for, or to the map.
    close() {
      if (this.model.data.page) return;
      const { from } = this, held = this.target.contains(document.activeElement);
      this.hide();
      this.actions.closed();
      if (!held) return;
      const ground = this.map.getContainer(), stays = from && from.isConnected && from !== document.body && from.getClientRects().length;
      const back = stays ? from : ground.querySelector("[tabindex='0']") || ground;
      back.focus({ preventScroll: true });
    }
  }

  Hotspots.card = { Card, facts, rankWords };
})(window.Hotspots = window.Hotspots || {});
