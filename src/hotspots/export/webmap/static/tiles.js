// A street map under the areas, from a server; what keeps it away is said on the map.
(function (Hotspots) {
  "use strict";

  const { element } = Hotspots.elements;

  const REFUSED = "Street map left out: OpenStreetMap serves pages that come from a web server, and this one is opened as a file. " +
    "Put it on a web server, or make it with the address of your own map server (--tiles).";

  // Why no tile may be asked for, or nothing.
  function refusal({ url }, { protocol }) {
    return protocol === "file:" && /^https?:\/\/([\w-]+\.)*openstreetmap\.org\//.test(url) ? REFUSED : "";
  }

  // Colours over streets are clearer, in the legend as on the map; without streets they are whole, on the land.
  function colours(data, streets) {
    const strength = streets ? data.strength : 1;
    const themes = data.themes.map((theme) => ({ ...theme, missing: { ...theme.missing, opacity: theme.missing.opacity * strength },
      legend: theme.legend.map((entry) => ({ ...entry, opacity: entry.opacity * strength })) }));
    return { ...data, themes, strength: 1, land: streets ? "" : data.land };
  }

  function tell(map, text) {
    const told = element("p", "hotspots-told", text, { role: "status" });
    map.getContainer().append(told);
  }

  // Lay the street map of `data` under the map, and return the data with the colours that go with it.
  function under(map, data) {
    const { tiles } = data;
    if (!tiles) return data;
    const why = refusal(tiles, window.location);
    if (why) {
      tell(map, why);
      return colours(data, false);
    }
    const credit = tiles.link ? element("a", "", tiles.attribution, { href: tiles.link }) : element("span", "", tiles.attribution);
    const layer = L.tileLayer(tiles.url, { attribution: credit.outerHTML, maxZoom: map.options.maxZoom });
    layer.once("tileerror", () => tell(map, "Some of the street map could not be loaded; the areas and their colours are complete."));
    layer.addTo(map);
    return colours(data, true);
  }

  Hotspots.tiles = { under, refusal, colours };
})(window.Hotspots = window.Hotspots || {});
