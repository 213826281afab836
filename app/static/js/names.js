// The names of the ground on one canvas: places, the larger ones first, then provinces and districts in spaced capitals.
// None lies over another or over a mark: a name looks for room beside its place, and stays away where there is none.
import { token } from "./ground.js";

// rank: 1 capital … 5 village
const SIZE = { 1: 14, 2: 13, 3: 12, 4: 11.5, 5: 11 };
const LEAST_ZOOM = { 1: 0, 2: 5, 3: 7, 4: 8.5, 5: 10 };
const AREAS = { province: { size: 12, from: 6.5, to: 9.5 }, district: { size: 10.5, from: 9, to: 12 } };

const free = (taken, box) => taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);

// Middle of the largest part of an area, weighed by its corners' triangles (as in any text on polygons).
function middle({ type, coordinates }) {
  const rings = (type === "Polygon" ? [coordinates] : coordinates).map((part) => part[0]);
  let best = { area: 0 };
  for (const ring of rings) {
    let [area, x, y] = [0, 0, 0];
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const cross = ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
      area += cross / 2;
      x += ((ring[i][0] + ring[i + 1][0]) * cross) / 6;
      y += ((ring[i][1] + ring[i + 1][1]) * cross) / 6;
    }
    if (Math.abs(area) > Math.abs(best.area)) best = { area, at: L.latLng(y / area, x / area) };
  }
  return best.at;
}

export const Names = L.Layer.extend({
  initialize(pane) {
    this.pane = pane;
    this.features = [];
    this.areas = [];
  },
  show(features) {
    this.features = [...features].sort((a, b) => (a.properties.rank ?? 5) - (b.properties.rank ?? 5));
    this.draw();
  },
  // Provinces and districts are named while their layer is on.
  nameAreasOf(layer) {
    this.areasShown = () => layer.on;
    const put = layer.put.bind(layer);
    layer.put = (features) => {
      put(features);
      this.areas = features.filter((f) => AREAS[f.properties.kind] && f.properties.title && f.geometry)
        .map((f) => ({ at: middle(f.geometry), kind: f.properties.kind, name: String(f.properties.title).toUpperCase() }));
      this.draw();
    };
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
  // Marks come and go: many at once, and one drawing after them is enough; in a flood, one a second, for it is
  // the dearest thing that a new mark asks for.
  soon() {
    this.waiting ??= setTimeout(() => this.draw(), Math.max(120, (this.drawnAt ?? -Infinity) + 1000 - performance.now()));
  },
  draw() {
    const map = this._map;
    if (!map) return;
    clearTimeout(this.waiting);
    this.waiting = null;
    this.drawnAt = performance.now();
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
    const taken = marked(map);
    const within = ({ x, y }) => x > -pad.x && y > -pad.y && x < size.x + pad.x && y < size.y + pad.y;
    Object.assign(pen, { strokeStyle: token("halo"), lineWidth: 3, fillStyle: token("place") });
    for (const { geometry, properties } of this.features) {
      const rank = SIZE[properties.rank] ? properties.rank : 5;
      if (map.getZoom() < LEAST_ZOOM[rank]) break;
      const at = map.latLngToContainerPoint(L.latLng(geometry.coordinates[1], geometry.coordinates[0]));
      if (within(at)) place(pen, at, rank, String(properties.name ?? ""), family, taken);
    }
    pen.fillStyle = token("muted");
    for (const { at, kind, name } of this.areasShown?.() ? this.areas : []) {
      const { size: letters, from, to } = AREAS[kind];
      if (map.getZoom() < from || map.getZoom() > to) continue;
      const point = map.latLngToContainerPoint(at);
      if (within(point)) area(pen, point, letters, name, family, taken);
    }
  },
});

// The boxes of the marks that stand on the map, in its own pixels: a symbol lies over names, so none goes under it.
function marked(map) {
  const boxes = [];
  map.eachLayer((layer) => {
    const [width, height] = layer.options?.icon?.options.iconSize ?? [];
    if (!width || !layer.getLatLng) return;
    const { x, y } = map.latLngToContainerPoint(layer.getLatLng());
    const [left, top] = layer.options.icon.options.iconAnchor ?? [width / 2, height / 2];
    boxes.push([x - left, y - top, x - left + width, y - top + (height ?? width)]);
  });
  return boxes;
}

function place(pen, at, rank, name, family, taken) {
  pen.font = `${rank <= 2 ? 600 : 400} ${SIZE[rank]}px ${family}`;
  const long = pen.measureText(name).width;
  const far = [0, 12, 24]; // close to the dot, or clear of a symbol on it
  const rooms = far.flatMap((more) => [
    [at.x + 6 + more, at.y, "right"], [at.x - 6 - more - long, at.y, "left"],
    [at.x - long / 2, at.y - 12 - more, "above"], [at.x - long / 2, at.y + 12 + more, "below"],
  ]);
  const found = rooms.find(([x, y]) => free(taken, [x - 2, y - 7, x + long + 2, y + 7]));
  // The capital is never left out: better half covered than missing. Of others the dot at least shows that they are.
  const [x, y] = found ?? (rank === 1 ? rooms[0] : []);
  const dot = [at.x - 3, at.y - 3, at.x + 3, at.y + 3];
  if (x === undefined && (rank > 3 || !free(taken, dot))) return;
  taken.push(dot);
  pen.beginPath();
  if (rank <= 2) pen.rect(at.x - 3, at.y - 3, 6, 6); else pen.arc(at.x, at.y, rank === 5 ? 1.8 : 2.4, 0, 7);
  pen.stroke();
  pen.fill();
  if (x === undefined) return;
  taken.push([x - 2, y - 7, x + long + 2, y + 7]);
  pen.strokeText(name, x, y + 0.5);
  pen.fillText(name, x, y + 0.5);
}

function area(pen, at, letters, name, family, taken) {
  pen.font = `500 ${letters}px ${family}`;
  pen.letterSpacing = "2px";
  const half = pen.measureText(name).width / 2;
  // Somewhere near its middle: upward and downward a little, before it is left out.
  const y = [0, -16, 16, -32, 32, -48, 48].map((step) => at.y + step).find((at_y) => free(taken, [at.x - half, at_y - 8, at.x + half, at_y + 8]));
  if (y !== undefined) {
    taken.push([at.x - half, y - 8, at.x + half, y + 8]);
    pen.strokeText(name, at.x - half, y);
    pen.fillText(name, at.x - half, y);
  }
  pen.letterSpacing = "0px";
}
