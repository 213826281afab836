"""Reads of the mission's base data, its standing procedures and its identity."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger, Row, func, select
from sqlalchemy.exc import SQLAlchemyError

from app.db import db
from app.ledger.models import LedgerEvent
from app.mission.models import CommunityNetwork, MilitaryBase, MissionIdentity, Procedure, Sector, Unit
from app.mission.procedures import SEEDS, WARNING
from app.permissions import Permission, viewer, within
from geo.warning_weights import Thresholds

# A changed value works within this time in every process, without asking the database for each report.
PROCEDURES_LAST = 5.0
IDENTITY_LASTS = 10.0

SEEDED: Mapping[str, float] = MappingProxyType({s.key: s.value for s in SEEDS.values()})


@dataclass(frozen=True)
class Identity:
    """Whose installation this is: what stands on every page, top and bottom."""

    name: str
    code: str
    exercise: bool
    time_zone: str
    classification: str


UNNAMED = Identity("Vigil", "", False, "UTC", "CONFIDENTIAL")


def procedures() -> Mapping[str, float]:
    """Every value of the standing procedures by key; the seed where the database has no row.

    Kept for five seconds in each process.
    """
    kept: tuple[float, Mapping[str, float]] | None = current_app.extensions.get("vigil_procedures")
    if kept is None or time.monotonic() - kept[0] > PROCEDURES_LAST:
        rows = db.session.execute(select(Procedure.key, Procedure.value))
        kept = (time.monotonic(), MappingProxyType(dict(SEEDED) | {row.key: row.value for row in rows}))
        current_app.extensions["vigil_procedures"] = kept
    return kept[1]


def forget_procedures() -> None:
    """Ask the database at the next question: for the process that has just changed a value."""
    current_app.extensions.pop("vigil_procedures", None)


def thresholds() -> Thresholds:
    """The weights of the warning as command has set them; kept as long as the values that they are made of."""
    values = procedures()
    kept: tuple[Mapping[str, float], Thresholds] | None = current_app.extensions.get("vigil_thresholds")
    if kept is None or kept[0] is not values:
        kept = (values, thresholds_of(values))
        current_app.extensions["vigil_thresholds"] = kept
    return kept[1]


def thresholds_of(values: Mapping[str, float]) -> Thresholds:
    """Raises ValueError where the values contradict each other (P2 above P1)."""
    known = Thresholds().as_settings()
    return Thresholds.from_settings(
        {name: values[WARNING + name] for name in known if WARNING + name in values}
    )


def identity() -> Identity:
    """The mission's identity, kept for ten seconds; readable by nobody in particular, since it marks every page."""
    kept: tuple[float, Identity] | None = current_app.extensions.get("vigil_identity")
    if kept is not None and time.monotonic() - kept[0] <= IDENTITY_LASTS:
        return kept[1]
    m = MissionIdentity
    columns = (m.name, m.code, m.exercise, m.time_zone, m.classification)
    try:
        # A connection of its own: error pages are marked too, after the request's transaction has failed.
        with db.engine.connect() as connection:
            row = connection.execute(select(*columns).where(m.id == 1)).first()
    except SQLAlchemyError:
        return kept[1] if kept else UNNAMED
    found = Identity(*row) if row else UNNAMED
    current_app.extensions["vigil_identity"] = (time.monotonic(), found)
    return found


def procedure_rows() -> Mapping[str, Row[Any]]:
    """The rows as they stand, by key: value and when it was last changed."""
    rows = db.session.execute(select(Procedure.key, Procedure.value, Procedure.changed_at))
    return {row.key: row for row in rows}


def sector_tree() -> list[tuple[int, Row[Any]]]:
    """Sectors depth first: (depth, row), each parent before its children, by code."""
    s = Sector
    area = func.ST_Area(func.geography(s.area)) / 1e6
    rows = db.session.execute(
        select(s.id, s.code, s.name, s.echelon, s.parent_id, area.label("square_km")).order_by(s.code)
    ).all()
    children: dict[int | None, list[Row[Any]]] = {}
    known = {row.id for row in rows}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[int, Row[Any]]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in children.get(parent, []):
            found.append((depth, row))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found


def sectors_below(sector_id: int) -> list[int]:
    """The sector and all that lie in it, by the tree; whatever lies in one of them belongs to it."""
    tree = select(Sector.id).where(Sector.id == sector_id).cte("below", recursive=True)
    tree = tree.union(select(Sector.id).join(tree, Sector.parent_id == tree.c.id))
    return sorted(db.session.execute(select(tree.c.id)).scalars())


def sectors_above(sector_id: int) -> list[int]:
    """The sector and those in which it lies."""
    tree = select(Sector.id, Sector.parent_id).where(Sector.id == sector_id).cte("above", recursive=True)
    tree = tree.union(select(Sector.id, Sector.parent_id).join(tree, Sector.id == tree.c.parent_id))
    return sorted(db.session.execute(select(tree.c.id)).scalars())


def sectors_for(permission: Permission) -> list[tuple[str, str]]:
    """(id, name) of the sectors for which the viewer holds it, as a form's choices."""
    found = select(Sector.id, Sector.name).where(within(permission, Sector.id)).order_by(Sector.code)
    return [(str(row.id), row.name) for row in db.session.execute(found)]


def units() -> list[Row[Any]]:
    u, b, s = Unit, MilitaryBase, Sector
    return list(
        db.session.execute(
            select(
                u.id, u.code, u.name, u.call_sign, u.kind, u.strength, u.notice_to_move_minutes,
                b.name.label("base"), s.code.label("sector"),
            )
            .outerjoin(b, b.id == u.base_id)
            .outerjoin(s, s.id == u.sector_id)
            .where(within(Permission.SEE_MAP, u.sector_id))
            .order_by(u.code)
        )
    )  # fmt: skip


def bases() -> list[Row[Any]]:
    b, s = MilitaryBase, Sector
    return list(
        db.session.execute(
            select(
                b.id, b.code, b.name, b.kind, s.code.label("sector"),
                func.ST_X(b.place).label("lon"), func.ST_Y(b.place).label("lat"),
            )
            .outerjoin(s, s.id == b.sector_id)
            .where(within(Permission.SEE_MAP, b.sector_id))
            .order_by(b.code)
        )
    )  # fmt: skip


def networks() -> list[Row[Any]]:
    n, s = CommunityNetwork, Sector
    return list(
        db.session.execute(
            select(
                n.id, n.code, n.name, n.channel, n.working, n.tested_at, s.code.label("sector"),
                func.ST_X(n.place).label("lon"), func.ST_Y(n.place).label("lat"),
            )
            .outerjoin(s, s.id == n.sector_id)
            .where(within(Permission.READ_ALERTS, n.sector_id))
            .order_by(n.working, n.code)
        )
    )  # fmt: skip


def procedure_changes(most: int = 20) -> list[Row[Any]]:
    """The latest changes with their reasons, newest first, for those who may read the ledger."""
    if not viewer().holds(Permission.READ_LEDGER):
        return []
    e = LedgerEvent
    return list(
        db.session.execute(
            select(e.at, e.subject, e.role, e.details)
            .where(e.action == "mission.procedure_changed")
            .order_by(e.id.desc())
            .limit(most)
        )
    )


def imports(most: int = 50) -> list[Row[Any]]:
    """What was imported: a row for each file, with its rows over all batches; newest first."""
    if not viewer().holds(Permission.READ_LEDGER):
        return []
    e = LedgerEvent
    file = e.details["file_sha256"].astext
    rows = func.sum(e.details["rows"].astext.cast(BigInteger))
    return list(
        db.session.execute(
            select(e.action, file.label("file"), func.max(e.at).label("at"), rows.label("rows"))
            .where(e.action.like("%imported"))
            .group_by(e.action, file)
            .order_by(func.max(e.at).desc())
            .limit(most)
        )
    )


def base(base_id: int) -> Row[Any] | None:
    """A base with its place, for the map's panel."""
    b, s = MilitaryBase, Sector
    return db.session.execute(
        select(
            b.id, b.code, b.name, b.kind, func.ST_X(b.place).label("lon"), func.ST_Y(b.place).label("lat"),
            s.name.label("sector"),
        )
        .outerjoin(s, s.id == b.sector_id)
        .where(b.id == base_id)
    ).first()  # fmt: skip


def units_of_base(base_id: int) -> list[Row[Any]]:
    u = Unit
    return list(
        db.session.execute(
            select(u.id, u.name, u.call_sign, u.kind, u.strength, u.notice_to_move_minutes)
            .where(u.base_id == base_id)
            .order_by(u.code)
        )
    )
