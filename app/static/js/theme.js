// Auto, light or dark, kept on this machine. Loaded in the head before anything is drawn: no flash.
(() => {
  "use strict";
  const root = document.documentElement;
  const night = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try { return localStorage.getItem("vigil.theme") || "auto"; } catch { return "auto"; }
  };
  let mode = read();
  const apply = () => {
    root.dataset.bsTheme = mode === "auto" ? (night.matches ? "dark" : "light") : mode;
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.dataset.mode = mode;
      button.setAttribute("aria-label", button.dataset[mode]);
      button.title = button.dataset[mode];
    }
    dispatchEvent(new CustomEvent("vigil:theme"));
  };
  apply();
  night.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    apply();
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false; // without scripts it would do nothing, so it is hidden until now
      button.addEventListener("click", () => {
        mode = { auto: "dark", dark: "light", light: "auto" }[mode];
        try { localStorage.setItem("vigil.theme", mode); } catch { /* a private window: for this page only */ }
        apply();
      });
    }
  });
})();
