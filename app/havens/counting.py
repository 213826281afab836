"""Counting in and out by tokens. A scan moves the number of people inside; no row says who was scanned or by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, insert, select

from app.db import db
from app.errors import Conflict, Invalid
from app.havens import states, tokens
from app.havens.actions import move, set_occupancy, taken, tell_log
from app.havens.gate_models import Difference, HavenGateDay, HavenHeadcount, HavenToken
from app.havens.models import Haven
from app.havens.models import HavenState as S
from app.havens.queries import visible
from app.havens.register import add, of


@dataclass(frozen=True)
class Counted:
    """What a scan did: `again` where the token stood so already and nothing was changed."""

    way: str
    people: int
    inside: int
    again: bool = False


def count(haven_id: int, way: str, typed: str, people: int = 1, kind: str | None = None) -> Counted:
    """One token `in` or `out`. The same scan twice changes nothing the second time.

    Raises Invalid (no token, or another haven's), Conflict (used up, never counted in, or nobody is taken in now).
    """
    haven = taken(haven_id)
    number = number_of(haven, typed)
    token = db.session.get(HavenToken, (haven.id, number), populate_existing=True)
    return came(haven, number, token, people, kind) if way == "in" else went(haven, token)


def number_of(haven: Haven, typed: str) -> str:
    try:
        number = tokens.number_in(haven.code, typed)
    except ValueError:
        sentence = _("This is not a token’s code: a letter or digit is wrong. Read it again.")
        raise Invalid(sentence, fields={"token": sentence}) from None
    if number is None:
        # Neither which haven it is of nor whether there is one: a token that was found tells nothing here.
        sentence = _("This is not a token of this haven. Give a new one.")
        raise Invalid(sentence, fields={"token": sentence})
    return number


def came(haven: Haven, number: str, token: HavenToken | None, people: int, kind: str | None) -> Counted:
    if token is not None and token.went_at is None:
        return Counted("in", token.people, haven.occupancy, again=True)
    if token is not None:
        raise Conflict(_("This token was counted out and is used up. Give a new one."), code="token_used_up")
    if haven.state not in states.TAKING_IN:
        raise Conflict(_("This haven takes nobody in now."), code="wrong_state")
    db.session.execute(
        insert(HavenToken).inline(),
        {"haven_id": haven.id, "number": number, "people": people, "kind": kind, "came_at": this_hour()},
    )
    return moved(haven, "in", people)


def went(haven: Haven, token: HavenToken | None) -> Counted:
    if token is None:
        raise Conflict(_("This token was not counted in here."), code="not_inside")
    if token.went_at is not None:
        return Counted("out", token.people, haven.occupancy, again=True)
    token.went_at = this_hour()
    return moved(haven, "out", token.people)


def moved(haven: Haven, way: str, people: int) -> Counted:
    """The number inside, and the state that follows from it. Only a change of state is a row of the haven's history."""
    before = haven.occupancy
    # A headcount may have found fewer than there are tokens: nobody is ever less than nobody.
    haven.occupancy = before + people if way == "in" else max(0, before - people)
    after = S(haven.state)
    if after in states.TAKING_IN:
        after = S.FULL if haven.occupancy >= haven.capacity_night else S.OPEN
    if after.value != haven.state:
        move(haven, after, "gate")
    else:
        haven.changed_at = datetime.now(UTC)
        db.session.flush()
        tell_log("havens.counted", "havens", haven.id, haven, {"occupancy": haven.occupancy})
    return Counted(way, people, haven.occupancy)


def headcount(haven_id: int, people: int, why: str | None = None) -> Haven:
    """A headcount, kept beside the tokens inside; it is the number from then on."""
    haven = set_occupancy(haven_id, people)
    keep_headcount(haven, people, why)
    return haven


def keep_headcount(haven: Haven, people: int, why: str | None) -> None:
    """A headcount beside what the tokens say. Raises Invalid where they differ and nobody says why."""
    inside, used = tokens_inside(haven.id)
    differs = used and inside != people
    if differs and why is None:
        sentence = _(
            "The tokens inside say %(tokens)s people, you counted %(people)s. Say why.", tokens=inside, people=people
        )  # fmt: skip
        raise Invalid(sentence, fields={"why": sentence})
    kept = add(
        HavenHeadcount, haven.id,
        {"people": people, "tokens_inside": inside, "why": Difference(why).value if differs and why else None},
    )  # fmt: skip
    tell_log("havens.headcount", "haven_headcounts", kept, haven, {"haven": haven.id, "people": people})


def tokens_inside(haven_id: int) -> tuple[int, bool]:
    """(people by the tokens that are inside, whether tokens are in use at all), for those who keep the haven."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(HavenToken.people).filter(HavenToken.went_at.is_(None)), 0), func.count()
        )
        .join(Haven, Haven.id == HavenToken.haven_id)
        .where(HavenToken.haven_id == haven_id, visible())
    ).one()
    return int(row[0]), bool(row[1])


def inside_by_kind(haven_id: int) -> dict[str, int]:
    """People inside by what was said of their tokens ('' where nothing was)."""
    kind = func.coalesce(HavenToken.kind, "")
    found = db.session.execute(
        select(kind, func.sum(HavenToken.people))
        .join(Haven, Haven.id == HavenToken.haven_id)
        .where(HavenToken.haven_id == haven_id, HavenToken.went_at.is_(None), visible())
        .group_by(kind)
        .order_by(kind)
    )
    return {row[0]: int(row[1]) for row in found}


def headcounts(haven_id: int, limit: int = 10) -> list[HavenHeadcount]:
    return list(db.session.scalars(of(HavenHeadcount, haven_id).limit(limit)))


def days(haven_id: int, limit: int = 14) -> list[tuple[date, int, int]]:
    """(day, came, went) of what was folded, newest first."""
    found = db.session.execute(
        select(HavenGateDay.day, func.sum(HavenGateDay.came), func.sum(HavenGateDay.went))
        .join(Haven, Haven.id == HavenGateDay.haven_id)
        .where(HavenGateDay.haven_id == haven_id, visible())
        .group_by(HavenGateDay.day)
        .order_by(HavenGateDay.day.desc())
        .limit(limit)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in found]


def this_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def fresh_sheet(haven: Row[Any], how_many: int) -> list[str]:
    """Codes for a sheet to print. They are written down nowhere: one that is never scanned never existed."""
    return [tokens.new(haven.code) for _n in range(how_many)]
