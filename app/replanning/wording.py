"""The reasons beside each unit that could be sent."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.replanning.models import Hindered
from app.replanning.nearest import Reach

HINDERED = {
    Hindered.NOT_BY_ROAD: _l("doesn’t go by road: ask how soon it is there"),
    Hindered.NO_WAY: _l("no open road leads there from where it is"),
    Hindered.ALL_OUT: _l("all its patrols are out, on escorts, visits or another alert"),
    Hindered.JOINT: _l("its patrol that could turn aside goes together with State forces"),
}


def soon(found: Reach) -> str:
    """How soon it is there, short enough for a list."""
    if found.hindered:
        return str(HINDERED[found.hindered])
    return _("there in %(n)s min by road", n=round(found.minutes))


def reasons(found: Reach) -> list[str]:
    """What speaks for the unit and what it costs, each as part of a sentence."""
    told = []
    if found.patrol is not None and not found.hindered:
        told.append(_("%(call_sign)s is out already and turns aside", call_sign=found.patrol.call_sign))
        if found.patrol.position_at is None:
            told.append(_("its place is the last stop that it reached, or its base"))
        if found.left:
            told.append(
                _("its one stop left would wait") if found.left == 1
                else _("its %(n)s stops left would wait", n=found.left)
            )  # fmt: skip
    elif not found.hindered:
        told.append(_("from %(base)s", base=found.unit.base))
        if found.waits:
            told.append(_("of these %(n)s min to get ready", n=round(found.waits)))
    if found.unit.women:
        told.append(_("has a women’s team"))
    if found.unit.interpreters:
        told.append(_("has an interpreter"))
    return told
