"""A reason that a person gives with a decision: one rule everywhere for when it is one."""

from __future__ import annotations

from flask_babel import gettext as _

from app.errors import Invalid

SHORTEST_REASON = 10


def is_reason(text: str) -> bool:
    """A dot or "ok" tells those who read the record later nothing; a NUL nobody types, and no database keeps."""
    return len(text.strip()) >= SHORTEST_REASON and "\x00" not in text


def reason_given(text: str, field: str = "note") -> str:
    """The reason without white space around it; Invalid, with a sentence at `field`, where it is none."""
    if not is_reason(text):
        raise Invalid(
            _("Say why, in a sentence: others will have to understand it."), fields={field: _("Say why.")}
        )
    return text.strip()
