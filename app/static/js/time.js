// The time of the picture: a period with two handles, play and step, and "as known at": what the room knew then.
import { start } from "./asked.js";
import { dateTimeGroup, readMoment } from "./grid.js";
const DAY = 86400000;
const LENGTH = { "24h": 1, "7d": 7, "30d": 30, "90d": 90, "1y": 365, all: 1826 };
const STEPS = 240;
const FRAME = 5; // steps in one move of play: 48 moves from end to end
const $ = (id) => document.getElementById(id);
const chooser = $("period");
const handles = [$("time-from"), $("time-until")];
const [from, until] = [$("period-from"), $("period-until")];
const asKnown = $("as-known");
const knownAt = $("known-at");
const play = $("play");
const heard = [];
let known = null; // Date, or null for now
let arrived = 0;
let playing = 0;

// The whole period in milliseconds: [first, last]. Cut to five minutes, so that addresses repeat and caches work.
function whole() {
  if (chooser.value === "own") {
    const last = until.value ? Date.parse(until.value) + DAY : Date.now(); // the last day counts whole
    return [from.value ? Date.parse(from.value) : last - 90 * DAY, last];
  }
  const last = Math.ceil(Date.now() / 300000) * 300000;
  return [last - LENGTH[chooser.value] * DAY, last];
}
const at = (handle) => { const [first, last] = whole(); return new Date(first + ((last - first) * Number(handle.value)) / STEPS); };
const iso = (date) => `${date.toISOString().slice(0, 16)}Z`;

// What layers are asked: {since, until, known_at}; what the address says of it in short.
export function period() {
  const [low, high] = handles;
  const open = chooser.value !== "own" && Number(high.value) === STEPS;
  const since = chooser.value === "all" && Number(low.value) === 0 ? "" : iso(at(low));
  return { since, until: open || known ? "" : iso(at(high)), known_at: known ? iso(known) : "" };
}
export function named() {
  const [low, high] = handles.map((handle) => Number(handle.value));
  const said = chooser.value === "own" ? { from: from.value, to: until.value } : { period: chooser.value };
  if (low > 0 || high < STEPS) said.part = `${low}-${high}`;
  if (known) said.known_at = iso(known);
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}
export const looksBack = () => known !== null;
export const onPeriod = (listener) => heard.push(listener);

function say() {
  const [low, high] = handles;
  $("span-said").textContent = `${dateTimeGroup(at(low))} – ${dateTimeGroup(known ?? at(high))}`;
  for (const handle of handles) handle.setAttribute("aria-valuetext", dateTimeGroup(at(handle)));
  const fill = $("span-fill").style;
  fill.insetInlineStart = `${(Number(low.value) / STEPS) * 100}%`;
  fill.insetInlineEnd = `${100 - (Number(high.value) / STEPS) * 100}%`;
  own.hidden = chooser.value !== "own";
  document.querySelector(".picture").classList.toggle("past", known !== null);
  const banner = $("then");
  banner.hidden = known === null;
  knownAt.hidden = known === null;
  asKnown.setAttribute("aria-pressed", String(known !== null));
  if (known) {
    $("then-at").textContent = dateTimeGroup(known);
    if (document.activeElement !== knownAt) knownAt.value = dateTimeGroup(known);
  }
}
let waiting = 0;
function changed(soon = 0) {
  say();
  clearTimeout(waiting);
  waiting = setTimeout(() => { for (const listener of heard) listener(); }, soon);
}
const own = $("period-own");

for (const handle of handles) {
  handle.addEventListener("input", () => {
    const [low, high] = handles;
    // Handles push each other and never cross.
    if (Number(low.value) >= Number(high.value)) {
      if (handle === low) high.value = Math.min(STEPS, Number(low.value) + 1);
      low.value = Math.min(Number(low.value), Number(high.value) - 1);
    }
    if (known && handle === high) known = new Date(Math.min(at(high), Date.now()));
    changed(150);
  });
}
for (const control of [chooser, from, until]) {
  control.addEventListener("change", () => { handles[0].value = 0; handles[1].value = STEPS; changed(); });
}

function move(steps) {
  const [low, high] = handles.map((handle) => Number(handle.value));
  const shift = Math.max(low > 0 ? -low : 1 - high, Math.min(STEPS - high, steps));
  handles[1].value = high + shift;
  if (low > 0 && low + shift >= 0) handles[0].value = low + shift; // a window moves; from the start, it grows
  if (known) known = new Date(Math.min(at(handles[1]), Date.now()));
  changed(150);
  return Number(handles[1].value) < STEPS;
}
function stop() {
  clearInterval(playing);
  playing = 0;
  play.setAttribute("aria-pressed", "false");
  play.textContent = play.dataset.play;
}
play.addEventListener("click", () => {
  if (playing) return stop();
  if (Number(handles[1].value) === STEPS) {
    const low = Number(handles[0].value);
    handles[1].value = low > 0 ? Math.min(STEPS, low + FRAME) : FRAME;
  }
  playing = setInterval(() => { if (!move(FRAME)) stop(); }, 900);
  play.setAttribute("aria-pressed", "true");
  play.textContent = play.dataset.pause;
  changed();
});
$("step-back").addEventListener("click", () => { stop(); move(-FRAME); });
$("step-on").addEventListener("click", () => { stop(); move(FRAME); });

function lookBack(when) {
  known = when;
  arrived = 0;
  badge();
  changed();
}
asKnown.addEventListener("click", () => { lookBack(known ? null : new Date(Math.min(at(handles[1]), Date.now()))); if (known) { knownAt.focus(); knownAt.select(); } });
knownAt.addEventListener("change", () => {
  const when = readMoment(knownAt.value);
  knownAt.setAttribute("aria-invalid", String(when === null));
  if (when) { known = new Date(Math.min(when, Date.now())); changed(); }
});
$("then-back").addEventListener("click", () => { stop(); handles[1].value = STEPS; lookBack(null); });

// What comes in while the room looks back is counted and waits; nothing of the past moves under a hand.
function badge() {
  const line = $("then-new");
  line.hidden = arrived === 0;
  line.textContent = (arrived === 1 ? line.dataset.one : line.dataset.many).replace("{n}", arrived);
}
document.body.addEventListener("vigil:alerts", ({ detail }) => {
  if (!known || detail?.raised === 0) return;
  arrived += detail?.raised ?? 1;
  badge();
});

if (start.get("from") || start.get("to")) {
  chooser.value = "own";
  [from.value, until.value] = [start.get("from") ?? "", start.get("to") ?? ""];
} else if (LENGTH[start.get("period")]) chooser.value = start.get("period");
const part = (start.get("part") ?? "").split("-").map(Number);
if (part.length === 2 && part[0] < part[1] && part[1] <= STEPS) handles.forEach((handle, i) => { handle.value = part[i]; });
const asked = Date.parse(start.get("known_at") ?? "");
if (Number.isFinite(asked)) known = new Date(Math.min(asked, Date.now()));
say();
