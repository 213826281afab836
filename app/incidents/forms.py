"""The form for recording an incident, filled from the alert or report that it comes from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.incidents import wording
from app.mission.place_form import CREDIBILITY, RELIABILITY, PlacedForm, choices
from geo import date_time_group

# What an alert's or a report's kind most often turns out to be; the officer looks and corrects.
KIND_OF_WARNING = {
    "imminent_attack": "attack_on_civilians", "attack_under_way": "attack_on_civilians", "abduction": "abduction",
    "armed_group_movement": "armed_group_movement", "military_build_up": "armed_group_movement",
    "arrest_raid": "arbitrary_detention", "mob_risk": "riot_mob", "cattle_raid": "cattle_raid",
    "looting_extortion_checkpoint": "looting_burning", "crsv": "crsv", "displacement": "displacement",
    "siege_denied_access": "access_denial", "hate_speech": "hate_speech",
    "electoral_protest_violence": "demonstration", "explosive_hazard": "ied_mine",
    "attack_on_protected_site": "attack_on_protected_site", "detention_transfer": "arbitrary_detention",
}  # fmt: skip
PRECISION = [
    ("", _l("as exact as it is written")),
    *((str(n), w) for n, w in wording.PLACE_PRECISION.items()),
]
COUNT = [Optional(), NumberRange(0, 1_000_000)]


class IncidentForm(PlacedForm):
    kind = SelectField(
        _l("What happened"), validators=[DataRequired()], choices=choices(wording.KINDS.items())
    )
    summary = TextAreaField(
        _l("In at most three sentences: who, what, when, where, how, why"),
        validators=[DataRequired(), Length(max=4000)], description=_l("No names of victims or sources."),
    )  # fmt: skip
    occurred_from = StringField(
        _l("When it began"), validators=[DataRequired(), Length(max=40)],
        description=_l("Date-time group such as 211430ZNOV26, or 2026-11-21T14:30:00Z"),
        default=lambda: date_time_group.format(datetime.now(UTC)),
    )  # fmt: skip
    occurred_to = StringField(
        _l("When it ended"), validators=[Length(max=40)], description=_l("Empty: at once")
    )
    date_precision = SelectField(
        _l("How sure is the time"),
        validators=[DataRequired()],
        choices=choices((str(n), w) for n, w in wording.DATE_PRECISION.items()),
        default="1",
    )
    place_precision = SelectField(_l("How sure is the place"), choices=choices(PRECISION), default="")
    side_a = StringField(_l("Who did it, as far as known"), validators=[Length(max=200)])
    side_b = StringField(_l("To whom, or against whom"), validators=[Length(max=200)])
    killed_low = IntegerField(_l("Killed, at least"), validators=COUNT)
    killed_best = IntegerField(_l("Killed, best estimate"), validators=COUNT)
    killed_high = IntegerField(_l("Killed, at most"), validators=COUNT)
    injured = IntegerField(_l("Injured"), validators=COUNT)
    abducted = IntegerField(_l("Abducted"), validators=COUNT)
    source_reliability = SelectField(
        _l("Reliability of the source"),
        validators=[DataRequired()],
        choices=choices(RELIABILITY),
        default="F",
    )
    credibility = SelectField(
        _l("Credibility"), validators=[DataRequired()], choices=choices(CREDIBILITY), default="6"
    )
    alert_id = HiddenField()
    report_id = HiddenField()

    def fill(self, warning: Any, words: str, lon: float, lat: float) -> None:
        """From an alert or a report: kind, time, place with its precision, grades, words."""
        self.kind.data = KIND_OF_WARNING.get(warning.kind, "other")
        self.summary.data = words
        self.place.data = f"{lat:.5f}, {lon:.5f}"
        self.place_precision.data = str(warning.place_precision)
        self.source_reliability.data = warning.source_reliability
        self.credibility.data = str(warning.credibility)

    def as_body(self) -> dict[str, Any]:
        place = dict(self.given_place)
        if self.place_precision.data:
            place["precision"] = int(self.place_precision.data)
        body = {
            name: self._fields[name].data or None
            for name in ("id", "occurred_to", "alert_id", "report_id")
        } | {
            name: self._fields[name].data
            for name in ("kind", "summary", "occurred_from", "date_precision", "killed_low", "killed_high",
                         "injured", "abducted", "source_reliability", "credibility")
        }  # fmt: skip
        best = self.killed_best.data
        return body | {
            "place": place,
            "killed_best": best if best is not None else (self.killed_low.data or 0),
            "side_a": self.side_a.data or "",
            "side_b": self.side_b.data or "",
        }
