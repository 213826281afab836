"""An evacuation in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import lazy_gettext as _l

from app.words import number

WHY = {
    "no_road": _l("no open road leads from there to any haven"),
    "not_admitted": _l(
        "no haven that can be reached may take them: medical care, or communities that are kept apart"
    ),
    "no_place": _l("the havens that may take them are full"),
}


def serial(evacuation_id: int, version: int | None) -> str:
    """EV-00012/3: how a plan is called on the radio."""
    return f"EV-{evacuation_id:05d}/{version or 0}"


def letter(n: int) -> str:
    """How the n-th haven of a plan is called on its map and in its tables: A, B … Z, AA, AB …"""
    return (letter(n // 26 - 1) if n >= 26 else "") + chr(65 + n % 26)


def people(count: int) -> str:
    return str(ngettext("%(people)s person", "%(people)s people", count, people=number(count)))


def left(content: Mapping[str, Any]) -> int:
    return sum(int(each["people"]) for each in content["left"])


def placed(content: Mapping[str, Any]) -> int:
    return sum(int(leg["people"]) for leg in content["legs"])


def waiting(content: Mapping[str, Any]) -> int:
    return sum(int(each["people"]) for each in content["waiting"])


def overflow(content: Mapping[str, Any]) -> str:
    """Who has no place and what to do about it, in a sentence; empty where all have one."""
    count = left(content)
    if not count:
        return ""
    options = [
        ngettext(
            "open %(name)s (%(places)s place, %(min)s min away)", "open %(name)s (%(places)s places, %(min)s min away)",
            h["places"], name=h["name"], places=h["places"], min=h["minutes"],
        )
        for h in content["to_open"]
    ] + [
        ngettext("make %(n)s more place at %(name)s", "make %(n)s more places at %(name)s", m["places"], n=m["places"],
                 name=m["name"])
        for m in content["more"]
    ]  # fmt: skip
    if not options:
        return str(
            ngettext(
                "%(people)s person has no place. No other haven that is known can be reached.",
                "%(people)s people have no place. No other haven that is known can be reached.",
                count, people=number(count),
            )
        )  # fmt: skip
    return str(
        ngettext(
            "%(people)s person has no place: %(ways)s.", "%(people)s people have no place: %(ways)s.", count,
            people=number(count),
            ways=format_list([str(each) for each in options], style="or", locale=get_locale() or "en"),
        )
    )  # fmt: skip


def promise_words(promise: Any) -> str:
    """What others were promised at a haven (promises.py: Promise), in a sentence."""
    return ngettext(
        "%(places)s of %(free)s free places at %(name)s are promised by evacuation %(by)s.",
        "%(places)s of %(free)s free places at %(name)s are promised by evacuations %(by)s.",
        len(promise.by), places=number(promise.places), free=number(promise.free), name=promise.name,
        by=", ".join(serial for _id, serial in promise.by),
    )  # fmt: skip


def over_steps(content: Mapping[str, Any]) -> str:
    """Who can't walk and goes where no wheelchair gets in, as far as is known, in a sentence; empty where nobody does."""
    legs = [leg for leg in content["legs"] if leg.get("cannot_walk")]
    havens = {leg["haven"] for leg in legs if not content["havens"][leg["haven"]].get("step_free")}
    count = sum(int(leg["cannot_walk"]) for leg in legs if leg["haven"] in havens)
    if not count:
        return ""
    names = ", ".join(content["havens"][n]["name"] for n in sorted(havens))
    return str(
        ngettext(
            "Of those who can’t walk, %(people)s goes where no way in without steps is on record: %(havens)s. Send "
            "people who carry, and lay ramps.",
            "Of those who can’t walk, %(people)s go where no way in without steps is on record: %(havens)s. Send people "
            "who carry, and lay ramps.",
            count, people=count, havens=names,
        )
    )  # fmt: skip


def farther(content: Mapping[str, Any]) -> str:
    """How many havens were left out since there were too many, in a sentence; empty where none was."""
    # Plans from before it was kept left out whichever had the last numbers.
    count = int(content.get("farther", 0))
    if not count:
        return ""
    return ngettext(
        "%(num)s haven was left out: a plan takes the open ones first, then the nearest.",
        "%(num)s havens were left out: a plan takes the open ones first, then the nearest.",
        count,
    )


def carried(content: Mapping[str, Any]) -> int:
    """How many of those with a place can't walk."""
    return sum(int(leg.get("cannot_walk", 0)) for leg in content["legs"])


def moment(content: Mapping[str, Any], minutes: float) -> datetime:
    """When a wave leaves or arrives."""
    return datetime.fromisoformat(content["at"]) + timedelta(minutes=minutes)
