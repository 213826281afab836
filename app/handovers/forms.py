"""The note of the outgoing officer."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import UUID, DataRequired, Length

from app.mission.queries import sectors_for
from app.permissions import Permission, viewer


class HandOverForm(FlaskForm):
    # So that sending twice (a lost answer, a double click) is the same note once.
    id = HiddenField(validators=[UUID()])
    sector_id = SelectField(_l("Shift of"), choices=[])
    note = TextAreaField(
        _l("What the next officer must know"), validators=[DataRequired(), Length(min=10, max=8000)],
        description=_l("Situation, intentions, what to watch. No names of sources or defenders."),
    )  # fmt: skip
    tasks = TextAreaField(
        _l("To do, one a line"), validators=[Length(max=8000)],
        description=_l("What was promised and is not done: calls, reports, checks, with their hour."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.id.data:
            self.id.data = str(uuid4())
        whole = [("", _l("the whole mission"))] if Permission.HAND_OVER in viewer().anywhere() else []
        self.sector_id.choices = [*whole, *sectors_for(Permission.HAND_OVER)]

    def as_body(self) -> dict[str, Any]:
        lines = [line.strip() for line in (self.tasks.data or "").splitlines()]
        return {
            "id": self.id.data,
            "sector_id": int(self.sector_id.data) if self.sector_id.data else None,
            "note": self.note.data or "",
            "tasks": [line for line in lines if line],
        }
