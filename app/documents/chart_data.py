"""The accountability report's charts, counted from the same alerts as its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _

from app.documents.accountability_report_brief import AlertFacts
from app.documents.parts import Chart, Panel, Period
from app.documents.wording import MONTHS

#: Upper bounds in minutes of the classes of the time to acknowledge; the SOP's clocks are among them.
ACKNOWLEDGE_BOUNDS = (5, 15, 30, 60, 120)

#: More bars than this cannot be read in print; then months are counted instead of weeks.
MOST_WEEKS = 27


def _week_starts(period: Period) -> list[datetime]:
    first = period.begin.replace(hour=0, minute=0, second=0, microsecond=0)
    start = first - timedelta(days=first.weekday())
    starts = []
    while start < period.end:
        starts.append(start)
        start += timedelta(days=7)
    return starts


def _month_starts(period: Period) -> list[datetime]:
    start = period.begin.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    starts = []
    while start < period.end:
        starts.append(start)
        start = (start + timedelta(days=32)).replace(day=1)
    return starts


def priorities(alerts: Sequence[AlertFacts]) -> list[str]:
    """The priorities that occur, most urgent first (P1 before P2 …)."""
    return sorted({alert.priority for alert in alerts})


def alerts_over_time(alerts: Sequence[AlertFacts], period: Period) -> Chart:
    """Alerts by week (Mondays, UTC) and priority; by month where the period is longer than half a year."""
    starts = _week_starts(period)
    weekly = len(starts) <= MOST_WEEKS
    if not weekly:
        starts = _month_starts(period)
    panels = []
    for priority in priorities(alerts):
        values = [0] * len(starts)
        for alert in alerts:
            if alert.priority == priority:
                # An alert raised before the period opened would have no bar: the brief holds none.
                values[max(sum(1 for start in starts if start <= alert.raised_at) - 1, 0)] += 1
        panels.append(Panel(priority, tuple(values)))
    if weekly:
        title, names = (
            _("Alerts per week by priority"),
            [f"{s.day:02d} {MONTHS[s.month - 1]}" for s in starts],
        )
    else:
        title, names = _("Alerts per month by priority"), [f"{MONTHS[s.month - 1]} {s:%y}" for s in starts]
    return Chart(title, _("alerts"), tuple(names), tuple(panels), columns=1)


def acknowledge_times(alerts: Sequence[AlertFacts]) -> Chart:
    """How many alerts of each priority were acknowledged within how many minutes, and how many never."""
    lows = (0, *ACKNOWLEDGE_BOUNDS)
    names = [f"{low}–{high}" for low, high in zip(lows, ACKNOWLEDGE_BOUNDS, strict=False)]
    names += [_("over %(n)s", n=ACKNOWLEDGE_BOUNDS[-1]), _("no time")]
    panels = []
    for priority in priorities(alerts):
        values = [0] * len(names)
        for alert in alerts:
            if alert.priority != priority:
                continue
            if alert.acknowledged is None:
                values[-1] += 1
            else:
                values[sum(1 for bound in ACKNOWLEDGE_BOUNDS if alert.acknowledged > bound)] += 1
        panels.append(Panel(priority, tuple(values)))
    return Chart(_("Minutes to acknowledge by priority"), _("alerts"), tuple(names), tuple(panels), columns=2)
