"""Setting units' means; owing an escort and being done with it. Each is one ledger event."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import Row, func, select

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.means.body import EscortBody, MeansBody
from app.means.models import Escort, UnitMeans
from app.mission.models import MilitaryBase, Place, Unit
from app.mission.placing import read_place
from app.patrols.planning import DEPLOYABLE
from app.permissions import Permission, viewer


def unit_to_change(unit_id: int) -> Row[tuple[int, int | None]]:
    """(id, sector_id) of a unit that goes out. Raises NotFound, or NotAllowed outside the sectors that one plans for."""
    found = db.session.execute(
        select(Unit.id, Unit.sector_id).where(Unit.id == unit_id, func.lower(Unit.kind).in_(DEPLOYABLE))
    ).first()
    if found is None or not viewer().may(Permission.READ_PATROLS, found.sector_id):
        raise NotFound
    if not viewer().may(Permission.PLAN_PATROLS, found.sector_id):
        raise NotAllowed(_("This unit lies outside the sectors whose patrols you plan."))
    return found


def set_means(unit_id: int, body: MeansBody) -> UnitMeans:
    """Set a unit's means, for the first time or anew. Raises as `unit_to_change`, and Invalid for an unknown post."""
    unit = unit_to_change(unit_id)
    for model, ids in ((MilitaryBase, body.overnight_base_ids), (Place, body.overnight_place_ids)):
        known = db.session.execute(
            select(func.count()).select_from(model).where(model.id.in_(ids))
        ).scalar_one()
        if known != len(set(ids)):
            raise Invalid(_("An overnight post is not known."), fields={"overnight": _("This is not known.")})
    # Of a unit whose means nobody has set yet there is no row to lock.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("unit_means"), unit_id)))
    means = db.session.get(UnitMeans, unit_id, with_for_update=True)
    if means is None:
        means = UnitMeans(unit_id=unit_id)
        db.session.add(means)
    means.sector_id = unit.sector_id
    for name, value in body.model_dump(mode="json").items():
        setattr(means, name, value)
    means.set_by_id, means.set_at = viewer().person_id, datetime.now(UTC)
    db.session.flush()
    # What is planned with stands in the row, and its digest proves it: the log is read by more people than plan patrols.
    record("means.set", "unit_means", unit_id)
    return means


def owe_escort(body: EscortBody) -> Escort:
    """Write down an escort that is owed. Raises Invalid for unknown places, NotAllowed where the start lies outside the
    sectors that one plans for."""
    start, end = place_named(body.from_place, "from_place"), place_named(body.to_place, "to_place")
    if start.id == end.id:
        raise Invalid(
            _("An escort leads from one place to another."), fields={"to_place": _("Another place.")}
        )
    if not viewer().may(Permission.PLAN_PATROLS, start.sector_id):
        raise NotAllowed(_("The start lies outside the sectors whose patrols you plan."))
    escort = Escort(
        sector_id=start.sector_id, kind=body.kind.value, from_place_id=start.id, to_place_id=end.id, on_day=body.on_day,
        earliest=body.earliest, latest=body.latest, ready_minutes=body.ready_minutes, note=body.note,
        set_by_id=viewer().person_id,
    )  # fmt: skip
    db.session.add(escort)
    db.session.flush()
    record("escorts.owed", "escorts", escort.id)
    return escort


def place_named(written: str, field: str) -> Row[tuple[int, int | None]]:
    """(id, sector_id) of a place of the mission by its name or code. Raises Invalid with a sentence at the field."""
    try:
        code = read_place(written).get("code")
    except ValueError as error:
        raise Invalid(str(error), fields={field: str(error)}) from None
    found = db.session.execute(
        select(Place.id, func.vigil.sector_at(Place.place).label("sector_id")).where(Place.code == code)
    ).first()
    if found is None:
        words = _("Give the name or the code of a place of the mission.")
        raise Invalid(words, fields={field: words})
    return found


def end_escort(escort_id: int, outcome: str) -> Escort:
    """It was done, or it was called off. Raises Conflict where that was said already."""
    escort = db.session.get(Escort, escort_id)
    if escort is None or not viewer().may(Permission.READ_PATROLS, escort.sector_id):
        raise NotFound
    if not viewer().may(Permission.PLAN_PATROLS, escort.sector_id):
        raise NotAllowed(_("This escort lies outside the sectors whose patrols you plan."))
    # Whoever says so at the same instant waits; what is over can't be locked any more, the policy hides it from changes.
    still = select(Escort).where(Escort.id == escort_id, Escort.ended_at.is_(None)).with_for_update()
    if db.session.execute(still.execution_options(populate_existing=True)).first() is None:
        raise Conflict(_("This escort is over already."), code="over")
    escort.ended_at, escort.ended_by_id, escort.outcome = datetime.now(UTC), viewer().person_id, outcome
    db.session.flush()
    record("escorts.ended", "escorts", escort.id, {"outcome": outcome})
    return escort
