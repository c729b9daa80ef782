// On a phone the map stands between the choices and the legend, for the eyes and for the Tab key alike.
(function (Hotspots) {
  "use strict";

  function follow(page, maps, legend) {
    const narrow = window.matchMedia("(max-width: 700px)");
    const place = () => {
      if (narrow.matches) legend.before(...maps);
      else page.append(...maps);
    };
    narrow.addEventListener("change", place);
    place();
  }

  Hotspots.phone = { follow };
})(window.Hotspots = window.Hotspots || {});
