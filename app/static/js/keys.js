// Keys of the operations room. An element says its key itself: data-key="a", or "g m" for two strokes.
// A link or button is pressed, a field is focused. Never while somebody types, never with a modifier,
// and switched off by the box in the list of keys (WCAG 2.1.4).
(() => {
  "use strict";
  const store = "vigil.keys";
  const dialog = () => document.getElementById("keys");
  const off = () => {
    try { return localStorage.getItem(store) === "off"; } catch { return false; }
  };
  const typing = (element) =>
    element.isContentEditable || /^(textarea|select)$/i.test(element.tagName) ||
    (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|range)$/.test(element.type));
  const seen = (element) => element.getClientRects().length > 0 || element.closest("nav") !== null;
  const holder = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(seen);
  let first = null;
  let timer = 0;

  const press = (element) => (element.matches("input, select, textarea") ? element.focus() : element.click());

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      dialog()?.showModal?.();
      return;
    }
    if (off() || event.key.length !== 1 || dialog()?.open) return;
    const key = event.key.toLowerCase();
    const target = (first && holder(`${first} ${key}`)) || (first ? null : holder(key));
    clearTimeout(timer);
    const opens = !first && document.querySelector(`[data-key^="${CSS.escape(key)} "]`) !== null;
    first = !target && opens ? key : null;
    if (first) timer = setTimeout(() => { first = null; }, 1500);
    if (target) {
      event.preventDefault();
      press(target);
    } else if (!first) {
      document.body.dispatchEvent(new CustomEvent("vigil:key", { detail: key }));
    }
  });

  addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("keys-on");
    if (!box) return;
    box.checked = !off();
    box.addEventListener("change", () => {
      try { localStorage.setItem(store, box.checked ? "on" : "off"); } catch { /* for this page only */ }
    });
    for (const button of document.querySelectorAll("[data-opens-keys]")) {
      button.hidden = false;
      button.addEventListener("click", () => dialog().showModal());
    }
  });
})();
