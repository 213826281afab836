// Whoever signs out leaves nothing of a patrol report on the phone; unsent parts are named before. A phone that was put away or
// taken keeps them for three days without a line, and no longer: looked at on every page, the one for signing in too.
(() => {
  "use strict";
  const kept = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith("vigil.report.")); } catch { return []; } };
  const KEPT_FOR = 72 * 3600 * 1000;
  for (const key of kept()) {
    if (key === "vigil.report.leave") continue;
    let drafts = {};
    try { drafts = JSON.parse(localStorage.getItem(key)) || {}; } catch { /* not ours to read: gone */ }
    // A clock that was set back makes no draft young.
    const young = Object.entries(drafts).filter(([, draft]) => Math.abs(Date.now() - draft.at) < KEPT_FOR);
    if (!young.length) localStorage.removeItem(key);
    else if (young.length < Object.keys(drafts).length) localStorage.setItem(key, JSON.stringify(Object.fromEntries(young)));
  }
  document.querySelector('form[action$="/sign-out"]')?.addEventListener("submit", (event) => {
    const drafts = kept().filter((key) => key !== "vigil.report.leave");
    if (drafts.length && !confirm(localStorage.getItem("vigil.report.leave") || "?")) { event.preventDefault(); return; }
    for (const key of kept()) localStorage.removeItem(key);
  });
})();
