"""The menu: each role sees its own. A test walks it: no entry leads where the role is refused."""

from __future__ import annotations

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from app.permissions import Permission, current_viewer

ENTRIES = (
    (_l("Map"), "maps.picture", Permission.SEE_MAP),
    (_l("Console"), "console.desk", Permission.RAISE_ALERTS),
    (_l("Alerts"), "alerts.board", Permission.READ_ALERTS),
    (_l("Reports"), "field_reports.in_tray", Permission.FILE_REPORTS),
    (_l("Incidents"), "incidents.table", Permission.READ_INCIDENTS),
    (_l("Threats"), "threats.table", Permission.READ_THREATS),
    (_l("Rules"), "rules.table", Permission.READ_RULES),
    (_l("Defenders"), "defenders.register", Permission.READ_DEFENDERS),
    (_l("Patrols"), "patrols.board", Permission.READ_PATROLS),
    (_l("My patrol"), "patrols.mine", Permission.LEAD_PATROLS),
    (_l("Havens"), "havens.board", Permission.READ_HAVENS),
    (_l("Shift"), "handovers.board", Permission.READ_HANDOVERS),
    (_l("Watch"), "watches.page", Permission.READ_WATCHES),
    (_l("Documents"), "documents.shelf", Permission.ORDER_DOCUMENTS),
    (_l("Files in"), "imports.shelf", Permission.BRING_FILES_IN),
    (_l("Measures"), "measures.board", Permission.READ_MEASURES),
    (_l("Forecast"), "surfaces.board", Permission.READ_FORECAST),
    (_l("Accountability"), "ledger.log", Permission.READ_LEDGER),
    (_l("Mission"), "mission.overview", Permission.MANAGE_MISSION),
    (_l("People"), "people.people_page", Permission.MANAGE_PEOPLE),
)


def navigation() -> list[tuple[str, str, bool]]:
    viewer = current_viewer.get()
    if viewer is None:
        return []
    here = (request.endpoint or "").split(".")[0]
    return [
        (str(label), url_for(endpoint), endpoint.split(".")[0] == here)
        for label, endpoint, permission in ENTRIES
        # An installation may leave a feature out; a test sees to it that the whole one has every entry.
        if viewer.holds(permission) and endpoint in current_app.view_functions
    ]
