"""The form of a rule: one for all kinds, each shows what it asks for, in the order of its sentence."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FloatField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.alerts.wording import INDICATORS, PRIORITIES
from app.alerts.wording import KINDS as ALERT_KINDS
from app.incidents.wording import KINDS as INCIDENT_KINDS
from app.mission.outlined import OutlinedForm
from app.mission.place_form import choices
from app.mission.queries import sectors_for
from app.permissions import Permission, viewer
from app.rules import wording

# Kind → its own fields, as they stand in the sentence.
ASKS: dict[str, tuple[str, ...]] = {
    "area": ("carriers", "mode", "dwell_minutes", "amber_metres"),
    "distance": ("near", "to", "red_km", "amber_km", "carriers", "dwell_minutes"),
    "absence": ("carriers", "red", "amber"),
    "overdue": ("red", "amber"),
    "check_in": ("of", "red", "amber"),
    "immobility": ("red", "amber", "within_metres"),
    "gathering": ("red", "amber", "within_km", "period_hours", "kinds"),
    "indicator": ("red", "amber", "source", "period_hours", "kinds"),
    "stale_threat": ("red", "amber"),
    "haven_stock": ("red", "amber"),
}
# Kinds that have a place of their own, and whether they must.
PLACED = {"area": True, "absence": False, "gathering": False, "indicator": False}
UNITS = {
    "absence": _l("hours"), "overdue": _l("minutes"), "check_in": _l("minutes"), "immobility": _l("minutes"),
    "gathering": _l("incidents"), "indicator": _l("reports, incidents or independent sources"),
    "stale_threat": _l("days"), "haven_stock": _l("hours"),
}  # fmt: skip
# Kind → the priority and the kind of alert that a new rule proposes; where it depends on what is watched, one chooses.
PROPOSED: dict[str, tuple[str, str]] = {
    "area": ("", ""), "distance": ("", ""), "absence": ("P4", "observation"), "overdue": ("P2", "other"),
    "check_in": ("P2", "other"), "immobility": ("P3", "other"), "gathering": ("P2", ""), "indicator": ("P3", ""),
    "stale_threat": ("P4", "observation"), "haven_stock": ("P2", "other"),
}  # fmt: skip
CHOOSE = ("", _l("choose"))
KINDS = {**ALERT_KINDS, **INCIDENT_KINDS, **INDICATORS}
MAY_BE_EMPTY = {"kinds", "amber", "amber_km", "amber_metres", "dwell_minutes", "within_metres"}


def whole(label: Any, lowest: int, highest: int) -> IntegerField:
    return IntegerField(label, validators=[Optional(), NumberRange(lowest, highest)])


def km(label: Any) -> FloatField:
    return FloatField(label, validators=[Optional(), NumberRange(0.1, 300)])


class RuleForm(OutlinedForm):
    name = StringField(_l("Name of the rule"), validators=[DataRequired(), Length(min=3, max=200)])
    sector_id = SelectField(_l("For"), choices=[])
    carriers = SelectMultipleField(_l("Which of ours"), choices=choices(wording.CARRIERS.items()))
    near = SelectField(
        _l("What comes near"), choices=choices(wording.COMING_NEAR.items()), default="carriers",
        description=_l("An alert that a rule raised is not counted"),
    )  # fmt: skip
    mode = SelectField(_l("Does what"), choices=choices(wording.MODES.items()), default="inside")
    to = SelectField(_l("Of what"), choices=choices(wording.TARGETS.items()), default="threat")
    of = SelectField(_l("Of whom"), choices=choices(wording.CHECKED_IN.items()), default="patrol")
    source = SelectField(_l("Counted from"), choices=choices(wording.SOURCES.items()), default="reports")
    kinds = SelectMultipleField(
        _l("Of which kinds"),
        choices=choices(KINDS.items()),
        description=_l("None chosen: of any kind; each belongs to what is counted"),
    )
    dwell_minutes = whole(_l("For so many minutes"), 0, 1440)
    within_metres = whole(_l("Within so many metres"), 50, 10_000)
    within_km = km(_l("Within so many km of each other"))
    period_hours = whole(_l("Within so many hours"), 1, 2160)
    red = whole(_l("Red from"), 1, 10_080)
    amber = whole(_l("Amber from"), 1, 10_080)
    red_km = km(_l("Red: nearer than, km"))
    amber_km = km(_l("Amber: nearer than, km"))
    amber_metres = whole(_l("Amber: within so many metres of its edge"), 10, 50_000)
    priority = SelectField(
        _l("Raise an alert of priority"), choices=choices([CHOOSE, *PRIORITIES]), validators=[DataRequired()]
    )
    alert_kind = SelectField(
        _l("Of kind"), choices=choices([CHOOSE, *ALERT_KINDS.items()]), validators=[DataRequired()]
    )
    why = TextAreaField(
        _l("Why it is written so"), validators=[DataRequired(), Length(min=10, max=4000)],
        description=_l("Who asked for it, after what. It stands beside this version for good."),
    )  # fmt: skip

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if not self.is_submitted():
            self.priority.data, self.alert_kind.data = PROPOSED[kind]
        # What a kind asks for it needs, but for the second band.
        # Which of ours: not asked where something else comes near.
        for name in set(ASKS[kind]) - MAY_BE_EMPTY - ({"carriers"} if kind == "distance" else set()):
            self._fields[name].flags.required = True
        for name in ("sector_id", "priority", "alert_kind"):
            self._fields[name].flags.required = True
        anywhere = Permission.KEEP_RULES in viewer().anywhere()
        self.sector_id.choices = [
            *([("", _l("the whole mission"))] if anywhere else []),
            *sectors_for(Permission.KEEP_RULES),
        ]

    def asked(self) -> list[Any]:
        """The kind's own fields."""
        return [self._fields[name] for name in ASKS[self.kind]]

    def fill(self, rule: Any) -> None:
        """Show the version that holds; the area is left empty, and empty means that it stays."""
        for name in ("name", "priority", "alert_kind"):
            self._fields[name].data = getattr(rule, name)
        self.sector_id.data = "" if rule.sector_id is None else str(rule.sector_id)
        for name in ASKS[self.kind]:
            self._fields[name].data = rule.parameters.get(name)

    def as_body(self) -> dict[str, Any]:
        """Raises ValueError with a sentence where the outline or the centre can't be read."""
        own = {n: self._fields[n].data for n in ASKS[self.kind]}
        body: dict[str, Any] = {
            "name": self.name.data, "why": self.why.data, "priority": self.priority.data,
            "alert_kind": self.alert_kind.data,
            "sector_id": int(self.sector_id.data) if self.sector_id.data else None,
            "parameters": {"kind": self.kind, **{n: v for n, v in own.items() if v is not None}},
        }  # fmt: skip
        return body | (self.outlined() if self.kind in PLACED else {})

    def tell(self, fields: dict[str, str]) -> None:
        """Refusals of the body at the fields that they belong to."""
        for path, words in fields.items():
            steps = [s for s in path.split(".") if s not in ("parameters", self.kind)]
            name = {"circle": "centre"}.get(steps[0], steps[0]) if steps else ""
            found = self._fields.get(name)
            if found is None:
                self.form_errors.append(words)
            else:
                found.errors = [*found.errors, words]
