// The menu's groups open and shut by themselves (details); a script adds what hands expect: Escape, and a press beside.
(() => {
  "use strict";
  const groups = () => [...document.querySelectorAll("header.bar details[open]")];

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const group of groups()) {
      const within = group.contains(document.activeElement);
      group.open = false;
      if (within) group.querySelector("summary").focus();
    }
  });

  // A press, or a focus that moves on.
  for (const kind of ["click", "focusin"]) addEventListener(kind, ({ target }) => {
    for (const group of groups()) if (!group.contains(target)) group.open = false;
  });
})();
