// A base map of vector tiles in the map's own quiet colours. The names of layers are those of the three schemes in use
// (OpenMapTiles, Shortbread, Protomaps); layers that none of them knows are drawn as plain lines.
import { token } from "./ground.js";

const POINT = 1, LINE = 2, AREA = 3;
const EARTH = ["earth"];
const GREEN = ["landcover", "landuse", "park", "land", "sites"];
const WATER = ["ocean", "water", "water_polygons"];
const STREAMS = ["water", "waterway", "water_lines", "physical_line"];
const ROADS = ["transportation", "roads", "streets"];
const EDGES = ["boundary", "boundaries"];
const HOUSES = ["building", "buildings"];
const NAMES = ["place", "places", "place_labels"];
const LEFT_OUT = /poi|label|name|address|housenumber|water|aero|bridge|dam|pier|ferr|street|transport/;
const MAIN = new Set(["motorway", "trunk", "primary", "secondary", "highway", "major_road"]);
const SIZES = { city: 13, town: 12, state_capital: 13, capital: 13, locality: 11.5, village: 11.5 };
const places = document.querySelector('[data-layer="places"]');

const kind = (feature) => String(feature.props.kind ?? feature.props.class ?? "");
const grows = (from, to) => (zoom) => Math.min(to, from * 1.35 ** Math.max(0, zoom - 8));
const of = (type, more = () => true) => (_zoom, feature) => feature.geomType === type && more(feature);

function fetched() {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = "/static/vendor/protomaps-leaflet.js";
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
}

function painted(layers) {
  const { PolygonSymbolizer, LineSymbolizer } = window.protomapsL;
  const area = (names, fill, opacity = 1) => names.map((dataLayer) => ({ dataLayer, symbolizer: new PolygonSymbolizer({ fill: token(fill), opacity }), filter: of(AREA) }));
  const line = (names, colour, width, more, dash) => names.map((dataLayer) => ({ dataLayer, symbolizer: new LineSymbolizer({ color: token(colour), width, ...(dash ? { dash } : {}) }), filter: of(LINE, more) }));
  const known = new Set([EARTH, GREEN, WATER, STREAMS, ROADS, EDGES, HOUSES, NAMES].flat());
  const unknown = layers.filter((name) => !known.has(name) && !LEFT_OUT.test(name));
  return [
    ...area(EARTH, "land"), ...area(GREEN, "green", 0.7), ...area(WATER, "sea"), ...line(STREAMS, "river", grows(0.8, 4)),
    ...area(HOUSES, "district"), ...line(unknown, "road", 1), ...area(unknown, "green", 0.5),
    ...line(EDGES, "province", 1.1, undefined, [5, 3]),
    ...line(ROADS, "road", grows(0.5, 4), (f) => !MAIN.has(kind(f))), ...line(ROADS, "road-main", grows(1.2, 7), (f) => MAIN.has(kind(f))),
  ];
}

// Where the mission's own places are on, they name the ground; two names for one town would be one too many.
function named() {
  const { CenteredTextSymbolizer } = window.protomapsL;
  const family = getComputedStyle(document.body).fontFamily;
  const size = (feature) => SIZES[feature.props.kind_detail] ?? SIZES[kind(feature)];
  return NAMES.map((dataLayer) => ({
    dataLayer,
    symbolizer: new CenteredTextSymbolizer({ labelProps: ["name", "name:latin", "name_en"], fill: token("place"), stroke: token("halo"), width: 2, font: (_zoom, feature) => `${size(feature)}px ${family}` }),
    filter: of(POINT, (feature) => !places?.checked && size(feature) !== undefined),
  }));
}

export async function vector(facts, common) {
  if (!window.protomapsL) await fetched();
  const layers = JSON.parse(facts.layers);
  const ground = () => token(layers.some((name) => EARTH.includes(name)) ? "beyond" : "land");
  // A tile of data stands for four on the screen, so the file's zoom is one less than the map's.
  const layer = window.protomapsL.leafletLayer({
    ...common, url: facts.address, attribution: "", minZoom: Number(facts.least) + 1, maxDataZoom: Number(facts.greatest),
    paintRules: painted(layers), labelRules: named(), backgroundColor: ground(),
  });
  const again = () => {
    Object.assign(layer, { paintRules: painted(layers), labelRules: named(), backgroundColor: ground() });
    layer.clearLayout();
    if (layer._map) layer.redraw();
  };
  addEventListener("vigil:theme", again);
  places?.addEventListener("change", again);
  return layer;
}
