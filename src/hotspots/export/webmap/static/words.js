// Words: as a search compares them, and as an address spells them.
(function (Hotspots) {
  "use strict";

  // Without accents, case, apostrophes and full stops; hyphens are blanks and "&" is "and".
  function fold(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
      .replace(/['’‘.]/g, "").replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }

  function slug(text) {
    return fold(text).replace(/ /g, "-") || "x";
  }

  // A slug for each text: of equal ones the second ends in -2, the third in -3.
  function slugs(texts) {
    const seen = new Map();
    return texts.map((text) => {
      const plain = slug(text), count = (seen.get(plain) || 0) + 1;
      seen.set(plain, count);
      return count > 1 ? `${plain}-${count}` : plain;
    });
  }

  function capitalised(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  // "Rate" within a sentence is "rate"; "Gi*" stays what it is.
  function within(label) {
    return label.replace(/^(?!Gi\b)[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  }

  Hotspots.words = { fold, slug, slugs, capitalised, within };
})(window.Hotspots = window.Hotspots || {});
