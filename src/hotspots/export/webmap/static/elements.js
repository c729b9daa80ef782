// Elements of the page. Text from data only ever comes in through textContent.
(function (Hotspots) {
  "use strict";

  function element(tag, className, content, attributes) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    const children = Array.isArray(content) ? content : [content];
    for (const child of children) {
      if (child !== undefined && child !== null && child !== "") made.append(child);
    }
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    return made;
  }

  // An element of a drawing.
  function drawn(tag, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  function swatch(entry) {
    const box = element("i", entry.missing ? "swatch missing" : "swatch", "", { "aria-hidden": "true" });
    const fill = element("span", "fill");
    fill.style.backgroundColor = entry.colour;
    fill.style.opacity = entry.opacity;
    if (entry.mark) {
      fill.textContent = entry.mark;
      fill.style.color = Hotspots.marks.inkOn(entry.colour);
    }
    if (entry.unsure) {
      fill.classList.add("hatched");
      fill.style.setProperty("--hatch", Hotspots.marks.inkOn(entry.colour));
    }
    box.append(fill);
    return box;
  }

  // Points at what an element stands for while the pointer or the focus is on it.
  function pointing(made, position, point) {
    for (const type of ["mouseenter", "focusin"]) made.addEventListener(type, () => point(position));
    for (const type of ["mouseleave", "focusout"]) made.addEventListener(type, () => point(null));
  }

  // A radio or a checkbox inside its label.
  function choice(type, attributes, text, changed) {
    const input = element("input", "", "", { type, ...attributes });
    input.addEventListener("change", () => changed(input.checked));
    return element("label", "", [input, element("span", "", text)]);
  }

  Hotspots.elements = { element, drawn, swatch, pointing, choice };
})(window.Hotspots = window.Hotspots || {});
