import js from "@eslint/js";

const browser = ["window", "document", "history", "location", "navigator", "setTimeout", "clearTimeout", "URLSearchParams",
  "getComputedStyle", "requestAnimationFrame", "matchMedia", "Blob", "URL", "atob", "btoa", "TextDecoder", "ResizeObserver", "MutationObserver"];
const known = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default [
  js.configs.recommended,
  {
    rules: {
      "eqeqeq": "error",
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      // Text from data is only ever set as text: what would read it as HTML or as a program is refused.
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": ["error",
        ...["innerHTML", "insertAdjacentHTML"].map((property) => ({ property })), { object: "document", property: "write" }],
    },
  },
  {
    files: ["**/static/*.js", "**/pages/*.js"],
    languageOptions: { sourceType: "script", globals: known([...browser, "L", "Hotspots"]) },
    rules: { "strict": ["error", "function"], "no-redeclare": ["error", { builtinGlobals: false }] },
  },
  {
    files: ["tests/js/*.js"],
    languageOptions: { sourceType: "module", globals: known(["URL", "URLSearchParams", "console"]) },
  },
];
