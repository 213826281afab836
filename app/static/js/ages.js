// Ages and clocks go on while the page stands: "12 min ago" would otherwise be a lie within a minute.
// The same words as app/words.py's span(): minutes up to two hours, hours up to two days, then days;
// the units in the reader's language, the sentences from the page (data-ago, data-left, data-over on <body>).
(() => {
  "use strict";
  const unit = (name, display) =>
    new Intl.NumberFormat(document.documentElement.lang || "en", { style: "unit", unit: name, unitDisplay: display });
  const minute = unit("minute", "short");
  const hour = unit("hour", "long");
  const day = unit("day", "long");
  const span = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    if (minutes < 1) return document.body.dataset.instant;
    if (minutes < 120) return minute.format(minutes);
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? hour.format(hours) : day.format(Math.floor(hours / 24));
  };
  const say = (element, sentence, seconds) => {
    const text = document.body.dataset[sentence].replace("{n}", span(seconds));
    if (element.textContent !== text) element.textContent = text;
  };
  const refresh = () => {
    const now = Date.now();
    for (const element of document.querySelectorAll("time.age[datetime]")) {
      const seconds = (now - Date.parse(element.dateTime)) / 1000;
      if (seconds >= 0) say(element, "ago", seconds); // a future or unreadable time keeps the server's words
    }
    for (const clock of document.querySelectorAll(".clock[data-due]")) {
      const left = (Date.parse(clock.dataset.due) - now) / 1000;
      say(clock.querySelector("time"), left < 0 ? "over" : "left", Math.abs(left));
      clock.classList.toggle("over", left < 0);
      clock.classList.toggle("soon", left >= 0 && left < Number(clock.dataset.soon || 600));
    }
  };
  addEventListener("DOMContentLoaded", refresh);
  document.addEventListener("htmx:afterSettle", refresh);
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, 15000);
})();
