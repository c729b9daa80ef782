// From an area to the smaller areas inside it, of the same group of themes, and back.
(function (Hotspots) {
  "use strict";

  const { element } = Hotspots.elements;

  const SMALLER = 0.8; // areas of less than this share of another layer's height lie within its areas

  // Localities are made of areas and lie in none, however small they are.
  const joined = (model, theme) => model.tables[theme.table].columns.has("members");

  // The theme that shows the next smaller areas, if possible the same measure; null where there is none.
  function below(model, theme, heightOf) {
    const own = heightOf(theme.store);
    const smaller = model.themesOf(theme.group).filter((other) => heightOf(other.store) < SMALLER * own && !joined(model, other));
    const next = Math.max(...smaller.map(({ store }) => heightOf(store)));
    const fitting = smaller.filter(({ store }) => heightOf(store) === next);
    return fitting.find(({ measure }) => measure === theme.measure) || fitting[0] || null;
  }

  // The way here, as far as it still leads back: to larger areas of the group in sight.
  function settled(trail, theme) {
    if (!theme || trail.some((step) => step.theme.group !== theme.group)) return [];
    const here = trail.findIndex((step) => step.theme.store === theme.store);
    return here < 0 ? trail : trail.slice(0, here);
  }

  // As an address has it, one text for each step.
  const written = (trail) => trail.map(({ theme, area }) => `${theme.key}:${area}`);

  function read(model, group, texts) {
    return texts.flatMap((text) => {
      const [key, ...rest] = text.split(":"), area = rest.join(":");
      const theme = model.themesOf(group).find((entry) => entry.key === key);
      return theme && model.places[theme.store].has(area) ? [{ theme, area }] : [];
    });
  }

  // The button that leads back.
  class Back {
    constructor(target, model, back) {
      Object.assign(this, { model });
      this.button = element("button", "back", "", { type: "button", hidden: true });
      this.button.addEventListener("click", back);
      target.append(this.button);
    }

    render(trail) {
      this.button.hidden = !trail.length;
      if (!trail.length) return;
      const { theme, area } = trail[trail.length - 1];
      const name = this.model.tableOf(theme).name(this.model.places[theme.store].get(area));
      this.button.textContent = `← Back to ${name} (${Hotspots.words.within(theme.noun)})`;
    }
  }

  Hotspots.drill = { below, settled, written, read, Back };
})(window.Hotspots = window.Hotspots || {});
