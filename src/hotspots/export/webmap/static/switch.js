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
    slider.addEventListener("input", () => change({ period: Number(slider.value), playing: false }));
    const ends = labels.length > FEW_PERIODS ? [labels[0], labels[labels.length - 1]] : labels;
    const line = element("p", "", [element("label", "", "Period", { for: "hotspots-period" }), shown]);
    return element("div", "period-choice", [line, element("div", "track", [!Hotspots.calm() && playButton(state, change), slider]),
      element("div", "ticks", ends.map((label) => element("span", "", label)), { "aria-hidden": "true" })]);
  }

  // Who asked their system for less motion moves the slider by hand.
  function playButton(state, change) {
    const button = element("button", "play", playWord(state), { type: "button", id: "hotspots-play" });
    button.addEventListener("click", () => change((now) => ({ playing: !now.playing })));
    return button;
  }

  const playWord = (state) => (state.playing ? "Pause" : "Play");

  // A second map: whether there is one, what it shows, and of which period.
  function besideRow(model, state, change) {
    const box = choice("checkbox", { id: "hotspots-besides", checked: Boolean(state.beside) }, "Side by side",
      (on) => change((now) => ({ beside: on ? model.besides(now) : null })));
    if (!state.beside) return element("div", "beside-choice", box);
    const { themes } = model.data;
    const named = (theme) => [theme.group, theme.title].filter(Boolean).join(": ");
    const what = element("select", "", themes.map((theme, i) =>
      element("option", "", named(theme), { value: i, selected: theme === state.beside.theme })),
      { id: "hotspots-beside-theme", "aria-label": "Shown beside" });
    what.addEventListener("change", () => change({ beside: { theme: themes[Number(what.value)], shift: 0 } }));
    const { steps } = state.beside.theme;
    const when = steps.length > 1 && element("select", "", steps.map((step, i) => element("option", "", step.label, { value: i })),
      { id: "hotspots-beside-period", "aria-label": "Period beside" });
    if (when) {
      when.value = model.besidePeriod(state);
      when.addEventListener("change", () => change((now) =>
        ({ beside: { theme: now.beside.theme, shift: Number(when.value) - model.stepBeside(now) } })));
    }
    return element("div", "beside-choice", [box, what, when].filter(Boolean));
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
      const beside = state.beside ? `${state.beside.theme.group}\n${state.beside.theme.key}` : "";
      const offered = `${state.group}\n${state.theme && state.theme.steps.length > 1 ? state.theme.key : ""}\n${beside}`;
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
        element("div", "overlay-line", [
          model.overlays.length > 0 && overlayRow(model, state, change),
          (model.data.themes.length > 1 || steps) && besideRow(model, state, change),
        ].filter(Boolean)),
      ].filter(Boolean));
      const same = again && this.target.querySelector(again);
      if (same) same.focus();
    }

    update(state) {
      for (const input of this.target.querySelectorAll("[name=hotspots-theme]")) {
        input.checked = state.theme !== null && input.dataset.key === state.theme.key;
      }
      for (const input of this.target.querySelectorAll("[type=checkbox][data-key]")) {
        input.checked = state.overlays.has(input.dataset.key);
      }
      const when = this.target.querySelector("#hotspots-beside-period");
      if (when) when.value = this.model.besidePeriod(state);
      const play = this.target.querySelector("#hotspots-play");
      if (play) play.textContent = playWord(state);
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
