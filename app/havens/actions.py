"""What is done with a haven. Every change is a row of `haven_changes` and an event."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from app.alerts import actions as alerts
from app.alerts.models import ResponseKind
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.havens import states
from app.havens.models import OPENLY_KNOWN, Haven, HavenChange
from app.havens.models import HavenState as S
from app.havens.queries import visible
from app.ledger.actions import record
from app.outbox import later
from app.permissions import Permission, viewer
from app.reasons import reason_given

MOST_PEOPLE = 1_000_000
NEEDS = (
    "water", "food", "latrines", "beds", "blankets", "tents", "medical", "guards", "fencing", "lighting", "screening",
    "women_child_space", "interpreters", "communications", "transport", "fuel",
)  # fmt: skip
# Sphere asks 15 litres a person and day, survival 7.5; 20 people a latrine, at first 50 (handbook 2.8).
SUPPLIES = (
    "water_litres_a_person_a_day",
    "food_days",
    "people_a_latrine",
    "beds",
    "guard_hours",
    "fuel_days",
)


def open_for_alert(alert_id: int, haven_id: int, reason: str) -> Haven:
    """Open a haven in answer to an alert and put the tasking on the alert's chain.

    Raises NotFound, NotAllowed, Invalid (no reason) or Conflict (full, compromised, alert not decided).
    """
    haven = taken(haven_id)
    reason = reason_given(reason, "reason")
    if haven.exposure not in OPENLY_KNOWN:
        # Everybody who reads the alert reads its taskings: they must not tell of this place.
        raise Conflict(
            _("This haven may not stand on an alert, which many read. Open it on its own page."),
            code="restricted",
        )
    if haven.state in (S.FULL, S.COMPROMISED):
        raise Conflict(_("This haven takes nobody in now. Choose another."), code="wrong_state")
    for state in states.way_to_open(haven.state):
        move(haven, state, reason, alert_id=alert_id)
    alerts.task(alert_id, ResponseKind.SHELTER, order=reason, haven_id=haven.id)
    return haven


def change_state(haven_id: int, to_state: S, reason: str, *, inspected_on: date | None = None) -> Haven:
    """One move of the table. From compromised only to closed, with the date of an inspection since then."""
    haven = taken(haven_id)
    reason = reason_given(reason, "reason")
    if not states.allowed(haven.state, to_state):
        raise Conflict(
            _("A haven in this state can’t be put into that one. Look at it again."), code="wrong_state"
        )
    if to_state in states.EMPTY and haven.occupancy:
        raise Conflict(_("People are still inside. Record the headcount first."), code="people_inside")
    if to_state is S.OPEN and haven.occupancy >= haven.capacity_night:
        raise Conflict(_("All places are taken. Record the headcount first."), code="no_places")
    if haven.state == S.COMPROMISED:
        inspected(haven, inspected_on or haven.inspected_on)
    move(haven, to_state, reason)
    if to_state is S.COMPROMISED and haven.exposure in OPENLY_KNOWN:
        # Whoever says so need not read alerts, nor may he write on them: the house does.
        later("workers.havens.tell_alerts", haven.id)
    return haven


def set_occupancy(haven_id: int, people: int) -> Haven:
    """A headcount. Reaching the places for the night makes an open haven full; falling below opens it again."""
    haven = taken(haven_id)
    if not 0 <= people <= MOST_PEOPLE:
        raise Invalid(_("Give the number of people inside."), fields={"people": _("0 or more.")})
    if people and haven.state in states.EMPTY:
        raise Conflict(_("Open this haven before anybody is taken in."), code="wrong_state")
    haven.occupancy = people
    move(haven, filled(haven), "headcount")
    return haven


def set_capacities(haven: Haven, day: int, night: int, why: str) -> None:
    """Places by day and for the night, of a haven that is taken; what is full or open follows."""
    haven.capacity_day, haven.capacity_night = day, night
    move(haven, filled(haven), why, {"capacity_day": day, "capacity_night": night})


def filled(haven: Haven) -> S:
    """Its state by its places: of one that takes people in, full or open."""
    state = S(haven.state)
    if state not in states.TAKING_IN:
        return state
    return S.FULL if haven.occupancy >= haven.capacity_night else S.OPEN


def record_needs(haven_id: int, needs: list[str], supplies: dict[str, float]) -> Haven:
    """What is lacking, as codes of NEEDS, and what is there, as numbers under the keys of SUPPLIES."""
    haven = taken(haven_id)
    if not set(needs) <= set(NEEDS) or not set(supplies) <= set(SUPPLIES):
        raise Invalid(_("A need or supply is not on the list."))
    if not all(0 <= amount <= MOST_PEOPLE for amount in supplies.values()):
        raise Invalid(_("Supplies are numbers from 0."), fields={"supplies": _("Numbers from 0.")})
    haven.needs = sorted(set(needs))
    haven.supplies = {**haven.supplies, **supplies}
    move(haven, S(haven.state), "needs", {"needs": haven.needs})
    return haven


def move(
    haven: Haven, to_state: S, reason: str, details: dict[str, Any] | None = None, alert_id: int | None = None
) -> None:
    """Write a change: the haven, its history, the event."""
    before = haven.state
    haven.state = to_state.value
    haven.changed_at = datetime.now(UTC)
    db.session.flush()
    note_change(haven, before, reason, details, alert_id)


def note_change(
    haven: Haven, before: str, reason: str, details: dict[str, Any] | None = None, alert_id: int | None = None
) -> None:
    """The haven's history and the event, of a change that is made."""
    db.session.execute(
        insert(HavenChange).inline(),
        {
            "haven_id": haven.id, "from_state": before, "to_state": haven.state, "occupancy": haven.occupancy,
            "reason": reason.strip(), "alert_id": alert_id, "by_id": viewer().person_id,
        },
    )  # fmt: skip
    changed = {
        "from": before,
        "to": haven.state,
        "occupancy": haven.occupancy,
        "alert": alert_id,
        **(details or {}),
    }
    tell_log("havens.changed", "havens", haven.id, haven, changed)


def tell_log(action: str, table: str, row_id: int, haven: Haven, details: dict[str, Any]) -> None:
    """The log is read by more people than may know of a restricted haven: of one of these it holds that something was
    done, when and by whom, and no detail. Digests prove the rest."""
    record(action, table, row_id, details if haven.exposure in OPENLY_KNOWN else {})


def inspected(haven: Haven, on: date | None) -> None:
    since = db.session.execute(
        select(func.max(HavenChange.at)).where(
            HavenChange.haven_id == haven.id, HavenChange.to_state == S.COMPROMISED.value,
            HavenChange.from_state != S.COMPROMISED.value,
        )
    ).scalar() or haven.changed_at  # fmt: skip
    if on is None or on < since.date() or on > datetime.now(UTC).date():
        raise Conflict(
            _("This haven was compromised. Give the date of an inspection since then."), code="inspect_first"
        )
    haven.inspected_on = on


def taken(haven_id: int) -> Haven:
    """The haven, locked; NotFound if the viewer may not know of it, NotAllowed if he may not change it."""
    kept(haven_id)
    db.session.execute(select(Haven.id).where(Haven.id == haven_id).with_for_update())
    # Whoever held the lock before may have moved it into another sector, or hidden it.
    return kept(haven_id)


def kept(haven_id: int) -> Haven:
    """As it stands now. Raises as `taken`."""
    found = select(Haven).where(Haven.id == haven_id, visible()).execution_options(populate_existing=True)
    haven = db.session.execute(found).scalar_one_or_none()
    if haven is None:
        raise NotFound
    if not viewer().may(Permission.KEEP_HAVENS, haven.sector_id):
        raise NotAllowed(_("Your role may see this haven and may not change it."))
    return haven
