"""The form of a ladder: a line for each rung there can be, of which those without a post are left out."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from app.alerts.wording import KINDS
from app.ladders.climbing import LEAVING, Post, Then, Way
from app.ladders.models import LadderVersion
from app.ladders.wording import THEN
from app.mission.hours import hour, minute

# Each rung is another post.
RUNGS = range(1, len(Post) + 1)


class LadderForm(FlaskForm):
    kind = SelectField(_l("For alerts of kind"), choices=[])
    then = SelectField(
        _l("When the last rung’s time is over"), choices=[SelectChoice(t.value, THEN[t.value]) for t in Then]
    )
    quiet_from = StringField(
        _l("Quiet from"),
        description=_l("Local time, for example 22:00. Telephones wait; the screen does not."),
    )
    quiet_until = StringField(_l("Quiet until"))
    reason = StringField(
        _l("Reason"), validators=[InputRequired(), Length(max=500)],
        description=_l("A sentence without names. It stands in the accountability log."),
    )  # fmt: skip
    seen = HiddenField()

    def __init__(self, row: LadderVersion, **more: Any) -> None:
        super().__init__(**more)
        every = SelectChoice("", _l("all kinds without a ladder of their own"))
        self.kind.choices = [every, *(SelectChoice(code, words) for code, words in KINDS.items())]
        if not self.is_submitted():
            self.kind.data, self.then.data, self.seen.data = row.kind, row.then, str(row.id)
            self.quiet_from.data, self.quiet_until.data = hour(row.quiet_from), hour(row.quiet_until)

    def as_body(self, priority: str, sent: Any) -> dict[str, Any]:
        """As SetLadder takes it; what can't be read stays as it is, to be refused there."""
        rungs = [
            {
                "post": sent.get(f"post_{n}"), "minutes": number(sent.get(f"minutes_{n}", "")),
                "ways": [Way.SCREEN.value, *(way.value for way in LEAVING if sent.get(f"{way}_{n}"))],
            }
            for n in RUNGS if sent.get(f"post_{n}")
        ]  # fmt: skip
        return {
            "kind": self.kind.data, "priority": priority, "rungs": rungs, "then": self.then.data,
            "quiet_from": minute(self.quiet_from.data), "quiet_until": minute(self.quiet_until.data),
            "reason": self.reason.data or "", "seen": number(self.seen.data or ""),
        }  # fmt: skip


def number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 16 else text
