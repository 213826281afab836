"""Permissions in words that their holders would use. Roles: app/permissions.py: ROLE_NAMES."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.permissions import Permission as P

PERMISSIONS = {
    P.FILE_REPORTS: _l("File reports"),
    P.READ_REPORTS: _l("Read reports"),
    P.READ_ALERTS: _l("Read alerts"),
    P.RAISE_ALERTS: _l("Raise alerts by hand"),
    P.HANDLE_ALERTS: _l("Acknowledge, verify and follow alerts"),
    P.DECIDE_ALERTS: _l("Take alerts that climbed, and decide on alerts"),
    P.APPROVE_NON_RESPONSE: _l("Approve a decision not to respond"),
    P.READ_SOURCES: _l("See sources by their codes, with their history"),
    P.KEEP_SOURCES: _l("Register and grade sources"),
    P.READ_HANDOVERS: _l("Read handovers of shifts, with what was open"),
    P.HAND_OVER: _l("Hand shifts over and accept them"),
    P.READ_WATCHES: _l("Read who is on watch"),
    P.STAND_WATCH: _l("Go on watch"),
    P.READ_REPLIES: _l("Read what came in by SMS"),
    P.READ_RULES: _l("Read rules that watch, and what they see"),
    P.KEEP_RULES: _l("Write rules that watch, and switch them on and off"),
    P.READ_INCIDENTS: _l("Read incidents"),
    P.RECORD_INCIDENTS: _l("Record incidents"),
    P.VERIFY_INCIDENTS: _l("Verify incidents"),
    P.READ_THREATS: _l("Read threats"),
    P.ASSESS_THREATS: _l("Assess threats"),
    P.SEE_COARSE_CELLS: _l("See coarse cells of defenders"),
    P.SEE_FINE_CELLS: _l("See fine cells of defenders"),
    P.READ_DEFENDERS: _l("Read defenders' files"),
    P.KEEP_DEFENDERS: _l("Keep defenders' files"),
    P.UNMASK_DEFENDERS: _l("Unmask defenders"),
    P.SUPERVISE_UNMASKING: _l("Supervise unmasking"),
    P.READ_PATROLS: _l("Read patrols"),
    P.PLAN_PATROLS: _l("Plan patrols"),
    P.SEND_PATROLS: _l("Send patrols"),
    P.LEAD_PATROLS: _l("Lead patrols"),
    P.DEBRIEF_PATROLS: _l("Debrief patrols"),
    P.APPROVE_PATROL_REPORTS: _l("Approve patrol reports"),
    P.READ_SIGNALS: _l("Open the list of patrols’ signals"),
    P.SEE_CHILD_SIGNALS: _l("See signals that concern a child, and take them up"),
    P.SEE_VIOLENCE_SIGNALS: _l("See signals of sexual violence, and take them up"),
    P.READ_DUE_DILIGENCE: _l("Read decisions on support to State forces"),
    P.DECIDE_DUE_DILIGENCE: _l("Decide on support to State forces"),
    P.READ_HAVENS: _l("Read havens"),
    P.KEEP_HAVENS: _l("Keep havens"),
    P.SEE_RESTRICTED_HAVENS: _l("See restricted havens"),
    P.READ_EVACUATIONS: _l("Read plans of evacuations"),
    P.PLAN_EVACUATIONS: _l("Plan evacuations"),
    P.SEE_MAP: _l("See the map"),
    P.MANAGE_MISSION: _l("Manage the mission's base data and procedures"),
    P.BRING_FILES_IN: _l("Bring in files of what one may record"),
    P.ORDER_DOCUMENTS: _l("Order documents"),
    P.PRINT_ORDERS: _l("Print the orders of patrols"),
    P.READ_DOCUMENTS: _l("Read documents"),
    P.READ_MEASURES: _l("Read the measures of response"),
    P.RELEASE_MEASURES: _l("Release measures as a file"),
    P.READ_FORECAST: _l("Read the forecast and its scores"),
    P.SEE_HOTSPOTS: _l("See the forecast’s cells"),
    P.ORDER_FORECAST: _l("Order today’s forecast"),
    P.READ_LEDGER: _l("Read the accountability log"),
    P.EXPORT_LEDGER: _l("Export the accountability log"),
    P.MANAGE_PEOPLE: _l("Manage people and tokens"),
    P.OWN_ACCOUNT: _l("Use the own account"),
}

# What an administrator changed of an account, for the one who is to open it.
CHANGES = {
    "added": _l("new account"), "rights": _l("role, sectors or compartments"), "password": _l("new password"),
}  # fmt: skip


def permission_words(permission: str) -> str:
    """In words; a name that an old token still carries and nobody knows any more stands as it is."""
    known = {p.value for p in P}
    return str(PERMISSIONS[P(permission)]) if permission in known else permission
