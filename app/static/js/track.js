// The day's track of the carrier that was chosen, from midnight UTC; drawn anew when carriers have moved.
import { renderer } from "./marks.js";

export class Track {
  constructor(map, patrols) {
    this.map = map;
    this.patrols = patrols;
    this.line = L.geoJSON(null, { pane: "patrols", renderer: renderer("patrols"), interactive: false, style: { className: "track", fill: false, weight: 2 }, pointToLayer: (_feature, at) => L.circleMarker(at, { pane: "patrols", renderer: renderer("patrols"), radius: 3, className: "track" }) }).addTo(map);
    this.address = "";
    document.body.addEventListener("vigil:chosen", ({ detail }) => this.follow(detail));
    document.body.addEventListener("vigil:patrols", () => this.draw(true));
  }

  // Which track belongs to the panel, the layer's own features say.
  follow(url) {
    const features = [...this.patrols.known.keys()].map((key) => JSON.parse(key));
    const track = features.find((feature) => feature.properties.url === url)?.properties.track;
    this.address = typeof track === "string" && /^\/api\/v1\/tracks\/\d+$/.test(track) ? track : "";
    this.draw();
  }

  async draw(again = false) {
    const address = this.address;
    if (!address || !this.patrols.on) return this.line.clearLayers();
    try {
      const answer = await fetch(address, { headers: { Accept: "application/geo+json", ...(again ? { "Vigil-By-Itself": "1" } : {}) } });
      const told = answer.ok ? await answer.json() : null;
      if (address !== this.address) return; // another was chosen meanwhile
      this.line.clearLayers();
      if (told?.geometry) this.line.addData(told);
    } catch { /* the line that stands stays */ }
  }
}
