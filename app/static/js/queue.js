// The queue: j and k, the arrow keys, and new alerts that come in without moving what is under a hand.
import { choose, chosen } from "./chosen.js";

const queue = document.getElementById("queue") ?? document.createElement("div"); // not everybody reads alerts
const edge = document.getElementById("edge");
const items = () => [...queue.querySelectorAll("[data-alert]")];
let known = null; // ids seen; null until the first answer
const fresh = new Set();
let before = { height: 0, top: 0 };

function step(by) {
  const all = items();
  if (!all.length) return;
  const now = all.findIndex((item) => item.dataset.url === chosen());
  const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? 0 : now + by))];
  select(next);
}

function select(item) {
  for (const other of items()) other.tabIndex = other === item ? 0 : -1;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
  saw(item.dataset.alert);
  choose(item.dataset.url);
}

function saw(id) {
  fresh.delete(id);
  queue.querySelector(`[data-alert="${CSS.escape(id)}"]`)?.classList.remove("new");
  tell();
}

function tell() {
  if (!fresh.size) {
    edge.hidden = true;
    return;
  }
  const words = fresh.size === 1 ? edge.dataset.one : edge.dataset.many;
  edge.querySelector("span").textContent = words.replace("{n}", String(fresh.size));
  edge.hidden = false;
}

queue.addEventListener("click", (event) => {
  const item = event.target.closest("[data-alert]");
  if (item && !event.target.closest("a, button")) select(item);
});

queue.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const item = event.target.closest("[data-alert]");
  if (by) step(by);
  else if (event.key === "Enter" && item) choose(item.dataset.url, { focus: true });
  else return;
  event.preventDefault();
});

document.body.addEventListener("vigil:key", (event) => {
  if (event.detail === "j") step(1);
  if (event.detail === "k") step(-1);
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== queue) return;
  before = { height: queue.scrollHeight, top: queue.scrollTop, focused: queue.contains(document.activeElement) };
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== queue) return;
  const all = items();
  for (const item of all) {
    if (known && !known.has(item.dataset.alert)) fresh.add(item.dataset.alert);
    item.classList.toggle("new", fresh.has(item.dataset.alert));
    item.setAttribute("aria-selected", String(item.dataset.url === chosen()));
  }
  for (const id of fresh) if (!all.some((item) => item.dataset.alert === id)) fresh.delete(id);
  const chosenItem = all.find((item) => item.dataset.url === chosen());
  if (chosenItem) for (const item of all) item.tabIndex = item === chosenItem ? 0 : -1;
  // Whoever reads, points or types in the list keeps their place: what came in on top lies above the edge.
  const grown = queue.scrollHeight - before.height;
  const busy = before.top > 0 || queue.matches(":hover") || before.focused;
  if (known && grown > 0 && busy) queue.scrollTop = before.top + grown;
  else queue.scrollTop = before.top;
  if (before.focused) chosenItem?.focus({ preventScroll: true });
  known = new Set(all.map((item) => item.dataset.alert));
  document.getElementById("queue-count").textContent = String(all.length || "");
  tell();
});

edge.querySelector("[data-edge-show]").addEventListener("click", (event) => {
  const first = items().find((item) => fresh.has(item.dataset.alert));
  if (!first) return;
  event.preventDefault();
  fresh.clear();
  select(first);
  tell();
});
