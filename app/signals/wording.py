"""The words for signals and what came of them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

CONCERNS: dict[str, LazyString] = {
    "child": _l("a child"),
    "sexual_violence": _l("sexual violence"),
}
OUTCOMES: dict[str, LazyString] = {
    "followed_up": _l("followed up"),
    "referred": _l("referred to who can help"),
    "known": _l("known already"),
    "no_ground": _l("no ground found"),
    "unsafe": _l("left: asking on would endanger somebody"),
}
