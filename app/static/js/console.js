// Keys of the console. One types all the time here, so each takes Ctrl or Alt; they stand on the page, and the box beside
// them switches them off for this browser, as the box in the list of keys does for all keys of the house.
(() => {
  "use strict";
  const store = "vigil.keys.console";
  const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const form = document.getElementById("entry");
  const box = document.getElementById("desk-keys-on");
  const on = () => box.checked && read("vigil.keys") !== "off";
  const names = { k: "kind", v: "verbatim", w: "place", s: "source_code" };

  box.checked = read(store) !== "off";
  box.addEventListener("change", () => {
    try { localStorage.setItem(store, box.checked ? "on" : "off"); } catch { /* for this page only */ }
  });
  document.getElementById("desk-keys").hidden = false;

  addEventListener("keydown", (event) => {
    if (!on() || event.defaultPrevented || event.isComposing || event.metaKey || event.shiftKey) return;
    if (event.ctrlKey && !event.altKey && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(document.getElementById("save"));
      return;
    }
    if (!event.altKey || event.ctrlKey) return;
    // By the key and not by what it writes: with Alt some layouts write other signs.
    const key = event.code.replace(/^(Digit|Key)/, "").toLowerCase();
    if (/^[1-4]$/.test(key)) {
      const choice = form.querySelector(`[name=priority][value=P${key}]`);
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (key === "t") {
      (document.querySelector("#likely input:checked") ?? document.getElementById("likely")).focus();
    } else if (names[key]) {
      form.elements[names[key]].focus();
    } else {
      return;
    }
    event.preventDefault();
  });

  // A second press while the first is under way would send the same entry again.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => { delete form.dataset.sent; });
})();
