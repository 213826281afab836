"""Whether a plan still holds at the moment when it becomes an order: made anew from what holds now, and laid beside
it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from app.evacuations import corrected
from app.evacuations.body import PlanBody
from app.evacuations.comparing import changed, named, ways, went
from app.evacuations.models import Evacuation
from app.evacuations.promises import told
from app.evacuations.solving import solved
from app.evacuations.wording import promise_words

# A way that takes so much longer than it was told is another way to whoever drives it.
LONGER, AT_LEAST_MINUTES = 1.2, 5


def lapsed(evacuation: Evacuation, plan: Row[Any]) -> list[str]:
    """What no longer holds, in sentences; empty where the plan may be carried out as it stands.

    Havens' names, places, states and free places, closed roads and threats are gathered anew, and who goes where is
    found from this plan with as few changes as can be; what is found, the checker has replayed. Where it only became
    better, the plan holds. Raises as `solved`.
    """
    now, _haven_ids = solved(evacuation, PlanBody.model_validate(plan.asked), plan.content)
    otherwise = corrected.since(evacuation.id, plan.content)
    if holds(plan.content, now) and not otherwise:
        return []
    promised = [promise_words(each) for each in told(evacuation)]
    return [*otherwise, *changed(plan.content, now), *slower(plan.content, now), *promised] or [
        _("Roads, threats or havens have changed.")
    ]


def holds(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    was, goes, old, new = went(before), went(now), ways(before), ways(now)
    kept = all(goes[pair] >= people and old[pair][1] == new[pair][1] for pair, people in was.items())
    return kept and not slower(before, now)


def slower(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    old, new = ways(before), ways(now)
    return [
        _("The way from %(place)s to %(haven)s takes %(now)s min now, before %(was)s.", place=place, haven=haven,
          now=round(new[pair][0]), was=round(old[pair][0]))
        for pair, (place, haven) in named(before, now).items()
        if pair in old and pair in new and new[pair][0] > max(old[pair][0] * LONGER, old[pair][0] + AT_LEAST_MINUTES)
    ]  # fmt: skip
