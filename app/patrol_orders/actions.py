"""Writing a patrol order and approving it: two officers, one version each time, and never without the gate before it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import insert, update

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.patrol_orders import queries
from app.patrol_orders.body import OrderBody
from app.patrol_orders.gate import check_gate, check_words
from app.patrol_orders.lines import planned_line
from app.patrol_orders.models import PatrolOrder
from app.patrols.actions import stops_of
from app.patrols.models import Patrol
from app.patrols.movement import ENDED
from app.patrols.visits import VISIT, refuse_unless_known
from app.permissions import Permission, viewer


def write_order(patrol_id: int, body: OrderBody) -> int:
    """The next version of a patrol's order; its number. It is issued once another officer approves it.

    Raises NotFound, NotAllowed (its leader, or another sector's), Conflict (the patrol has ended) or Invalid: stops that
    are not there, a joint patrol behind no gate (gate.py), words that belong on the sealed sheet or that State forces
    would read.
    """
    patrol = orderable(patrol_id, Permission.PLAN_PATROLS, Permission.SEND_PATROLS)
    refuse_unless_known(patrol)
    check_stops(patrol, body)
    check_gate(patrol, body)
    before = next(iter(queries.versions(patrol_id)), None)
    check_words(body, before)
    line = planned_line(patrol_id)
    number = before.row.version + 1 if before else 1
    who = viewer()
    new = insert(PatrolOrder).values(
        patrol_id=patrol_id, version=number, content=body.model_dump(mode="json"), route=line.wkt,
        straight=line.straight, joint=body.joint, clearance_id=body.clearance_id if body.joint else None,
        written_by_id=who.person_id, written_by_role=who.role.value,
    )  # fmt: skip
    order_id = db.session.execute(new.returning(PatrolOrder.id)).scalar_one()
    details = {"patrol": patrol_id, "version": number, "joint": body.joint}
    record("patrols.order_written", "patrol_orders", order_id, details)
    return number


def approve(patrol_id: int, version: int) -> None:
    """Issue a version in one's own name; of a visit to a defender how it goes out, without being told where. Raises
    NotFound, NotAllowed (its author), Conflict (issued already, or a newer version stands) or Invalid (gate.py: State
    forces may not come along any more)."""
    patrol = orderable(patrol_id, Permission.PLAN_PATROLS)
    found = queries.one(patrol_id, version)
    who = viewer()
    if found.row.written_by_id == who.person_id:
        raise NotAllowed(_("Whoever writes an order does not approve it as well. Ask another officer."))
    if found.issued:
        raise Conflict(_("This order is issued already."), code="wrong_state")
    if queries.versions(patrol_id)[0].row.version != version:
        raise Conflict(_("A newer version of this order was written. Look at that one."), code="wrong_state")
    if found.content.is_draft:
        raise Conflict(
            _(
                "Parts of this draft still read ???: nobody has looked at its way yet. Write a new version with them."
            ),
            code="draft",
        )
    check_gate(patrol, found.content)
    db.session.execute(
        update(PatrolOrder)
        .where(PatrolOrder.id == found.row.id, PatrolOrder.approved_at.is_(None))
        .values(approved_by_id=who.person_id, approved_by_role=who.role.value, approved_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
    details = {"patrol": patrol_id, "version": version}
    record("patrols.order_issued", "patrol_orders", found.row.id, details)


def orderable(patrol_id: int, *permissions: Permission) -> Patrol:
    """The patrol, locked, for those who order it. Its leader reads the order and writes none."""
    who = viewer()
    patrol = db.session.get(Patrol, patrol_id)
    if patrol is None or not who.may(Permission.READ_PATROLS, patrol.sector_id):
        raise NotFound
    if not any(who.may(permission, patrol.sector_id) for permission in permissions):
        raise NotAllowed(_("You order patrols of your own sectors alone."))
    db.session.refresh(patrol, with_for_update=True)
    if patrol.state in ENDED:
        raise Conflict(_("This patrol has ended. Its order stands as it was."), code="wrong_state")
    return patrol


def check_stops(patrol: Patrol, body: OrderBody) -> None:
    known = {stop.sequence for stop in stops_of(patrol.id)}
    for n, task in enumerate(body.tasks):
        if task.stop not in known:
            words = _("The patrol has no such stop.")
            raise Invalid(words, fields={f"tasks.{n}.stop": words})
        # On a visit to a defender, what is done at a stop, and with whom, would tell who lives there.
        if patrol.purpose == VISIT and (task.task or task.meet):
            words = _("What is done on a visit to a defender stands on the sealed sheet alone.")
            raise Invalid(words, fields={f"tasks.{n}.task": words})
    if patrol.purpose == VISIT and not body.sealed_sheet:
        words = _("A visit to a defender is ordered with a sealed instruction sheet.")
        raise Invalid(words, fields={"sealed_sheet": words})
