"""Where somebody goes after signing in: to what was asked for, or to the page that the role works on."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import current_app, url_for

from app.permissions import Permission, Viewer

# Tried in this order: a patrol commander sees the map too, and starts with the report.
STARTS = (
    (Permission.LEAD_PATROLS, "field_reports.start"),
    (Permission.SEE_MAP, "maps.picture"),
    (Permission.READ_LEDGER, "ledger.log"),
    (Permission.MANAGE_PEOPLE, "people.people_page"),
    (Permission.FILE_REPORTS, "field_reports.start"),
)
# A path of ours: one slash first, and nothing that a browser strips or turns into a slash.
PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
LONGEST = 1_000


def first_page(who: Viewer) -> str:
    for permission, endpoint in STARTS:
        if who.holds(permission) and endpoint in current_app.view_functions:
            return url_for(endpoint)
    return url_for("people.account")


def safe_next(asked: str | None) -> str | None:
    """The path that was asked for before signing in, if it is one of this site; None for anything else."""
    if not asked or len(asked) > LONGEST or not PATH.fullmatch(asked):
        return None
    parts = urlsplit(asked)
    if parts.scheme or parts.netloc or parts.path in ("/sign-in", "/sign-out", "/"):
        return None
    return asked
