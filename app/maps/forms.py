"""The form that keeps a view. What the map shows comes as JSON in a hidden field; without scripts there is no map."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import ValidationError
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.maps.actions import ViewContent
from app.permissions import Permission, viewer


class ViewForm(FlaskForm):
    name = StringField(
        _l("Name of the view"),
        validators=[DataRequired(), Length(max=80), Regexp(r"^[^\x00-\x1f]*$", message=_l("Letters and signs only."))],
        description=_l("No names of persons: whoever takes over reads it."),
    )  # fmt: skip
    for_shift = BooleanField(_l("For the shift, not for me alone"))
    content = HiddenField(validators=[DataRequired(), Length(max=60_000)])

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if not viewer().holds(Permission.READ_HANDOVERS):
            del self.for_shift

    def seen(self) -> ViewContent | None:
        """What the map showed; None, with the error told, where that can't be read."""
        try:
            return ViewContent.model_validate_json(self.content.data or "")
        except ValidationError:
            self.form_errors.append(
                _("The map's state could not be read. Open the map and keep the view again.")
            )
            return None
