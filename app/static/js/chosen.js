// The thing chosen: its panel is a page's part fetched into #thing; map, queue and panel show the same choice.
let present = "";

const marks = new Map(); // panel address → set of elements on the map

export function knows(url, element) {
  if (!marks.has(url)) marks.set(url, new Set());
  marks.get(url).add(element);
  element.classList.toggle("chosen", url === present);
}

export function forgets(url, element) {
  const known = marks.get(url);
  known?.delete(element);
  if (known?.size === 0) marks.delete(url);
}

export function chosen() {
  return present;
}

// Only addresses of our own site, and only paths: a feature can't send the page elsewhere.
const ours = (url) => typeof url === "string" && /^\/(?!\/)/.test(url);

export function choose(url, { focus = false } = {}) {
  if (!ours(url)) return;
  for (const element of marks.get(present) ?? []) element.classList.remove("chosen");
  present = url;
  for (const element of marks.get(present) ?? []) element.classList.add("chosen");
  for (const item of document.querySelectorAll("#queue [data-url]")) {
    item.setAttribute("aria-selected", String(item.dataset.url === url));
  }
  document.querySelector(".picture").dataset.sheet = "thing";
  const thing = document.getElementById("thing");
  window.htmx.ajax("GET", url, { target: thing, swap: "innerHTML" }).then(() => {
    thing.scrollTop = 0;
    if (focus) thing.focus({ preventScroll: true });
  });
  document.body.dispatchEvent(new CustomEvent("vigil:chosen", { detail: url }));
}
