"""The words for what came of a call-back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

RESULTS: dict[str, LazyString] = {
    "confirms": _l("confirms it"),
    "adds": _l("adds to it"),
    "denies": _l("denies it"),
    "not_reached": _l("was not reached"),
    "unsafe_to_call": _l("not called: a call would endanger the source"),
}
