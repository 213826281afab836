"""Finding by serial, call sign and name among what happened and what was done: alerts, reports, incidents, documents,
threats, patrols, havens, defenders. Each question goes through its feature's own reads, and so through their walls: what
the searcher may not see is not found, and it takes the database the same work as what does not exist."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import func, or_

from app.alerts import queries as alerts
from app.alerts import wording as alert_words
from app.alerts.models import Alert
from app.db import db
from app.defenders import queries as defenders
from app.documents import queries as documents
from app.documents import shelf_words
from app.documents.models import Document
from app.field_reports import queries as reports
from app.field_reports.models import FieldReport
from app.find.alike import alike, closeness, coded
from app.find.found import ALIKE, EXACT, WITHIN, Found
from app.find.ground import MOST, point
from app.find.wording import KINDS
from app.havens import queries as havens
from app.havens import wording as haven_words
from app.havens.models import Haven
from app.incidents import queries as incidents
from app.incidents import wording as incident_words
from app.incidents.models import Incident
from app.patrols import queries as patrols
from app.patrols import wording as patrol_words
from app.patrols.models import Patrol
from app.patrols.movement import ENDED
from app.permissions import Permission, viewer
from app.threats import queries as threats
from app.threats.models import Threat

_NUMBER = re.compile(r"(?:([^\W\d_]{3,20})[\s.]*)?(?:no\.?|nr\.?|#)?\s*(\d{1,15})", re.IGNORECASE)
_DOCUMENT = re.compile(r"doc[\s-]*(\d{4})[\s-]+(\d{1,15})", re.IGNORECASE)
# A call sign is given out again and again: of patrols that have ended only the last weeks' are found by it.
RECENT = timedelta(days=30)
# Too little to find a codename by, and enough to leaf through the register with.
LEAST_OF_A_CODENAME = 3


def numbered(asked: str, kind: str) -> int | None:
    """The number, where what was asked for is one, or the word for this kind and one: 'Alert 12', '12', '#12'."""
    found = _NUMBER.fullmatch(asked.strip())
    if found is None:
        return None
    word = (found[1] or "").lower()
    return int(found[2]) if word in ("", kind, str(KINDS[kind]).lower()) else None


def page(permission: Permission, endpoint: str, **values: Any) -> str:
    """The thing's page, for whom its door opens: some may know of a thing and have no page of it."""
    return url_for(endpoint, **values) if viewer().holds(permission) else ""


def alerts_numbered(asked: str) -> list[Found]:
    number = numbered(asked, "alert")
    rows = db.session.execute(alerts.rows().where(Alert.id == (number or 0)))
    return [
        Found(
            "alert", alerts.serial(a.id), f"{alert_words.KINDS.get(a.kind, a.kind)} · {a.place_as_given}", EXACT,
            f"{a.source_reliability}{a.credibility}", a.lon, a.lat, 13 if a.radius_metres < 1000 else 10,
            url_for("alerts.page", alert_id=a.id),
        )
        for a in rows
    ]  # fmt: skip


def reports_numbered(asked: str) -> list[Found]:
    number = numbered(asked, "report")
    r = FieldReport
    rows = db.session.execute(
        reports.numbered(number or 0).add_columns(*point(r.place), r.radius_metres)  # 0 is nobody's serial
    )
    return [
        Found(
            "report", reports.serial(row.serial), row.place_as_given, EXACT,
            f"{row.source_reliability}{row.credibility}", row.lon, row.lat, 13 if row.radius_metres < 1000 else 10,
            page(Permission.FILE_REPORTS, "field_reports.page", report_id=row.id),
        )
        for row in rows
    ]  # fmt: skip


def incidents_numbered(asked: str) -> list[Found]:
    number = numbered(asked, "incident")
    rows = db.session.execute(incidents.rows().where(Incident.id == (number or 0)))
    return [
        Found(
            "incident", f"{KINDS['incident']} {i.id}",
            f"{incident_words.KINDS[i.kind]} · {i.place_name or i.admin_code or ''}", EXACT,
            f"{i.source_reliability}{i.credibility}", i.lon, i.lat, 13 if i.place_precision <= 2 else 9,
            url_for("incidents.page", incident_id=i.id),
        )
        for i in rows
    ]  # fmt: skip


def documents_numbered(asked: str) -> list[Found]:
    serial = _DOCUMENT.fullmatch(asked.strip())
    number = int(serial[2]) if serial else numbered(asked, "document")
    rows = db.session.execute(documents.rows().where(Document.id == (number or 0)))
    found = []
    for d in rows:
        title = shelf_words.serial(d.id, d.ordered_at)
        if serial is None or title.split("-")[1] == serial[1]:
            detail = f"{shelf_words.KINDS[d.kind]} · {shelf_words.about(d.kind, d.subject)}"
            found.append(
                Found(
                    "document",
                    title,
                    detail,
                    url=url_for("documents.page", document_id=d.id),
                )
            )
    return found


def threats_named(asked: str) -> list[Found]:
    query = threats.rows().where(alike(Threat.name, asked), Threat.ended_at.is_(None))
    rows = db.session.execute(query.order_by(closeness(Threat.name, asked).desc(), Threat.id).limit(MOST))
    return [
        Found("threat", t.name, t.actor, ALIKE, "", t.lon, t.lat, 9, url_for("threats.page", threat_id=t.id)).named(asked)
        for t in rows
    ]  # fmt: skip


def patrols_called(asked: str) -> list[Found]:
    p = Patrol
    now_or_lately = or_(p.state.not_in(ENDED), p.planned_start > func.now() - RECENT)
    called = or_(coded(p.call_sign, asked), alike(p.call_sign, asked))
    order = (coded(p.call_sign, asked).desc(), closeness(p.call_sign, asked).desc(), p.planned_start.desc())
    rows = db.session.execute(patrols.rows().where(now_or_lately, called).order_by(*order).limit(MOST))
    return [
        Found(
            "patrol", row.call_sign, str(patrol_words.STATES[row.state]), ALIKE, "", row.lon, row.lat, 13,
            page(Permission.READ_PATROLS, "patrols.page", patrol_id=row.id) or url_for("patrols.mine"),
        ).named(asked)
        for row in rows
    ]  # fmt: skip


def havens_named(asked: str) -> list[Found]:
    """Through `havens.visible()`: one of restricted exposure leaves no trace with those who are not cleared for it."""
    h = Haven
    exact = coded(h.code, asked)
    order = (exact.desc(), closeness(h.name, asked).desc(), h.id)
    query = havens.rows().add_columns(exact.label("exact")).where(or_(exact, alike(h.name, asked)))
    return [
        Found(
            "haven", row.name, f"{haven_words.KINDS[row.kind]} · {haven_words.STATES[row.state]}",
            EXACT if row.exact else ALIKE, "", row.lon, row.lat, 13, url_for("havens.page", haven_id=row.id),
        ).named(asked)
        for row in db.session.execute(query.order_by(*order).limit(MOST))
    ]  # fmt: skip


def defenders_called(asked: str) -> list[Found]:
    """Codenames, of the files that the gate lets the viewer read; without a place, whatever his clearance."""
    if len(asked.strip()) < LEAST_OF_A_CODENAME:
        return []
    return [
        Found(
            "defender", fields["codename"], "", WITHIN, "",
            url=url_for("defenders.page", defender_id=fields["id"]),
        ).named(asked)
        for fields in defenders.called(asked.strip(), MOST)
    ]  # fmt: skip
