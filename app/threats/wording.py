"""The words of threats' scales (handbook 2.4, 2.5). Kinds are those of alerts."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

INTENT: dict[int, LazyString] = {
    0: _l("0 – none known"),
    1: _l("1 – suspected"),
    2: _l("2 – probable"),
    3: _l("3 – declared"),
    4: _l("4 – declared and acted on"),
}
CAPABILITY: dict[int, LazyString] = {
    0: _l("0 – none known"),
    1: _l("1 – low"),
    2: _l("2 – moderate"),
    3: _l("3 – high"),
    4: _l("4 – very high"),
}
LIKELIHOOD: dict[int, LazyString] = {
    1: _l("1 – very unlikely"),
    2: _l("2 – unlikely"),
    3: _l("3 – moderately likely"),
    4: _l("4 – likely"),
    5: _l("5 – very likely or imminent"),
}
IMPACT: dict[int, LazyString] = {
    1: _l("1 – negligible"),
    2: _l("2 – minor: threat, extortion"),
    3: _l("3 – moderate: injury, looting, short displacement"),
    4: _l("4 – severe: killings, sexual violence, abductions, mass displacement"),
    5: _l("5 – critical: mass atrocity"),
}
BANDS: dict[str, LazyString] = {
    "low": _l("Low"),
    "medium": _l("Medium"),
    "high": _l("High"),
    "very_high": _l("Very high"),
}
CONFIDENCE: dict[str, LazyString] = {"low": _l("Low"), "moderate": _l("Moderate"), "high": _l("High")}
