"""The forms of a haven that is new, and of what was entered wrongly. The fields of a record are those of its own form."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from app.errors import Refusal
from app.havens import wording
from app.havens.actions import MOST_PEOPLE
from app.havens.models import OPENLY_KNOWN
from app.mission.place_form import ReadsPlace, choices
from app.permissions import knows_restricted


def places(label: Any) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(), NumberRange(0, MOST_PEOPLE)])


class NamedForm(ReadsPlace, FlaskForm):
    name = StringField(
        _l("Name"), validators=[DataRequired(), Length(min=3, max=120)],
        description=_l("What it is called on the radio. No person’s name; of a hidden one, nothing that tells where."),
    )  # fmt: skip
    kind = SelectField(_l("Kind"), validators=[DataRequired()], choices=choices(wording.KINDS.items()))

    def tell_own(self, refusal: Refusal) -> dict[str, str]:
        """Show sentences at this form's own fields; those of others are answered, by name."""
        others: dict[str, str] = {}
        for way, words in refusal.fields.items():
            name = way.split(".")[0]
            field = self._fields.get(name)
            if field is not None and not isinstance(field, HiddenField):
                field.errors = [*field.errors, words]
            else:
                others[name] = words
        if not refusal.fields or "body" in others:
            self.form_errors.append(others.get("body", refusal.sentence))
        return others


class HavenForm(NamedForm):
    place = StringField(
        _l("Where"), validators=[DataRequired(), Length(max=120)],
        description=_l("Grid reference of six digits or more, or latitude and longitude, or the name of a place"),
    )  # fmt: skip
    capacity_day = places(_l("Places by day"))
    capacity_night = places(_l("Places for the night"))
    exposure = SelectField(_l("Who may know"), validators=[DataRequired()], default="mission")
    why = TextAreaField(_l("Why it is entered"), validators=[DataRequired(), Length(min=10, max=4000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exposure.choices = choices(
            (code, words)
            for code, words in wording.EXPOSURES.items()
            if knows_restricted() or code in OPENLY_KNOWN
        )

    def as_body(self, typed: dict[str, Any]) -> dict[str, Any]:
        """As body.Entered takes it; typed: what acts.from_form read."""
        kept = {name: value for name, value in typed.items() if name not in self._fields}
        plain = ("name", "kind", "capacity_day", "capacity_night", "exposure", "why")
        return {**kept, **{name: self._fields[name].data for name in plain}, "place": self.given_place}


class CorrectionForm(NamedForm):
    place = StringField(
        _l("Where it stands in truth"), validators=[MayBeEmpty(), Length(max=120)],
        description=_l(
            "Empty: its place is right. Otherwise a grid reference of six digits or more, or latitude and longitude, or "
            "the name of a place"
        ),
    )  # fmt: skip
    why = TextAreaField(_l("Why it is corrected"), validators=[DataRequired(), Length(min=10, max=4000)])
    # How many corrections there were on the page from which this one is sent.
    seen = HiddenField()

    def as_body(self) -> dict[str, Any]:
        """As body.Correction takes it."""
        plain = {name: self._fields[name].data for name in ("name", "kind", "why")}
        return {
            **plain,
            "place": self.given_place if self.place.data else None,
            "seen": self.seen.data or None,
        }

    def tell(self, refusal: Refusal) -> None:
        others = self.tell_own(refusal)
        self.form_errors.extend(words for name, words in others.items() if name != "body")
