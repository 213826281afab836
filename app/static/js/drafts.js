// Whoever signs out leaves nothing of a patrol report on the phone; unsent parts are named before.
(() => {
  "use strict";
  const kept = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith("vigil.report.")); } catch { return []; } };
  document.querySelector('form[action$="/sign-out"]')?.addEventListener("submit", (event) => {
    const drafts = kept().filter((key) => key !== "vigil.report.leave");
    if (drafts.length && !confirm(localStorage.getItem("vigil.report.leave") || "?")) { event.preventDefault(); return; }
    for (const key of kept()) localStorage.removeItem(key);
  });
})();
