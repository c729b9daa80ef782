// One stop of the Tab key for a column of buttons, within which the arrow keys go up and down.
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

  Hotspots.rove = { keep };
})(window.Hotspots = window.Hotspots || {});
