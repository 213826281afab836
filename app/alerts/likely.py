"""Alerts that may tell of the same event: candidates of the same days out of the index of times, near in place; weighed
by geo.likeness. (Through a policy the index of places answers nobody: its operators are not leak-proof.)

Everything is read with the viewer's own rights, so that what he may not read is never offered, counted or hinted at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, select

from app.alerts.chain import ANSWERED, UNDECIDED
from app.alerts.models import Alert
from app.db import db
from app.mission.models import Actor
from app.permissions import Permission, within
from geo.likeness import VAGUE_KIND, Likeness, Told, likeness
from geo.spelling import words_of

# Further away, or longer ago, nothing scores enough to be offered.
METRES, VAGUE_METRES = 25_000, 60_000
AROUND = timedelta(hours=48)
# What happened then was raised by then.
RAISED_AFTER = timedelta(days=7)
CANDIDATES, OFFERED, LEAST = 40, 5, 50


@dataclass(frozen=True)
class Likely:
    """One that is offered: the alert's row, the score 0 to 100, and why, in words."""

    alert: Row[Any]
    score: int
    reasons: list[str]


@dataclass(frozen=True)
class Entry:
    """What is compared with the alerts that stand: one of them, or what the watchkeeper is typing. Degrees, metres."""

    lon: float
    lat: float
    radius_metres: int
    occurred_at: datetime
    kind: str
    words: str
    sector_id: int | None = None


def likely(entry: Entry, apart_from: Sequence[int] = (), *, own_sector: bool = False) -> list[Likely]:
    """The best few, best first. `apart_from`: ids that are not offered; `own_sector`: only where it could be merged."""
    actors = actors_known()
    here = told(entry.lon, entry.lat, entry.radius_metres, entry.occurred_at, entry.kind, entry.words, actors)
    found = []
    for row in candidates(entry, apart_from, own_sector):
        there = told(row.lon, row.lat, row.radius_metres, row.occurred_at, row.kind, row.words, actors)
        like = likeness(here, there, float(row.metres))
        if like.score >= LEAST:
            found.append(Likely(row, like.score, in_words(like)))
    return sorted(found, key=lambda f: (-f.score, -f.alert.id))[:OFFERED]


def candidates(entry: Entry, apart_from: Sequence[int], own_sector: bool) -> list[Row[Any]]:
    """Open alerts that lead, near in place and time."""
    point = func.geography(func.ST_SetSRID(func.ST_MakePoint(entry.lon, entry.lat), 4326))
    there = func.geography(Alert.place)
    reach = min(METRES + entry.radius_metres, VAGUE_METRES)
    return list(
        db.session.execute(
            select(
                Alert.id, Alert.kind, Alert.priority, Alert.status, Alert.raised_at, Alert.occurred_at,
                Alert.place_as_given, Alert.radius_metres, Alert.sector_id, Alert.version,
                func.ST_X(Alert.place).label("lon"), func.ST_Y(Alert.place).label("lat"),
                func.ST_Distance(there, point).label("metres"),
                Alert.verbatim.label("words"),
            )
            .where(
                func.ST_DWithin(there, point, reach),
                Alert.raised_at.between(entry.occurred_at - AROUND, entry.occurred_at + RAISED_AFTER),
                Alert.occurred_at.between(entry.occurred_at - AROUND, entry.occurred_at + AROUND),
                Alert.status.in_(UNDECIDED | ANSWERED), Alert.leader_id.is_(None), Alert.id.not_in(list(apart_from)),
                within(Permission.READ_ALERTS, Alert.sector_id),
                *([Alert.sector_id.is_not_distinct_from(entry.sector_id)] if own_sector else []),
            )
            .order_by(func.abs(func.extract("epoch", Alert.occurred_at - entry.occurred_at)), Alert.id.desc())
            .limit(CANDIDATES)
        )
    )  # fmt: skip


# Code and folded words of the name, of each armed actor that the mission knows.
Actors = list[tuple[str, frozenset[str]]]


def told(lon: float, lat: float, radius: int, at: datetime, kind: str, words: str, actors: Actors) -> Told:
    return Told(lon, lat, at.timestamp() / 3600, kind, float(radius), words, actors_in(words, actors))


def actors_known() -> Actors:
    """Of armed actors: base data, which everybody reads."""
    rows = db.session.execute(select(Actor.code, Actor.name).limit(500))
    return [(code, parts) for code, name in rows if (parts := words_of(name))]


def actors_in(words: str, actors: Actors) -> frozenset[str]:
    """Codes of the actors whose whole name stands in the words, in whichever spelling folds to the same."""
    said = words_of(words)
    return frozenset(code for code, parts in actors if parts <= said)


def in_words(like: Likeness) -> list[str]:
    """Why, a clause a part; what speaks against it is said as well."""
    said = []
    for part in like.parts:
        if part.name == "space":
            said.append(
                _("the places agree within their error") if part.value < 50
                else _("%(km)s km apart", km=f"{part.value / 1000:.1f}")
            )  # fmt: skip
        elif part.name == "time":
            said.append(
                _("%(n)s min apart", n=round(part.value * 60)) if part.value < 2
                else _("%(n)s h apart", n=round(part.value))
            )  # fmt: skip
        elif part.name == "kind":
            said.append(
                _("the same kind") if part.share == 1
                else _("the kind is left open") if part.share == VAGUE_KIND
                else _("a related kind") if part.share > 0 else _("another kind")
            )  # fmt: skip
        elif part.name == "words":
            said.append(_("%(n)s %% of the words in common", n=round(part.value * 100)))
        else:
            said.append(
                _("the same armed actor is named") if part.share else _("another armed actor is named")
            )
    return said


def of_alert(alert: Row[Any], words: str) -> list[Likely]:
    """Those with which this alert could be merged."""
    entry = Entry(
        alert.lon, alert.lat, alert.radius_metres, alert.occurred_at, alert.kind, words, alert.sector_id
    )
    return likely(entry, [alert.id], own_sector=True)
