"""One entry at the console: the words as they come, apart from their coding."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms import ValidationError as ValidationFailed
from wtforms.validators import DataRequired, Length

from app.alerts.forms import AlertForm
from app.alerts.wording import KINDS
from app.mission.place_form import choices
from app.sources.bodies import a_code

MOST_SEEN = 50


class EntryForm(AlertForm):
    # Chosen each time: some kinds are danger to life by themselves, and the first of the list would be taken for said.
    kind = SelectField(
        _l("What kind of warning"), choices=choices([("", _l("choose")), *KINDS.items()]), default="",
        validators=[DataRequired()],
    )  # fmt: skip
    repeats_code = StringField(
        _l("Repeats what was said by"), validators=[Length(max=40)],
        description=_l("The code of the source that said it first; empty for what this source saw or heard itself"),
    )  # fmt: skip
    # The likely duplicates that stood on the page, and the one that was chosen of them.
    seen = HiddenField(validators=[Length(max=1000)])
    same_as = HiddenField(validators=[Length(max=16)])

    def validate_source_code(self, field: StringField) -> None:
        coded(field)

    def validate_repeats_code(self, field: StringField) -> None:
        coded(field)
        if field.data and not self.source_code.data:
            raise ValidationFailed(str(_l("Say whose words these are, too.")))

    def as_body(self) -> dict[str, Any]:
        return {**super().as_body(), "repeats_code": self.repeats_code.data or None}

    def seen_ids(self) -> set[int]:
        return set(numbers(self.seen.data or "")[:MOST_SEEN])

    def chosen(self) -> int | None:
        return next(iter(numbers(self.same_as.data or "")), None)


def coded(field: StringField) -> None:
    if field.data and field.data.strip():
        try:
            field.data = a_code(field.data)
        except ValueError as error:
            raise ValidationFailed(str(error)) from None
    else:
        field.data = ""


def numbers(written: str) -> list[int]:
    """What can be an alert's number of what was sent, separated by commas."""
    return [int(n) for n in written.split(",") if n.isascii() and n.isdigit() and len(n) < 16]
