// Other weights on the page: the sliders, the banner that says so, who enters and who leaves, and the map under them.
(function (Hotspots) {
  "use strict";

  const { element } = Hotspots.elements;
  const { selectAreas, unpacked, sound, same } = Hotspots.whatif;
  const NAMED = 12; // areas that enter or leave, named one by one
  const HIGHEST = 3; // the sliders end here, or at twice the highest weight of the plan
  // Columns that the browser works out again; of these others it cannot say anything, and says nothing.
  const AGAIN = ["score", "known", "score_sd", "score_loc", "persist", "rank", "selected"];
  const UNKNOWN = ["rank_lo", "rank_hi", "sel_share", "top_share", "wt_lo", "wt_hi", "wt_share", "borderline", "locality", "reason",
    "st_class", "st_text"];

  const shown = (weight) => String(Number(weight.toPrecision(6)));

  // "Forebridge (Stafford)": who enters or leaves, the highest first.
  function named(table, positions) {
    const names = positions.slice(0, NAMED).map((i) => (table.district(i) ? `${table.name(i)} (${table.district(i)})` : table.name(i)));
    const more = positions.length - names.length;
    return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
  }

  // The table of a layer with other numbers in the columns that are worked out again.
  function tableUnder(table, found, classes) {
    const again = new Set(AGAIN.filter((name) => table.columns.has(name))), unknown = new Set(UNKNOWN);
    const raw = (name, i) => {
      if (name === "priority") return classes[found.priority[i]].label;
      if (unknown.has(name)) return null;
      if (!again.has(name)) return table.raw(name, i);
      return Number.isNaN(found[name][i]) ? null : found[name][i];
    };
    const show = (name, i) => {
      if (unknown.has(name)) return "not worked out again";
      return again.has(name) || name === "priority" ? table.write(name, raw(name, i)) : table.show(name, i);
    };
    return { ...table, raw, show };
  }

  class Scenario {
    constructor(model) {
      const data = model.data.whatif;
      this.model = model;
      this.left = data && data.left ? data.left : "";
      this.data = data && !data.left ? unpacked(data) : null;
      this.about = data ? data.table : null;
      if (!this.data) return;
      this.table = model.tables[data.table];
      this.codes = this.table.codes();
      this.published = this.codes.map((_, i) => this.table.raw("selected", i) === true);
    }

    // The areas under other weights; the last answer is kept.
    under(weights) {
      if (!this.last || !same(this.last.weights, weights)) {
        const found = selectAreas(this.data, weights, this.codes);
        const byRank = (chosen) => chosen.sort((a, b) => (found.rank[a] ?? Infinity) - (found.rank[b] ?? Infinity));
        const enters = byRank(this.codes.flatMap((_, i) => (found.selected[i] && !this.published[i] ? [i] : [])));
        const leaves = byRank(this.codes.flatMap((_, i) => (!found.selected[i] && this.published[i] ? [i] : [])));
        this.last = { weights, found, enters, leaves };
      }
      return this.last;
    }

    // The view of the priorities under other weights; any other view as it is.
    view(view, weights) {
      if (!this.data || !weights || view.table !== this.about || view.column !== "priority") return view;
      const { found } = this.under(weights), { classes } = this.data;
      const counts = classes.map((_, place) => found.priority.filter((own) => own === place).length);
      return { ...view, scenario: this, classes: found.priority.join(""), legend: classes.map((entry, i) => ({ ...entry, count: counts[i] })),
        areas: tableUnder(this.table, found, classes), note: this.sentence(weights) };
    }

    sentence(weights) {
      const { names } = this.data;
      return `Scenario, not the published selection: ${names.map((name, i) => `${name} ${shown(weights[i])}`).join(", ")}.`;
    }

    // What one area comes to: "Rank 5 of 201 and selected; by the published weights rank 3 and selected."
    sentenceOf(position) {
      const { found } = this.last, of = found.rank.filter((rank) => rank !== null).length;
      const stands = (rank, chosen) => `${rank === null ? "without a rank" : `rank ${rank} of ${of}`}, ${chosen ? "selected" : "not selected"}`;
      const was = stands(this.table.raw("rank", position), this.published[position]);
      return `In this scenario ${stands(found.rank[position], found.selected[position])}; as published ${was}.`;
    }
  }

  class Panel {
    // `actions`: tried(weights) while sliders move, null for those of the plan.
    constructor(target, banner, scenario, actions) {
      Object.assign(this, { target, banner, scenario, actions });
      if (!scenario.data) return;
      this.build();
    }

    build() {
      const { names, weights } = this.scenario.data;
      const most = Math.max(HIGHEST, 2 * Math.max(...weights));
      this.rows = names.map((name, i) => {
        const id = `hotspots-weight-${i}`;
        const slider = element("input", "", "", { type: "range", min: 0, max: most, step: most / 60, id });
        const box = element("input", "", "", { type: "number", min: 0, step: "any", "aria-label": `${name}, weight as a number` });
        slider.addEventListener("input", () => this.moved(i, Number(slider.value), box));
        box.addEventListener("input", () => this.moved(i, box.value === "" ? NaN : Number(box.value), slider));
        return { slider, box, row: element("div", "weight", [element("label", "", name, { for: id }), slider, box]) };
      });
      this.reset = element("button", "more", "Back to the published weights", { type: "button" });
      this.reset.addEventListener("click", () => { this.actions.tried(null); this.rows[0].slider.focus(); });
      this.outcome = element("div", "outcome", "", { "aria-live": "polite" });
      const note = "Areas are ranked and selected again by the same rules. How sure a rank is cannot be worked out here.";
      this.fold = element("details", "", [element("summary", "", "What if the weights were others?"), element("p", "note", note),
        ...this.rows.map(({ row }) => row), this.outcome, this.reset]);
      this.target.append(this.fold);
    }

    moved(index, weight, other) {
      if (Number.isFinite(weight)) other.value = shown(weight);
      const weights = this.rows.map(({ slider, box }, i) => (i === index ? weight : box.value === "" ? Number(slider.value) : Number(box.value)));
      const { data } = this.scenario;
      if (!sound(weights, data.names)) {
        this.outcome.replaceChildren(element("p", "", "A weight is a number of 0 or more, and one of them is over 0."));
        return;
      }
      this.actions.tried(same(weights, data.weights) ? null : weights);
    }

    // `view`: what is in sight; `weights`: those tried, or null.
    render(view, weights) {
      const { scenario } = this, about = Boolean(view) && view.table === scenario.about;
      this.target.hidden = !about;
      this.banner.hidden = !(view && view.scenario);
      if (!scenario.data) {
        this.target.replaceChildren(scenario.left ? element("p", "note", scenario.left) : "");
        return;
      }
      if (!this.banner.hidden) this.banner.textContent = scenario.sentence(weights);
      if (weights && !this.drawn) this.fold.open = true;
      this.set(weights || scenario.data.weights);
      this.reset.hidden = !weights;
      if (weights !== this.drawn) this.outcome.replaceChildren(...(weights ? this.told(weights) : []));
      this.drawn = weights;
    }

    // What the reader is typing stays as it is typed.
    set(weights) {
      this.rows.forEach(({ slider, box }, i) => {
        if (document.activeElement !== slider) slider.value = weights[i];
        if (document.activeElement !== box) box.value = shown(weights[i]);
      });
    }

    told(weights) {
      const { found, enters, leaves } = this.scenario.under(weights), { table } = this.scenario;
      if (!found.met) return [element("p", "", "With these weights the budget cannot be met, and no area is selected.")];
      if (!enters.length && !leaves.length) return [element("p", "", "The selection stays the same; the order may not.")];
      const line = (word, positions) => element("p", "", positions.length ? [element("b", "", word), named(table, positions)] : [element("b", "", word), "none"]);
      return [line("Enters: ", enters), line("Leaves: ", leaves)];
    }
  }

  // The weights of an address, or null where they mean nothing.
  function readWeights(model, text) {
    const { whatif } = model.data;
    if (!text || !whatif || whatif.left) return null;
    const weights = text.split(",").map((part) => (part === "" ? NaN : Number(part)));
    return sound(weights, whatif.names) && !same(weights, whatif.weights) ? weights : null;
  }

  Hotspots.scenario = { Scenario, Panel, readWeights };
})(window.Hotspots = window.Hotspots || {});
