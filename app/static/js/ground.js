// The ground under the mission's things: land, rivers, roads on canvas, place names with a halo.
// Muted on purpose; colours are read from the tokens, so day and night only need a redraw.
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--v-${name}`).trim();

const RIVERS = { 1: 2.4, 2: 1.5, 3: 0.9 };
const ROADS = { primary: [2, "road-main"], secondary: [1.4, "road-main"], tertiary: [1, "road"], track: [0.8, "road"] };

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
  rivers: (p) => ({ color: token("river"), weight: RIVERS[p.class] ?? 1, fill: false }),
  roads: (p) => {
    const [weight, colour] = ROADS[p.class] ?? ROADS.track;
    // A closed road is dotted and dark, one of the dry season long-dashed: never by colour alone.
    if (p.state === "closed") return { color: token("warn"), weight: weight + 0.8, fill: false, dashArray: "1 5" };
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

// Names on one canvas, the larger places first, none over another. rank: 1 capital … 5 village.
const SIZE = { 1: 14, 2: 13, 3: 12, 4: 11.5, 5: 11 };
const LEAST_ZOOM = { 1: 0, 2: 5, 3: 7, 4: 8.5, 5: 10 };

export const Places = L.Layer.extend({
  initialize(pane) {
    this.pane = pane;
    this.features = [];
  },
  show(features) {
    this.features = [...features].sort((a, b) => (a.properties.rank ?? 5) - (b.properties.rank ?? 5));
    this.draw();
  },
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "place-names leaflet-zoom-hide", map.getPane(this.pane));
    this.canvas.setAttribute("aria-hidden", "true");
    this.draw();
  },
  onRemove() {
    this.canvas.remove();
  },
  getEvents() {
    return { moveend: this.draw, zoomend: this.draw, resize: this.draw };
  },
  draw() {
    const map = this._map;
    if (!map) return;
    const size = map.getSize();
    const pad = size.multiplyBy(0.2).round();
    const scale = devicePixelRatio || 1;
    const [width, height] = [size.x + 2 * pad.x, size.y + 2 * pad.y];
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint(pad.multiplyBy(-1)));
    Object.assign(this.canvas, { width: width * scale, height: height * scale });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, pad.x * scale, pad.y * scale);
    pen.lineJoin = "round";
    pen.textBaseline = "middle";
    const family = getComputedStyle(document.body).fontFamily;
    const [ink, halo] = [token("place"), token("halo")];
    const taken = [];
    const free = (box) => taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
    const zoom = map.getZoom();
    for (const { geometry, properties } of this.features) {
      const rank = SIZE[properties.rank] ? properties.rank : 5;
      if (zoom < LEAST_ZOOM[rank]) break;
      const at = map.latLngToContainerPoint(L.latLng(geometry.coordinates[1], geometry.coordinates[0]));
      if (at.x < -pad.x || at.y < -pad.y || at.x > size.x + pad.x || at.y > size.y + pad.y) continue;
      pen.font = `${rank <= 2 ? 600 : 400} ${SIZE[rank]}px ${family}`;
      const name = String(properties.name ?? "");
      const box = [at.x - 4, at.y - 8, at.x + 9 + pen.measureText(name).width, at.y + 8];
      if (!free(box)) continue;
      taken.push(box);
      pen.strokeStyle = halo;
      pen.lineWidth = 3;
      pen.fillStyle = ink;
      pen.beginPath();
      if (rank <= 2) pen.rect(at.x - 3, at.y - 3, 6, 6); else pen.arc(at.x, at.y, rank === 5 ? 1.8 : 2.4, 0, 7);
      pen.stroke();
      pen.fill();
      pen.strokeText(name, at.x + 6, at.y + 0.5);
      pen.fillText(name, at.x + 6, at.y + 0.5);
    }
  },
});
