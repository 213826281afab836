"""Registering a source."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from app.mission.place_form import choices
from app.mission.queries import sectors_for
from app.permissions import Permission, viewer
from app.sources import queries, wording


class SourceForm(FlaskForm):
    code = StringField(
        _l("Code"), validators=[DataRequired(), Length(max=40)],
        description=_l("Such as S-017: drawn by lot, never made from a name, a place or a number"),
    )  # fmt: skip
    kind = SelectField(_l("What kind of source"), choices=choices(wording.KINDS.items()), default="caller")
    network_id = SelectField(_l("Alert network"), choices=[], default="")
    known_by = SelectField(
        _l("Told apart from others"), choices=choices(wording.KNOWN_BY.items()), default="not_told_apart"
    )
    contactable = BooleanField(_l("Can be called back"))
    contact_held_by = SelectField(
        _l("How it is reached is held by"), choices=choices(wording.HELD_BY.items()), default="nobody",
        description=_l("Names and numbers are not kept in Vigil"),
    )  # fmt: skip
    sector_id = SelectField(_l("Sector"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = [("", _l("the whole mission"))] if Permission.KEEP_SOURCES in viewer().anywhere() else []
        self.sector_id.choices = [*whole, *sectors_for(Permission.KEEP_SOURCES)]
        self.network_id.choices = [("", _l("none")), *queries.networks()]

    def as_body(self) -> dict[str, Any]:
        return {
            "code": self.code.data or "",
            "kind": self.kind.data,
            "network_id": int(self.network_id.data) if self.network_id.data else None,
            "known_by": self.known_by.data,
            "contactable": bool(self.contactable.data),
            "contact_held_by": self.contact_held_by.data,
            "sector_id": int(self.sector_id.data) if self.sector_id.data else None,
        }
