"""What an entry is about, as a link for those who may look at it."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from werkzeug.routing import BuildError

from app.permissions import Permission as P
from app.permissions import viewer

# table: endpoint of its page, the page's argument, who may read it
PAGES: dict[str, tuple[str, str, P]] = {
    "alerts": ("alerts.page", "alert_id", P.READ_ALERTS),
    "field_reports": ("field_reports.page", "report_id", P.READ_REPORTS),
    "incidents": ("incidents.page", "incident_id", P.READ_INCIDENTS),
    "threats": ("threats.page", "threat_id", P.READ_THREATS),
    "defenders": ("defenders.page", "defender_id", P.READ_DEFENDERS),
    "patrols": ("patrols.page", "patrol_id", P.READ_PATROLS),
    "havens": ("havens.page", "haven_id", P.READ_HAVENS),
    "sources": ("sources.page", "source_id", P.READ_SOURCES),
    "handovers": ("handovers.page", "handover_id", P.READ_HANDOVERS),
    "documents": ("documents.page", "document_id", P.READ_DOCUMENTS),
    "people": ("people.person_page", "person_id", P.MANAGE_PEOPLE),
    "procedures": ("mission.procedure", "key", P.MANAGE_MISSION),
}


def link(subject: str) -> str | None:
    """The address of the thing, or None. Whether that very thing may be seen, its own page decides."""
    table, _colon, key = subject.partition(":")
    endpoint, argument, permission = PAGES.get(table, ("", "", P.READ_LEDGER))
    if endpoint not in current_app.view_functions or not viewer().holds(permission):
        return None
    values: dict[str, Any] = {argument: key}
    try:
        return url_for(endpoint, **values) if key else None
    except (BuildError, ValueError):
        return None  # such as `people:unknown`: no page takes that
