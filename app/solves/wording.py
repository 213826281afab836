"""What a search says of itself."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.solves.models import Solve

STATES = {
    "waiting": _l("Waiting for its turn"),
    "running": _l("Searching"),
    "done": _l("Done"),
    "stopped": _l("Stopped; the best so far was kept"),
    "failed": _l("Failed"),
}
BEST = {
    "mix": lambda n: _("Best so far: an attacker gains %(n)s %% of what one fixed plan leaves him", n=n),
    "plan": lambda n: ngettext("Best so far: %(num)s visit", "Best so far: %(num)s visits", n),
    "siting": lambda n: ngettext("Best so far: %(num)s person", "Best so far: %(num)s people", n),
}
ERRORS = {
    "no_tours": _l("No unit goes out on these days. Set the means of one first."),
    "no_tasks": _l("Nothing is to be visited on these days. Put sites on the list first."),
    "no_daily_tours": _l(
        "No unit goes out on every day of this run. Ask for fewer days, or set the means of one."
    ),
    "too_many_tours": _l("A mix holds 24 tours a day at most. Ask for a smaller sector."),
    "too_many_sites": _l(
        "More sites stand on the list here than the 200 that a mix holds. Ask for a smaller sector, or plan this one by "
        "a plan of the usual kind."
    ),
    "no_sites": _l(
        "No site can be reached by these units in their hours. Put sites on the list, or set means."
    ),
    "refused": _l("The independent check refused what was found, so nothing is shown."),
    "no_account": _l("The account of whoever asked is shut, or lost the right."),
    "gone": _l("What was searched for is no longer there."),
    "too_long": _l("It took longer than a search may."),
    "cut_off": _l(
        "The search was cut off before its end, again and again. Start it again; if it is cut off again, "
        "tell the administrator."
    ),
    "unexpected": _l(
        "Something went wrong that nobody foresaw. Ask again; if it fails again, tell the administrator."
    ),
}


def best(solve: Solve) -> str:
    return "" if solve.best is None else BEST[solve.kind](round(solve.best))


def error(solve: Solve) -> str:
    return str(ERRORS.get(solve.error or "", ERRORS["unexpected"]))
