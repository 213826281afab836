"""The menu: each role sees its own. A test walks it: no entry leads where the role is refused."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from app.permissions import Permission, current_viewer

ENTRIES = (
    (_l("Map"), "maps.picture", Permission.SEE_MAP),
    (_l("Console"), "console.desk", Permission.RAISE_ALERTS),
    (_l("Alerts"), "alerts.board", Permission.READ_ALERTS),
    (_l("Signals"), "signals.board", Permission.READ_SIGNALS),
    (_l("Reports"), "field_reports.in_tray", Permission.FILE_REPORTS),
    (_l("Incidents"), "incidents.table", Permission.READ_INCIDENTS),
    (_l("Threats"), "threats.table", Permission.READ_THREATS),
    (_l("Rules"), "rules.table", Permission.READ_RULES),
    (_l("Defenders"), "defenders.register", Permission.READ_DEFENDERS),
    (_l("Patrols"), "patrols.board", Permission.READ_PATROLS),
    (_l("Plans"), "plans.board", Permission.READ_PATROLS),
    (_l("Sites"), "sites.table", Permission.READ_PATROLS),
    (_l("Means"), "means.board", Permission.READ_PATROLS),
    (_l("Coverage"), "coverage.board", Permission.READ_PATROLS),
    (_l("Roads"), "roads.board", Permission.SEE_MAP),
    (_l("My patrol"), "patrols.mine", Permission.LEAD_PATROLS),
    (_l("Due diligence"), "due_diligence.board", Permission.READ_DUE_DILIGENCE),
    (_l("Havens"), "havens.board", Permission.READ_HAVENS),
    (_l("Siting"), "siting.board", Permission.READ_HAVENS),
    (_l("Evacuations"), "evacuations.board", Permission.READ_EVACUATIONS),
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


# What is not named here stands by itself: the map, and what wants a decision first. The rest opens under its group.
GROUPS = (
    (_l("Situation"), ("field_reports", "incidents", "threats", "rules", "surfaces")),
    (
        _l("Response"),
        (
            "defenders",
            "patrols",
            "plans",
            "sites",
            "means",
            "coverage",
            "roads",
            "due_diligence",
            "havens",
            "siting",
            "evacuations",
        ),
    ),
    (_l("Duty"), ("handovers", "watches")),
    (_l("Records"), ("documents", "imports", "measures", "ledger")),
    (_l("Administration"), ("mission", "people")),
)
# So many fit beside each other on the narrowest screen that shows the menu as a bar: a group would only hide them.
MOST_IN_A_ROW = 7


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    here: bool


@dataclass(frozen=True)
class Group:
    """Entries under one word; without a word, one entry that stands by itself."""

    label: str
    entries: tuple[Entry, ...]

    @property
    def here(self) -> bool:
        return any(entry.here for entry in self.entries)


def navigation() -> list[Group]:
    """The viewer's menu, in the order of ENTRIES: a group stands where its first entry would."""
    viewer = current_viewer.get()
    if viewer is None:
        return []
    here = (request.endpoint or "").split(".")[0]
    found: dict[str, list[Entry]] = {}
    open_to_viewer = [
        (str(label), endpoint) for label, endpoint, permission in ENTRIES if viewer.holds(permission)
    ]
    grouped = len(open_to_viewer) > MOST_IN_A_ROW
    for label, endpoint in open_to_viewer:
        feature = endpoint.split(".")[0]
        entry = Entry(label, url_for(endpoint), feature == here)
        group = next((str(label) for label, features in GROUPS if feature in features), "")
        found.setdefault(group if group and grouped else endpoint, []).append(entry)
    words = {str(label) for label, _features in GROUPS}
    # A group of one is that one.
    return [
        Group(name if name in words and len(entries) > 1 else "", tuple(entries))
        for name, entries in found.items()
    ]
