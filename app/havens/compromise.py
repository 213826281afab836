"""A haven that is compromised: the list of what is done about it, each step by whom and when, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, case, func, literal, or_, select

from app.db import db
from app.errors import Conflict, Invalid
from app.havens import states
from app.havens.actions import taken, tell_log
from app.havens.models import CompromiseStep, Haven, HavenChange, HavenCompromiseStep, HavenState
from app.havens.queries import visible
from app.havens.register import add
from app.permissions import knows_restricted, viewer
from app.reasons import reason_given


@dataclass(frozen=True)
class Checklist:
    """`change`: id, at and reason of the compromise. `taken`: step → rows, oldest first, each with note, people, at,
    by_role, to_id, to_name."""

    change: Row[Any]
    taken: Mapping[str, list[Row[Any]]] = field(default_factory=dict)

    @property
    def left(self) -> list[str]:
        """The steps that nobody has taken, in their order."""
        return [s.value for s in CompromiseStep if s.value not in self.taken]


def take_step(
    haven_id: int, step: CompromiseStep, note: str, to_haven_id: int | None = None, people: int | None = None
) -> int:  # fmt: skip
    """Write down a step (its id). People are moved, so many, to a haven that takes in, or elsewhere.

    Raises Conflict where the haven is not compromised and nothing is left to do, or the other takes nobody in.
    """
    haven = taken(haven_id)
    note = reason_given(note)
    found = checklist(haven.id)
    if found is None or (haven.state != HavenState.COMPROMISED.value and not found.left):
        raise Conflict(_("This haven is not compromised."), code="wrong_state")
    moves = step is CompromiseStep.MOVE_PEOPLE
    # People may go elsewhere than to a haven: that none is named tells of none that is hidden.
    if not moves and (to_haven_id is not None or people is not None):
        raise Invalid(_("Only people who are moved are moved to another haven."))
    if to_haven_id is not None:
        able_to_take(haven, to_haven_id)
    written = add(
        HavenCompromiseStep, haven.id,
        {"change_id": found.change.id, "step": step.value, "note": note, "to_haven_id": to_haven_id, "people": people},
    )  # fmt: skip
    # Not how many: beside a step without a destination it would tell that there is a haven more.
    details = {"haven": haven.id, "step": step.value}
    tell_log("havens.compromise_step", "haven_compromise_steps", written, haven, details)
    return written


def able_to_take(haven: Haven, other_id: int) -> None:
    other = db.session.scalars(select(Haven).where(Haven.id == other_id, visible())).first()
    if other is None or other.id == haven.id:
        raise Invalid(_("There is no such haven."), fields={"to_haven_id": _("Choose a haven.")})
    if other.state not in states.TAKING_IN:
        raise Conflict(_("That haven takes nobody in now. Choose another."), code="wrong_state")


def checklist(haven_id: int) -> Checklist | None:
    """Of the last time that the haven became compromised; None where it never was."""
    change = db.session.execute(
        select(HavenChange.id, HavenChange.at, HavenChange.reason)
        .join(Haven, Haven.id == HavenChange.haven_id)
        .where(
            HavenChange.haven_id == haven_id, visible(), HavenChange.to_state == HavenState.COMPROMISED.value,
            HavenChange.from_state != HavenState.COMPROMISED.value,
        )
        .order_by(HavenChange.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    if change is None:
        return None
    s = HavenCompromiseStep
    # A haven to which people were moved may be one that this viewer may not know of. Then he is not told where to,
    # how many, nor the words about it; and the same of people who went to no haven at all, since one step without its
    # words would tell that there is a haven more.
    other = select(Haven.id, Haven.name).where(visible()).subquery()
    told = or_(
        s.step != CompromiseStep.MOVE_PEOPLE.value, other.c.id.is_not(None), s.by_id == viewer().person_id,
        literal(knows_restricted()),
    )  # fmt: skip
    rows = db.session.execute(
        select(
            s.step, case((told, s.note)).label("note"), case((told, s.people)).label("people"), s.at, s.by_role,
            other.c.id.label("to_id"), other.c.name.label("to_name"),
        )
        .outerjoin(other, other.c.id == s.to_haven_id)
        .where(s.change_id == change.id)
        .order_by(s.id)
    )  # fmt: skip
    steps: dict[str, list[Row[Any]]] = {}
    for row in rows:
        steps.setdefault(row.step, []).append(row)
    return Checklist(change, steps)


def unfinished(haven_ids: list[int]) -> dict[int, int]:
    """Of havens that are compromised now: how many steps of their list nobody has taken."""
    if not haven_ids:
        return {}
    last = (
        select(func.max(HavenChange.id).label("id"), HavenChange.haven_id)
        .where(
            HavenChange.haven_id.in_(haven_ids), HavenChange.to_state == HavenState.COMPROMISED.value,
            HavenChange.from_state != HavenState.COMPROMISED.value,
        )
        .group_by(HavenChange.haven_id)
        .subquery()
    )  # fmt: skip
    s = HavenCompromiseStep
    done = db.session.execute(
        select(last.c.haven_id, func.count(s.step.distinct()))
        .outerjoin(s, s.change_id == last.c.id)
        .group_by(last.c.haven_id)
    )
    return {row[0]: len(CompromiseStep) - int(row[1]) for row in done}
