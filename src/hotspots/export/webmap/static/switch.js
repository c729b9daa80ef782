// The controls that choose what is shown: group, theme, period, overlays.
(function (Hotspots) {
  "use strict";

  const { element, choice } = Hotspots.elements;
  const { capitalised } = Hotspots.words;
  const FEW_PERIODS = 6;

  function groupSelect(model, state, change) {
    const options = model.groups.map((group, i) =>
      element("option", "", group, { value: i, selected: group === state.group }));
    const select = element("select", "", options, { id: "hotspots-group" });
    select.addEventListener("change", () => change({ group: model.groups[Number(select.value)] }));
    return element("p", "group-choice", [element("label", "", "Theme", { for: "hotspots-group" }), select]);
  }

  // One row of buttons for each kind of area.
  function themeRows(model, state, change) {
    const themes = model.themesOf(state.group);
    const nouns = [...new Set(themes.map((theme) => theme.noun))];
    return element("div", "themes leaflet-control-layers-base", nouns.map((noun) => {
      const buttons = themes.filter((theme) => theme.noun === noun).map((theme) =>
        choice("radio", { name: "hotspots-theme", "data-key": theme.key, checked: theme === state.theme },
          theme.measure, () => change({ theme })));
      const legend = element("legend", nouns.length > 1 ? "" : "unseen", capitalised(noun));
      return element("fieldset", "", [legend, element("div", "chips", buttons)]);
    }));
  }

  function periodSlider(state, change) {
    const labels = state.theme.steps.map((step) => step.label);
    const slider = element("input", "", "", { type: "range", id: "hotspots-period", min: 0, max: labels.length - 1,
      step: 1, value: state.period, "aria-valuetext": labels[state.period] });
    const shown = element("output", "", labels[state.period], { for: "hotspots-period" });
    slider.addEventListener("input", () => change({ period: Number(slider.value) }));
    const ends = labels.length > FEW_PERIODS ? [labels[0], labels[labels.length - 1]] : labels;
    const line = element("p", "", [element("label", "", "Period", { for: "hotspots-period" }), shown]);
    return element("div", "period-choice", [line, slider,
      element("div", "ticks", ends.map((label) => element("span", "", label)), { "aria-hidden": "true" })]);
  }

  // The class names are those of Leaflet's own layer list, so that what drives one finds this one.
  function overlayRow(model, state, change) {
    const boxes = model.overlaysOf(state.group).map((entry) =>
      choice("checkbox", { "data-key": entry.key, checked: model.isOn(entry, state) }, entry.title,
        (on) => change((now) => model.toggled(now, entry.key, on))));
    return element("div", "overlays leaflet-control-layers-overlays", boxes, { role: "group", "aria-label": "Overlays" });
  }

  // Rebuilt when what is offered changes; otherwise only brought up to date, so that the focus stays.
  class Switch {
    constructor(target, model, change) {
      Object.assign(this, { target, model, change, offered: null });
    }

    render(state) {
      const offered = `${state.group}\n${state.theme && state.theme.steps.length > 1 ? state.theme.key : ""}`;
      if (offered === this.offered) this.update(state);
      else this.build(state);
      this.offered = offered;
    }

    build(state) {
      const { model, change } = this;
      const focused = document.activeElement;
      const again = this.target.contains(focused) && (focused.id ? `#${focused.id}` : `[data-key="${focused.dataset.key}"]`);
      const steps = state.theme && state.theme.steps.length > 1;
      this.target.replaceChildren(...[
        model.groups.length > 1 && groupSelect(model, state, change),
        model.data.themes.length > 1 && themeRows(model, state, change),
        steps && periodSlider(state, change),
        model.overlays.length > 0 && overlayRow(model, state, change),
      ].filter(Boolean));
      const same = again && this.target.querySelector(again);
      if (same) same.focus();
    }

    update(state) {
      for (const input of this.target.querySelectorAll("[name=hotspots-theme]")) {
        input.checked = state.theme !== null && input.dataset.key === state.theme.key;
      }
      for (const input of this.target.querySelectorAll("[type=checkbox]")) {
        input.checked = state.overlays.has(input.dataset.key);
      }
      const slider = this.target.querySelector("[type=range]");
      if (!slider) return;
      const { label } = state.theme.steps[state.period];
      slider.value = state.period;
      slider.setAttribute("aria-valuetext", label);
      this.target.querySelector("output").textContent = label;
    }
  }

  Hotspots.switches = { Switch };
})(window.Hotspots = window.Hotspots || {});
