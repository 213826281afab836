// The ground under the mission's things: land, rivers, roads on canvas; their names are in names.js.
// Muted on purpose; colours are read from the tokens, so day and night only need a redraw.
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--v-${name}`).trim();

const RIVERS = { 1: 2.4, 2: 1.5, 3: 0.9 };
const ROADS = { primary: [2.2, "road-main"], secondary: [1.4, "road-main"], tertiary: [1, "road"], track: [0.8, "road"] };
// Lines grow as one comes closer: a main road is a hair in the country and a street in the town.
const grown = (weight) => weight * Math.min(2.4, Math.max(0.7, 1.22 ** ((window.vigilMap?.getZoom() ?? 8) - 8)));

// Over a base map of the mission's own the land is its edges alone: filled, it would hide what was brought (basemap.js).
const overBaseMap = () => document.querySelector(".picture").dataset.baseMap === "on";

const STYLE = {
  land: ({ kind }) => {
    if (overBaseMap()) return { fill: false, stroke: kind !== "water", color: token("province"), weight: kind === "district" ? 0.8 : 1.2, dashArray: kind === "province" ? "6 3 1 3" : null };
    if (kind === "province") return { fill: false, color: token("province"), weight: 1.1, dashArray: "6 3 1 3" };
    if (kind === "district") return { fill: false, color: token("district"), weight: 0.8 };
    if (kind === "water") return { stroke: false, fillColor: token("sea"), fillOpacity: 1 };
    return { color: token("province"), weight: 1.2, fillColor: token("land"), fillOpacity: 1 };
  },
  rivers: (p) => ({ color: token("river"), weight: grown(RIVERS[p.class] ?? 1), fill: false, lineCap: "round" }),
  roads: (p) => {
    const [thin, colour] = ROADS[p.class] ?? ROADS.track;
    const weight = grown(thin);
    // A closed road is dotted and dark, a slow one dash-dotted, one of the dry season long-dashed: never by colour alone.
    if (p.state === "closed") return { color: token("warn"), weight: weight + 0.8, fill: false, dashArray: "1 5" };
    if (p.state === "slowed") return { color: token("warn"), weight, fill: false, dashArray: "10 4 2 4" };
    if (p.state === "seasonal") return { color: token(colour), weight, fill: false, dashArray: "8 4" };
    return { color: token(colour), weight, fill: false, dashArray: p.class === "track" ? "3 3" : null };
  },
};

const renderers = {};
export function drawGround(name, feature) {
  renderers[name] ??= L.canvas({ pane: name, padding: 0.3 });
  return L.geoJSON(feature, { pane: name, renderer: renderers[name], interactive: false, style: (f) => STYLE[name](f.properties) });
}

export function restyleGround(name, drawn) {
  drawn.setStyle((feature) => STYLE[name](feature.properties));
}
