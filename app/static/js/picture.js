// The picture: layers, period, selection and pointer on the map that Folium made (window.vigilMap).
import { choose, forgets, knows } from "./chosen.js";
import { dateTimeGroup, mgrs } from "./grid.js";
import { drawGround, restyleGround } from "./ground.js";
import { Names } from "./names.js";
import { PictureLayer } from "./layers.js";
import { DRAW } from "./marks.js";
import { filters, onFilters, tell, view } from "./asked.js";
import { load, ready } from "./symbols.js";
import { looksBack, named, onPeriod, period } from "./time.js";
import "./queue.js";
import "./sheet.js";
import { Track } from "./track.js";

const map = window.vigilMap;
const frame = document.querySelector(".picture");
const words = frame.dataset;
const hover = document.getElementById("hover");
const layers = new Map();
const GROUND = ["land", "rivers", "roads"];
const names = new Names("places");
const question = () => ({ ...filters(), ...period() });

// One line on hover and for a screen reader, as text; a press opens the panel and never a bubble.
function bring(layer, feature) {
  const { title = "", url } = feature.properties;
  const dress = (element) => {
    if (!element || (!url && !feature.properties.cluster)) return;
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", title);
    element.tabIndex = 0;
    if (url) knows(url, element);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); press(); }
    });
  };
  const press = () => {
    if (feature.properties.cluster && map.getZoom() < 12) {
      const [lon, lat] = feature.geometry.coordinates;
      map.setView([lat, lon], Math.min(map.getZoom() + 2, 18));
    } else if (url) choose(url);
  };
  const each = (part) => {
    if (part.eachLayer) return part.eachLayer(each);
    let worn = null; // a marker has let go of its element when it tells that it was removed
    part.on("add", () => { worn = part.getElement?.(); dress(worn); });
    part.on("remove", () => { if (url) forgets(url, worn); worn = null; });
    part.on("click", (event) => { L.DomEvent.stop(event); press(); });
    part.on("mouseover", () => { hover.textContent = title; hover.hidden = !title; });
    part.on("mouseout", () => { hover.hidden = true; });
  };
  each(layer);
  return layer;
}

function said(name) {
  const line = document.querySelector(`[data-layer-state="${name}"]`);
  return (state, told = {}) => {
    line.classList.toggle("stale", state === "failed" || told.truncated === true);
    line.dataset.state = state;
    if (state === "loading") line.textContent = "…";
    else if (state === "failed") line.textContent = told.at ? words.failedAt.replace("{at}", dateTimeGroup(told.at)) : words.failed;
    else line.textContent = told.truncated ? words.tooMany : told.coarse ? words.coarse.replace("{n}", told.coarse) : "";
    line.title = state === "here" ? String(told.count) : "";
    const note = document.getElementById("picture-note");
    const lines = [...document.querySelectorAll("[data-layer-state]")].filter((l) => l.textContent.length > 1);
    note.textContent = lines.map((l) => `${l.closest(".layer").querySelector("label").textContent}: ${l.textContent}`).join(" · ");
    note.classList.toggle("stale", lines.some((l) => l.classList.contains("stale")));
  };
}

// The picture's age is that of its oldest mission layer.
function drawn() {
  const times = [...layers.values()].filter((l) => l.on && l.at && !l.still).map((l) => l.at);
  if (!times.length) return;
  const oldest = new Date(Math.min(...times));
  const group = document.getElementById("picture-dtg");
  const age = document.getElementById("picture-age");
  group.textContent = dateTimeGroup(oldest);
  age.dateTime = group.dateTime = oldest.toISOString();
  age.textContent = document.body.dataset.ago.replace("{n}", document.body.dataset.instant);
}

for (const box of document.querySelectorAll("input[data-layer]")) {
  const name = box.dataset.layer;
  const facts = { name, url: `${words.layers}/${name}.geojson`, still: "still" in box.dataset, timed: "timed" in box.dataset, ground: GROUND.includes(name) || name === "places" };
  let how = { draw: (feature) => bring(DRAW[name](feature, map), feature) };
  if (GROUND.includes(name)) how = { draw: (feature) => drawGround(name, feature) };
  const layer = new PictureLayer(map, facts, { ...how, said: said(name), drawn });
  if (name === "places") {
    layer.group.addLayer(names);
    layer.show = (features) => names.show(features);
  }
  if (name === "land") names.nameAreasOf(layer);
  layers.set(name, layer);
  const kept = localStorage.getItem(`vigil.layer.${name}`);
  if (view) box.checked = view.layers.includes(name);
  else if (kept) box.checked = kept === "on";
  layer.on = box.checked;
  box.addEventListener("change", () => {
    try { localStorage.setItem(`vigil.layer.${name}`, box.checked ? "on" : "off"); } catch { /* this page only */ }
    layer.on = box.checked;
    layer.load(question()).then(() => { if (name === "units") dress(); });
  });
}

if (layers.has("patrols")) new Track(map, layers.get("patrols"));

// The whole mission, beside the open list of layers and not under it.
function fit() {
  const list = document.getElementById("layers");
  const wide = list.open && list.offsetWidth < map.getSize().x / 3 ? list.offsetWidth : 0;
  const [west, south, east, north] = JSON.parse(words.bounds);
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [wide + 8, 8], paddingBottomRight: [8, 8], animate: false });
}
document.getElementById("fit").addEventListener("click", fit);

// A link to this view can be sent: #zoom/lat/lon. It never says what is chosen.
const asked = location.hash.slice(1).split("/").map(Number);
// What was found stands in the middle: ?at=lon,lat&zoom=. It is no choice either.
const query = new URLSearchParams(location.search);
const found = (query.get("at") ?? "").split(",").map(Number);
if (found.length === 2 && found.every(Number.isFinite) && query.get("at")) {
  map.setView([found[1], found[0]], Math.min(Math.max(Number(query.get("zoom")) || 13, 5), 18), { animate: false });
  const ring = L.circleMarker([found[1], found[0]], { radius: 18, className: "found-here", fill: false, interactive: false, renderer: L.svg() });
  ring.addTo(map);
} else if (view) map.setView([view.lat, view.lon], view.zoom, { animate: false });
else if (asked.length === 3 && asked.every(Number.isFinite)) map.setView([asked[1], asked[2]], asked[0], { animate: false });
else fit();

// First what somebody must act on, on its land; then the rest. On a thin line each would otherwise wait for all.
const FIRST = ["land", "alerts", "incidents", "threats", "havens", "patrols", "units"];
const loadSome = (first, again) => Promise.all([...layers.values()].filter((l) => FIRST.includes(l.name) === first).map((l) => l.load(question(), again)));
async function loadAll(again = false) {
  await loadSome(true, again);
  document.body.dataset.pictureAt ??= String(Math.round(performance.now()));
  await loadSome(false, again);
}
let waiting = 0;
map.on("moveend", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => loadAll(), 200);
  const at = map.getCenter();
  history.replaceState(null, "", `${location.pathname}${location.search}#${map.getZoom()}/${at.lat.toFixed(4)}/${at.lng.toFixed(4)}`);
});
function asks() {
  tell({ named: named(), sent: period() });
  return loadAll();
}
onPeriod(asks);
onFilters(asks);
// While the room looks back nothing new comes onto the map; the banner counts it (time.js).
for (const name of ["alerts", "incidents", "patrols", "havens"]) document.body.addEventListener(`vigil:${name}`, () => { if (!looksBack()) layers.get(name)?.load(question(), true); });
setInterval(() => {
  if (document.hidden || looksBack()) return;
  for (const l of layers.values()) if (DRAW[l.name] && !l.still) l.load(question(), true);
}, 60000);

// The ring of an alert that nobody has taken beats once a second. Two still pictures: without a graphics card a browser draws an
// animation anew sixty times a second, for the twelve hours of a shift.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
setInterval(() => map.getPane("alerts").classList.toggle("beat", !document.hidden && !calm.matches && Math.floor(Date.now() / 1000) % 2 === 0), 1000);

// The symbols of units weigh more than everything else together: they come once the picture stands, when that was quick.
let quick = false;
async function dress() {
  const units = layers.get("units");
  if (!units?.on || ready() || !quick) return;
  try { await load(); } catch { return; } // the plain frames stay
  units.put([]);
  units.load(question(), true);
}

// Drawing comes when somebody draws, or when a view brings drawings along.
let tools = null;
const draw = async () => (tools ??= await import("./draw.js"));
document.getElementById("measure").addEventListener("click", async () => { const d = await draw(); if (d.drawing()) d.end(); else d.begin(); });
if (view?.drawn?.length) draw();

// Keeping a view: what stands on the map goes into the form's hidden field, and from there to the server.
document.getElementById("keep-view")?.addEventListener("submit", (event) => {
  const at = map.getCenter();
  event.target.elements.content.value = JSON.stringify({
    layers: [...layers.values()].filter((l) => l.on).map((l) => l.name),
    query: new URLSearchParams({ ...filters(), ...named() }).toString(),
    zoom: map.getZoom(), lon: +at.lng.toFixed(5), lat: +at.lat.toFixed(5), drawn: tools?.drawn() ?? view?.drawn ?? [],
  });
});

const restyle = () => { for (const name of GROUND) layers.get(name)?.group.eachLayer((drawn) => restyleGround(name, drawn)); };
addEventListener("vigil:base-map", restyle);
map.on("zoomend", restyle);
map.on("layeradd layerremove", () => names.soon());
addEventListener("vigil:theme", () => {
  const units = layers.get("units");
  if (ready() && units?.on) { units.put([]); units.load(question(), true); }
  restyle();
  names.draw();
});

// Grid of the pointer, or of the middle where there is none. No more figures than a pixel tells.
const grid = document.getElementById("pointer-grid");
function tellGrid(at) {
  const metres = (40075016 * Math.cos((at.lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
  const digits = metres > 300 ? 2 : metres > 30 ? 3 : metres > 3 ? 4 : 5;
  grid.textContent = mgrs(at.lng, at.lat, digits);
  grid.title = `${at.lat.toFixed(5)}, ${at.lng.toFixed(5)}`;
}
map.on("mousemove", (event) => {
  tellGrid(event.latlng);
  const at = event.containerPoint;
  hover.style.transform = `translate(${Math.min(at.x + 14, map.getSize().x - hover.offsetWidth - 8)}px, ${at.y + 16}px)`;
});
map.on("move", () => { if (matchMedia("(hover: none)").matches) tellGrid(map.getCenter()); });
tellGrid(map.getCenter());

// Chosen in the queue and outside the view: the map follows, since a hand asked for it.
document.body.addEventListener("vigil:chosen", ({ detail }) => {
  for (const feature of [...(layers.get("alerts")?.known.keys() ?? [])].map((key) => JSON.parse(key))) {
    if (feature.properties.url !== detail) continue;
    const bounds = L.geoJSON(feature).getBounds();
    if (!map.getBounds().contains(bounds)) map.panTo(bounds.getCenter(), { animate: !calm.matches });
  }
});
new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
asks().then(() => {
  quick = performance.now() < 5000;
  dress();
  if (document.getElementById("print-view")) import("./print-view.js"); // it shows its button
});
