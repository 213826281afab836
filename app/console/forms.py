"""One entry at the console, in the order in which a caller tells it: the words as they come, apart from their coding."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms import ValidationError as ValidationFailed
from wtforms.validators import DataRequired, Length

from app.alerts.models import BY_RULE
from app.alerts.wording import CHANNELS, INDICATORS, KINDS, PRIORITIES
from app.mission.place_form import CREDIBILITY, RELIABILITY, PlacedForm, choices
from app.sources.body import a_code

MOST_SEEN = 50
TOLD = [(code, words) for code, words in CHANNELS.items() if code not in BY_RULE]


class EntryForm(PlacedForm):
    verbatim = TextAreaField(
        _l("What was said, word for word"), validators=[DataRequired(), Length(max=4000)]
    )
    # Chosen each time: some kinds are danger to life by themselves, and the first of the list would be taken for said.
    kind = SelectField(
        _l("What kind of warning"), choices=choices([("", _l("choose")), *KINDS.items()]), default="",
        validators=[DataRequired()],
    )  # fmt: skip
    priority = RadioField(_l("Priority"), choices=choices(PRIORITIES), validators=[DataRequired()])
    channel = SelectField(_l("How it came"), choices=choices(TOLD), default="hotline")
    occurred_at = StringField(
        _l("When"), validators=[Length(max=40)],
        description=_l("Date-time group such as 211430ZNOV26; empty means now"),
    )  # fmt: skip
    source_reliability = SelectField(
        _l("Reliability of the source"), choices=choices(RELIABILITY), default="F"
    )
    credibility = SelectField(_l("Credibility of what was said"), choices=choices(CREDIBILITY), default="6")
    source_code = StringField(
        _l("Code of the source"), validators=[Length(max=40)], description=_l("A code, never a name")
    )
    repeats_code = StringField(
        _l("Repeats what was said by"), validators=[Length(max=40)],
        description=_l("The code of the source that said it first; empty for what this source saw or heard itself"),
    )  # fmt: skip
    source_contactable = BooleanField(_l("The source can be called back"), default=True)
    indicators = StringField(
        _l("Signs of what may come"), validators=[Length(max=1000)],
        description=_l("If any: a word of each, with commas between, such as market, leaflets"),
    )  # fmt: skip
    # The likely duplicates that stood on the page, and the one that was chosen of them.
    seen = HiddenField(validators=[Length(max=1000)])
    same_as = HiddenField(validators=[Length(max=16)])
    # The number of the SMS that is being entered; its words are in the entry.
    reply = HiddenField(validators=[Length(max=16)])

    def as_body(self) -> dict[str, Any]:
        return {
            "id": self.id.data,
            "kind": self.kind.data,
            "priority": self.priority.data,
            "channel": self.channel.data,
            "verbatim": self.verbatim.data,
            "place": self.given_place,
            "occurred_at": self.occurred_at.data or None,
            "source_reliability": self.source_reliability.data,
            "credibility": int(self.credibility.data or 6),
            "source_code": self.source_code.data or None,
            "repeats_code": self.repeats_code.data or None,
            "source_contactable": bool(self.source_contactable.data),
            "indicators": [code_of(word) for word in spoken(self.indicators.data)],
        }

    def validate_source_code(self, field: StringField) -> None:
        coded(field)

    def validate_repeats_code(self, field: StringField) -> None:
        coded(field)
        if field.data and not self.source_code.data:
            raise ValidationFailed(str(_l("Say whose words these are, too.")))

    def validate_indicators(self, field: StringField) -> None:
        for word in spoken(field.data):
            try:
                code_of(word)
            except ValueError as error:
                raise ValidationFailed(str(error)) from None

    def seen_ids(self) -> set[int]:
        return set(numbers(self.seen.data or "")[:MOST_SEEN])

    def chosen(self) -> int | None:
        return next(iter(numbers(self.same_as.data or "")), None)

    def reply_id(self) -> int | None:
        return next(iter(numbers(self.reply.data or "")), None)


def spoken(written: str | None) -> list[str]:
    return [word.strip() for word in (written or "").split(",") if word.strip()]


def code_of(word: str) -> str:
    """The indicator that a word or more of its name leaves no doubt about. Raises ValueError with a sentence."""
    found = {
        code: str(words) for code, words in INDICATORS.items() if word.casefold() in str(words).casefold()
    }
    exact = [code for code, words in found.items() if words.casefold() == word.casefold()]
    if len(found) == 1 or exact:
        return exact[0] if exact else next(iter(found))
    if not found:
        raise ValueError(_("No sign on the list has the word “%(word)s”.", word=word))
    raise ValueError(
        _("“%(word)s” may mean several: %(which)s.", word=word, which="; ".join(list(found.values())[:5]))
    )


def coded(field: StringField) -> None:
    if field.data and field.data.strip():
        try:
            field.data = a_code(field.data)
        except ValueError as error:
            raise ValidationFailed(str(error)) from None
    else:
        field.data = ""


def numbers(written: str) -> list[int]:
    """What can be an alert's number of what was sent, separated by commas."""
    return [int(n) for n in written.split(",") if n.isascii() and n.isdigit() and len(n) < 16]
