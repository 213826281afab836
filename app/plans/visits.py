"""The visits that a site is owed in a plan's days: how many, how far apart, when, and what each is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.coverage.facts import SiteFacts
from app.mission.hours import DAY
from geo.coverage import NIGHT_FROM, NIGHT_UNTIL, neglect_of

MOST_A_DAY = 3
Window = tuple[float, float]


@dataclass(frozen=True)
class Visit:
    """One visit wanted. windows: minutes from the first day's midnight, in order. gap: least days to the site's others.
    number, of: the second of seven. worth: above 0, before any weight."""

    facts: SiteFacts
    number: int
    of: int
    night: bool
    market: bool
    windows: tuple[Window, ...]
    gap: int
    worth: float


def wanted(facts: SiteFacts, days: int) -> int:
    """How many visits: the share of the week's that falls on these days, and one at least where the longest gap is passed
    or would be before the last of them is over."""
    share = math.ceil(facts.site.visits_a_week * days / 7)
    due = facts.days + days > facts.site.longest_gap_days
    return min(max(share, int(due)), MOST_A_DAY * days)


def visits_of(facts: SiteFacts, first: date, days: int) -> Iterator[Visit]:
    """The first visit is worth what the site has been left alone for; each further one, as long as it comes after the one
    before. One goes to the market, where there is one in these days; the last ones are those of the night."""
    site, count = facts.site, wanted(facts, days)
    market = tuple(windows(first, days, site.market_from, site.market_until, site.market_days))
    by_night = min(round(site.night_share * count), count)
    gap = 0 if count <= 1 or count > days else max(1, days // count - 1)
    for n in range(count):
        night = n >= count - by_night
        to_market = n == 0 and bool(market) and not night
        alone = facts.days if n == 0 else days / count
        worth = (
            facts.neglect * alone / facts.days
            if facts.days
            else float(neglect_of(alone, facts.risk, facts.people, 1))
        )
        open_at = (
            market
            if to_market
            else tuple(nights(days) if night else windows(first, days, site.window_from, site.window_until))
        )
        yield Visit(facts, n + 1, count, night, to_market, open_at, gap, worth + 1.0)


def windows(
    first: date, days: int, begin: int | None, end: int | None, weekdays: list[int] | None = None
) -> Iterator[Window]:
    """Day by day from `begin` to `end` (minutes of a day), on these weekdays; without hours the whole time at once."""
    if begin is None or end is None:
        if weekdays is None:
            yield 0.0, float(days * DAY)
        return
    for n in range(days):
        if weekdays is None or (first + timedelta(days=n)).isoweekday() in weekdays:
            yield float(n * DAY + begin), float(n * DAY + end)


def nights(days: int) -> Iterator[Window]:
    """The early morning of the first day, and each night that begins in these days."""
    yield 0.0, float(NIGHT_UNTIL)
    for n in range(days):
        yield float(n * DAY + NIGHT_FROM), float((n + 1) * DAY + NIGHT_UNTIL)
