"""Recording and verifying incidents. Who records does not verify; what was recorded is never rewritten."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask_babel import gettext as _
from psycopg.errors import UniqueViolation
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.alerts import queries as alerts
from app.db import db
from app.errors import Conflict, NotAllowed, NotFound
from app.field_reports import queries as reports
from app.grading import Verification
from app.incidents.body import IncidentBody
from app.incidents.models import Incident, IncidentVerification
from app.ledger.actions import record
from app.mission.placing import areas_of, placed
from app.permissions import Permission, viewer
from app.reasons import reason_given


def record_incident(body: IncidentBody) -> tuple[Incident, bool]:
    """Record what happened; True if it is new. Under the same id the standing record is given back.

    Raises NotAllowed (a place outside the viewer's sectors), NotFound (an alert or report that the viewer may not
    see), Conflict (the id is taken by another record).
    """
    where = placed(body.place)
    around = areas_of(where.lon, where.lat)
    who = viewer()
    if not (
        who.may(Permission.RECORD_INCIDENTS, around.sector_id)
        and who.may(Permission.READ_INCIDENTS, around.sector_id)
    ):
        raise NotAllowed(_("That place lies outside the sectors whose incidents you record."))
    if body.alert_id is not None:
        alerts.chain(body.alert_id)
    if body.report_id is not None:
        reports.one(body.report_id)
    own_id = body.id or uuid4()
    standing = under(own_id)
    if standing is not None:
        return same(standing, body), False
    low, best, high = body.killed()
    start, end = body.times()
    incident = Incident(
        source="vigil", source_id=str(own_id), kind=body.kind.value, occurred_from=start, occurred_to=end,
        date_precision=body.date_precision, place=f"SRID=4326;POINT({where.lon} {where.lat})",
        place_precision=where.precision, place_name=where.as_given, admin_code=around.admin_code,
        sector_id=around.sector_id, side_a=body.side_a or None, side_b=body.side_b or None, killed_low=low,
        killed_best=best, killed_high=high, injured=body.injured, abducted=body.abducted, summary=body.summary,
        source_reliability=body.source_reliability, credibility=body.credibility, alert_id=body.alert_id,
        report_id=body.report_id, recorded_by_id=who.person_id, verification=Verification.REPORTED.value,
    )  # fmt: skip
    add_under_its_id(incident)
    record(
        "incidents.recorded", "incidents", incident.id,
        {"kind": incident.kind, "killed_best": best, "alert": body.alert_id, "sector": around.sector_id},
    )  # fmt: skip
    return incident, True


def add_under_its_id(incident: Incident) -> None:
    """Raises Conflict where the id stands in a sector that the viewer does not read, or was sent twice at once."""
    try:
        with db.session.begin_nested():
            db.session.add(incident)
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise Conflict(
            _("Another incident was recorded under this id. Look at it and record a new one.")
        ) from None


def under(own_id: UUID) -> Incident | None:
    return db.session.execute(
        select(Incident).where(Incident.source == "vigil", Incident.source_id == str(own_id))
    ).scalar_one_or_none()


def same(standing: Incident, body: IncidentBody) -> Incident:
    unchanged = (standing.kind, standing.summary, standing.killed_best, standing.recorded_by_id) == (
        body.kind.value, body.summary, body.killed_best, viewer().person_id,
    )  # fmt: skip
    if not unchanged:
        raise Conflict(_("Another incident was recorded under this id. Look at it and record a new one."))
    return standing


def verify(
    incident_id: int, verification: Verification, note: str, reliability: str | None = None,
    credibility: int | None = None,
) -> Incident:  # fmt: skip
    """Judge whether it happened as recorded, and say on what grounds. Never one's own record.

    Raises NotFound, NotAllowed or Invalid (no grounds given).
    """
    who = viewer()
    incident = db.session.get(Incident, incident_id)
    if incident is None or not who.may(Permission.READ_INCIDENTS, incident.sector_id):
        raise NotFound
    if not who.may(Permission.VERIFY_INCIDENTS, incident.sector_id):
        raise NotAllowed(_("The Human Rights Division verifies incidents."))
    if incident.recorded_by_id == who.person_id:
        raise NotAllowed(_("You recorded this yourself. Somebody else must verify it."))
    note = reason_given(note)
    db.session.refresh(incident, with_for_update=True)
    before = incident.verification
    incident.verification = verification.value
    incident.verified_by_id = who.person_id
    if reliability is not None:
        incident.source_reliability = reliability
    if credibility is not None:
        incident.credibility = credibility
    db.session.flush()
    db.session.execute(
        insert(IncidentVerification).inline(),
        {
            "incident_id": incident.id, "from_status": before, "to_status": verification.value,
            "note": note, "by_id": who.person_id, "by_role": who.role.value,
        },
    )  # fmt: skip
    record(
        "incidents.verified", "incidents", incident.id,
        {"from": before, "to": verification.value,
         "grade": f"{incident.source_reliability}{incident.credibility}"},
    )  # fmt: skip
    return incident
