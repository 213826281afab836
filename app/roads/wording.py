"""The words of roads' codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

CONDITIONS: dict[str, LazyString] = {"closed": _l("Closed"), "slowed": _l("Slow")}

CAUSES: dict[str, LazyString] = {
    "threat": _l("Threat on the way"),
    "rain": _l("Rain or flood"),
    "mines": _l("Mines or explosive remnants"),
    "bridge": _l("Bridge or ford broken"),
    "checkpoint": _l("Checkpoint refuses passage"),
    "works": _l("Works"),
    "other": _l("Another cause"),
}

CLASSES: dict[str, LazyString] = {
    "main": _l("Main road"),
    "secondary": _l("Secondary road"),
    "track": _l("Track"),
}

STATES: dict[str, LazyString] = {
    "open": _l("Open"),
    "seasonal": _l("Dry season only"),
    "closed": _l("Closed"),
}

SEASONS: dict[str, LazyString] = {"dry": _l("Dry season"), "rainy": _l("Rainy season")}
