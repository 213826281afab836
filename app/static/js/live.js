// What changes, without reloading: one stream; when it fails, a question every 2 s, said calmly at the edge.
// Other scripts hear `vigil:alerts`, `vigil:incidents`, `vigil:patrols` and `vigil:havens` on <body>. No content comes this way. A browser
// that comes back to the stream says which event it heard last, and is told of what it missed.
(() => {
  "use strict";
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content || "";
  const url = meta("vigil-live");
  const versionUrl = meta("vigil-version");
  if (!url && !versionUrl) return;
  let version = null;
  let polling = 0;
  let reachedAt = Date.now();

  const state = (key) => {
    const line = document.getElementById("live-state");
    if (!line) return;
    const at = new Date(reachedAt).toTimeString().slice(0, 5);
    const text = key ? line.dataset[key].replace("{at}", at) : "";
    if (line.textContent !== text) line.textContent = text;
  };
  const changed = (detail) => document.body.dispatchEvent(new CustomEvent("vigil:alerts", { bubbles: true, detail }));

  const moved = (kind) => document.body.dispatchEvent(new CustomEvent(`vigil:${kind}`, { bubbles: true }));
  const movedAll = () => { for (const kind of ["incidents", "patrols", "havens"]) moved(kind); };
  // In a flood each page would ask as often as the stream rings, and sixteen maps on one machine would do nothing else. A first
  // ring is heard within a second, each room's pages at moments of their own, so that they don't all ask at once; those
  // after it together, before two seconds are over; the last one is never lost.
  const SPREAD = 800; // ms
  const CALM = 1000; // ms
  const rest = new Map(); // kind → whether it rang again meanwhile
  const calmly = (kind, act) => {
    if (rest.has(kind)) return rest.set(kind, true);
    rest.set(kind, false);
    setTimeout(() => { rest.set(kind, false); act(); }, Math.random() * SPREAD);
    setTimeout(() => { const again = rest.get(kind); rest.delete(kind); if (again) calmly(kind, act); }, CALM);
  };
  let asked = 0;

  const ask = async () => {
    // Whole layers, so less often than the alerts' one number.
    if (++asked % 5 === 0) movedAll();
    try {
      // Who reads no alerts has no number to ask for: whether Vigil answers at all is told to him too.
      const answer = await fetch(versionUrl || "/health/live", { headers: { Accept: "text/plain", "Vigil-By-Itself": "1" }, cache: "no-cache", signal: AbortSignal.timeout(8000) });
      // A question still under way when the stream opens must not say "lost" after it: nothing would take that back.
      if (!polling) return;
      if (answer.status === 401 || answer.redirected) return state("ended");
      if (!answer.ok) throw new Error(String(answer.status));
      const next = await answer.text();
      if (!polling) return;
      reachedAt = Date.now();
      if (!versionUrl) return state("lost");
      if (version !== null && next !== version) changed({ raised: null });
      version = next;
      state("lost");
    } catch {
      if (polling) state("offline");
    }
  };
  const poll = () => {
    if (polling) return;
    ask();
    polling = setInterval(ask, 2000);
  };

  const open = () => {
    const stream = new EventSource(url, { withCredentials: true });
    const waiting = setTimeout(poll, 4000);
    stream.addEventListener("open", () => {
      clearTimeout(waiting);
      clearInterval(polling);
      // Between the page (or the break) and now something may have come: look once, without a word at the edge.
      if (versionUrl) changed({ raised: polling ? null : 0 });
      movedAll();
      polling = 0;
      reachedAt = Date.now();
      state("");
    });
    stream.addEventListener("alerts", () => {
      reachedAt = Date.now();
      calmly("alerts", () => changed({ raised: null }));
    });
    for (const kind of ["incidents", "patrols", "havens"]) {
      stream.addEventListener(kind, () => {
        reachedAt = Date.now();
        calmly(kind, () => moved(kind));
      });
    }
    // Too many pages of the same person listen: this one, the oldest, asks instead, until somebody looks at it again.
    stream.addEventListener("elsewhere", () => {
      stream.close();
      poll();
      addEventListener("focus", open, { once: true });
    });
    stream.addEventListener("error", () => {
      clearTimeout(waiting);
      poll();
      if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      stream.close();
      setTimeout(open, 5000);
    });
  };
  if (url) open(); else poll();

  // Away from the map: the edge says that something came; the reader decides when to look.
  document.body.addEventListener("vigil:alerts", (event) => {
    const edge = document.getElementById("edge");
    if (!edge || document.getElementById("queue")) return;
    if (event.detail?.elt) return; // a part of this page told it: whoever reads knows
    const raised = event.detail?.raised;
    if (raised === 0) return;
    const before = Number(edge.dataset.count || 0);
    const count = raised === null || raised === undefined ? before : before + raised;
    edge.dataset.count = String(count);
    edge.querySelector("span").textContent =
      count === 0 ? edge.dataset.some : (count === 1 ? edge.dataset.one : edge.dataset.many).replace("{n}", String(count));
    edge.hidden = false;
  });
})();
