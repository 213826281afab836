"""The visits that a site is still owed in a plan's days: how many, how far apart, when, by when, and what each is worth.

What was visited already, or is ordered otherwise (by hand, or by another plan that was issued), counts: for how often in
seven days, and for the longest gap.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.coverage.facts import SiteFacts
from app.mission.hours import DAY
from geo.coverage import NIGHT_FROM, NIGHT_UNTIL, neglect_of
from geo.patrols.due import due_days

MOST_A_DAY = 3
WEEK = 7
Window = tuple[float, float]


@dataclass(frozen=True)
class Visit:
    """One visit wanted. windows: minutes from the first day's midnight, in order. gap: least days to the site's others.
    number, of: the second of seven. due: first and last of the plan's days on which it keeps the site's longest gap,
    None where no gap ends. counted: visits of these seven days that were made or are ordered otherwise. worth: above 0,
    before any weight."""

    facts: SiteFacts
    number: int
    of: int
    night: bool
    market: bool
    windows: tuple[Window, ...]
    gap: int
    worth: float
    due: tuple[int, int] | None = None
    counted: int = 0


def lately(known: Sequence[int], days: int) -> int:
    """How many of the visits that are known, by day of the plan, fall within the seven days that end with its last."""
    return sum(days - WEEK <= day < days for day in known)


def wanted(facts: SiteFacts, days: int, known: Sequence[int], due: int) -> int:
    """How many visits: the share of the week's that falls on these days as far as it is still owed, and at least
    those that are due."""
    week = facts.site.visits_a_week
    share = math.ceil(week * days / WEEK) - sum(0 <= day < days for day in known)
    owed = week - lately(known, days)
    return min(max(min(share, owed), due, 0), MOST_A_DAY * days)


def visits_of(facts: SiteFacts, first: date, days: int, known: Sequence[int] = ()) -> Iterator[Visit]:
    """The first visit is worth what the site has been left alone for; each further one, as long as it comes after the one
    before; what is due, the more the longer its gap has then lasted. One goes to the market, where there is one in these
    days; the last ones are those of the night.

    known: days of visits that were made or are ordered otherwise, counted from the first day."""
    site = facts.site
    spans = due_days(known, site.longest_gap_days, days)
    count = wanted(facts, days, known, len(spans))
    by_night = min(round(site.night_share * count), count)
    gap = 0 if count <= 1 or count > days else max(1, days // count - 1)
    given = [day for day in known if 0 <= day < days]
    open_by_day = without(tuple(windows(first, days, site.window_from, site.window_until)), given)
    open_by_night = without(tuple(nights(days)), given)
    market = without(
        tuple(windows(first, days, site.market_from, site.market_until, site.market_days)), given
    )
    since = alone(facts, known)
    to_market = False
    for n in range(count):
        due = spans[n] if n < len(spans) else None
        night = n >= count - by_night
        there = not to_market and not night and meets(market, due)
        to_market = to_market or there
        left = since if n == 0 else days / count
        worth = (
            facts.neglect * left / facts.days
            if facts.days
            else float(neglect_of(left, facts.risk, facts.people, 1))
        )
        pressing = max(1.0, (since + due[1]) / site.longest_gap_days) if due and n == 0 else 1.0
        open_at = market if there else open_by_night if night else open_by_day
        yield Visit(
            facts, n + 1, count, night, there, open_at, gap, pressing * worth + 1.0, due, lately(known, days)
        )


def alone(facts: SiteFacts, known: Sequence[int]) -> float:
    """Days since the last visit as the plan begins; where none is known, as many as count for it now."""
    before = [day for day in known if day < 0]
    return float(-max(before)) if before else facts.days


def meets(hours: Sequence[Window], due: tuple[int, int] | None) -> bool:
    """Whether some of these hours lie on the days on which a visit is due; on any, where it isn't."""
    return any(
        due is None or (opens < (due[1] + 1) * DAY and closes >= due[0] * DAY) for opens, closes in hours
    )


def without(hours: tuple[Window, ...], days: Sequence[int]) -> tuple[Window, ...]:
    """The hours less those of days on which somebody goes there anyhow; all of them if that leaves none."""
    found = list(hours)
    for day in sorted(set(days)):
        begin, end = float(day * DAY), float((day + 1) * DAY)
        parts = [part for a, b in found for part in ((a, min(b, begin - 1)), (max(a, end), b))]
        found = [(a, b) for a, b in parts if a < b]
    return tuple(found) or hours


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
