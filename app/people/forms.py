"""Forms of sign-in, of the account page and of the administration of people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)  # fmt: skip
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.errors import Refusal
from app.people.passwords import LONGEST
from app.people.wording import PERMISSIONS
from app.permissions import ROLE_NAMES, Permission, Role, Viewer
from app.words import offered


class MultiCheckboxField(SelectMultipleField):
    """Several of a list, as boxes: a list that needs a held key shuts out hands that have none free."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def without_nul(typed: str | None) -> str | None:
    """PostgreSQL stores no NUL; nobody types one."""
    return typed.replace("\x00", "") if typed else typed


class Line(StringField):
    """One line of text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, filters=[without_nul], **kwargs)


class SignInForm(FlaskForm):
    username = Line(_l("User name"), validators=[DataRequired(), Length(max=100)])
    password = PasswordField(_l("Password"), validators=[InputRequired(), Length(max=LONGEST)])
    next = HiddenField()


class PasswordForm(FlaskForm):
    current = PasswordField(_l("Present password"), validators=[InputRequired(), Length(max=LONGEST)])
    chosen = PasswordField(
        _l("New password"),
        validators=[InputRequired(), Length(max=LONGEST)],
        description=_l("At least 12 characters; three or four unrelated words are good."),
    )


class LanguageForm(FlaskForm):
    language = SelectField(_l("Language"), choices=offered, validators=[InputRequired()])


class TokenForm(FlaskForm):
    label = Line(
        _l("What it is for"),
        validators=[DataRequired(), Length(max=60)],
        description=_l("For example the device that it stands on. No names of people."),
    )
    scopes = MultiCheckboxField(_l("What it may do"), validators=[DataRequired()])
    days = IntegerField(_l("Days that it lasts"), default=90, validators=[NumberRange(1, 366)])
    current = PasswordField(
        _l("Your password"),
        validators=[InputRequired(), Length(max=LONGEST)],
        description=_l("So that nobody makes a token at a screen that was left open."),
    )

    @classmethod
    def of(cls, who: Viewer) -> TokenForm:
        form = cls()
        form.scopes.choices = [
            SelectChoice(p.value, PERMISSIONS[p])
            for p in Permission
            if who.holds(p) and p is not Permission.OWN_ACCOUNT
        ]
        return form


def sector_number(value: object) -> int:
    return int(str(value))


class RightsForm(FlaskForm):
    role = SelectField(
        _l("Role"), choices=[SelectChoice(r.value, ROLE_NAMES[r]) for r in Role], validators=[InputRequired()]
    )
    sectors = MultiCheckboxField(
        _l("Sectors"),
        coerce=sector_number,
        validators=[Optional()],
        description=_l("What lies below a sector in the tree is included."),
    )
    compartments = Line(
        _l("Compartments"),
        validators=[Length(max=400)],
        description=_l("Codes, separated by commas. They open defenders' files to the roles that keep them."),
    )

    def with_sectors(self, known: list[tuple[int, str]]) -> None:
        self.sectors.choices = [SelectChoice(str(sector_id), words) for sector_id, words in known]

    def compartment_list(self) -> list[str]:
        return [c for c in (self.compartments.data or "").split(",") if c.strip()]


class PersonForm(RightsForm):
    username = Line(
        _l("User name"),
        validators=[DataRequired(), Length(min=3, max=40)],
        description=_l("Small letters, digits, dots and dashes."),
    )
    name = Line(_l("Name shown to others"), validators=[DataRequired(), Length(max=100)])


class FindForm(FlaskForm):
    words = Line(_l("Name or user name"), validators=[DataRequired(), Length(max=100)])


class BareForm(FlaskForm):
    """A button alone, with its CSRF token."""


class OpenForm(FlaskForm):
    """Open an account; `seen` is the time of the changes that were looked at."""

    seen = HiddenField()


def lay_faults(form: FlaskForm, refusal: Refusal) -> None:
    """Put a refusal's sentences at the fields that they speak of; what fits none stands at the first field."""
    faults = refusal.fields or {next(iter(form._fields)): refusal.sentence}
    for name, sentence in faults.items():
        if name in form._fields:
            form._fields[name].errors = [sentence]
