"""Planning an evacuation, planning it again, and issuing a plan. What a haven holds is changed by none of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, insert, select, update

from app.alerts import actions as alerts
from app.alerts.models import Alert, ResponseKind
from app.db import db
from app.errors import Conflict, NotAllowed, NotFound, Refusal
from app.evacuations import area, queries, wording
from app.evacuations.body import AreaBody, PlanBody
from app.evacuations.holding import lapsed
from app.evacuations.models import Evacuation, EvacuationPlan
from app.evacuations.solving import solved
from app.ledger.actions import record
from app.one_at_a_time import compute_alone
from app.outbox import later
from app.permissions import Permission, knows_restricted, viewer, within
from app.threats.models import Threat

# No evacuation's number: held by whoever issues one.
OF_PROMISES = 0


def plan_evacuation(body: AreaBody) -> int:
    """A new evacuation with a first plan from the mission's own numbers; its id. Raises NotFound (an alert or threat that
    may not be read), NotAllowed (another sector's, or restricted havens without clearance), and as `solved`."""
    who, (lon, lat) = viewer(), middle(body)
    if body.restricted and not knows_restricted():
        raise NotAllowed(_("Plans with restricted havens are made by those who may know of them."))
    place = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    sector_id = db.session.execute(select(func.vigil.sector_at(place))).scalar()
    if not who.may(Permission.PLAN_EVACUATIONS, sector_id):
        raise NotAllowed(_("This area lies outside the sectors in which you plan evacuations."))
    made = insert(Evacuation).values(
        sector_id=sector_id, alert_id=body.alert_id, threat_id=body.threat_id, place=place,
        radius_metres=round(body.radius_km * 1000), restricted=body.restricted, made_by_id=who.person_id,
        made_by_role=who.role.value,
    )  # fmt: skip
    evacuation_id: int = db.session.execute(made.returning(Evacuation.id)).scalar_one()
    # Of no evacuation what it was begun for: said of some and not of others, the log would tell which count on hidden
    # havens, and that there are some near that alert.
    record("evacuations.opened", "evacuations", evacuation_id)
    evacuation = db.session.get_one(Evacuation, evacuation_id)
    write(evacuation, area.first(evacuation))
    return evacuation_id


def middle(body: AreaBody) -> tuple[float, float]:
    """lon, lat of what the area is around."""
    if body.alert_id is not None:
        mine = within(Permission.READ_ALERTS, Alert.sector_id)
        where = select(func.ST_X(Alert.place), func.ST_Y(Alert.place)).where(Alert.id == body.alert_id, mine)
    elif body.threat_id is not None:
        mine, inside = within(Permission.READ_THREATS, Threat.sector_id), func.ST_PointOnSurface(Threat.area)
        where = select(func.ST_X(inside), func.ST_Y(inside)).where(
            Threat.id == body.threat_id, Threat.ended_at.is_(None), mine
        )
    else:
        assert body.lon is not None and body.lat is not None
        return body.lon, body.lat
    found = db.session.execute(where).first()
    if found is None:
        raise NotFound
    return float(found[0]), float(found[1])


def plan_again(evacuation_id: int, asked: PlanBody | None = None) -> int:
    """The next plan, from what holds now of roads, threats and havens: with other numbers, or with those of the plan
    before. Its number. Raises as `plan_evacuation`."""
    evacuation = plannable(evacuation_id)
    before = queries.versions(evacuation_id, limit=1)[0]
    return write(evacuation, asked or PlanBody.model_validate(before.asked))


def plannable(evacuation_id: int) -> Evacuation:
    """The evacuation, locked, so that two plans made at once are two versions."""
    found = queries.one(evacuation_id)
    if not viewer().may(Permission.PLAN_EVACUATIONS, found.sector_id):
        raise NotAllowed(_("You plan evacuations of your own sectors alone."))
    lock(evacuation_id)
    refuse_ended(queries.one(evacuation_id))
    return db.session.get_one(Evacuation, evacuation_id)


def refuse_ended(found: Row[Any]) -> None:
    if found.ended_at is not None:
        raise Conflict(_("This evacuation has ended. Begin another one."), code="wrong_state")


def lock(evacuation_id: int) -> None:
    """One at a time makes or issues a plan. It needs no right to change the row: nothing of it is ever rewritten."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("evacuations"), evacuation_id)))


def write(evacuation: Evacuation, asked: PlanBody) -> int:
    """Raises TooMany while another plan is computed for the viewer, and as `solved`."""
    compute_alone()
    newest = queries.versions(evacuation.id, limit=1)
    content, haven_ids = solved(evacuation, asked, newest[0].content if newest else None)
    number, who = (newest[0].version + 1 if newest else 1), viewer()
    new = insert(EvacuationPlan).values(
        evacuation_id=evacuation.id, version=number, asked=asked.model_dump(mode="json"), content=content,
        haven_ids=haven_ids, made_by_id=who.person_id, made_by_role=who.role.value,
    )  # fmt: skip
    plan_id = db.session.execute(new.returning(EvacuationPlan.id)).scalar_one()
    # No figure of the plan: the log is read by others than may know of its havens.
    details = {"evacuation": evacuation.id, "version": number}
    record("evacuations.planned", "evacuation_plans", plan_id, details)
    return number


def issue(evacuation_id: int, number: int) -> bool:
    """Issue a plan as an order in one's own name; on the chain of its alert, where that was decided, it is a measure that
    was ordered. Whether it was. Raises NotFound, NotAllowed or Conflict (issued already, not the newest,
    restricted, or no longer as things stand now)."""
    found, who = queries.one(evacuation_id), viewer()
    if not who.may(Permission.DECIDE_ALERTS, found.sector_id):
        raise NotAllowed(_("An evacuation is ordered by those who decide on alerts there."))
    lock(evacuation_id)
    # Two orders issued at once would give away the same places: each looks at what the other has promised.
    lock(OF_PROMISES)
    found = queries.one(evacuation_id)
    refuse_ended(found)
    plan = queries.version(evacuation_id, number)
    if found.restricted:
        raise Conflict(
            _(
                "This plan counts on havens that few may know of. It is passed on by word of mouth, and never printed."
            ),
            code="restricted",
        )
    if plan.issued_at is not None:
        raise Conflict(_("This plan is issued already."), code="wrong_state")
    if found.version != number:
        raise Conflict(_("A newer plan was made. Look at that one."), code="wrong_state")
    check_still_holds(evacuation_id, plan)
    db.session.execute(
        update(EvacuationPlan)
        .where(EvacuationPlan.id == plan.id, EvacuationPlan.issued_at.is_(None))
        .values(issued_by_id=who.person_id, issued_by_role=who.role.value, issued_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
    record(
        "evacuations.issued", "evacuation_plans", plan.id, {"evacuation": evacuation_id, "version": number}
    )
    for haven in plan.content["havens"]:
        # Compromised since it was looked at above, it has found no order to tell of: this one is told once it stands.
        later("workers.havens.tell_alerts", haven["id"])
        # Likewise of one that was corrected.
        later("workers.havens.tell_corrected", haven["id"])
    return on_chain(found.alert_id, wording.serial(evacuation_id, number))


def end(evacuation_id: int) -> None:
    """Nobody is on the road by its order any more: places that it gave away and nobody came for are free again.

    Raises NotFound, NotAllowed or Conflict (none was issued, or ended already)."""
    found, who = queries.one(evacuation_id), viewer()
    if not who.may(Permission.DECIDE_ALERTS, found.sector_id):
        raise NotAllowed(_("An evacuation is ended by those who decide on alerts there."))
    lock(evacuation_id)
    found = queries.one(evacuation_id)
    refuse_ended(found)
    if found.issued is None:
        raise Conflict(_("No order was issued for this evacuation."), code="wrong_state")
    db.session.execute(
        update(Evacuation)
        .where(Evacuation.id == evacuation_id, Evacuation.ended_at.is_(None))
        .values(ended_by_id=who.person_id, ended_by_role=who.role.value, ended_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
    record("evacuations.ended", "evacuations", evacuation_id)


def check_still_holds(evacuation_id: int, plan: Row[Any]) -> None:
    """An order sends people on the road. Raises Conflict with what has changed since the plan was made."""
    gone = lapsed(db.session.get_one(Evacuation, evacuation_id), plan)
    if gone:
        raise Conflict(
            _(
                "This plan no longer holds. Plan again, and look at what changed: %(what)s",
                what=" ".join(gone),
            ),
            code="stale",
        )


def on_chain(alert_id: int | None, serial: str) -> bool:
    """Order the measure on the alert's chain, if its state lets it. A plan that is issued too early stands by itself;
    so does one whose alert has moved on, or lies in another sector since its place was corrected."""
    if alert_id is None:
        return False
    try:
        # Refused behind the alert's lock, before anything of it is written.
        alerts.task(
            alert_id, ResponseKind.EVACUATION, order=_("By evacuation order %(serial)s.", serial=serial)
        )
    except Refusal:
        return False
    return True
