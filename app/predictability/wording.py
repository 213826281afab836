"""What the figures mean, in sentences, and what would help."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from app.predictability.queries import Habit
from geo.patrols.predictability import Guess, Spread

LEAST = 3
KNOWS = 0.6  # from here on a learner guesses well enough to wait for a patrol


def spread(found: Spread, count: int) -> str:
    """Bits beside the most that there could be; of one or two nothing can be said: they are not "always the same"."""
    if count < LEAST:
        return _("too few to say")
    return _("%(bits)s of %(most)s bits", bits=f"{found.bits + 0.0:.1f}", most=f"{found.most:.1f}")


def guess(found: Guess | None) -> str:
    if found is None:
        return _(
            "Too few days are on record to say what could be guessed: four weeks at least are needed, better twelve."
        )
    if found.within_sites is None:
        return _("Nothing could be compared: each site was visited every day or on none.")
    return _(
        "Of two days at the same site, one with a patrol and one without, a simple learner that knows the days before "
        "picks the right one %(n)s times of 100. 50 is tossing a coin; 100 is knowing it.",
        n=round(100 * found.within_sites),
    )


def verdict(found: Guess | None) -> str:
    if found is None or found.within_sites is None:
        return ""
    if found.within_sites >= KNOWS:
        return _("Days can be foretold: let them be drawn, and break the rhythm of the sites below.")
    return _("Days can hardly be foretold from the days before.")


def of_route(habit: Habit) -> str:
    return _(
        "the same route %(times)s: add or leave out a stop; the other way round is the same",
        times=times(habit),
    )


def of_time(habit: Habit) -> str:
    return _(
        "set off about %(time)s, %(times)s: set off an hour earlier or later",
        time=middle(habit.patrols[len(habit.patrols) // 2].tour.start), times=times(habit),
    )  # fmt: skip


def of_arrival(habit: Habit) -> str:
    return _("at the same time of day %(times)s: come at another", times=times(habit))


def times(habit: Habit) -> str:
    if habit.most == len(habit.patrols):
        return _("%(n)s times in seven days", n=habit.most)
    return _("%(n)s times, up to %(m)s of them in seven days", n=len(habit.patrols), m=habit.most)


def middle(start: datetime) -> str:
    """To the nearest half hour: the flag itself reaches half an hour either way."""
    near = start + timedelta(minutes=15)
    return f"{near.hour:02d}:{near.minute // 30 * 30:02d}"
