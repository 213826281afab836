"""The words of ladders and posts."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.mission.hours import hour as hour

POSTS = {
    "duty_officer": _l("Duty officer"),
    "sector": _l("Sector headquarters"),
    "force_headquarters": _l("Force headquarters"),
    "head_of_mission": _l("Head of mission"),
}
WAYS = {"screen": _l("screen"), "sms": _l("SMS"), "email": _l("e-mail")}
THEN = {
    "tell_again": _l("tell the last one again, until somebody acts"),
    "stay": _l("stay with the last one, on the board until decided"),
}


def any_of(ways: Iterable[str]) -> str:
    """“SMS or e-mail”."""
    return f" {_('or')} ".join(str(words) for way, words in WAYS.items() if way in ways)
