// A second map beside the first, which moves in step with it and shows another period or another theme.
(function (Hotspots) {
  "use strict";

  const { element } = Hotspots.elements;

  const titleOf = (view) => [view.group, view.title, view.label].filter(Boolean).join(", ");

  class Beside {
    // `actions`: tooltip(view, position) for what is shown on hover, choose(store, position) when an area is pressed.
    constructor(first, target, data, actions) {
      Object.assign(this, { first, target, data, actions, map: null, view: null });
      this.captions = [first.getContainer(), target].map((place) => {
        const caption = element("p", "map-caption", "", { hidden: true });
        place.append(caption);
        return caption;
      });
    }

    build() {
      const { first, data } = this;
      const ground = element("div", "hotspots-map");
      this.target.prepend(ground);
      this.map = L.map(ground, { attributionControl: false, zoomControl: false, zoomSnap: first.options.zoomSnap,
        zoomDelta: first.options.zoomDelta, maxZoom: first.options.maxZoom, keyboard: false, zoomAnimation: false,
        ...Hotspots.motion() }).setView(first.getCenter(), first.getZoom(), { animate: false });
      const { land } = Hotspots.layers, { Districts } = Hotspots.outlines;
      this.around = data.outline ? [data.land && land(this.map, data.outline, data.land), new Districts(this.map, data.outline)].filter(Boolean) : [];
      if (data.uncovered) Hotspots.layers.uncovered(this.map, data.uncovered).addTo(this.map);
      for (const { group, sheet } of this.around) (group || sheet).addTo(this.map);
      this.names = new Hotspots.names.Names(this.map, (cover) => { for (const lines of this.around) if (lines.write) lines.write(cover); });
      this.areas = data.stores.map((store, i) => new Hotspots.layers.Areas(this.map, store, data, {
        tooltip: (position) => this.actions.tooltip(this.view, position), choose: (position) => this.actions.choose(i, position) }));
      this.follow(first, this.map);
      this.follow(this.map, first);
    }

    // One map goes where the other goes.
    follow(leader, follower) {
      leader.on("move", () => {
        if (this.following || this.target.hidden) return;
        this.following = true;
        follower.setView(leader.getCenter(), leader.getZoom(), { animate: false });
        this.following = false;
      });
    }

    // The first map gives half of its room, or takes it back; who saw the whole sees the whole.
    make(open) {
      const whole = this.first.getBounds().contains(this.data.bounds);
      this.target.hidden = !open;
      for (const caption of this.captions) caption.hidden = !open;
      this.first.invalidateSize({ animate: false });
      if (whole) this.first.fitBounds(this.data.bounds, { padding: [12, 12], animate: false });
    }

    // `view`: what it shows; null where the files have no such period; `open`: whether it is there at all.
    show(open, first, view) {
      const opened = open !== !this.target.hidden;
      if (opened) this.make(open);
      if (!open) return;
      if (!this.map) this.build();
      if (opened) {
        this.map.invalidateSize({ animate: false });
        this.map.setView(this.first.getCenter(), this.first.getZoom(), { animate: false });
      }
      this.captions[0].textContent = first ? titleOf(first) : "";
      this.captions[1].textContent = view ? titleOf(view) : "No such period in these files";
      if (view === this.view) return;
      this.view = view;
      const wanted = view ? this.areas[view.store] : null;
      if (this.shown && this.shown !== wanted) this.shown.hide();
      if (wanted) wanted.show(view, true);
      this.shown = wanted;
      for (const lines of this.around) lines.follow(wanted && wanted.encoded);
      this.names.show(view ? { view, areas: wanted, order: () => [], nameOf: () => "", context: null, coloured: true } : null);
    }
  }

  Hotspots.beside = { Beside };
})(window.Hotspots = window.Hotspots || {});
