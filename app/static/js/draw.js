// Measuring, drawing, asking what is inside. Corners come from the pointer or, by keyboard, from the middle of the map:
// arrows move it, Enter sets a corner, Backspace takes the last away. Loaded when somebody first measures.
import { choose } from "./chosen.js";
import { filters, view } from "./asked.js";
import { area, inverse } from "./geodesic.js";
import { period } from "./time.js";

const map = window.vigilMap;
const $ = (id) => document.getElementById(id);
const box = $("draw");
const words = box.dataset;
const kept = []; // {kind, at: [[lon, lat]…], note, layer}
map.createPane("drawing").style.zIndex = 495; // above the marks: what is being drawn must be seen
const renderer = L.svg({ pane: "drawing", padding: 0.5 });
const shapes = L.layerGroup().addTo(map);
const live = L.layerGroup();
let corners = [];

const kind = () => document.querySelector("[name=draw-kind]:checked").value;
const latlngs = (list) => list.map(([lon, lat]) => [lat, lon]);
const number = (value, digits) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
const far = (metres) => (metres < 2000 ? `${number(metres, 0)} m` : `${number(metres / 1000, metres < 100000 ? 2 : 1)} km`);
const wide = (metres) => (metres < 1e6 ? `${number(metres / 1e4, 1)} ha` : `${number(metres / 1e6, 1)} km²`);

function said() {
  if (corners.length < 2) return words.start;
  const closed = kind() === "area" && corners.length > 2;
  const legs = corners.slice(1).map((corner, i) => inverse(corners[i], corner));
  if (closed) legs.push(inverse(corners.at(-1), corners[0]));
  const total = legs.reduce((sum, leg) => sum + leg.metres, 0);
  if (closed) return words.round.replace("{area}", wide(area(corners))).replace("{length}", far(total));
  const last = legs.at(-1);
  return words.leg.replace("{last}", far(last.metres)).replace("{bearing}", String(Math.round(last.bearing) % 360).padStart(3, "0")).replace("{length}", far(total));
}

function outline(what, at, className) {
  const style = { className, interactive: false, pane: "drawing", renderer };
  if (what === "area" && at.length > 2) return L.polygon(latlngs(at), style);
  return L.polyline(latlngs(at), { ...style, fill: false });
}
function redraw() {
  live.clearLayers();
  if (corners.length) live.addLayer(outline(kind(), corners, "drawing"));
  for (const corner of corners) live.addLayer(L.circleMarker(latlngs([corner])[0], { radius: 4, pane: "drawing", renderer, className: "drawing-corner", interactive: false }));
  $("draw-said").textContent = said();
  $("draw-ask").disabled = !(kind() === "area" && corners.length > 2);
  $("draw-keep").disabled = corners.length === 0;
}
const add = ({ lng, lat }) => { if (corners.length < 100) { corners.push([+lng.toFixed(6), +lat.toFixed(6)]); redraw(); } };
const undo = () => { corners.pop(); redraw(); };

// What is written beside a drawing is text and stays text.
function show(thing) {
  const layer = L.featureGroup();
  const plain = thing.kind === "point" || thing.at.length < 2;
  if (!plain) layer.addLayer(outline(thing.kind, thing.at, "drawn"));
  if (thing.note || plain) {
    const label = document.createElement("span");
    label.textContent = thing.note || "•";
    const [lon, lat] = thing.kind === "area" ? thing.at.reduce((sum, [x, y]) => [sum[0] + x / thing.at.length, sum[1] + y / thing.at.length], [0, 0]) : thing.at.at(-1);
    layer.addLayer(L.marker([lat, lon], { icon: L.divIcon({ html: label, className: "drawn-note", iconSize: null }), interactive: false, keyboard: false }));
  }
  shapes.addLayer(layer);
  kept.push({ ...thing, layer });
  $("draw-clear").hidden = false;
}

const click = (event) => { L.DomEvent.stop(event); add(event.latlng); };
function keys(event) {
  if (event.target.matches("input, textarea, select, button")) return;
  if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); add(map.getCenter()); }
  if (event.key === "Backspace") { event.preventDefault(); undo(); }
}
export function begin() {
  box.hidden = false;
  live.addTo(map);
  map.getContainer().classList.add("drawing");
  map.doubleClickZoom.disable();
  map.on("click", click);
  map.getContainer().addEventListener("keydown", keys, true);
  redraw();
  map.getContainer().focus({ preventScroll: true });
}
export function end() {
  box.hidden = true;
  corners = [];
  live.remove();
  map.getContainer().classList.remove("drawing");
  map.doubleClickZoom.enable();
  map.off("click", click);
  map.getContainer().removeEventListener("keydown", keys, true);
  $("measure").focus();
}
export const drawing = () => !box.hidden;
export const drawn = () => kept.map(({ kind: what, at, note }) => ({ kind: what, at, note }));

for (const radio of document.querySelectorAll("[name=draw-kind]")) radio.addEventListener("change", redraw);
$("draw-undo").addEventListener("click", undo);
$("draw-end").addEventListener("click", end);
$("draw-ask").addEventListener("click", () => {
  const query = new URLSearchParams({ ...filters(), ...Object.fromEntries(Object.entries(period()).filter(([, value]) => value)) });
  query.set("area", corners.map((corner) => corner.join(",")).join(";"));
  choose(`/map/inside?${query}`, { focus: true });
});
$("draw-keep").addEventListener("click", () => {
  show({ kind: corners.length === 1 ? "point" : kind(), at: corners, note: $("draw-note").value.trim().slice(0, 200) });
  $("draw-note").value = "";
  corners = [];
  redraw();
});
$("draw-clear").addEventListener("click", () => { shapes.clearLayers(); kept.length = 0; $("draw-clear").hidden = true; });
for (const thing of view?.drawn ?? []) show(thing);
