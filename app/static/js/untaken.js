// How many alerts nobody has taken: in the tab's title and on the bell, and as a sound for those who want one. Off unless
// it was switched on here; made by the browser itself, no file.
(() => {
  "use strict";
  const url = document.querySelector('meta[name="vigil-version"]')?.content;
  const button = document.querySelector("[data-sound-toggle]");
  if (!url || !button) return;
  const badge = button.querySelector(".untaken");
  const title = document.title;
  let count = null;
  let sound = null; // the browser's AudioContext, once a hand has asked for it
  let wanted = false;
  try { wanted = localStorage.getItem("vigil.sound") === "on"; } catch { /* a private window: off */ }

  const tell = () => {
    const waiting = wanted && sound?.state !== "running";
    const words = wanted ? (waiting ? button.dataset.waiting : button.dataset.on) : button.dataset.off;
    const said = count === 1 ? button.dataset.untakenOne : button.dataset.untaken;
    const untaken = count ? `${said.replace("{n}", String(count))}. ` : "";
    button.setAttribute("aria-pressed", String(wanted));
    button.setAttribute("aria-label", untaken + words);
    button.title = untaken + words;
    button.dataset.sound = wanted ? "on" : "off";
    badge.textContent = count ? String(count) : "";
    badge.hidden = !count;
    document.title = count ? `(${count}) ${title}` : title;
    if (count) navigator.setAppBadge?.(count)?.catch(() => {}); else navigator.clearAppBadge?.()?.catch(() => {});
  };

  // Two notes, each a quarter of a second: heard across a room, and over.
  const ring = () => {
    if (!wanted || sound?.state !== "running") return;
    for (const [n, pitch] of [880, 1175].entries()) {
      const begins = sound.currentTime + n * 0.28;
      const note = new OscillatorNode(sound, { type: "triangle", frequency: pitch });
      const loud = new GainNode(sound, { gain: 0 });
      loud.gain.setValueAtTime(0, begins);
      loud.gain.linearRampToValueAtTime(0.25, begins + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.001, begins + 0.26);
      note.connect(loud).connect(sound.destination);
      note.start(begins);
      note.stop(begins + 0.27);
    }
    button.dataset.rang = String(Number(button.dataset.rang || 0) + 1);
  };

  const wake = async () => {
    if (!wanted) return;
    sound ??= new AudioContext();
    await sound.resume();
    tell();
  };

  const heard = (said) => {
    const next = said === null ? NaN : Number(said);
    if (!Number.isInteger(next)) return;
    const more = count !== null && next > count;
    count = next;
    tell();
    if (more) ring();
  };

  let asking = false;
  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(url, { headers: { "Vigil-By-Itself": "1" }, cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.ok) heard(answer.headers.get("Vigil-Untaken"));
    } catch { /* the edge says that there is no connection */ }
    asking = false;
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    wanted = !wanted;
    try { localStorage.setItem("vigil.sound", wanted ? "on" : "off"); } catch { /* this page only */ }
    if (wanted) wake().then(ring); else sound?.suspend();
    tell();
  });
  // Browsers let a page be heard only after a hand has touched it.
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { once: true });
  // Where the queue stands on the page, it comes anew with each ring and brings the number along.
  if (document.getElementById("queue")) {
    document.body.addEventListener("htmx:afterOnLoad", ({ detail }) => {
      if (detail.target?.id === "queue") heard(detail.xhr.getResponseHeader("Vigil-Untaken"));
    });
  } else document.body.addEventListener("vigil:alerts", ask);
  setInterval(() => { if (!document.hidden) ask(); }, 30000);
  tell();
  ask();
})();
