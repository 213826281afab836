"""The form for an alert by hand: the whole entry by keyboard, in the order in which a caller tells it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.alerts import wording
from app.mission.place_form import CREDIBILITY, RELIABILITY, PlacedForm, choices

PRIORITIES = [("P1", _l("P1 Immediate: under way, or within 6 hours, life")), ("P2", _l("P2 Urgent: within 24 hours")),
              ("P3", _l("P3 Priority: within 72 hours")), ("P4", _l("P4 Routine"))]  # fmt: skip


# A rule speaks for itself.
TOLD = [(code, words) for code, words in wording.CHANNELS.items() if code != "rule"]


class AlertForm(PlacedForm):
    verbatim = TextAreaField(
        _l("What was said, word for word"), validators=[DataRequired(), Length(max=4000)]
    )
    kind = SelectField(_l("What kind of warning"), choices=choices(wording.KINDS.items()))
    priority = RadioField(_l("Priority"), choices=choices(PRIORITIES), validators=[DataRequired()])
    channel = SelectField(_l("How it came"), choices=choices(TOLD), default="hotline")
    occurred_at = StringField(
        _l("When"), validators=[Length(max=40)],
        description=_l("Date-time group such as 211430ZNOV26; empty means now"),
    )  # fmt: skip
    source_reliability = SelectField(
        _l("Reliability of the source"), choices=choices(RELIABILITY), default="F"
    )
    credibility = SelectField(_l("Credibility of what was said"), choices=choices(CREDIBILITY), default="6")
    source_code = StringField(
        _l("Code of the source"), validators=[Length(max=40)], description=_l("A code, never a name")
    )
    source_contactable = BooleanField(_l("The source can be called back"), default=True)

    def as_body(self) -> dict[str, Any]:
        return {
            "id": self.id.data,
            "kind": self.kind.data,
            "priority": self.priority.data,
            "channel": self.channel.data,
            "verbatim": self.verbatim.data,
            "place": self.given_place,
            "occurred_at": self.occurred_at.data or None,
            "source_reliability": self.source_reliability.data,
            "credibility": int(self.credibility.data or 6),
            "source_code": self.source_code.data or None,
            "source_contactable": bool(self.source_contactable.data),
        }
