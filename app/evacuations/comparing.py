"""What a plan does otherwise than the one before it, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.evacuations import wording

MOST = 12


# Ids of a place and of a haven: in a country three villages have one name.
Pair = tuple[int, int]


def pair_of(content: Mapping[str, Any], leg: Mapping[str, Any]) -> Pair:
    return content["places"][leg["place"]]["id"], content["havens"][leg["haven"]]["id"]


def went(content: Mapping[str, Any]) -> Counter[Pair]:
    """Who goes where: people."""
    found: Counter[Pair] = Counter()
    for leg in content["legs"]:
        found[pair_of(content, leg)] += leg["people"]
    return found


def named(*contents: Mapping[str, Any]) -> dict[Pair, tuple[str, str]]:
    """The names of all pairs, in the order of the names."""
    found = {
        pair_of(content, leg): (
            content["places"][leg["place"]]["name"], content["havens"][leg["haven"]]["name"],
        )
        for content in contents
        for leg in content["legs"]
    }  # fmt: skip
    return dict(sorted(found.items(), key=lambda each: (each[1], each[0])))


def everybody(content: Mapping[str, Any]) -> int:
    return sum(int(place["people"]) for place in content["places"])


def ways(content: Mapping[str, Any]) -> dict[Pair, tuple[float, Any]]:
    """Minutes and line of each pair's way."""
    return {pair_of(content, leg): (leg["minutes"], leg["line"]) for leg in content["legs"]}


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Who has a place or none any more, who goes elsewhere, whose way is another one."""
    found = []
    more = wording.left(now) - wording.left(before)
    asked = everybody(now) - everybody(before)
    if asked:
        # With others to bring away, who has no place is no comparison.
        words = _("%(people)s more are to be brought away than before.") if asked > 0 else _(
            "%(people)s fewer are to be brought away than before."
        )  # fmt: skip
        found.append(words % {"people": wording.people(abs(asked))})
    elif more > 0:
        found.append(_("%(people)s more have no place.", people=wording.people(more)))
    elif more < 0:
        found.append(_("%(people)s have a place who had none.", people=wording.people(-more)))
    was, goes, old, new = went(before), went(now), ways(before), ways(now)
    for pair, (place, haven) in named(before, now).items():
        people = goes[pair] - was[pair]
        if people:
            words = _("%(people)s more from %(place)s go to %(haven)s.") if people > 0 else _(
                "%(people)s fewer from %(place)s go to %(haven)s."
            )  # fmt: skip
            found.append(words % {"people": wording.people(abs(people)), "place": place, "haven": haven})
        elif old[pair][1] != new[pair][1]:
            found.append(
                _("From %(place)s to %(haven)s by another road: %(now)s min, before %(was)s.", place=place, haven=haven,
                  now=round(new[pair][0]), was=round(old[pair][0]))
            )  # fmt: skip
    if len(found) > MOST:
        found = [*found[:MOST], _("And %(n)s more changes.", n=len(found) - MOST)]
    return found
