"""Periods of measures: a month or a quarter by its code, or any span of days. Days and months are UTC's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext as _

from app.errors import Invalid
from app.moments import EARLIEST

WRITTEN = re.compile(r"(?P<year>20\d\d)-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2]))")


def month_start(year: int, month: int) -> datetime:
    """The first moment of a month; months beyond 12 or below 1 are those of other years."""
    years, rest = divmod(month - 1, 12)
    return datetime(year + years, rest + 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Period:
    """From `since` to before `until`; `code` is empty where it is neither a month nor a quarter."""

    since: datetime
    until: datetime
    code: str = ""

    @property
    def is_quarter(self) -> bool:
        return "Q" in self.code

    @property
    def quarter(self) -> Period:
        """The quarter that a month or quarter lies in."""
        return quarter_of(self.since)

    @property
    def last_day(self) -> date:
        return (self.until - timedelta(microseconds=1)).date()

    @property
    def words(self) -> str:
        return self.code or _("%(since)s to %(until)s", since=self.since.date(), until=self.last_day)

    def months(self) -> list[str]:
        """The codes of the months that it touches."""
        found, at = [], month_start(self.since.year, self.since.month)
        while at < self.until:
            found.append(f"{at:%Y-%m}")
            at = month_start(at.year, at.month + 1)
        return found


def quarter_of(at: datetime) -> Period:
    n = (at.month - 1) // 3
    return Period(month_start(at.year, 3 * n + 1), month_start(at.year, 3 * n + 4), f"{at.year}-Q{n + 1}")


def quarter_before(quarter: Period) -> Period:
    return quarter_of(quarter.since - timedelta(days=1))


def read_period(code: str) -> Period:
    """A quarter (2026-Q3) or a month (2026-08). Raises Invalid."""
    found = WRITTEN.fullmatch(code)
    if found is None:
        words = _("Give a period as 2026-Q3 or 2026-08.")
        raise Invalid(words, fields={"period": words})
    year = int(found["year"])
    if found["quarter"]:
        return quarter_of(month_start(year, 3 * int(found["quarter"])))
    month = int(found["month"])
    return Period(month_start(year, month), month_start(year, month + 1), code)


def any_period(since: datetime | None, until: datetime | None, now: datetime) -> Period:
    """Any span, to the end of today where that is not said; without both, the present quarter. Raises Invalid for one
    that is empty or longer than ten years."""
    if since is None and until is None:
        return quarter_of(now)
    until = until or now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    # Before that nothing is on record, and arithmetic ends at the year 1.
    if until > EARLIEST:
        since = since or until - timedelta(days=92)
    if since is None or not timedelta() < until - since <= timedelta(days=3_660):
        words = _("The period ends before it begins, or is longer than ten years.")
        raise Invalid(words, fields={"since": words})
    return Period(since, until)


def last_quarters(now: datetime, count: int) -> list[Period]:
    """The quarters that have ended, latest first."""
    found = [quarter_before(quarter_of(now))]
    while len(found) < count:
        found.append(quarter_before(found[-1]))
    return found
