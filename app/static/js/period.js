// The period of the picture: a choice of lengths up to now, or two days of one's own.
const LENGTH = { "24h": 1, "7d": 7, "30d": 30, "90d": 90, "1y": 365 };
const chooser = document.getElementById("period");
const own = document.getElementById("period-own");
const [from, until] = [document.getElementById("period-from"), document.getElementById("period-until")];
const heard = [];

// {since, until} as ISO strings, or empty. Cut to five minutes, so that addresses repeat and caches work.
export function period() {
  if (chooser.value === "own") {
    const next = until.value && new Date(Date.parse(until.value) + 86400000); // the last day counts whole
    return { since: from.value ? `${from.value}T00:00:00Z` : "", until: next ? next.toISOString() : "" };
  }
  const days = LENGTH[chooser.value];
  if (!days) return { since: "", until: "" };
  const slot = 300000;
  return { since: new Date(Math.floor((Date.now() - days * 86400000) / slot) * slot).toISOString(), until: "" };
}

export function onPeriod(listener) {
  heard.push(listener);
}

function changed() {
  own.hidden = chooser.value !== "own";
  const query = new URLSearchParams(Object.entries(period()).filter(([, value]) => value));
  for (const link of document.querySelectorAll("[data-with-period]")) {
    link.search = query.toString();
  }
  for (const listener of heard) listener();
}
for (const control of [chooser, from, until]) control.addEventListener("change", changed);
changed();
