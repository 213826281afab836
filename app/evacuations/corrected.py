"""Havens whose name or place was corrected after a plan was made: the plan stands as it was written, and its page and the
haven's say what holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from shapely import Point
from sqlalchemy import Row, text

from app.db import db
from app.evacuations import queries
from app.evacuations.promises import in_force
from app.evacuations.wording import serial
from app.havens.correcting import SAME_METRES
from app.words import apart, grid
from geo.shapes import distance_metres


def said_on_page(evacuation: Row[Any], newest: Row[Any]) -> list[str]:
    """Of the order in force, or of the newest plan where none was issued; nothing once it is ended."""
    if evacuation.ended_at is not None:
        return []
    return since(evacuation.id, (queries.issued(evacuation.id) or newest).content)


def since(evacuation_id: int, content: Mapping[str, Any]) -> list[str]:
    """What is other now than this content of one of its plans says, in sentences."""
    named = {each["id"]: each for each in content["havens"]}
    now = text("SELECT id, name, lon, lat FROM vigil.havens_named(:evacuation) ORDER BY id")
    return [
        sentence
        for haven in db.session.execute(now, {"evacuation": evacuation_id})
        if haven.id in named
        for sentence in differences(named[haven.id], haven)
    ]


def differences(named: Mapping[str, Any], haven: Row[Any]) -> Iterable[str]:
    if named["name"] != haven.name:
        yield _("%(was)s is called %(now)s now.", was=named["name"], now=haven.name)
    metres = distance_metres(Point(named["lon"], named["lat"]), Point(haven.lon, haven.lat))
    if metres > SAME_METRES:
        yield _(
            "%(name)s was written down in the wrong place: it stands at %(grid)s, %(apart)s from where this plan has it.",
            name=haven.name, grid=grid(haven.lon, haven.lat), apart=apart(metres),
        )  # fmt: skip


def orders_that_say_otherwise(haven: Row[Any]) -> list[tuple[int, str]]:
    """The orders in force, as far as the viewer reads them, that have this haven by another name or in another place:
    evacuation and serial."""
    return [
        (row.evacuation_id, serial(row.evacuation_id, row.version))
        for row in db.session.execute(in_force())
        if any(each["id"] == haven.id and list(differences(each, haven)) for each in row.content["havens"])
    ]
