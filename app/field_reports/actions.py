"""Filing a report: the report, its weighing and the alert in one transaction. The warning waits in no queue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from app.alerts import raising as alerts
from app.alerts.models import REPORTED_BY, Channel
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.field_reports.body import Receipt, ReportBody
from app.field_reports.models import FieldReport, ReportConflict
from app.field_reports.queries import sector_of_unsettled
from app.ledger import canonical
from app.ledger.actions import ADD_EVENT, event, record
from app.mission.placing import Placed, placed
from app.patrols.models import Patrol
from app.patrols.queries import visible as visible_patrols
from app.permissions import Permission, viewer
from geo.warning import Weighing

# The report, the event of it and what lies around it, in one round trip.
STORE = f"""
WITH stored AS (
INSERT INTO field_reports (id, receipt, body_hash, kind, channel, occurred_at, received_at, place, extent,
    place_as_given, radius_metres, place_precision, date_precision, source_reliability, credibility, reporter_id,
    patrol_id, actors, people_affected, what, text, indicators, admin_code, sector_id)
SELECT %(id)s, %(receipt)s, %(body_hash)s, %(kind)s, %(channel)s, %(occurred_at)s, %(received_at)s, here.place,
    ST_GeomFromText(%(extent)s, 4326), %(place_as_given)s, %(radius_metres)s, %(place_precision)s,
    %(date_precision)s, %(source_reliability)s, %(credibility)s, %(reporter_id)s, CAST(%(patrol_id)s AS bigint),
    CAST(%(actors)s AS jsonb), CAST(%(people_affected)s AS jsonb), %(what)s, %(text)s,
    CAST(%(indicators)s AS text[]), areas.admin_code,
    areas.sector_id
FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS place) AS here, vigil.areas_of(here.place) AS areas
ON CONFLICT DO NOTHING
RETURNING serial, sector_id, admin_code
), recorded AS ({ADD_EVENT} FROM stored)
SELECT stored.serial, stored.sector_id, stored.admin_code, looked.alert_id, looked.found
FROM stored CROSS JOIN LATERAL ({alerts.LOOK_AROUND}) AS looked
"""  # noqa: S608 - its parts are constants

KEEP_UNRAISED = (
    "SELECT vigil.keep_unraised(%(report)s, %(score)s, CAST(%(said)s AS jsonb), CAST(%(points)s AS jsonb))"
)


def file_report(report_id: UUID, body: ReportBody) -> tuple[Receipt, bool]:
    """Store the report and weigh it; True if it is new. The same report again changes nothing.

    Raises Conflict when the id is taken by another body: both are kept (the caller must commit then too); Invalid for a
    channel that is not the role's to name.
    """
    who = viewer()
    if not who.holds(Permission.FILE_REPORTS):
        raise NotAllowed(_("Your role does not file reports."))
    channel = channel_of(body.channel)
    body = body.model_copy(update={"channel": channel})  # named or not, it is the same report
    where = placed(body.place)
    # Without any it is the same report as one that was sent before there were indicators.
    as_sent = body.model_dump(mode="json", exclude=None if body.indicators else {"indicators"})
    body_hash = hashlib.sha256(canonical.dumps(as_sent)).digest()
    now = datetime.now(UTC)
    receipt = f"{str(report_id)[:8]}-{body_hash.hex()[:8]}".upper()
    row = row_of(report_id, body, channel, where, body_hash, receipt, now)
    row |= alerts.where_to_look(where.lon, where.lat, now)
    row |= event("reports.filed", "field_reports", report_id, {"kind": body.kind, "sha256": body_hash.hex()})
    stored = db.session.connection().exec_driver_sql(STORE, row).first()
    if stored is None:
        return again(report_id, body_hash, as_sent), False
    areas = {"admin_code": stored.admin_code, "sector_id": stored.sector_id}
    reported = as_alert(report_id, row | areas, now)
    weighing = alerts.weighed(reported, stored.found)
    if weighing.priority is None:
        keep_unraised(report_id, weighing)
    else:
        alerts.raise_alert(stored.alert_id, reported, weighing, weighing.priority)
    return Receipt(id=report_id, serial=stored.serial, receipt=receipt, received_at=now), True


# What an alert says as the report that it is raised of does.
SAID = (
    "kind", "channel", "occurred_at", "radius_metres", "place_precision", "date_precision",
    "source_reliability", "credibility", "place_as_given", "admin_code", "sector_id",
)  # fmt: skip


def as_alert(
    report_id: UUID, report: Mapping[str, Any], received_at: datetime, why: tuple[str, ...] = ()
) -> alerts.Reported:
    """`report`: its columns, with lon and lat in degrees."""
    return alerts.Reported(
        **{name: report[name] for name in SAID}, lon=report["lon"], lat=report["lat"],
        # A report raises one alert, whoever raises it.
        key=f"report:{report_id}", report_id=report_id, received_at=received_at,
        verbatim="\n".join(filter(None, (report["what"], report["text"]))),
        source_contactable=report["channel"] != Channel.OPEN_SOURCE, why=why,
    )  # fmt: skip


def keep_unraised(report_id: UUID, weighing: Weighing) -> None:
    """What raises no alert waits for somebody on duty to look at it, with why it did not."""
    sentences = list(weighing.sentences(cleared=False))
    weighed = {
        "report": report_id, "score": weighing.score, "said": json.dumps(sentences),
        "points": json.dumps(alerts.points_of(weighing)),
    }  # fmt: skip
    db.session.connection().exec_driver_sql(KEEP_UNRAISED, weighed)


def channel_of(named: Channel | None) -> Channel:
    """The channel that was named, or the one by which the viewer's role reports. Raises Invalid for another's: a
    partner's word would pass for what a patrol saw, and count as a source of its own."""
    own = REPORTED_BY[viewer().role]
    if named is not None and named not in own:
        sentence = _(
            "Your role does not report by this channel. Leave it out, or name one by which you were told."
        )
        raise Invalid(sentence, code="not_your_channel", fields={"channel": sentence})
    return named or own[0]


def row_of(
    report_id: UUID, body: ReportBody, channel: Channel, where: Placed, body_hash: bytes, receipt: str, now: datetime
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": report_id,
        "receipt": receipt,
        "body_hash": body_hash,
        "kind": body.kind,
        "channel": channel.value,
        "occurred_at": body.moment(),
        "received_at": now,
        "lon": where.lon,
        "lat": where.lat,
        "extent": where.extent,
        "place_as_given": where.as_given,
        "radius_metres": where.radius_metres,
        "place_precision": where.precision,
        "date_precision": body.date_precision,
        "source_reliability": body.source_reliability,
        "credibility": body.credibility,
        "reporter_id": viewer().person_id,
        "patrol_id": own_patrol(body.patrol_id),
        "actors": json.dumps(body.actors),
        "people_affected": json.dumps([a.model_dump(mode="json") for a in body.people_affected]),
        "what": body.what,
        "text": body.text,
        "indicators": [i.value for i in body.indicators] or None,
    }


def own_patrol(patrol_id: int | None) -> int | None:
    """A report is bound to a patrol that the reporter may see; another's answers as one that does not exist."""
    if patrol_id is None:
        return None
    found = db.session.execute(select(Patrol.id).where(Patrol.id == patrol_id, visible_patrols())).scalar()
    if found is None:
        raise NotFound
    return int(found)


def again(report_id: UUID, body_hash: bytes, as_sent: dict[str, Any]) -> Receipt:
    """The receipt of a report that stands already, or Conflict, with the second body kept beside the first."""
    who = viewer()
    first = db.session.execute(
        select(FieldReport.serial, FieldReport.receipt, FieldReport.received_at, FieldReport.body_hash).where(
            FieldReport.id == report_id, FieldReport.reporter_id == who.person_id
        )
    ).first()
    if first is not None and first.body_hash == body_hash:
        return Receipt(
            id=report_id, serial=first.serial, receipt=first.receipt, received_at=first.received_at
        )
    known = db.session.execute(
        select(ReportConflict.id).where(
            ReportConflict.report_id == report_id,
            ReportConflict.body_hash == body_hash,
            ReportConflict.reporter_id == who.person_id,
        )
    ).first()
    if known is None:
        db.session.execute(
            insert(ReportConflict).inline(),
            {"report_id": report_id, "body_hash": body_hash, "body": as_sent, "reporter_id": who.person_id},
        )
        record("reports.conflicting_body_kept", "field_reports", report_id, {"sha256": body_hash.hex()})
    raise Conflict(
        _("Another report was filed under this id. Both are kept and an officer will compare them."),
        code="report_differs",
    )


def settle_conflict(conflict_id: int) -> None:
    """An officer of the report's sector has compared the two bodies of one id. Raises NotFound or NotAllowed."""
    sector_id = sector_of_unsettled(conflict_id)
    if not viewer().may(Permission.HANDLE_ALERTS, sector_id):
        raise NotAllowed(_("Your role does not settle conflicting reports."))
    settled = db.session.execute(
        update(ReportConflict)
        .where(ReportConflict.id == conflict_id, ReportConflict.settled_at.is_(None))
        .values(settled_at=datetime.now(UTC), settled_by_id=viewer().person_id)
    )
    if settled.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound
    record("reports.conflict_settled", "report_conflicts", conflict_id)
