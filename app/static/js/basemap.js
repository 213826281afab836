// The base map that the mission brought: pictures by Leaflet itself, vectors by a library that is fetched only then.
const map = window.vigilMap;
const frame = document.querySelector(".picture");
const box = document.getElementById("base-map");
const from = document.getElementById("base-map-from");
const facts = box.dataset;
const KEPT = "vigil.layer.base_map";
map.createPane("basemap");

const [west, south, east, north] = JSON.parse(facts.bounds);
const common = { pane: "basemap", bounds: L.latLngBounds([south, west], [north, east]), className: `base-map-${facts.tiles}`, noWrap: true };

let layer = null;
async function made() {
  if (facts.tiles === "vector") return (await import("./basemap-vector.js")).vector(facts, common);
  // Between two zooms of the file the nearer one is stretched, beyond its last one that one.
  return L.tileLayer(facts.address, { ...common, minZoom: Number(facts.least), maxZoom: map.getMaxZoom(), maxNativeZoom: Number(facts.greatest) });
}

async function show() {
  try { layer ??= await made(); } catch { box.checked = false; return; } // without it the land stands as before
  if (box.checked) layer.addTo(map); else layer.remove();
  from.hidden = !box.checked;
  frame.dataset.baseMap = box.checked ? "on" : "off";
  dispatchEvent(new CustomEvent("vigil:base-map"));
}

box.checked = localStorage.getItem(KEPT) !== "off";
box.addEventListener("change", () => {
  try { localStorage.setItem(KEPT, box.checked ? "on" : "off"); } catch { /* this page only */ }
  show();
});
if (box.checked) show();
