"""The brief of a printed view: what lies in a box on the chosen layers, within the reach of whoever ordered it.

A sheet of paper goes further than its reader. So nothing of defenders and no restricted haven ever stands on one, and a
place that is known to its district alone is counted, not marked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text

from app.alerts import wording as alerts
from app.db import db
from app.documents.freezing_head import Ordered, header
from app.documents.freezing_map import around_box
from app.documents.map_view_brief import MapViewBrief, ViewMap, ViewMark, ViewRoad, ViewRow
from app.documents.parts import MapArea, MapMark, Period
from app.documents.picture_words import fit_to_page
from app.documents.view_layers import LAYERS
from app.documents.wording import dtg
from app.havens import wording as havens
from app.havens.models import OPENLY_KNOWN_SQL
from app.incidents import wording as incidents
from app.patrols import wording as patrols
from app.patrols.visits import NO_VISIT_SQL
from app.permissions import REACH, viewer, within_parameters
from app.roads import wording as roads_said
from app.words import grid
from geo.grid_lines import step_for

#: More marks than this can't be told apart on a sheet; with more than a few labels none can be read.
MOST_MARKS, MOST_LABELS, MOST_ROWS = 1500, 30, 60
BOX = "ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
PERIOD = (
    "(CAST(:since AS timestamptz) IS NULL OR occurred_from >= :since) "
    "AND (CAST(:until AS timestamptz) IS NULL OR occurred_from < :until)"
)

# Nothing of a request enters these texts; it comes as parameters.
ALERTS = text(f"""
SELECT id, kind, priority, status, ST_X(place) AS lon, ST_Y(place) AS lat, radius_metres FROM alerts
WHERE place && {BOX} AND {REACH} AND status <> 'closed' AND leader_id IS NULL
    AND (CAST(:until AS timestamptz) IS NULL OR raised_at < :until)
ORDER BY priority, raised_at DESC, id LIMIT :most
""")  # noqa: S608
INCIDENTS = text(f"""
SELECT id, kind, killed_best, occurred_from, ST_X(place) AS lon, ST_Y(place) AS lat FROM incidents
WHERE place && {BOX} AND {REACH} AND {PERIOD} AND place_precision <= 2 AND verification <> 'unfounded'
ORDER BY occurred_from DESC, id DESC LIMIT :most
""")  # noqa: S608
COARSE = text(f"""
SELECT count(*) FROM incidents
WHERE place && {BOX} AND {REACH} AND {PERIOD} AND place_precision > 2 AND verification <> 'unfounded'
""")  # noqa: S608
THREATS = text(f"""
SELECT id, name, likelihood, impact, ST_AsText(ST_Intersection(ST_MakeValid(area), {BOX}), 5) AS shape,
    ST_X(ST_PointOnSurface(area)) AS lon, ST_Y(ST_PointOnSurface(area)) AS lat FROM threats
WHERE area && {BOX} AND {REACH} AND ended_at IS NULL ORDER BY likelihood * impact DESC, id LIMIT :most
""")  # noqa: S608
PATROLS = text(f"""
SELECT p.id, p.call_sign, p.state, l.at, ST_X(l.place) AS lon, ST_Y(l.place) AS lat
FROM latest_positions l JOIN (SELECT * FROM patrols WHERE {REACH}) p ON p.id = l.patrol_id AND {NO_VISIT_SQL}
WHERE l.place && {BOX} AND p.state IN ('under_way', 'paused') ORDER BY p.call_sign, p.id LIMIT :most
""")  # noqa: S608
HAVENS = text(f"""
SELECT code, name, state, occupancy, capacity_night, ST_X(place) AS lon, ST_Y(place) AS lat FROM havens
WHERE place && {BOX} AND {REACH} AND {OPENLY_KNOWN_SQL} ORDER BY name, id LIMIT :most
""")  # noqa: S608

# Of all that is said of a road the most careful word: closed before slow, slower before quicker, the longest.
ROADS = text(f"""
SELECT l.code, l.road_class, coalesce(s.condition, 'closed') AS state, s.cause, s.factor, s.until_at,
    ST_AsText(here, 5) AS shape, ST_X(ST_PointOnSurface(here)) AS lon, ST_Y(ST_PointOnSurface(here)) AS lat
FROM road_links l CROSS JOIN LATERAL ST_Intersection(l.line, {BOX}) AS here LEFT JOIN LATERAL (
    SELECT c.condition, c.cause, c.factor, c.until_at FROM road_conditions c
    WHERE c.link_id = l.id AND c.opened_at IS NULL AND c.from_at <= now() AND (c.until_at IS NULL OR c.until_at > now())
        AND (l.state <> 'closed' OR c.condition = 'closed')
    ORDER BY c.condition, c.factor DESC, c.until_at DESC NULLS FIRST LIMIT 1) AS s ON true
WHERE ST_Intersects(l.line, {BOX}) AND (l.state = 'closed' OR s.condition IS NOT NULL)
ORDER BY state, l.code LIMIT :most
""")  # noqa: S608


def freeze_map_view(ordered: Ordered) -> MapViewBrief:
    """All of a printed view. Layers that the person may not read any more are left out, and it says so."""
    subject = ordered.subject
    west, south, east, north = subject["box"]
    extent = fit_to_page(ViewMap((west, south, east, north))).extent
    since, until = (
        datetime.fromisoformat(subject[k]) if subject.get(k) else None for k in ("since", "until")
    )
    chosen = [name for name in LAYERS if name in subject["layers"]]
    seen = [name for name in chosen if viewer().holds(LAYERS[name].permission)]
    left_out = [
        _("%(layer)s: you may not read this layer.", layer=LAYERS[name].words) for name in chosen if name not in seen
    ]  # fmt: skip
    drawn = Drawn(extent, since, until)
    for name in seen:
        if name in READERS:
            READERS[name](drawn)
    land, areas, roads, marks = around_box(extent)
    keep = {"base": "units" in seen, "settlement": "places" in seen}
    return MapViewBrief(
        header=header(
            ordered, title=_("Map at %(at)s", at=dtg(ordered_at())), precedence="ROUTINE",
            withheld=(_("defenders and what tells of them"), _("havens of restricted exposure")),
            period=Period(since, until or ordered_at()) if since else None,
        ),
        map=ViewMap(
            extent=extent, land=land, areas=areas, roads=roads if "roads" in seen else (),
            marks=(*(m for m in marks if keep[m.kind]), *drawn.havens), events=tuple(drawn.events),
            threats=tuple(drawn.threats), grid_step=step_for(extent), hindered=tuple(drawn.hindered),
        ),
        layers=tuple(str(LAYERS[name].words) for name in seen),
        south_west=grid(extent[0], extent[1], 3),
        north_east=grid(extent[2], extent[3], 3),
        rows=tuple(drawn.rows),
        left_out=(*left_out, *drawn.left_out),
        since=since,
        until=until,
    )  # fmt: skip


def ordered_at() -> datetime:
    found: datetime = db.session.execute(text("SELECT now()")).scalar_one()
    return found


class Drawn:
    """What is gathered for a sheet: the question's parameters, and what was found for it."""

    def __init__(
        self, extent: tuple[float, float, float, float], since: datetime | None, until: datetime | None
    ) -> None:
        west, south, east, north = extent
        self.box = {"west": west, "south": south, "east": east, "north": north, "most": MOST_MARKS + 1}
        self.period = {"since": since, "until": until}
        self.events: list[ViewMark] = []
        self.threats: list[MapArea] = []
        self.havens: list[MapMark] = []
        self.hindered: list[ViewRoad] = []
        self.rows: list[ViewRow] = []
        self.left_out: list[str] = []

    def ask(self, layer: str, statement: Any, **more: Any) -> list[Any]:
        """The layer's rows; where there are more than a sheet can show, it says so."""
        reach = within_parameters(LAYERS[layer].permission)
        found = list(db.session.execute(statement, {**self.box, **reach, **more}))
        words = LAYERS[layer].words
        if len(found) > MOST_MARKS:
            self.left_out.append(
                _("%(layer)s: more than %(n)s, the rest is not drawn.", layer=words, n=MOST_MARKS)
            )
        if len(found) > MOST_ROWS:
            self.left_out.append(
                _("%(layer)s: the first %(n)s stand in the table.", layer=words, n=MOST_ROWS)
            )
        return found[:MOST_MARKS]

    def put(self, rows: list[ViewRow]) -> None:
        self.rows += rows[:MOST_ROWS]


def put_alerts(drawn: Drawn) -> None:
    found = drawn.ask("alerts", ALERTS, until=drawn.period["until"])
    named = len(found) <= MOST_LABELS
    drawn.events += [ViewMark("alert", f"A {r.id}" if named else "", r.lon, r.lat) for r in found]
    drawn.put([
        ViewRow(
            _("Alert"), _("Alert %(id)s", id=r.id), str(alerts.KINDS.get(r.kind, r.kind)),
            grid(r.lon, r.lat, digits(r.radius_metres)), f"{r.priority} · {alerts.STATUSES[r.status]}",
        )
        for r in found
    ])  # fmt: skip


def put_incidents(drawn: Drawn) -> None:
    found = drawn.ask("incidents", INCIDENTS, **drawn.period)
    named = len(found) <= MOST_LABELS
    drawn.events += [ViewMark("incident", str(r.id) if named else "", r.lon, r.lat) for r in found]
    drawn.put([
        ViewRow(
            _("Incident"), _("Incident %(id)s", id=r.id), str(incidents.KINDS[r.kind]), grid(r.lon, r.lat, 2),
            _("%(at)s · killed: %(n)s", at=dtg(r.occurred_from), n=r.killed_best),
        )
        for r in found
    ])  # fmt: skip
    reach = within_parameters(LAYERS["incidents"].permission)
    coarse = db.session.execute(COARSE, {**drawn.box, **reach, **drawn.period}).scalar_one()
    if coarse:
        drawn.left_out.append(
            _("Incidents known to their district or more roughly, and so not marked: %(n)s.", n=coarse)
        )


def put_threats(drawn: Drawn) -> None:
    for r in drawn.ask("threats", THREATS):
        if not r.shape.endswith("EMPTY"):
            drawn.threats.append(MapArea(r.name, r.shape))
            state = _("likelihood %(l)s, impact %(i)s", l=r.likelihood, i=r.impact)
            drawn.put([ViewRow(_("Threat"), r.name, _("area"), grid(r.lon, r.lat, 1), state)])


def put_patrols(drawn: Drawn) -> None:
    found = drawn.ask("patrols", PATROLS)
    drawn.events += [ViewMark("patrol", r.call_sign, r.lon, r.lat) for r in found]
    drawn.put([
        ViewRow(
            _("Patrol"), r.call_sign, str(patrols.STATES[r.state]), grid(r.lon, r.lat, 3),
            _("seen %(at)s", at=dtg(r.at)),
        )
        for r in found
    ])  # fmt: skip


def put_havens(drawn: Drawn) -> None:
    found = drawn.ask("havens", HAVENS)
    drawn.havens += [MapMark(r.name, "haven", r.lon, r.lat) for r in found]
    drawn.put([
        ViewRow(
            _("Haven"), r.name, str(havens.STATES[r.state]), grid(r.lon, r.lat, 3),
            _("%(n)s inside, room for %(room)s", n=r.occupancy, room=r.capacity_night),
        )
        for r in found
    ])  # fmt: skip


def put_roads(drawn: Drawn) -> None:
    """What is closed or slow as the view is printed, without the reason: people wrote it for those who drive there."""
    found = drawn.ask("roads", ROADS)
    drawn.hindered += [ViewRoad(r.state, r.shape) for r in found]
    drawn.put([
        ViewRow(
            _("Road"), r.code, str(roads_said.CLASSES.get(r.road_class, r.road_class)), grid(r.lon, r.lat, 2),
            hindrance(r),
        )
        for r in found
    ])  # fmt: skip


def hindrance(road: Any) -> str:
    said = [str(roads_said.CONDITIONS[road.state])]
    if road.factor is not None:
        said.append(_("%(n)s times longer", n=f"{road.factor:g}"))
    if road.cause is not None:
        said.append(str(roads_said.CAUSES[road.cause]))
    if road.until_at is not None:
        said.append(_("until %(at)s", at=dtg(road.until_at)))
    return " · ".join(said)


READERS: dict[str, Callable[[Drawn], None]] = {
    "alerts": put_alerts,
    "incidents": put_incidents,
    "threats": put_threats,
    "patrols": put_patrols,
    "havens": put_havens,
    "roads": put_roads,
}


def digits(radius_metres: int) -> int:
    """Figures of a grid that claim no more than is known."""
    return 4 if radius_metres <= 10 else 3 if radius_metres <= 100 else 2 if radius_metres <= 1000 else 1
