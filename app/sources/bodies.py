"""What is sent of a source, by the pages and the API."""

from __future__ import annotations

from typing import Annotated

from flask_babel import gettext as _
from pydantic import AfterValidator

from app.api.bodies import Body, Id, Text
from app.grading import Reliability
from app.sources.models import HeldBy, KnownBy, SourceKind

LONGEST_CODE = 20


def a_code(written: str) -> str:
    """Capitals, digits and hyphens, without spaces. Raises ValueError with a sentence: a code is spoken on the radio, and
    what is longer or has small letters in it has a name in it."""
    code = "".join(written.upper().split())
    sound = code.isascii() and code.replace("-", "").isalnum() and not code.startswith("-")
    if not (sound and 2 <= len(code) <= LONGEST_CODE):
        raise ValueError(
            _("A source’s code has 2 to 20 letters, digits and hyphens, such as S-017; never a name.")
        )
    return code


Code = Annotated[str, AfterValidator(a_code)]


class NewSource(Body):
    code: Code
    kind: SourceKind
    known_by: KnownBy = KnownBy.NOT_TOLD_APART
    contactable: bool = False
    contact_held_by: HeldBy = HeldBy.NOBODY
    network_id: Id | None = None
    sector_id: Id | None = None


class Grade(Body):
    grade: Reliability


class Told(Body):
    """Whose words an alert holds, and whom he repeats; empty for what he saw or heard himself."""

    source_code: Code
    repeats_code: Code | None = None
    note: Text = ""
