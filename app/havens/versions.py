"""The versions of a haven's record in plain words, what each changed, and what was corrected of the haven itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from app.havens import correcting, register, wording
from app.havens.register_models import HavenRecord
from app.words import apart, grid

SHOWN = 50


@dataclass(frozen=True)
class Change:
    """A field that reads otherwise than in the version before; words that are empty say that it is not known."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    record: HavenRecord
    first: bool
    changes: tuple[Change, ...]


def versions(haven_id: int) -> list[Version]:
    """The newest versions that the viewer may read, newest first."""
    kept = register.records(haven_id, SHOWN + 1)
    found = [
        Version(now, old is None, () if old is None else tuple(changes(old, now)))
        for now, old in zip_longest(kept, kept[1:])
    ]
    return found[:SHOWN]


def changes(old: HavenRecord, now: HavenRecord) -> Iterable[Change]:
    before, after = told(old), told(now)
    for field in wording.RECORD:
        if field in register.CAPACITIES and getattr(old, field) is None:
            continue  # a version from before records told the places: nobody changed them here
        if before[field] != after[field]:
            yield Change(field, before[field], after[field])


@dataclass(frozen=True)
class Corrected:
    """correction: at, by_role and why of what was corrected at once."""

    correction: Row[Any]
    changes: tuple[Change, ...]


def corrections(haven_id: int) -> list[Corrected]:
    """The newest that the viewer may read, newest first."""
    return [Corrected(c, tuple(differences(c))) for c in correcting.corrections(haven_id)]


def differences(c: Row[Any]) -> Iterable[Change]:
    if c.name != c.name_before:
        yield Change("name", c.name_before, c.name)
    if c.kind != c.kind_before:
        yield Change("kind", str(wording.KINDS[c.kind_before]), str(wording.KINDS[c.kind]))
    if c.moved:
        now = _("%(grid)s, %(apart)s away", grid=spot(c.lon, c.lat), apart=apart(c.metres))
        yield Change("place", spot(c.lon_before, c.lat_before), now)


def spot(lon: float, lat: float) -> str:
    return f"{grid(lon, lat)} ({lat:.5f}, {lon:.5f})"


def told(r: HavenRecord) -> Mapping[str, str]:
    """What the record says in each field (wording.RECORD); empty where it is not known."""
    return {
        "capacity_day": number(r.capacity_day),
        "capacity_night": number(r.capacity_night),
        "capacity_most": number(r.capacity_most),
        "guard_force": str(wording.FORCES.get(r.guard_force or "", "")),
        "guard_strength": number(r.guard_strength),
        "guard_hours": number(r.guard_hours),
        "perimeter": several(r.perimeter, wording.PERIMETERS),
        "medical_level": str(wording.MEDICAL_LEVELS.get(r.medical_level or "", "")),
        "fire_points": number(r.fire_points),
        "screening_point": yes_or_no(r.screening_point),
        "women_child_space": yes_or_no(r.women_child_space),
        "accessibility": several(r.accessibility, wording.ACCESSIBILITY),
        "communications": several(r.communications, wording.COMMUNICATIONS),
        "groups_accepted": ", ".join(r.groups_accepted),
        "groups_reserved": ", ".join(r.groups_reserved),
        "groups_refused": ", ".join(r.groups_refused),
        "do_not_mix": ", ".join(r.do_not_mix),
        "owner": str(wording.OWNERS.get(r.owner or "", "")),
        "agreement_with": r.agreement_with or "",
        "agreement_until": r.agreement_until.isoformat() if r.agreement_until else "",
        "ways": "; ".join(way(each) for each in r.ways),
    }


def number(value: int | None) -> str:
    return "" if value is None else str(value)


def yes_or_no(value: bool | None) -> str:
    if value is None:
        return ""
    return _("yes") if value else _("no")


def several(codes: Iterable[str], words: Mapping[str, Any]) -> str:
    return ", ".join(str(words.get(code, code)) for code in codes)


def way(each: Mapping[str, Any]) -> str:
    return _(
        "%(to)s, %(use)s, dry season %(dry)s, rainy season %(rainy)s", to=each["to"], use=wording.USES[each["use"]],
        dry=minutes(each.get("minutes_dry")), rainy=minutes(each.get("minutes_rainy")),
    )  # fmt: skip


def minutes(n: int | None) -> str:
    return "–" if n is None else _("%(n)s min", n=n)
