"""What a site to protect holds, as it is sent; the page's form is read into the same."""

from __future__ import annotations

from typing import Annotated

from flask_babel import gettext as _
from pydantic import Field, model_validator

from app.api.bodies import Body, Text
from app.mission.hours import Minute
from app.sites.models import Need, Priority

Weekday = Annotated[int, Field(ge=1, le=7)]


class SiteBody(Body):
    """Days 1 (Monday) to 7; hours as minutes of the mission's own day; `night_share` 0 to 1."""

    priority: Priority
    visits_a_week: Annotated[int, Field(ge=0, le=21)]
    longest_gap_days: Annotated[int, Field(ge=1, le=90)]
    visit_minutes: Annotated[int, Field(ge=5, le=1440)]
    night_share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    market_days: Annotated[list[Weekday], Field(max_length=7)] = []
    market_from: Minute | None = None
    market_until: Minute | None = None
    window_from: Minute | None = None
    window_until: Minute | None = None
    needs: Annotated[list[Need], Field(max_length=len(Need))] = []
    note: Annotated[Text, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def sound(self) -> SiteBody:
        for begin, end in ((self.market_from, self.market_until), (self.window_from, self.window_until)):
            if (begin is None) != (end is None):
                raise ValueError(_("Give both hours, or none."))
            if begin is not None and end is not None and begin >= end:
                raise ValueError(_("The later hour must come after the earlier one, on the same day."))
        if bool(self.market_days) != (self.market_from is not None):
            raise ValueError(_("Give the days of the market with its hours, or neither."))
        self.market_days = sorted(set(self.market_days))
        self.needs = sorted(set(self.needs))
        return self
