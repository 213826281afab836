"""Havens whose name or place was corrected after a plan was made: the plan stands as it was written, and its page, its
document and the haven's page say what holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from shapely import Point
from sqlalchemy import Row, text

from app.db import db
from app.evacuations import queries
from app.evacuations.models import Evacuation
from app.evacuations.wording import serial
from app.havens.correcting import SAME_METRES
from app.words import apart, grid
from geo.shapes import distance_metres


@dataclass(frozen=True)
class Told:
    """What is other now, in sentences, than the order in force has it, or the newest plan where none is in force."""

    in_force: bool
    sentences: tuple[str, ...]


def told(evacuation: Row[Any], newest: Row[Any]) -> Told:
    """Nothing once the evacuation is ended."""
    order = db.session.execute(queries.in_force().where(Evacuation.id == evacuation.id)).first()
    return Told(order is not None, tuple(since(evacuation.id, (order or newest).content)))


def since(evacuation_id: int, content: Mapping[str, Any]) -> list[str]:
    """What is other now than this content of one of its plans says, in sentences."""
    plan = named(content)
    now = text("SELECT id, name, lon, lat FROM vigil.havens_named(:evacuation) ORDER BY id")
    return [
        sentence
        for haven in db.session.execute(now, {"evacuation": evacuation_id})
        if haven.id in plan
        for sentence in differences(plan[haven.id], haven)
    ]


def named(content: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """By id, the havens to which a plan sends people, with the name and place that it has of each. One of which it has
    none is left out: the database holds a plan to the ids alone."""
    return {each["id"]: each for each in content["havens"] if is_placed(each)}


def is_placed(each: Mapping[str, Any]) -> bool:
    def within(degrees: Any, most: float) -> bool:
        return isinstance(degrees, int | float) and abs(degrees) <= most

    return isinstance(each.get("name"), str) and within(each.get("lon"), 180) and within(each.get("lat"), 90)


def differences(plan: Mapping[str, Any], haven: Any) -> Iterable[str]:
    """`haven`: its name, lon and lat as they are now."""
    if plan["name"] != haven.name:
        yield _("%(was)s is called %(now)s now.", was=plan["name"], now=haven.name)
    metres = distance_metres(Point(plan["lon"], plan["lat"]), Point(haven.lon, haven.lat))
    if metres > SAME_METRES:
        yield _(
            "%(name)s was written down in the wrong place: it stands at %(grid)s, %(apart)s from where this plan has it.",
            name=haven.name, grid=grid(haven.lon, haven.lat), apart=apart(metres),
        )  # fmt: skip


def says_otherwise(content: Mapping[str, Any], haven: Any) -> bool:
    plan = named(content).get(haven.id)
    return plan is not None and any(True for _each in differences(plan, haven))


def orders_that_say_otherwise(haven: Row[Any]) -> list[tuple[int, str]]:
    """The orders in force, as far as the viewer reads them, that have this haven by another name or in another place:
    evacuation and serial."""
    return [
        (row.evacuation_id, serial(row.evacuation_id, row.version))
        for row in db.session.execute(queries.in_force())
        if says_otherwise(row.content, haven)
    ]
