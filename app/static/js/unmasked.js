// A name stands on the screen for its time and no longer: then it leaves the page, and it leaves too when the page is
// hidden in the background, printed, or kept by the browser for going back.
(() => {
  "use strict";
  const box = document.getElementById("unmasked");
  const values = document.getElementById("sealed-values");
  const left = document.getElementById("seconds-left");
  const ends = Date.now() + Number(box.dataset.seconds) * 1000;
  const blank = () => {
    clearInterval(clock);
    values.remove();
    left.textContent = "0";
    document.getElementById("sealed-again").hidden = false;
  };
  const tick = () => {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds <= 0) blank();
    else left.textContent = String(seconds);
  };
  const clock = setInterval(tick, 250);
  addEventListener("pagehide", blank, { once: true });
  addEventListener("beforeprint", blank, { once: true });
  document.addEventListener("visibilitychange", () => { if (document.hidden) blank(); });
})();
