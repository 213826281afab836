"""What stands around the alerts of a period: sectors and their map, looks at sealed records, the ledger's state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import shapely
from sqlalchemy import func, select, text

from app.db import db
from app.documents.accountability_report_brief import LedgerState, Unmasking
from app.documents.parts import MapArea, MapData
from app.ledger.models import LedgerEvent, LedgerVerification
from app.mission.models import Echelon
from app.permissions import Permission, role_words, viewer

SECTORS = text("SELECT id, name, echelon, parent_id FROM sectors ORDER BY code")
AREAS = text("""
SELECT id, ST_AsText(ST_SimplifyPreserveTopology(area, 0.01), 5) FROM sectors
WHERE id = ANY (CAST(:ids AS bigint[])) ORDER BY code
""")
LAND = text("""
SELECT ST_AsText(ST_Union(ST_MakeValid(ST_Simplify(area, 0.01, true))), 5) FROM admin_areas
WHERE level = (SELECT min(level) FROM admin_areas)
""")


@dataclass(frozen=True)
class Sectors:
    """`names`: sector id → the name under which a report counts it; `drawn`: id → name of those on the map."""

    names: dict[int, str]
    drawn: dict[int, str]


def sectors(only: list[int] | None) -> Sectors:
    """For the whole mission, areas of responsibility count under the sector that they lie in. For a report on some
    sectors each stands for itself: under the sector's name its count would pass for all of it."""
    rows = {row.id: row for row in db.session.execute(SECTORS)}
    if only is not None:
        mine = {i: rows[i].name for i in only if i in rows}
        return Sectors(mine, mine)
    names = {}
    for start in rows:
        here = start
        seen = {here}
        while rows[here].echelon not in (Echelon.SECTOR, Echelon.MISSION) and rows[here].parent_id in rows:
            here = rows[here].parent_id
            if here in seen:
                break
            seen.add(here)
        names[start] = rows[here].name
    return Sectors(names, {i: row.name for i, row in rows.items() if row.echelon == Echelon.SECTOR})


def sector_map(drawn: dict[int, str], counted: Iterable[str | None]) -> MapData | None:
    """Each sector with its number of alerts; None where no sector has an area."""
    counts = Counter(counted)
    shapes = db.session.execute(AREAS, {"ids": list(drawn)}).all()
    areas = tuple(
        MapArea(drawn[i], shape, counts[drawn[i]]) for i, shape in shapes if not shape.endswith("EMPTY")
    )
    if not areas:
        return None
    west, south, east, north = shapely.union_all([shapely.from_wkt(a.shape) for a in areas]).bounds
    edge = max(east - west, north - south) * 0.04
    land = db.session.execute(LAND).scalar()
    return MapData((west - edge, south - edge, east + edge, north + edge), land, areas)


def unmaskings(since: datetime, until: datetime) -> tuple[Unmasking, ...] | None:
    """Looks of the period by role; None where the viewer may not read them. Counts alone: reasons may tell of
    whoever was looked at."""
    rights = viewer().anywhere()
    if not rights & {Permission.READ_LEDGER, Permission.SUPERVISE_UNMASKING}:
        return None
    granted = db.session.execute(
        text("SELECT role, looks, seen FROM vigil.looks_by_role(:since, :until)"),
        {"since": since, "until": until},
    )
    looks = {role: (number, checked) for role, number, checked in granted}
    refused: Counter[str] = Counter()
    if Permission.READ_LEDGER in rights:
        e = LedgerEvent
        refusals = select(func.coalesce(e.role, ""), func.count()).where(
            e.action == "defenders.unmask_refused", e.at >= since, e.at < until
        )
        refused.update(dict(db.session.execute(refusals.group_by(e.role)).tuples().all()))
    known = Permission.READ_LEDGER in rights
    return tuple(
        Unmasking(role_words(role), *looks.get(role, (0, 0)), refused=refused[role] if known else None)
        for role in sorted({*looks, *refused})
    )


#: Faults of the verification's own inputs, which say nothing about the log.
NOT_LOOKED = frozenset({"input_unreadable"})


def ledger_state() -> LedgerState:
    """The last verification of the log, as the log's page shows it."""
    last = db.session.execute(
        select(LedgerVerification).order_by(LedgerVerification.id.desc()).limit(1)
    ).scalar_one_or_none()
    if last is None or last.fault in NOT_LOOKED:
        return LedgerState("not verified")
    return LedgerState(
        "unaltered" if last.ok else "altered",
        entries=last.size,
        root_hex=last.root or None,
        verified_at=last.at,
        finding=None if last.ok else last.sentence,
    )
