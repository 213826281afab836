"""Forms of the defenders' files. What names a person goes from here to the key-holder and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import ValidationError
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)  # fmt: skip
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.validators import ValidationError as Wrong

from app.defenders import gate
from app.defenders.models import SealedField
from app.defenders.sealing import LONGEST_VALUE
from app.defenders.wording import CALLED_BY, HOW, PLAN_ENDS, PROFILES, SCOPES, SEALED_FIELDS
from app.errors import Refusal
from app.mission.place_form import choices
from app.mission.placing import Given, placed, read_place
from app.people.forms import MultiCheckboxField
from app.reasons import SHORTEST_REASON

GIVEN_SCOPES = choices((str(scope), words) for scope, words in SCOPES.items() if scope)
SCORES = choices((str(n), str(n)) for n in range(1, 6))


class Told(FlaskForm):
    """A form that shows refusals of the actions where they belong."""

    def validate(self, extra_validators: Any = None) -> bool:
        for field in self:
            # PostgreSQL stores no NUL; nobody types one.
            if isinstance(field.data, str):
                field.data = field.data.replace("\x00", "")
        return bool(super().validate(extra_validators))

    def tell(self, refusal: Refusal) -> None:
        for name, words in refusal.fields.items():
            field = self._fields.get(name)
            if field is not None:
                field.errors = [*field.errors, words]
        if not any(name in self._fields for name in refusal.fields):
            self.form_errors.append(refusal.sentence)


class PlaceOfHome:
    """Reads a place and keeps its position only as long as the request lasts."""

    position: tuple[float, float] | None = None

    def validate_place(self, field: StringField) -> None:
        if not field.data:
            return
        try:
            found = placed(Given.model_validate(read_place(field.data)))
        except ValidationError:
            # pydantic's own words may quote what was written.
            raise Wrong(_("This is not a position on the earth.")) from None
        except Refusal as refusal:
            raise Wrong(refusal.sentence) from None
        except ValueError as error:
            raise Wrong(str(error)) from None
        # A grid reference is taken at the middle of its square, which may be the neighbour of the right cell.
        if found.radius_metres > 1_000:
            raise Wrong(_("This place is not exact enough. Give it to a kilometre or better."))
        self.position = (found.lon, found.lat)


HOME_HELP = _l(
    "Grid reference, latitude and longitude, or the name of a place. It gives the cells, and is sealed with the home."
)


def sealed_text(label: Any, needed: bool) -> StringField:
    first = InputRequired() if needed else Optional()
    return StringField(label, validators=[first, Length(max=LONGEST_VALUE // 4)])


class IdentityForm(PlaceOfHome, Told):
    name = sealed_text(_l("Name"), False)
    contact = sealed_text(_l("Contact"), False)
    home = sealed_text(_l("Home or safe house, in words"), False)
    place = StringField(_l("Where that is"), validators=[Length(max=120)], description=HOME_HELP)

    def identity(self) -> Mapping[SealedField, str]:
        """What is to be sealed: fields left empty stay as they are. The place is sealed with the home."""
        given = {SealedField.NAME: self.name.data, SealedField.CONTACT: self.contact.data}
        found = {which: text.strip() for which, text in given.items() if text and text.strip()}
        home = " · ".join(part.strip() for part in (self.home.data, self.place.data) if part and part.strip())
        return found | ({SealedField.HOME: home} if home else {})


class RegisterForm(IdentityForm):
    name = sealed_text(_l("Name"), True)
    place = StringField(
        _l("Where that is"), validators=[DataRequired(), Length(max=120)], description=HOME_HELP
    )
    profiles = MultiCheckboxField(
        _l("What the person does"), choices=choices(PROFILES.items()), validators=[DataRequired()]
    )
    work = TextAreaField(
        _l("The work, in a sentence"), validators=[DataRequired(), Length(max=1000)],
        description=_l("Without names of persons or places"),
    )  # fmt: skip
    sector_id = SelectField(_l("Sector"), coerce=int, validators=[InputRequired()])
    compartment = SelectField(
        _l("Compartment"), description=_l("Only its members can open the file"), validators=[InputRequired()]
    )
    scopes = MultiCheckboxField(
        _l("The person consents to"), coerce=int, choices=GIVEN_SCOPES, validators=[DataRequired()]
    )
    how = SelectField(_l("How consent was given"), choices=choices(HOW.items()), validators=[InputRequired()])
    until = DateField(_l("Consent until"), validators=[InputRequired()])

    def __init__(self, *args: Any, sectors: Any = (), compartments: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sector_id.choices = choices((str(id), f"{code} {name}") for id, code, name in sectors)
        self.compartment.choices = choices((c, c) for c in sorted(compartments))
        if not self.until.data and not self.is_submitted():
            self.until.data = gate.today() + timedelta(days=180)


class AssessForm(Told):
    threats = RadioField(
        _l("Threats"), coerce=int, choices=SCORES, validators=[InputRequired()],
        description=_l("1: none known · 5: declared, repeated, by somebody who has acted before"),
    )  # fmt: skip
    vulnerabilities = RadioField(
        _l("Vulnerabilities"), coerce=int, choices=SCORES, validators=[InputRequired()],
        description=_l("1: few · 5: exposed home, predictable routes, alone, no way to call"),
    )  # fmt: skip
    capacities = RadioField(
        _l("Capacities"), coerce=int, choices=SCORES, validators=[InputRequired()],
        description=_l("1: few · 5: network, safe places, transport, a plan that was practised"),
    )  # fmt: skip
    death_threat = BooleanField(
        _l("A declared, credible death threat by somebody who can carry it out: at least high")
    )
    imminent = BooleanField(_l("An imminent indicator: extreme"))
    reasoning = TextAreaField(
        _l("Reasons"), validators=[DataRequired(), Length(max=4000)],
        description=_l("What happened, the pattern, the objective, who, and what follows. Without names"),
    )  # fmt: skip
    defenders_view = TextAreaField(
        _l("The defender’s own view"), validators=[DataRequired(), Length(max=4000)],
        description=_l("How the person sees the risk: agrees, or contests it, and why"),
    )  # fmt: skip


class ConsentForm(Told):
    scope = SelectField(
        _l("The person consents to"), coerce=int, choices=GIVEN_SCOPES, validators=[InputRequired()]
    )
    given_on = DateField(_l("Given on"), validators=[InputRequired()])
    until = DateField(
        _l("Until"), validators=[InputRequired()], description=_l("To the end of that day, UTC")
    )
    how = SelectField(_l("How it was given"), choices=choices(HOW.items()), validators=[InputRequired()])
    conditions = TextAreaField(
        _l("Conditions"),
        validators=[Length(max=1000)],
        description=_l("In the person’s words, without names"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.given_on.data = gate.today()
            self.until.data = gate.today() + timedelta(days=180)


class PlanForm(Told):
    interval_hours = IntegerField(
        _l("Heard of at least every so many hours"), default=24, validators=[InputRequired(), NumberRange(1, 336)]
    )  # fmt: skip
    grace_minutes = IntegerField(
        _l("And so many minutes more before it counts as missed"), default=30,
        validators=[InputRequired(), NumberRange(5, 1440)],
    )  # fmt: skip
    made_by = SelectField(
        _l("How it is made"), choices=choices(CALLED_BY.items()), validators=[InputRequired()]
    )
    agreed_on = DateField(_l("Agreed with the person on"), validators=[InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.agreed_on.data = gate.today()


class CheckInForm(Told):
    way = SelectField(_l("Heard of"), choices=choices(CALLED_BY.items()), validators=[InputRequired()])
    heard_at = StringField(
        _l("When, if not now"), validators=[Length(max=40)],
        description=_l("Date-time group, or date and time with its zone. Never write where."),
    )  # fmt: skip


class EndPlanForm(Told):
    why = SelectField(_l("Why it ends"), choices=choices(PLAN_ENDS.items()), validators=[InputRequired()])


class NoteForm(Told):
    note = TextAreaField(
        _l("Note"),
        validators=[DataRequired(), Length(max=4000)],
        description=_l("Names belong into the sealed fields"),
    )


class UnmaskForm(Told):
    fields = MultiCheckboxField(
        _l("Show"),
        choices=choices(SEALED_FIELDS.items()),
        validators=[DataRequired()],
    )
    reason = StringField(
        _l("Why you need it now"), validators=[DataRequired(), Length(min=SHORTEST_REASON, max=500)],
        description=_l("Your supervisor reads this. Without names"),
    )  # fmt: skip


class BareForm(FlaskForm):
    """A button: nothing but the CSRF token."""
