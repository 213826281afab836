// One layer of the picture: which part of it to ask for, and what to change on the map when it comes.
// The address is rounded outward to a tile, so that the same part has the same address and a 304 is enough.
const WAIT = 300; // ms before "loading" is said

function part(map, zoom) {
  const step = 360 / 2 ** zoom;
  const view = map.getBounds();
  const down = (x) => Math.floor(x / step) * step;
  const up = (x) => Math.ceil(x / step) * step;
  return [Math.max(-180, down(view.getWest())), Math.max(-90, down(view.getSouth())), Math.min(180, up(view.getEast())), Math.min(90, up(view.getNorth()))]
    .map((x) => +x.toFixed(5)).join(",");
}

export class PictureLayer {
  // facts: {name, url, still, timed, ground}: the ground knows neither time nor filters; draw(feature) → Leaflet layer, or show(features) for a layer that draws itself.
  constructor(map, facts, { draw, show, said, drawn }) {
    Object.assign(this, { map, draw, show, said, drawn }, facts);
    this.group = L.layerGroup();
    this.known = new Map();
    this.asked = "";
    this.at = null;
  }

  set on(yes) {
    if (yes === this.map.hasLayer(this.group)) return;
    if (yes) this.group.addTo(this.map); else this.group.remove();
  }

  get on() {
    return this.map.hasLayer(this.group);
  }

  address(period) {
    const zoom = Math.floor(this.map.getZoom());
    // What is loaded whole comes in two grains, the finer one when somebody looks closely.
    const query = new URLSearchParams(this.still ? { zoom: zoom < 9 ? 8 : 9 } : { bbox: part(this.map, zoom), zoom });
    if (!this.timed) period = { ...period, since: "", until: "" };
    if (!this.still && !this.ground) for (const [name, value] of Object.entries(period)) if (value) query.set(name, value);
    return query.size ? `${this.url}?${query}` : this.url;
  }

  // Resolves when this part of the world stands on the map, also where another hand asked for it already.
  load(period, again = false) {
    if (!this.on) return Promise.resolve();
    const address = this.address(period);
    if (address === this.asked && !again) return this.coming ?? Promise.resolve();
    this.asked = address;
    this.coming = this.fetch(address, again);
    return this.coming;
  }

  async fetch(address, again) {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const late = setTimeout(() => this.said("loading"), WAIT);
    try {
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: "application/geo+json", ...(again ? { "Vigil-By-Itself": "1" } : {}) }, cache: again ? "no-cache" : "default" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const data = await answer.json();
      if (running !== this.running) return;
      this.put(data.features ?? []);
      this.at = new Date();
      this.said("here", { count: data.total ?? data.features.length, truncated: data.truncated === true, coarse: Number(data.coarse) || 0 });
      this.drawn?.();
    } catch (fault) {
      if (fault.name === "AbortError") return;
      this.asked = ""; // so that the next look asks again
      this.said("failed", { at: this.at });
    } finally {
      clearTimeout(late);
    }
  }

  // Only what changed is touched: a mark under a hand, or with the focus, stays as it is.
  put(features) {
    if (this.show) return this.show(features);
    const next = new Map(features.map((feature) => [JSON.stringify(feature), feature]));
    for (const [key, layer] of this.known) {
      if (next.has(key)) continue;
      this.group.removeLayer(layer);
      this.known.delete(key);
    }
    for (const [key, feature] of next) {
      if (this.known.has(key) || !feature.geometry) continue;
      const layer = this.draw(feature);
      this.known.set(key, layer);
      this.group.addLayer(layer);
    }
  }
}
