// What the picture is asked for: filters and time in one query string, the same for the map, its layers and the tables.
const frame = document.querySelector(".picture");
export const view = JSON.parse(frame.dataset.view || "null"); // a kept view, or null
export const start = new URLSearchParams(view ? view.query : location.search);

const form = document.getElementById("asked");
const heard = [];
if (view) for (const control of form.elements) if (control.name) control.value = start.get(control.name) ?? "";

// {kind, grade, …} of the filters that are set.
export function filters() {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value));
}

export function onFilters(listener) {
  heard.push(listener);
}

function changed() {
  const count = Object.keys(filters()).length;
  document.getElementById("asked-count").textContent = count ? String(count) : "";
  for (const listener of heard) listener();
}
let waiting = 0;
form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(changed, 300); });
form.addEventListener("reset", () => setTimeout(() => { for (const control of form.elements) if (control.name) control.value = ""; changed(); }));
form.addEventListener("submit", (event) => { event.preventDefault(); changed(); });
document.getElementById("asked-count").textContent = Object.keys(filters()).length || "";

// The addresses that repeat the question: the page's own, and those of the tables.
export function tell(time) {
  const query = new URLSearchParams({ ...filters(), ...time.named });
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  const rows = new URLSearchParams({ ...filters(), ...Object.fromEntries(Object.entries(time.sent).filter(([name, value]) => value && name !== "known_at")) });
  for (const link of document.querySelectorAll("[data-with-question]")) link.search = rows.toString();
}
