"""The words of finding: what a thing is, and how sure it is that it was meant."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

KINDS: dict[str, LazyString] = {
    "grid": _l("Grid"),
    "position": _l("Position"),
    "time": _l("Time"),
    "place": _l("Place"),
    "area": _l("Administrative area"),
    "sector": _l("Sector"),
    "base": _l("Base"),
    "unit": _l("Unit"),
    "alert": _l("Alert"),
    "incident": _l("Incident"),
    "report": _l("Report"),
    "document": _l("Document"),
    "threat": _l("Threat"),
    "patrol": _l("Patrol"),
    "haven": _l("Haven"),
    "defender": _l("Defender"),
}

SURE: dict[str, LazyString] = {
    "exact": _l("this very one"),
    "within": _l("holds what was asked for"),
    "alike": _l("spelled alike"),
}
