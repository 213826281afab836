"""What the figures mean, in sentences, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _

from app.predictability.queries import Driven
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


def of_route(group: Sequence[Driven]) -> str:
    return _(
        "the same route %(n)s times in seven days: add or leave out a stop; the other way round is the same",
        n=len(group),
    )


def of_time(group: Sequence[Driven]) -> str:
    starts = [patrol.tour.start for patrol in group]
    return _(
        "set off about %(time)s, %(n)s times in seven days: set off an hour earlier or later",
        n=len(group), time=middle(starts[0]),
    )  # fmt: skip


def of_arrival(group: Sequence[Driven]) -> str:
    return _("at the same time of day %(n)s times in seven days: come at another", n=len(group))


def middle(start: datetime) -> str:
    """To the nearest half hour: the flag itself reaches half an hour either way."""
    near = start + timedelta(minutes=15)
    return f"{near.hour:02d}:{near.minute // 30 * 30:02d}"
