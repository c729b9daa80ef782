// One stop of the Tab key for a column of buttons, and arrow keys that go up and down in it.
(function (Hotspots) {
  "use strict";

  // The button that Tab leads to: the one last on, else the chosen one, else the first.
  function stopOf(buttons) {
    return buttons.find((button) => button === document.activeElement) ||
      buttons.find((button) => button.hasAttribute("aria-current")) || buttons[0];
  }

  // However the buttons of `target` come and go.
  function keep(target, selector) {
    const settle = () => {
      const buttons = [...target.querySelectorAll(selector)];
      const stop = stopOf(buttons);
      for (const button of buttons) {
        const wanted = button === stop ? 0 : -1;
        if (button.tabIndex !== wanted) button.tabIndex = wanted;
      }
    };
    target.addEventListener("focusin", settle);
    new MutationObserver(settle).observe(target, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-current"] });
    settle();
  }

  const ACROSS = ["ArrowLeft", "ArrowRight"];

  // Keeps one stop, and goes from button to button with the keys; `across`: with those for left and right, too.
  function walk(target, selector, { across = false } = {}) {
    target.addEventListener("keydown", (event) => {
      if (!across && ACROSS.includes(event.key)) return;
      const buttons = [...target.querySelectorAll(selector)];
      const to = Hotspots.keyboard.stepped(buttons.length, buttons.indexOf(document.activeElement), event.key);
      if (to === undefined) return;
      event.preventDefault();
      buttons[to].focus();
    });
    keep(target, selector);
  }

  Hotspots.rove = { keep, walk };
})(window.Hotspots = window.Hotspots || {});
