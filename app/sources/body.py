"""What is sent of a source, by the pages and the API."""

from __future__ import annotations

from typing import Annotated

from flask_babel import gettext as _
from pydantic import AfterValidator

from app.api.bodies import Body, Id, Text
from app.grading import Reliability
from app.sources.models import HeldBy, KnownBy, SourceKind

LONGEST_CODE = 20
# More letters could be a name, more digits the number of a telephone.
MOST_LETTERS, MOST_DIGITS = 6, 6


def a_code(written: str) -> str:
    """Capitals, digits and hyphens, without spaces; a single digit gets an S before it. Raises ValueError with a
    sentence."""
    code = "".join(written.upper().split())
    sound = code.isascii() and code.replace("-", "").isalnum() and not code.startswith("-")
    letters, digits = sum(map(str.isalpha, code)), sum(map(str.isdigit, code))
    if not (sound and letters <= MOST_LETTERS and 1 <= digits <= MOST_DIGITS and len(code) <= LONGEST_CODE):
        raise ValueError(
            _(
                "A source’s code is short and has a number in it, such as S-017 or CAN-4-12; never a name or a telephone."
            )
        )
    return code if len(code) > 1 else f"S-{code}"


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
