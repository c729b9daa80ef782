// One sheet of paper: the largest letters at which everything stands on it, measured in the font that is there.
(function (Hotspots) {
  "use strict";

  const LARGEST = 9, READABLE = 7, SMALLEST = 4.5, STEP = 0.25; // points

  // Ever smaller letters: with everything while they read well, then without what can be spared.
  function steps() {
    const found = [];
    for (let size = LARGEST; size >= READABLE; size -= STEP) found.push({ size, spared: false });
    for (let size = READABLE; size >= SMALLEST; size -= STEP) found.push({ size, spared: true });
    return found;
  }

  // The first that fits, or the last where none does.
  function choose(from, fits) {
    return from.find(fits) || from[from.length - 1];
  }

  // `page` is what must fit on the height of `room`. The class "paper" lays it out on a screen as in print.
  function fit(page, room) {
    const set = (step) => {
      page.style.setProperty("--size", `${step.size}pt`);
      page.classList.toggle("spared", step.spared);
    };
    document.body.classList.add("paper");
    const height = room.getBoundingClientRect().height;
    set(choose(steps(), (step) => {
      set(step);
      return page.getBoundingClientRect().height <= height;
    }));
    document.body.classList.remove("paper");
  }

  // Before every printing too: a reader may have other fonts by then, or letters of another size.
  function start() {
    const now = () => fit(document.querySelector("main"), document.getElementById("room"));
    now();
    window.addEventListener("load", now);
    window.addEventListener("beforeprint", now);
  }

  Hotspots.paper = { steps, choose, fit, start };
})(window.Hotspots = window.Hotspots || {});
