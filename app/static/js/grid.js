// Grid references (MGRS on WGS 84) and date-time groups, for what the pointer touches and when.
// UTM by Krüger's series to the sixth order in n (Karney 2011, "Transverse Mercator with an accuracy of a few
// nanometers", eq. 35), which is exact to well under a millimetre inside a zone. tests/app/maps/test_grid_js.py.
const A = 6378137;
const F = 1 / 298.257223563;
const N = F / (2 - F);
const E = Math.sqrt(F * (2 - F));
const K0 = 0.9996;
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64 + N ** 6 / 256);
const ALPHA = [
  N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16 + (41 * N ** 4) / 180 - (127 * N ** 5) / 288 + (7891 * N ** 6) / 37800,
  (13 * N ** 2) / 48 - (3 * N ** 3) / 5 + (557 * N ** 4) / 1440 + (281 * N ** 5) / 630 - (1983433 * N ** 6) / 1935360,
  (61 * N ** 3) / 240 - (103 * N ** 4) / 140 + (15061 * N ** 5) / 26880 + (167603 * N ** 6) / 181440,
  (49561 * N ** 4) / 161280 - (179 * N ** 5) / 168 + (6601661 * N ** 6) / 7257600,
  (34729 * N ** 5) / 80640 - (3418889 * N ** 6) / 1995840,
  (212378941 * N ** 6) / 319334400,
];
const BANDS = "CDEFGHJKLMNPQRSTUVWXX"; // eight degrees each from 80° S; X has twelve
const COLUMNS = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"]; // by zone modulo 3
const ROWS = "ABCDEFGHJKLMNPQRSTUV";

export function zoneOf(lon, lat) {
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32; // south-west Norway
  if (lat >= 72 && lon >= 0 && lon < 42) return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37; // Svalbard
  return Math.min(60, Math.floor((lon + 180) / 6) + 1);
}

// lon, lat in degrees → {zone, easting, northing} in metres; northing false by 10,000 km south of the equator.
export function utm(lon, lat) {
  const zone = zoneOf(lon, lat);
  const phi = (lat * Math.PI) / 180;
  const lambda = ((lon - (zone * 6 - 183)) * Math.PI) / 180;
  const sine = Math.sin(phi);
  const t = Math.sinh(Math.atanh(sine) - E * Math.atanh(E * sine));
  const xi = Math.atan2(t, Math.cos(lambda));
  const eta = Math.atanh(Math.sin(lambda) / Math.hypot(1, t));
  let easting = eta;
  let northing = xi;
  ALPHA.forEach((alpha, i) => {
    const j = 2 * (i + 1);
    easting += alpha * Math.cos(j * xi) * Math.sinh(j * eta);
    northing += alpha * Math.sin(j * xi) * Math.cosh(j * eta);
  });
  return { zone, easting: 500000 + K0 * RADIUS * easting, northing: K0 * RADIUS * northing + (lat < 0 ? 10000000 : 0) };
}

// digits: 0–5 of easting and of northing each (5 = 1 m, 2 = 1 km). Digits are cut, not rounded: a grid
// reference names the cell in which the point lies. Near the poles there is no UTM: latitude and longitude.
export function mgrs(lon, lat, digits = 5) {
  lon = ((((lon + 180) % 360) + 360) % 360) - 180;
  if (!(lat >= -80 && lat < 84)) return `${lat.toFixed(4)}, ${lon.toFixed(4)}`;
  const { zone, easting, northing } = utm(lon, lat);
  const e = Math.floor(easting + 1e-6);
  const n = Math.floor(northing + 1e-6);
  const column = COLUMNS[zone % 3][Math.floor(e / 100000) - 1];
  const row = ROWS[(Math.floor(n / 100000) + (zone % 2 ? 0 : 5)) % 20];
  const part = (metres) => String(metres % 100000).padStart(5, "0").slice(0, digits);
  const square = `${zone}${BANDS[Math.floor((lat + 80) / 8)]} ${column}${row}`;
  return digits ? `${square} ${part(e)} ${part(n)}` : square;
}

// "211432ZNOV26", or ISO 8601 in UTC → Date, or null for what is neither.
export function readMoment(written) {
  const text = written.trim().toUpperCase().replace(/\s/g, "");
  const group = /^(\d\d)(\d\d)(\d\d)Z([A-Z]{3})(\d\d)$/.exec(text);
  if (!group) {
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(text) ? Date.parse(text) : NaN;
    return Number.isFinite(at) ? new Date(at) : null;
  }
  const [day, hour, minute, , year] = group.slice(1).map(Number);
  const at = new Date(Date.UTC(2000 + year, MONTHS.indexOf(group[4]), day, hour, minute));
  return dateTimeGroup(at) === text ? at : null; // a 31st of February comes back as another day
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

// Date → "211432ZNOV26"
export function dateTimeGroup(date) {
  const two = (n) => String(n).padStart(2, "0");
  return `${two(date.getUTCDate())}${two(date.getUTCHours())}${two(date.getUTCMinutes())}Z` +
    `${MONTHS[date.getUTCMonth()]}${two(date.getUTCFullYear() % 100)}`;
}
