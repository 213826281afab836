"""What is in the slot, for the map's page and for the routes."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel.speaklater import LazyString

from app.basemap.models import Archive, Facts, Fault, Tiles, Unsuitable, packed, tiles_of
from app.basemap.slot import Held
from app.basemap.wording import FAULTS
from app.errors import NotFound


@dataclass(frozen=True)
class Shown:
    """What the page tells the browser: `address` with {z}/{x}/{y}, or the sentence why there is no base map."""

    address: str = ""
    facts: Facts | None = None
    problem: LazyString | None = None

    @property
    def vector(self) -> bool:
        return self.facts is not None and self.facts.tiles is Tiles.VECTOR


def held() -> Held:
    now: Held = current_app.extensions["vigil_base_map"].now()
    return now


def shown() -> Shown | None:
    """None where no base map was brought."""
    now = held()
    if now.fault is not None:
        return Shown(problem=FAULTS[now.fault])
    if now.archive is None:
        return None
    first = url_for("basemap.tile", tag=now.tag, z=0, x=0, y=0)
    return Shown(first.removesuffix("0/0/0") + "{z}/{x}/{y}", now.archive.facts)


def archive(tag: str) -> Archive:
    """The archive whose content has this tag; NotFound when it is another by now, or none."""
    now = held()
    if now.archive is None or now.tag != tag:
        raise NotFound
    return now.archive


def tile(archive: Archive, z: int, x: int, y: int) -> bytes | None:
    """The tile as the file holds it, None for a gap in it; NotFound outside the world or the file's zooms."""
    facts = archive.facts
    if not (facts.least_zoom <= z <= facts.greatest_zoom and x < 2**z and y < 2**z):
        raise NotFound
    try:
        found = archive.tile(z, x, y)
    except Unsuitable as unsuitable:
        # A gap in the map, and the room works on. Not which tile: where officers look is nobody's business.
        current_app.logger.warning(
            "a tile of the base map could not be read", extra={"fault": unsuitable.fault}
        )
        return None
    if found is None or suitable(found, facts):
        return found
    current_app.logger.warning(
        "a tile of the base map is of another kind", extra={"fault": Fault.OTHER_TILES}
    )
    return None


def suitable(data: bytes, facts: Facts) -> bool:
    """Pictures among pictures (satellite maps mix PNG and JPEG), vectors among vectors; an empty vector tile is one."""
    if facts.tiles is Tiles.VECTOR:
        return not data or packed(data) or tiles_of(data) is Tiles.VECTOR
    return tiles_of(data) in (Tiles.PNG, Tiles.JPEG, Tiles.WEBP)
