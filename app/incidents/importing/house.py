"""Incidents of any source, in columns that the sender has named → the house's list. Stored once under the source's
own number; what stands is not rewritten by a file, for somebody may have built on it: such a row is refused, with that
reason.

Only the columns that were named are kept: whatever else stands in the file, names of witnesses maybe, stays outside.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from app.incidents.models import IncidentKind
from app.mission.importing.keeping import Importing
from app.mission.importing.reading import GEOMETRY, Row, RowRefused, first, moment, need, number, point
from app.moments import check_moment
from app.permissions import Permission, viewer

KINDS = sorted(k.value for k in IncidentKind)
LONGEST = timedelta(days=366)
MOST_PEOPLE = 1_000_000

STORE = text("""
INSERT INTO incidents (source, source_id, kind, occurred_from, occurred_to, date_precision, place, place_precision,
    place_name, side_a, side_b, killed_low, killed_best, killed_high, injured, abducted, source_reliability, credibility,
    summary, original, admin_code, sector_id, recorded_by_id, import_id)
SELECT :source, :source_id, :kind, :occurred_from, :occurred_to, :date_precision, here.p, :place_precision, :place_name,
    :side_a, :side_b, :killed_low, :killed_best, :killed_high, CAST(:injured AS bigint), CAST(:abducted AS bigint),
    :source_reliability, :credibility, :summary, CAST(:original AS jsonb),
    CASE WHEN :place_precision <= 3 THEN areas.admin_code END, areas.sector_id, :recorded_by,
    CAST(:import_id AS bigint)
FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS p) AS here, vigil.areas_of(here.p) AS areas
WHERE :everywhere OR areas.sector_id = ANY (CAST(:sectors AS bigint[]))
ON CONFLICT (source, source_id) DO NOTHING""")
STANDING = text("""
SELECT original = CAST(:original AS jsonb) FROM incidents WHERE source = :source AND source_id = :source_id""")


def importing(source: str, by_id: int, import_id: int | None = None) -> Importing:
    """The import for whoever looks now. `source` is what the sender calls where it is from; `import_id`: of the file."""
    who = viewer()
    both = (Permission.RECORD_INCIDENTS, Permission.READ_INCIDENTS)
    everywhere = all(p in who.anywhere() for p in both)
    sectors = sorted(who.sector_ids)
    # Those of one sector number theirs apart: a number that is taken elsewhere would tell them of what stands there.
    kept = source if everywhere else f"{source} ({', '.join(map(str, sectors))})"

    def parameters(row: Row) -> dict[str, Any]:
        told = event(row)
        return told | {
            "source": kept, "recorded_by": by_id, "import_id": import_id, "everywhere": everywhere, "sectors": sectors,
            "original": json.dumps({k: v for k, v in row.items() if k != GEOMETRY} | {"at": [told["lon"], told["lat"]]},
                                   default=str),
        }  # fmt: skip

    return Importing("incidents", "incidents.imported", parameters, STORE, instead)


def instead(connection: Connection, parameters: dict[str, Any]) -> RowRefused | None:
    same = connection.execute(STANDING, parameters).scalar()
    if same is None:
        return RowRefused("outside_your_sectors")
    return None if same else RowRefused("stands_otherwise")


def event(row: Row) -> dict[str, Any]:
    lon, lat = point(row)
    kind = need(row, "kind").lower().replace(" ", "_").replace("-", "_")
    if kind not in KINDS:
        raise RowRefused("no_such_kind")
    start, day = moment(need(row, "occurred_from"))
    end = moment(first(row, "occurred_to") or need(row, "occurred_from"))[0]
    if first(row, "occurred_to") is None and day:
        end = start + timedelta(days=1) - timedelta(seconds=1)
    if not start <= end <= start + LONGEST:
        raise RowRefused("no_such_span")
    check_moment(start)
    best = people(row, "killed_best") or 0
    low, high = people(row, "killed_low"), people(row, "killed_high")
    reliability = (first(row, "source_reliability") or "F").upper()
    if reliability not in tuple("ABCDEF"):
        raise RowRefused("no_such_reliability")
    found = {
        "source_id": need(row, "code")[:200], "kind": kind, "occurred_from": start, "occurred_to": end, "lon": lon,
        "lat": lat, "date_precision": scale(row, "date_precision", 5, 1),
        "place_precision": scale(row, "place_precision", 7, 2),
        "credibility": scale(row, "credibility", 6, 6), "source_reliability": reliability,
        "place_name": line(row, "place_name"), "side_a": line(row, "side_a"), "side_b": line(row, "side_b"),
        "summary": need(row, "summary")[:4000],
        "killed_best": best, "killed_low": best if low is None else low, "killed_high": best if high is None else high,
        "injured": people(row, "injured"), "abducted": people(row, "abducted"),
    }  # fmt: skip
    if any("\x00" in str(v) for v in row.values()):
        raise RowRefused("nul")
    return found


def line(row: Row, name: str) -> str | None:
    return (first(row, name) or "")[:200] or None


def scale(row: Row, name: str, most: int, default: int) -> int:
    found = number(row, name, default)
    if not 1 <= found <= most:
        raise RowRefused("off_the_scale", column=name, most=str(most))
    return found


def people(row: Row, name: str) -> int | None:
    if first(row, name) is None:
        return None
    found = number(row, name)
    if not 0 <= found <= MOST_PEOPLE:
        raise RowRefused("no_count_of_people", column=name)
    return found
