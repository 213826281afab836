"""The form to go on watch."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from app.ladders.wording import POSTS
from app.mission.queries import sectors_for
from app.permissions import Permission, viewer
from app.watches import queries


class WatchForm(FlaskForm):
    post = SelectField(_l("Post"), choices=[])
    sector_id = SelectField(_l("For"), choices=[])
    until = StringField(
        _l("Until"), validators=[DataRequired(), Length(max=40)],
        description=_l("A date-time group, for example 211800ZNOV26."),
    )  # fmt: skip
    deputy = BooleanField(_l("As deputy: I am told when the first can’t take an alert"))

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.post.choices = [SelectChoice(post, POSTS[post]) for post in queries.own_posts()]
        whole = (
            [SelectChoice("", _l("the whole mission"))] if viewer().may(Permission.STAND_WATCH, None) else []
        )
        self.sector_id.choices = [
            *whole,
            *(SelectChoice(code, name) for code, name in sectors_for(Permission.STAND_WATCH)),
        ]

    def as_body(self) -> dict[str, Any]:
        sector = self.sector_id.data or ""
        return {
            "post": self.post.data, "sector_id": int(sector) if sector.isdecimal() else None,
            "until": self.until.data or "", "deputy": bool(self.deputy.data),
        }  # fmt: skip
