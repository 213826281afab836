"""What a document can be about: of whom it is read still, and how it is called on the shelf. Each row of kinds.py names
its own two; what a subject holds is written by actions.subject_of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.alerts.models import Alert
from app.documents.models import Document
from app.documents.view_layers import LAYERS
from app.documents.wording import dtg
from app.evacuations import queries as evacuations
from app.evacuations.models import Evacuation
from app.incidents.models import Incident
from app.patrol_reports.models import PatrolReport
from app.patrols import queries as patrols
from app.patrols.models import Patrol
from app.patrols.visits import known
from app.permissions import Permission, viewer, within
from app.words import grid

Subject = Mapping[str, Any]


def number(name: str) -> ColumnElement[int]:
    return Document.subject[name].astext.cast(BigInteger)


def alert_or_incident_read() -> ColumnElement[bool]:
    alert = select(Alert.id).where(
        Alert.id == number("alert_id"), within(Permission.READ_ALERTS, Alert.sector_id)
    )
    incident = select(Incident.id).where(
        Incident.id == number("incident_id"), within(Permission.READ_INCIDENTS, Incident.sector_id)
    )
    return or_(alert.exists(), incident.exists())


def alert_or_incident(subject: Subject) -> str:
    if "alert_id" in subject:
        return _("Alert %(id)s", id=subject["alert_id"])
    return _("Incident %(id)s", id=subject["incident_id"])


def patrol_report_read() -> ColumnElement[bool]:
    mine = within(Permission.READ_PATROLS, PatrolReport.sector_id)
    found = select(PatrolReport.id).join(Patrol, Patrol.id == PatrolReport.patrol_id)
    return found.where(PatrolReport.id == number("patrol_report_id"), mine, known()).exists()


def patrol_report(subject: Subject) -> str:
    return _("Patrol report %(id)s", id=subject["patrol_report_id"])


def patrol_read() -> ColumnElement[bool]:
    """Orders of patrols, by their leaders too, as long as a patrol is work of theirs."""
    return select(Patrol.id).where(Patrol.id == number("patrol_id"), patrols.visible(), known()).exists()


def patrol(subject: Subject) -> str:
    return _("Patrol %(id)s", id=subject["patrol_id"])


def evacuation_read() -> ColumnElement[bool]:
    return (
        select(Evacuation.id).where(Evacuation.id == number("evacuation_id"), evacuations.visible()).exists()
    )


def evacuation(subject: Subject) -> str:
    return _("Evacuation %(id)s", id=subject["evacuation_id"])


def period_read() -> ColumnElement[bool]:
    """Periods hold the sectors that the report covers, null for the whole mission."""
    who = viewer()
    if Permission.READ_ALERTS in who.anywhere():
        return literal(True)
    if Permission.READ_ALERTS not in who.in_sector():
        return literal(False)
    return in_own_sectors()


def period(subject: Subject) -> str:
    begin, end = (datetime.fromisoformat(subject[key]) for key in ("since", "until"))
    return f"{dtg(begin)} – {dtg(end)}"


def view_read() -> ColumnElement[bool]:
    """Views of the map, of layers that the viewer reads in every sector that the sheet covers."""
    who = viewer()
    if not who.holds(Permission.SEE_MAP):
        return literal(False)
    read = [name for name, layer in LAYERS.items() if who.holds(layer.permission)]
    everywhere = [name for name in read if LAYERS[name].permission in who.anywhere()]
    return or_(among(everywhere), and_(among(read), in_own_sectors()))


def view(subject: Subject) -> str:
    west, south, east, north = subject["box"]
    return _("Map around %(grid)s", grid=grid((west + east) / 2, (south + north) / 2, 2))


def in_own_sectors() -> ColumnElement[bool]:
    sectors = Document.subject["sectors"]
    own = literal(sorted(viewer().sector_ids), JSONB)
    # An array, before it is compared: null is no array, and means more than any list of sectors.
    return case((func.jsonb_typeof(sectors) == "array", sectors.op("<@")(own)), else_=False)


def among(names: list[str]) -> ColumnElement[bool]:
    """Whether all layers of the view are among these."""
    return Document.subject["layers"].op("<@")(literal(names, JSONB))
