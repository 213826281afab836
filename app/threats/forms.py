"""The form of an assessment. The area is drawn elsewhere and pasted as GeoJSON, or given as a centre and a radius."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.alerts.wording import KINDS
from app.mission.outlined import OutlinedForm
from app.mission.place_form import choices
from app.threats import wording

RESIDUAL = [("", _l("as it stands now"))]


def scale(words: dict[int, Any]) -> list[tuple[str, Any]]:
    return [(str(n), text) for n, text in words.items()]


class ThreatForm(OutlinedForm):
    name = StringField(_l("Name of the threat"), validators=[DataRequired(), Length(max=200)])
    actor_id = SelectField(_l("Actor"), validators=[DataRequired()])
    kind = SelectField(_l("Kind"), validators=[DataRequired()], choices=choices(KINDS.items()))
    target = StringField(
        _l("Who is threatened"), validators=[DataRequired(), Length(max=200)],
        description=_l("A population or group, never a named person"),
    )  # fmt: skip
    intent = SelectField(
        _l("Intent"), validators=[DataRequired()], choices=choices(scale(wording.INTENT)), default="1"
    )
    capability = SelectField(
        _l("Capability"), validators=[DataRequired()], choices=choices(scale(wording.CAPABILITY)), default="1"
    )
    likelihood = SelectField(
        _l("Likelihood"), validators=[DataRequired()], choices=choices(scale(wording.LIKELIHOOD)), default="3"
    )
    impact = SelectField(
        _l("Impact"), validators=[DataRequired()], choices=choices(scale(wording.IMPACT)), default="3"
    )
    residual_likelihood = SelectField(
        _l("Likelihood after our measures"), choices=choices(RESIDUAL + scale(wording.LIKELIHOOD)), default=""
    )
    residual_impact = SelectField(
        _l("Impact after our measures"), choices=choices(RESIDUAL + scale(wording.IMPACT)), default=""
    )
    vulnerable = BooleanField(_l("Those threatened are specially vulnerable"))
    protected = BooleanField(_l("Somebody able and willing protects them"))
    confidence = SelectField(
        _l("Confidence"),
        validators=[DataRequired()],
        choices=choices(wording.CONFIDENCE.items()),
        default="low",
    )
    most_likely_course = TextAreaField(_l("Most likely course"), validators=[Length(max=4000)])
    most_dangerous_course = TextAreaField(_l("Most dangerous course"), validators=[Length(max=4000)])
    review_on = DateField(
        _l("Look at it again on"), validators=[DataRequired()],
        default=lambda: datetime.now(UTC).date() + timedelta(days=30),
    )  # fmt: skip

    def offer(self, actors: list[Any]) -> None:
        self.actor_id.choices = choices((str(a.id), a.name) for a in actors)

    def fill(self, threat: Any) -> None:
        """Show the standing assessment; the area is left empty, and empty means that it stays."""
        for name, field in self._fields.items():
            if hasattr(threat, name) and name not in ("area", "csrf_token"):
                value = getattr(threat, name)
                plain = isinstance(field, SelectField)
                field.data = ("" if value is None else str(value)) if plain else value

    def as_body(self) -> dict[str, Any]:
        """Raises ValueError with a sentence where the outline or the centre can't be read."""
        body = {
            name: self._fields[name].data
            for name in ("name", "actor_id", "kind", "target", "intent", "capability", "likelihood", "impact",
                         "vulnerable", "protected", "confidence", "review_on")
        }  # fmt: skip
        body["residual_likelihood"] = self.residual_likelihood.data or None
        body["residual_impact"] = self.residual_impact.data or None
        body["most_likely_course"] = self.most_likely_course.data or ""
        body["most_dangerous_course"] = self.most_dangerous_course.data or ""
        return body | self.outlined()

    def tell(self, fields: dict[str, str]) -> None:
        for name, words in fields.items():
            field = self._fields.get({"circle": "centre"}.get(name.split(".")[0], name.split(".")[0]))
            if field is None:
                self.form_errors.append(words)
            else:
                field.errors = [*field.errors, words]
