"""The same report as a page form: one column, big targets, no script needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.alerts import wording
from app.alerts.models import REPORTED_BY
from app.field_reports.wording import AGES, EFFECTS, SEXES
from app.mission.place_form import CREDIBILITY, RELIABILITY, PlacedForm, choices
from app.permissions import viewer
from geo import date_time_group

PLACE_PRECISION = [("", _l("as exact as it is written")), ("1", _l("exact")), ("2", _l("near there")),
                   ("3", _l("somewhere in the district")), ("4", _l("somewhere in the province")),
                   ("5", _l("only roughly known"))]  # fmt: skip
DATE_PRECISION = [("1", _l("exact")), ("2", _l("within some days")), ("3", _l("within a week")),
                  ("4", _l("within a month")), ("5", _l("not clear"))]  # fmt: skip


def channels() -> list[SelectChoice]:
    """Those of the viewer's role; the first is what it reports by where it chooses none."""
    return choices((c, wording.CHANNELS[c]) for c in REPORTED_BY[viewer().role])


class ReportForm(PlacedForm):
    patrol_id = HiddenField()
    kind = SelectField(
        _l("What kind of report"), choices=choices(wording.KINDS.items()), default="observation"
    )
    what = StringField(
        _l("What happened, in one sentence"), validators=[DataRequired(), Length(max=200)],
        description=_l("Who did what to whom. No names of people."),
    )  # fmt: skip
    occurred_at = StringField(
        _l("When"), validators=[DataRequired(), Length(max=40)],
        description=_l("Date-time group such as 211430ZNOV26, or 2026-11-21T14:30:00Z"),
        default=lambda: date_time_group.format(datetime.now(UTC)),
    )  # fmt: skip
    channel = SelectField(
        _l("How it came"), choices=channels, default=lambda: REPORTED_BY[viewer().role][0].value
    )
    date_precision = SelectField(_l("How sure is the time"), choices=choices(DATE_PRECISION), default="1")
    place_precision = SelectField(_l("How sure is the place"), choices=choices(PLACE_PRECISION), default="")
    actors = StringField(
        _l("Who did it, as far as known"), validators=[Length(max=400)],
        description=_l("Groups, separated by commas"),
    )  # fmt: skip
    affected_count = IntegerField(_l("How many people"), validators=[Optional(), NumberRange(0, 1_000_000)])
    affected_effect = SelectField(_l("They are"), choices=choices(EFFECTS.items()), default="at_risk")
    affected_sex = SelectField(_l("Sex"), choices=choices(SEXES.items()), default="unknown")
    affected_age = SelectField(_l("Age"), choices=choices(AGES.items()), default="unknown")
    source_reliability = SelectField(
        _l("Reliability of the source"), choices=choices(RELIABILITY), default="F"
    )
    credibility = SelectField(_l("Credibility"), choices=choices(CREDIBILITY), default="6")
    indicators = SelectMultipleField(
        _l("Signs of what may come"),
        choices=choices(wording.INDICATORS.items()),
        description=_l("None, or several"),
    )
    text = TextAreaField(_l("More, if needed"), validators=[Length(max=8000)])

    def as_body(self) -> dict[str, Any]:
        place = dict(self.given_place)
        if self.place_precision.data:
            place["precision"] = int(self.place_precision.data)
        affected = []
        if self.affected_count.data:
            affected.append(
                {
                    "count": self.affected_count.data, "effect": self.affected_effect.data,
                    "sex": self.affected_sex.data, "age": self.affected_age.data,
                }
            )  # fmt: skip
        bound = {"patrol_id": int(self.patrol_id.data)} if (self.patrol_id.data or "").isdecimal() else {}
        return bound | {
            "kind": self.kind.data,
            "what": self.what.data,
            "occurred_at": self.occurred_at.data,
            "date_precision": int(self.date_precision.data or 1),
            "place": place,
            "channel": self.channel.data,
            "actors": [a.strip() for a in (self.actors.data or "").split(",") if a.strip()],
            "people_affected": affected,
            "source_reliability": self.source_reliability.data,
            "credibility": int(self.credibility.data or 6),
            "text": self.text.data or "",
            "indicators": self.indicators.data or [],
        }
