// How each thing is drawn: a feature in, a Leaflet layer out. Colours come from CSS classes, so that day and
// night need no redrawing; shapes from the sprite in the page (maps/symbols.html), as in the legend.
// Properties are data, never markup: nothing here takes an HTML string.
import { ready, unitSymbol } from "./symbols.js";
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

function svg(size, box, ...children) {
  return element("svg", { width: size, height: size, viewBox: box, "aria-hidden": "true", focusable: "false" }, ...children);
}

const use = (id) => element("use", { href: `#${id}` });
const oneOf = (value, allowed, fallback) => (allowed.includes(value) ? value : fallback);

// A mark at a point. `drawn` is an SVG element, `classes` ours.
function mark(latlng, pane, drawn, classes, size) {
  const holder = document.createElement("div");
  holder.append(drawn);
  return L.marker(latlng, {
    pane, keyboard: true, riseOnHover: true,
    icon: L.divIcon({ html: holder, className: `mark ${classes}`, iconSize: [size, size] }),
  });
}

function area(feature, pane, className, style = {}) {
  return L.geoJSON(feature, { pane, renderer: renderer(pane), style: { className, weight: 2, ...style } });
}

const renderers = new Map();
export function renderer(pane) {
  if (!renderers.has(pane)) renderers.set(pane, L.svg({ pane, padding: 0.3 }));
  return renderers.get(pane);
}

const isPoint = (feature) => feature.geometry?.type === "Point";
const pointOf = (feature) => L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]);

// An area smaller on the screen than its mark would be lost: then, and only then, the mark stands for it.
function tooSmall(feature, map) {
  const bounds = L.geoJSON(feature).getBounds();
  const a = map.latLngToLayerPoint(bounds.getNorthWest());
  const b = map.latLngToLayerPoint(bounds.getSouthEast());
  return Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) < 26 ? bounds.getCenter() : null;
}

function alerts(feature, map) {
  const p = feature.properties;
  const priority = oneOf(Number(String(p.priority).slice(-1)), [1, 2, 3, 4], 4);
  const classes = `alert-mark p${priority}${p.acknowledged ? "" : " fresh"}`;
  const at = isPoint(feature) ? pointOf(feature) : tooSmall(feature, map);
  if (!at) return area(feature, "alerts", `soft ${classes}`);
  const drawn = svg(28, "-14 -14 28 28", element("circle", { class: "pulse", r: 9 }), use(`m-alert-${priority}`));
  return mark(at, "alerts", drawn, classes, 28);
}

function incidents(feature, map) {
  const p = feature.properties;
  if (p.cluster) {
    const radius = Math.min(20, 9 + 3 * Math.log10(Math.max(1, p.count)));
    const worst = p.worst > 49 ? 3 : p.worst > 9 ? 2 : p.worst > 0 ? 1 : 0;
    const size = Math.ceil(radius * 2 + 8);
    const text = element("text", { "text-anchor": "middle", dy: "0.36em" });
    text.textContent = p.count > 9999 ? `${Math.round(p.count / 1000)}k` : String(p.count);
    const drawn = svg(size, `${-size / 2} ${-size / 2} ${size} ${size}`, element("circle", { r: radius, class: "disc" }), element("circle", { r: radius, class: "ring" }), text);
    return mark(pointOf(feature), "incidents", drawn, `cluster worst-${worst}`, size);
  }
  const state = p.verified ? "verified" : "hollow";
  const at = isPoint(feature) ? pointOf(feature) : tooSmall(feature, map);
  if (!at) return area(feature, "incidents", `soft incident-area ${state}`);
  const radius = Math.min(12, 4 + 1.3 * Math.sqrt(Math.max(0, Number(p.killed_best) || 0)));
  const size = Math.max(24, Math.ceil(radius * 2 + 4));
  const half = size / 2;
  return mark(at, "incidents", svg(size, `${-half} ${-half} ${size} ${size}`, element("circle", { r: radius })), `incident ${state}`, size);
}

function havens(feature) {
  const p = feature.properties;
  const state = oneOf(p.state, ["open", "full", "standby", "closed", "compromised"], "closed");
  const filled = p.occupancy === null || p.occupancy === undefined ? 0 : Math.max(0, Math.min(1, Number(p.occupancy)));
  const level = element("rect", { x: -8, width: 16, y: 7 - 13 * filled, height: 13 * filled, class: "level", "clip-path": "url(#c-haven)" });
  const drawn = svg(24, "-12 -12 24 24", element("g", { class: "wall" }, use("m-haven")), level, element("g", { class: "edge-line" }, use("m-haven")));
  if (state === "closed" || state === "compromised") drawn.append(element("path", { d: "M-9 9 9-9", class: "strike" }));
  return mark(pointOf(feature), "havens", drawn, `haven ${state}`, 24);
}

// Friendly frame with the arm inside and the echelon above it, after NATO APP-6 / MIL-STD-2525's plain forms.
const ECHELON = { SEC: "••", PL: "•••", COY: "I", BN: "II", SHQ: "X", FHQ: "XXX" };
const ARMS = ["infantry", "police", "observers", "medical", "engineer", "aviation", "reserve", "headquarters"];
function units(feature) {
  const p = feature.properties;
  if (ready()) {
    const { element: drawn, size, anchor } = unitSymbol(p.arm, p.echelon);
    const holder = document.createElement("div");
    holder.append(drawn);
    return L.marker(pointOf(feature), {
      pane: "units", keyboard: true, riseOnHover: true,
      icon: L.divIcon({ html: holder, className: "mark unit", iconSize: size, iconAnchor: anchor }),
    });
  }
  const drawn = element("svg", { width: 30, height: 28, viewBox: "-15 -17 30 28", "aria-hidden": "true" }, element("rect", { x: -11, y: -7, width: 22, height: 14, class: "frame-box" }));
  const arm = oneOf(p.arm, ARMS, "");
  if (arm) drawn.append(use(`m-arm-${arm}`));
  if (p.base) drawn.append(element("path", { d: "M-11 7v4", class: "staff" }));
  const holder = document.createElement("div");
  holder.append(drawn);
  holder.dataset.echelon = ECHELON[p.echelon] ?? ""; // drawn by the sheet: the mark's name is its title
  return L.marker(pointOf(feature), {
    pane: "units", keyboard: true, riseOnHover: true,
    icon: L.divIcon({ html: holder, className: "mark unit", iconSize: [30, 28], iconAnchor: [15, 17] }),
  });
}

function patrols(feature, map) {
  const p = feature.properties;
  const state = oneOf(p.state, ["planned", "under_way", "paused", "done", "abandoned"], "planned");
  const shape = { vehicle: "m-vehicle", aircraft: "m-aircraft" }[p.kind] ?? "m-head";
  const head = (latlng, degrees) => {
    const drawn = svg(20, "-10 -10 20 20", element("g", { transform: `rotate(${degrees.toFixed(0)})` }, use(shape)));
    return mark(latlng, "patrols", drawn, `patrol-head ${state}`, 20);
  };
  if (isPoint(feature)) return head(pointOf(feature), Number(p.heading) || 0);
  const group = L.featureGroup([area(feature, "patrols", `patrol ${state}`, { fill: false, weight: 3 })]);
  const lines = feature.geometry.type === "MultiLineString" ? feature.geometry.coordinates : [feature.geometry.coordinates];
  const last = lines.at(-1) || [];
  if (last.length > 1) {
    const [from, to] = last.slice(-2).map(([lon, lat]) => map.project(L.latLng(lat, lon), 12));
    const degrees = (Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI; // 0 is north, clockwise
    group.addLayer(head(L.latLng(last.at(-1)[1], last.at(-1)[0]), degrees));
  }
  return group;
}

const threats = (feature) => area(feature, "threats", `threat ${feature.properties.active === false ? "past" : ""}`, { fillColor: "url(#h-threat)", fillOpacity: 1 });
// The class by its pattern, the probability by its strength, what is warned of by its edge: colour is never alone.
const hotspots = (feature) => {
  const p = feature.properties;
  const kind = oneOf(p.kind, ["new", "persistent", "diminishing", "sporadic", "calm"], "no_data");
  const fillColor = kind === "no_data" ? "url(#h-unknown)" : kind === "calm" ? "none" : `url(#h-${kind})`;
  return area(feature, "hotspots", `hotspot ${kind} ${p.warned ? "warned" : ""} level-${oneOf(p.level, [1, 2, 3, 4], 1)}`, { fillColor, fillOpacity: 1, weight: 1 });
};
const defenders = (feature) => area(feature, "defenders", "defender-cell");
const sectors = (feature) => area(feature, "sectors", "sector", { fill: false, weight: 1 });

const unknown = (feature) => area(feature, "unknown", "unknown-area", { fillColor: "url(#h-unknown)", fillOpacity: 1, weight: 1 });
const communities = (feature) => {
  const works = feature.properties.working !== false;
  const drawn = svg(18, "-9 -9 18 18", use("m-network"));
  if (!works) drawn.append(element("path", { d: "M-7 7 7-7", class: "strike" }));
  return mark(pointOf(feature), "communities", drawn, `community ${works ? "works" : "silent"}`, 18);
};

// The priority by its shape, how much it is left alone by its size, past its gap by the ring: colour is never alone.
const SITE = { must: "M-7-7H7V7H-7z", should: "M0-9 9 0 0 9-9 0z", could: "M0-6A6 6 0 1 1 0 6 6 6 0 1 1 0-6z" };
const coverage = (feature) => {
  const p = feature.properties;
  const priority = oneOf(p.priority, ["must", "should", "could"], "could");
  const size = 14 + 5 * oneOf(p.level, [1, 2, 3], 1);
  const drawn = svg(size, "-12 -12 24 24", element("path", { d: SITE[priority] }));
  if (p.over) drawn.append(element("circle", { r: 11, class: "ring" }));
  return mark(pointOf(feature), "coverage", drawn, `site ${priority} ${p.over ? "over" : ""} level-${oneOf(p.level, [1, 2, 3], 1)}`, size);
};

export const DRAW = { alerts, incidents, havens, units, patrols, threats, hotspots, defenders, sectors, unknown, communities, coverage };
