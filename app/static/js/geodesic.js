// Distance, bearing and area on the ellipsoid of WGS 84. Vincenty's inverse (Survey Review 23, 1975), good to a millimetre;
// between nearly opposite points it does not settle, and the sphere's answer (0.5 %) is given. Areas are those of great
// circles on the sphere of the same surface (authalic latitudes, Snyder 1987, 3-18), within 0.1 % of the geodesic's.
const A = 6378137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const rad = (degrees) => (degrees * Math.PI) / 180;

// [lon, lat] degrees each → {metres, bearing}: bearing in degrees from true north, clockwise, 0–360.
export function inverse([lon1, lat1], [lon2, lat2]) {
  const difference = rad(((((lon2 - lon1 + 180) % 360) + 360) % 360) - 180);
  const [u1, u2] = [Math.atan((1 - F) * Math.tan(rad(lat1))), Math.atan((1 - F) * Math.tan(rad(lat2)))];
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = difference;
  for (let turn = 0; turn < 200; turn += 1) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const y = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (y === 0) return { metres: 0, bearing: 0 };
    const x = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(y, x);
    const alpha = (c1 * c2 * sl) / y;
    const squared = 1 - alpha * alpha;
    const middle = squared === 0 ? 0 : x - (2 * s1 * s2) / squared;
    const c = (F / 16) * squared * (4 + F * (4 - 3 * squared));
    const next = difference + (1 - c) * F * alpha * (sigma + c * y * (middle + c * x * (2 * middle ** 2 - 1)));
    const settled = Math.abs(next - lambda) < 1e-12;
    lambda = next;
    if (!settled) continue;
    const k = (squared * (A * A - B * B)) / (B * B);
    const one = 1 + (k / 16384) * (4096 + k * (-768 + k * (320 - 175 * k)));
    const two = (k / 1024) * (256 + k * (-128 + k * (74 - 47 * k)));
    const rest = two * y * (middle + (two / 4) * (x * (2 * middle ** 2 - 1) - (two / 6) * middle * (4 * y * y - 3) * (4 * middle ** 2 - 3)));
    const bearing = Math.atan2(c2 * Math.sin(lambda), c1 * s2 - s1 * c2 * Math.cos(lambda));
    return { metres: B * one * (sigma - rest), bearing: ((bearing * 180) / Math.PI + 360) % 360 };
  }
  const y = Math.sin(difference) * c2;
  const x = c1 * s2 - s1 * c2 * Math.cos(difference);
  return { metres: 6371008.8 * Math.acos(Math.max(-1, Math.min(1, s1 * s2 + c1 * c2 * Math.cos(difference)))), bearing: ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360 };
}

const q = (sine) => (1 - E2) * (sine / (1 - E2 * sine * sine) + Math.atanh(E * sine) / E);
const POLE = q(1);
const authalic = (lat) => Math.asin(Math.max(-1, Math.min(1, q(Math.sin(rad(lat))) / POLE)));

// Corners [lon, lat] in degrees, closed or not → square metres.
export function area(corners) {
  let excess = 0;
  corners.forEach(([lon1, lat1], i) => {
    const [lon2, lat2] = corners[(i + 1) % corners.length];
    const half = rad(((((lon2 - lon1 + 180) % 360) + 360) % 360) - 180) / 2;
    const [one, two] = [authalic(lat1), authalic(lat2)];
    excess += 2 * Math.atan2(Math.tan(half) * Math.sin((one + two) / 2), Math.cos((one - two) / 2));
  });
  return Math.abs(excess) * A * A * (POLE / 2);
}
