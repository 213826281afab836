"""Forms of evacuations: the area, and the numbers that are corrected place by place and unit by unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FloatField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.mission.placing import Given, placed, read_place


class AreaForm(FlaskForm):
    alert_id = HiddenField()
    threat_id = HiddenField()
    place = StringField(
        _l("Around"), validators=[Length(max=120)],
        description=_l("Grid reference, latitude and longitude, or the name of a place"),
    )  # fmt: skip
    radius_km = FloatField(
        _l("Within, in km"), validators=[InputRequired(), NumberRange(0.5, 60)], default=10.0,
        description=_l("People at the mission’s places in this circle are to be brought away"),
    )  # fmt: skip
    restricted = BooleanField(
        _l("Count on restricted havens too"), validators=[Optional()],
        description=_l("Then this plan is only for those who may know of them, and no order is made of it."),
    )  # fmt: skip

    def as_body(self) -> dict[str, Any]:
        """As AreaBody takes it. Raises ValueError or pydantic's error where the place can't be read."""
        body: dict[str, Any] = {"radius_km": self.radius_km.data, "restricted": bool(self.restricted.data)}
        for name in ("alert_id", "threat_id"):
            if self._fields[name].data:
                return body | {name: self._fields[name].data}
        where = placed(Given.model_validate(read_place(self.place.data or "")))
        return body | {"lon": where.lon, "lat": where.lat}


# The page has a field of each place and of each unit under its number.
NUMBERED = re.compile(r"(people|vehicles)-([1-9][0-9]{0,15})")


def plan_body(sent: Mapping[str, str]) -> dict[str, Any]:
    """As PlanBody takes it, from the fields of the plan's page; what is left empty is 0."""
    numbered = [found.groups() for found in map(NUMBERED.fullmatch, sent) if found]

    def given(name: str) -> str:
        return sent.get(name, "").strip()[:40] or "0"

    return {
        "children_percent": given("children_percent"),
        "without_transport_percent": given("without_transport_percent"),
        "cannot_walk_percent": given("cannot_walk_percent"),
        "groups": [
            {
                "place_id": n, "people": given(f"people-{n}"), "wounded": given(f"wounded-{n}"),
                "danger": sent.get(f"danger-{n}", "").strip()[:40] or "1",
                "community": sent.get(f"community-{n}", "").strip()[:40] or None,
            }
            for field, n in numbered if field == "people"
        ],
        "escorts": [
            {
                "unit_id": n, "vehicles": given(f"vehicles-{n}"), "seats": given(f"seats-{n}"),
                "ready_minutes": given(f"ready-{n}"),
            }
            for field, n in numbered if field == "vehicles"
        ],
    }  # fmt: skip
