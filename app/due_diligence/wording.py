"""The words of due diligence's codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

RISKS: dict[str, LazyString] = {"low": _l("Low"), "medium": _l("Medium"), "high": _l("High")}
DECISIONS: dict[str, LazyString] = {
    "proceed": _l("Support may be given"),
    "conditional": _l("Support may be given under conditions"),
    "refuse": _l("No support"),
}
