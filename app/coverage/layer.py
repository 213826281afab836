"""The layer `coverage` of the map: sites to protect as points, by priority and by how much they are left alone."""

from __future__ import annotations

import json
from typing import Any

from app.coverage import wording
from app.coverage.facts import SiteFacts, site_facts
from app.permissions import Permission, viewer

# Of the most neglected sites as many are marked strongest, then as many again.
STRONGEST = 0.1


def layer() -> str:
    """GeoJSON of the sites that the viewer reads, in degrees; empty for whoever reads no patrols."""
    found = site_facts() if viewer().holds(Permission.READ_PATROLS) else []
    ranked = sorted(found, key=lambda f: -f.neglect)
    few = max(1, round(len(ranked) * STRONGEST))
    features = [feature(facts, 3 if n < few else 2 if n < 3 * few else 1) for n, facts in enumerate(ranked)]
    whole = {"type": "FeatureCollection", "total": len(features), "truncated": False, "features": features}
    return json.dumps(whole)


def feature(facts: SiteFacts, level: int) -> dict[str, Any]:
    title = f"{facts.site.name} · {wording.PRIORITIES[facts.site.priority]} · {wording.why(facts)}"
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(facts.site.lon, 5), round(facts.site.lat, 5)]},
        "properties": {"title": title, "priority": facts.site.priority, "over": facts.over, "level": level},
    }
