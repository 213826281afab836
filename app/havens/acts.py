"""What may be done to a haven, once: the body each act takes and the action it calls. Pages and API share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from app.api.bodies import Body, Text
from app.havens import actions
from app.havens.models import HavenState

Amount = Annotated[float, Field(ge=0, le=actions.MOST_PEOPLE, allow_inf_nan=False)]


class ChangeState(Body):
    """`inspected_on` is needed to close a haven that was compromised."""

    to_state: HavenState
    reason: Text
    inspected_on: date | None = None


class Headcount(Body):
    people: Annotated[int, Field(ge=0, le=actions.MOST_PEOPLE)]


class Needs(Body):
    """What is lacking now (the whole list), and supplies that were counted (only those named change)."""

    needs: Annotated[list[Literal[actions.NEEDS]], Field(max_length=30)] = []  # type: ignore[valid-type]
    supplies: dict[Literal[actions.SUPPLIES], Amount] = {}  # type: ignore[valid-type]


@dataclass(frozen=True)
class Act:
    words: Any
    body: type[Body]
    call: Callable[[int, Any], Any]


ACTS: dict[str, Act] = {
    "state": Act(
        _l("Change state"), ChangeState,
        lambda i, b: actions.change_state(i, b.to_state, b.reason, inspected_on=b.inspected_on),
    ),
    "headcount": Act(_l("Record headcount"), Headcount, lambda i, b: actions.set_occupancy(i, b.people)),
    "needs": Act(
        _l("Record needs"), Needs, lambda i, b: actions.record_needs(i, list(b.needs), dict(b.supplies))
    ),
}  # fmt: skip


def from_form(fields: dict[str, Any], needs: list[str]) -> dict[str, Any]:
    """The fields of a page's form as an act's body: ticks become a list, supply.… a table of numbers."""
    body = {k: v for k, v in fields.items() if not k.startswith("supply.") and k != "needs"}
    if needs or "needs_asked" in body:
        body.pop("needs_asked", None)
        supplies = {k.removeprefix("supply."): v for k, v in fields.items() if k.startswith("supply.")}
        body |= {"needs": needs, "supplies": supplies}
    return body
