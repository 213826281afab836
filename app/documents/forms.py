"""The form for ordering a document: what it is about first, since that decides what else must be said."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.documents.shelf_words import AUDIENCES
from app.mission.place_form import choices

ABOUT = [
    ("alert", _l("Incident report on an alert, with its whole chain")),
    ("incident", _l("Incident report on an incident")),
    ("patrol_report", _l("Patrol report, as it was sent and debriefed")),
    ("period", _l("Accountability report on a period: every alert, every time, every refusal")),
]
_NUMBER = re.compile(r"\D*([1-9]\d{0,14})\s*")


class OrderForm(FlaskForm):
    about = RadioField(_l("Which document"), choices=choices(ABOUT), validators=[DataRequired()])
    number = StringField(
        _l("Number of the alert, incident or patrol report"), validators=[Optional(), Length(max=40)],
        description=_l("As it is called on the radio, such as 1204 or Alert 1204"),
    )  # fmt: skip
    since = StringField(
        _l("From"), validators=[Optional(), Length(max=40)],
        description=_l("A date such as 2026-11-01, or a date-time group such as 010600ZNOV26"),
    )  # fmt: skip
    until = StringField(
        _l("Until"), validators=[Optional(), Length(max=40)],
        description=_l("A date counts as the whole of that day, in the mission’s time"),
    )  # fmt: skip
    audience = SelectField(
        _l("For whom"), choices=choices(AUDIENCES.items()), default="command", validators=[DataRequired()],
        description=_l("Command reads all; protection: without bases and patrols; auditor: without words and names"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Needed for one document or the other: calling them optional would be wrong (see complete()).
        for name in ("number", "since", "until"):
            self._fields[name].flags.required = True

    def validate_number(self, field: StringField) -> None:
        if _NUMBER.fullmatch(field.data or "") is None:
            raise ValidationError(_("Write the number alone, such as 1204."))

    def complete(self) -> bool:
        """Whether what the chosen document needs is there; Optional() has passed what was left empty."""
        needed = ("since", "until") if self.about.data == "period" else ("number",)
        for name in needed:
            field = self._fields[name]
            if not (field.data or "").strip():
                field.errors = [_("This is needed for the document that you chose.")]
        return not any(self._fields[name].errors for name in needed)

    def as_body(self) -> dict[str, Any]:
        """What `Order` takes."""
        if self.about.data == "period":
            subject: dict[str, Any] = {"since": self.since.data, "until": self.until.data}
            return {"kind": "accountability_report", "subject": subject, "audience": self.audience.data}
        found = _NUMBER.fullmatch(self.number.data or "")
        subject = {f"{self.about.data}_id": int(found[1]) if found else 0}
        kind = "patrol_report" if self.about.data == "patrol_report" else "incident_report"
        return {"kind": kind, "subject": subject, "audience": self.audience.data}

    def tell(self, fields: dict[str, str], sentence: str) -> None:
        """Show a refusal at the field that it is about, else above the form."""
        shown = False
        for name, words in fields.items():
            field = self._fields.get(name.removeprefix("subject."))
            if field is not None:
                field.errors, shown = [words], True
        if not shown:
            self.form_errors.append(sentence)
