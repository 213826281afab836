"""What may be brought in by page and API: which permissions each kind asks for, its fields, and how it is stored. A new
kind goes here, with its code in models.py and in a migration's CHECK.

Sectors are not among them: their outlines decide who sees what, and the operator loads them on the server. Nor are
defenders: nothing about a person comes in by a file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.db import db
from app.imports.models import ImportKind
from app.incidents.importing.house import KINDS as INCIDENT_KINDS
from app.incidents.importing.house import importing as incidents_importing
from app.mission.importing import base_data
from app.mission.importing.actors import ACTORS, NETWORKS
from app.mission.importing.keeping import Importing, Outcome, keep
from app.mission.importing.reading import Row
from app.mission.models import ActorKind
from app.permissions import Permission, Viewer
from app.positions.importing import keep_track

Batch = Sequence[tuple[int, Row]]


@dataclass(frozen=True)
class Field:
    """A field of ours. `called`: how other people's files call it; `every`: values that may be said of all rows at once,
    where a file has no such column."""

    name: str
    words: Any
    called: tuple[str, ...]
    required: bool = False
    every: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """`shape`: what a row's shape must be; `keep` stores a batch as the viewer, in the caller's transaction; `ordered`:
    the key by which rows must be sorted first; `event`: what a batch is called in the log, and its subject."""

    code: ImportKind
    words: Any
    needs: tuple[Permission, ...]
    shape: Any
    fields: tuple[Field, ...]
    keep: Callable[[Batch, Any], Outcome]
    event: tuple[str, str]
    ordered: Callable[[Row], int] | None = None
    asks_source: bool = False
    asks_carrier: bool = False

    def permits(self, who: Viewer) -> bool:
        return all(who.holds(p) for p in self.needs)

    def meant(self) -> dict[str, tuple[str, ...]]:
        return {f.name: f.called for f in self.fields}


def stored_by(importing: Importing) -> Callable[[Batch, Any], Outcome]:
    return lambda batch, _asked: keep(db.session.connection(), importing, batch)


P = Permission
CODE = ("code", "pcode", "id", "fid", "osm_id", "objectid", "gid", "uuid", "ident", "identifier", "featureid")
NAME = ("name", "nom", "nombre", "toponym", "label", "title", "name_en", "name_fr", "featurename", "locality")
LON_LAT = (
    Field(
        "lon", _l("Longitude, where rows have no shape"), ("lon", "longitude", "lng", "long", "x", "point_x")
    ),
    Field("lat", _l("Latitude, where rows have no shape"), ("lat", "latitude", "y", "point_y")),
)
PRECISION = ("1", "2", "3", "4", "5", "6", "7")

KINDS: dict[str, Kind] = {
    k.code.value: k
    for k in (
        Kind(
            ImportKind.PLACES, _l("Places: settlements and other named points"), (P.MANAGE_MISSION,), _l("points"),
            (
                Field("code", _l("Code"), CODE, True),
                Field("name", _l("Name"), NAME, True),
                Field("kind", _l("Kind"), ("kind", "type", "fclass", "place", "featuretype", "category"),
                      every=("city", "town", "village", "hamlet", "camp")),
                Field("population", _l("Population"), ("population", "pop", "pop_total", "habitants", "inhabitants")),
                *LON_LAT,
            ),
            stored_by(base_data.PLACES), ("mission.places_imported", "places"),
        ),
        Kind(
            ImportKind.ROADS, _l("Roads"), (P.MANAGE_MISSION,), _l("lines"),
            (
                Field("code", _l("Code"), CODE, True),
                Field("class", _l("Class"), ("class", "road_class", "highway", "fclass", "surface_class", "roadtype"),
                      every=("main", "secondary", "track")),
                Field("state", _l("State"), ("state", "status", "condition", "passable"),
                      every=("open", "seasonal", "closed")),
                Field("metres", _l("Length in metres"), ("metres", "length_m", "length")),
                Field("minutes", _l("Minutes to drive"), ("minutes", "duration", "time_min")),
            ),
            stored_by(base_data.ROADS), ("mission.roads_imported", "road_links"),
        ),
        Kind(
            ImportKind.RIVERS, _l("Rivers"), (P.MANAGE_MISSION,), _l("lines"),
            (Field("code", _l("Code"), CODE, True), Field("name", _l("Name"), NAME)),
            stored_by(base_data.RIVERS), ("mission.rivers_imported", "rivers"),
        ),
        Kind(
            ImportKind.BOUNDARIES, _l("Administrative boundaries"), (P.MANAGE_MISSION,), _l("polygons"),
            (
                Field("code", _l("Code"), (*(f"adm{n}_pcode" for n in (4, 3, 2, 1, 0)), *CODE), True),
                Field("name", _l("Name"), (*(f"adm{n}_{e}" for n in (4, 3, 2, 1, 0) for e in ("en", "fr")), *NAME), True),
                Field("level", _l("Level, 0 for the country"), ("level", "admin_level", "adm_level"), True,
                      ("0", "1", "2", "3", "4", "5")),
                Field("parent", _l("Code of the area around it"),
                      ("parent", "parent_code", "parentcode", "adm3_pcode", "adm2_pcode", "adm1_pcode", "adm0_pcode")),
            ),
            stored_by(base_data.ADMIN_AREAS), ("mission.boundaries_imported", "admin_areas"), ordered=base_data.depth,
        ),
        Kind(
            ImportKind.UNITS, _l("Units at their bases"), (P.MANAGE_MISSION,), _l("points"),
            (
                Field("code", _l("Code"), CODE, True),
                Field("name", _l("Name"), NAME, True),
                Field("kind", _l("Kind"), ("kind", "echelon", "type"), True,
                      ("bn", "coy", "pl", "unmo_ts", "fpu", "qrf")),
                Field("call_sign", _l("Call sign"), ("call_sign", "callsign")),
                Field("parent", _l("Code of the unit above it"), ("parent", "parent_code", "higher")),
                Field("base", _l("Code of its base"), ("base", "base_code")),
                Field("base_name", _l("Name of its base"), ("base_name", "camp", "location")),
                Field("base_kind", _l("Kind of its base"), ("base_kind", "base_type")),
                Field("strength", _l("Strength"), ("strength", "personnel", "troops")),
                Field("notice_to_move_minutes", _l("Notice to move, in minutes"), ("notice_to_move_minutes", "ntm")),
                *LON_LAT,
            ),
            stored_by(base_data.UNITS), ("mission.units_imported", "units"),
        ),
        Kind(
            ImportKind.ACTORS, _l("Actors: whom threats come from"), (P.MANAGE_MISSION,), _l("rows without a shape"),
            (
                Field("code", _l("Code"), CODE, True),
                Field("name", _l("Name"), NAME, True),
                Field("kind", _l("Kind"), ("kind", "type", "category"), True, tuple(ActorKind)),
            ),
            stored_by(ACTORS), ("mission.actors_imported", "actors"),
        ),
        Kind(
            ImportKind.NETWORKS, _l("Community alert networks, without names of people"),
            (P.MANAGE_MISSION, P.READ_ALERTS), _l("points"),
            (
                Field("code", _l("Code"), CODE, True),
                Field("name", _l("Name"), NAME, True),
                Field("channel", _l("Channel"), ("channel", "means"), True, ("phone", "radio", "runner")),
                Field("working", _l("Whether it works, yes or no"), ("working", "active", "functional"),
                      every=("yes", "no")),
                Field("tested_at", _l("Last tested (without a zone: UTC)"), ("tested_at", "tested", "last_test")),
                *LON_LAT,
            ),
            stored_by(NETWORKS), ("mission.networks_imported", "community_networks"),
        ),
        Kind(
            ImportKind.INCIDENTS, _l("Incidents"), (P.RECORD_INCIDENTS, P.READ_INCIDENTS), _l("points"),
            (
                Field("code", _l("The source’s own number"),
                      ("code", "id", "event_id", "incident_id", "uuid", "fid"), True),
                Field("kind", _l("Kind, from Vigil’s list"), ("kind", "type", "event_type", "category"), True,
                      tuple(INCIDENT_KINDS)),
                Field("occurred_from", _l("When (without a zone: UTC)"),
                      ("occurred_from", "date", "event_date", "date_start", "time", "datetime", "timestamp",
                       "begin"), True),
                Field("occurred_to", _l("Until"), ("occurred_to", "date_end", "end")),
                Field("date_precision", _l("Precision of the time, 1 to 5"), ("date_precision", "date_prec"),
                      every=("1", "2", "3", "4", "5")),
                Field("place_precision", _l("Precision of the place, 1 to 7"), ("place_precision", "where_prec"),
                      every=PRECISION),
                Field("place_name", _l("Name of the place"), ("place_name", "location", "locality", "place")),
                Field("summary", _l("What happened"), ("summary", "description", "notes", "name", "title"), True),
                Field("side_a", _l("By whom"), ("side_a", "actor1", "actor", "perpetrator")),
                Field("side_b", _l("To whom"), ("side_b", "actor2", "target")),
                Field("killed_best", _l("People killed"), ("killed_best", "killed", "fatalities", "deaths", "best")),
                Field("killed_low", _l("Killed, at least"), ("killed_low", "low")),
                Field("killed_high", _l("Killed, at most"), ("killed_high", "high")),
                Field("injured", _l("People injured"), ("injured", "wounded")),
                Field("abducted", _l("People abducted"), ("abducted", "kidnapped")),
                Field("source_reliability", _l("Reliability of the source, A to F"),
                      ("source_reliability", "reliability"),
                      every=("A", "B", "C", "D", "E", "F")),
                Field("credibility", _l("Credibility, 1 to 6"), ("credibility",), every=("1", "2", "3", "4", "5", "6")),
                *LON_LAT,
            ),
            lambda batch, asked: keep(
                db.session.connection(), incidents_importing(asked.source, asked.by_id, asked.id), batch
            ),
            ("incidents.imported", "incidents"), asks_source=True,
        ),
        Kind(
            ImportKind.TRACKS, _l("A track: where one carrier was, and when"), (P.PLAN_PATROLS, P.READ_PATROLS),
            _l("timed points, or lines with a time for each point"),
            (
                Field("time", _l("When (without a zone: UTC)"),
                      ("time", "timestamp", "when", "begin", "at", "datetime", "times", "coordtimes", "date"), True),
                Field("speed_kph", _l("Speed in km/h"), ("speed_kph",)),
                Field("course", _l("Course in degrees"), ("course", "bearing", "heading")),
                *LON_LAT,
            ),
            lambda batch, asked: keep_track(asked.tracked_id, batch), ("positions.track_imported", "tracked"),
            asks_carrier=True,
        ),
    )
}  # fmt: skip
