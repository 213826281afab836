"""Alerts that wait to be verified, as visits of their own: at the nearest named place, never at the point of a door.

An alert about one person is none, nor is one with which such an alert was merged: a patrol is seen, and would show who is
meant (docs/decisions/0020). Nor is what soldiers must not ask about: survivors of sexual violence, children, the sick.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from app.alerts.models import Alert
from app.coverage.facts import ALERT_METRES, UNVERIFIED
from app.db import db
from app.mission.hours import DAY
from app.mission.models import Place
from app.mission.queries import sectors_below
from app.permissions import Permission, within
from geo.coverage import NIGHT_FROM, NIGHT_UNTIL
from geo.patrols.problem import Tier

MINUTES = 30.0  # to talk with several people, apart from each other
LATELY = timedelta(days=7)  # what nobody has answered for longer is asked for by call-back, not by a patrol
NEAR_THERE = 2  # the coarsest precision of a place to which a patrol can go
MOST = 20
TIERS = {"P1": Tier.MUST, "P2": Tier.MUST, "P3": Tier.SHOULD, "P4": Tier.COULD}
# Beside the best visit to a site.
WORTH = {"P1": 1.0, "P2": 0.8, "P3": 0.5, "P4": 0.25}
# What a patrol may ask a village about. A kind that is not named here is asked about by those who are trained to.
ASKED_ABOUT = frozenset({
    "imminent_attack", "attack_under_way", "armed_group_movement", "military_build_up", "mob_risk",
    "intercommunal_mobilisation", "cattle_raid", "looting_extortion_checkpoint", "displacement", "siege_denied_access",
    "eviction_land_dispute", "electoral_protest_violence", "explosive_hazard", "attack_on_protected_site",
    "natural_hazard", "observation",
})  # fmt: skip
# By when: the most urgent ones on the first day.
WITHIN_DAYS = {"P1": 1, "P2": 1, "P3": 2, "P4": 7}


@dataclass(frozen=True)
class ToVerify:
    """One visit to a place (its row: id, code, name, lon, lat) for the alerts near it; `priority` is that of the most
    urgent one. windows: minutes from the first day's midnight, by day, since people are asked."""

    place: Row[Any]
    alerts: tuple[int, ...]
    priority: str
    windows: tuple[tuple[float, float], ...]

    @property
    def tier(self) -> Tier:
        return TIERS[self.priority]


def to_verify(sector_id: int, days: int) -> list[ToVerify]:
    """For the alerts of a sector and those below it that the viewer reads: each event once, the most urgent first."""
    here, p = func.geography(Alert.place), Place
    nearest = (
        select(p.id, p.code, p.name, func.ST_X(p.place).label("lon"), func.ST_Y(p.place).label("lat"))
        .where(func.ST_DWithin(func.geography(p.place), here, ALERT_METRES))
        .order_by(func.ST_Distance(func.geography(p.place), here), p.id)
        .limit(1)
        .lateral()
    )
    rows = db.session.execute(
        select(Alert.id.label("alert"), Alert.priority, nearest)
        .join(nearest, true())
        .where(
            *waits(), Alert.raised_at > datetime.now(UTC) - LATELY, Alert.sector_id.in_(sectors_below(sector_id))
        )
        .order_by(Alert.priority, Alert.raised_at, Alert.id)
    ).all()  # fmt: skip
    by_place: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_place[row.id].append(row)
    return [
        ToVerify(
            each[0], tuple(row.alert for row in each), each[0].priority,
            tuple(
                (float(n * DAY + NIGHT_UNTIL), float(n * DAY + NIGHT_FROM))
                for n in range(min(days, WITHIN_DAYS[each[0].priority]))
            ),
        )
        for each in list(by_place.values())[:MOST]
    ]  # fmt: skip


def waits() -> list[ColumnElement[bool]]:
    """An alert that the viewer reads, that still waits to be verified, and that a patrol may ask about."""
    other = aliased(Alert)
    kept_from_patrols = or_(
        other.kind.not_in(ASKED_ABOUT), func.vigil.of_one_person(other.kind, other.channel)
    )
    return [
        Alert.status.in_(UNVERIFIED), Alert.leader_id.is_(None), Alert.place_precision <= NEAR_THERE,
        within(Permission.READ_ALERTS, Alert.sector_id), Alert.kind.in_(ASKED_ABOUT),
        func.vigil.of_one_person(Alert.kind, Alert.channel).is_(False),
        ~exists().where(other.leader_id == Alert.id, kept_from_patrols),
    ]  # fmt: skip


def all_wait(ids: Sequence[int]) -> bool:
    """Whether each of these alerts still is one that a patrol may be sent for."""
    found = select(func.count()).select_from(Alert).where(Alert.id.in_(ids), *waits())
    return db.session.execute(found).scalar_one() == len(set(ids))


def still_read(about: Sequence[Mapping[str, Any]]) -> dict[int, bool]:
    """Of the alerts that a plan's stops are for those that the viewer reads: id → whether it still waits."""
    ids = [number for fact in about if fact["kind"] == "alert" for number in fact["alert_ids"]]
    if not ids:
        return {}
    found = db.session.execute(
        select(Alert.id, Alert.status).where(
            Alert.id.in_(ids), within(Permission.READ_ALERTS, Alert.sector_id)
        )
    )
    return {row.id: row.status in UNVERIFIED for row in found}
