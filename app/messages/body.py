"""What is sent to keep one's contacts; the page's forms are read into the same."""

from __future__ import annotations

from typing import Annotated

from flask_babel import gettext as _
from pydantic import AfterValidator, StringConstraints

from app.api.bodies import Body
from app.ladders.climbing import LEAVING, Way


def leaves(way: Way) -> Way:
    if way not in LEAVING:
        raise ValueError(_("The screen needs no contact."))
    return way


class AddContact(Body):
    """`address`: a number with its country code, for example +243 99 000 0001, or an e-mail address."""

    route: Annotated[Way, AfterValidator(leaves)]
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=120)]


class AnswerTest(Body):
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
