"""What stands before an order with State forces: the human rights due diligence policy, where they don't come along, and
what they would read. Asked when it is written; all but the words once more when it is approved."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from app.alerts.models import Alert
from app.db import db
from app.due_diligence.actions import is_cleared
from app.due_diligence.places import shut_stops
from app.errors import Invalid, NotAllowed
from app.grading import Verification
from app.patrol_orders.body import OrderBody
from app.patrol_orders.queries import Version
from app.patrol_orders.wording import BESIDE_STATE_FORCES
from app.patrols.models import Patrol
from app.patrols.visits import VISIT
from app.permissions import Permission, viewer, within

FOUND_TRUE = (Verification.VERIFIED, Verification.PARTIALLY_VERIFIED, Verification.CORROBORATED)
WRITTEN_FOR_US = "written_for_us"


def check_gate(patrol: Patrol, body: OrderBody) -> None:
    """Raises Invalid, or NotAllowed for whoever can't be told where State forces may not come along."""
    if not body.joint:
        return
    if patrol.purpose == VISIT:
        raise refused(_("A visit to a defender goes without State forces."))
    if body.clearance_id is None or not is_cleared(body.clearance_id, patrol.id):
        words = _("A patrol with State forces needs a decision of due diligence that holds until its end.")
        raise Invalid(words, fields={"clearance_id": words})
    # What is asked next is asked with the viewer's rights: a token for less would find every place open.
    if not all(viewer().may(p, patrol.sector_id) for p in (Permission.READ_THREATS, Permission.READ_ALERTS)):
        raise NotAllowed(
            _("A joint patrol is ordered by those who read the threats and alerts of its sector.")
        )
    if patrol.alert_id is not None and not found_true(patrol.alert_id):
        raise refused(_("This patrol answers an alert that is not verified: it goes without State forces."))
    if shut := shut_stops(patrol.id):
        words = _(
            "State forces may not come along to %(sites)s. Order the patrol without them, or one without these stops.",
            sites=", ".join(shut),
        )
        raise refused(words)


def refused(words: str) -> Invalid:
    return Invalid(words, fields={"composition.state_forces": words})


def found_true(alert_id: int) -> bool:
    """Whether an alert is verified, so far as the viewer reads it."""
    found = select(Alert.id).where(
        Alert.id == alert_id,
        Alert.verification.in_(FOUND_TRUE),
        within(Permission.READ_ALERTS, Alert.sector_id),
    )
    return db.session.execute(found).first() is not None


def check_words(body: OrderBody, before: Version | None) -> None:
    """Raises Invalid where an order becomes a joint one and keeps a task that was written for the mission alone: a draft
    from a plan says why a site is visited, threats and alerts among it."""
    if not body.joint or before is None or before.row.joint:
        return
    ours = {task.task for task in before.content.tasks} - {"", str(BESIDE_STATE_FORCES)}
    words = _(
        "State forces will read this order. Tasks that were written for the mission alone are not kept: "
        "read each one, and say it anew."
    )
    kept = {f"tasks.{n}.task": words for n, task in enumerate(body.tasks) if task.task in ours}
    if kept:
        raise Invalid(words, code=WRITTEN_FOR_US, fields=kept)
