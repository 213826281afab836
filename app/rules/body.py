"""What a rule holds: one model for the API and the page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask_babel import gettext as _
from pydantic import Field

from app.alerts.models import Priority
from app.api.bodies import Body, Id, Text
from app.errors import Invalid
from app.mission.outlined import Outlined
from app.rules.parameters import AbsenceRule, AreaRule, Parameters
from geo.warning import KIND_WEIGHT


class RuleBody(Outlined):
    """A name, what is watched, where, and which alert it raises; why it was written so. Without a sector it watches the
    whole mission. In an edit, without an area the old one stands."""

    name: Annotated[Text, Field(min_length=3, max_length=200)]
    sector_id: Id | None = None
    parameters: Parameters
    priority: Priority = Priority.P3
    alert_kind: Literal[tuple(KIND_WEIGHT)] = "other"  # type: ignore[valid-type]
    why: Annotated[Text, Field(min_length=10)]

    def check_place(self, area: Any) -> None:
        needed = isinstance(self.parameters, AreaRule)
        if needed and area is None:
            raise Invalid(
                _("Say where: an area, or a centre and a radius."), fields={"area": _("This is needed.")}
            )
        if isinstance(self.parameters, AbsenceRule) and area is None and self.sector_id is None:
            raise Invalid(
                _("Say where: an area, or a sector."), fields={"area": _("An area or a sector is needed.")}
            )


class Switch(Body):
    """Whether the rule watches."""

    on: bool


class Question(RuleBody):
    """A rule that need not be stored, and how many days of history it is asked of."""

    days: Annotated[int, Field(ge=1, le=90)] = 30
