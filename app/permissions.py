"""Who may do what: the first wall. Row level security (migrations/sql) asks the same in the database.

Read the map at the bottom aloud: "alerts:read — anywhere for the watchkeeper, the protection officer, …;
in their sectors for sector operations, …". A permission that stands nowhere is held by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, true


class Role(StrEnum):
    """The mission's posts (handbook 1.4, after the mission functions of 1.1)."""

    WATCHKEEPER_JOC = "watchkeeper_joc"
    ANALYST_JMAC = "analyst_jmac"
    POC_OFFICER = "poc_officer"
    HR_OFFICER = "hr_officer"
    HR_CASE_SUPERVISOR = "hr_case_supervisor"
    CP_OFFICER = "cp_officer"
    WPA = "wpa"
    CLA = "cla"
    PATROL_CDR = "patrol_cdr"
    SECTOR_OPS = "sector_ops"
    BN_OPS = "bn_ops"
    FC_STAFF = "fc_staff"
    UNPOL_OPS = "unpol_ops"
    HEAD_OF_OFFICE = "head_of_office"
    HOM = "hom"
    CDT_OFFICER = "cdt_officer"
    LEGAL = "legal"
    VICTIMS_RIGHTS = "victims_rights"
    BOI_MEMBER = "boi_member"
    AUDITOR = "auditor"
    PARTNER_NHRI = "partner_nhri"
    PARTNER_NGO = "partner_ngo"
    HRD_SELF = "hrd_self"
    SYSADMIN = "sysadmin"


class Permission(StrEnum):
    FILE_REPORTS = "reports:file"
    READ_REPORTS = "reports:read"
    READ_ALERTS = "alerts:read"
    RAISE_ALERTS = "alerts:raise"
    HANDLE_ALERTS = "alerts:handle"
    DECIDE_ALERTS = "alerts:decide"
    APPROVE_NON_RESPONSE = "alerts:approve_non_response"
    READ_SOURCES = "sources:read"
    KEEP_SOURCES = "sources:keep"
    READ_HANDOVERS = "shifts:read"
    HAND_OVER = "shifts:hand_over"
    READ_WATCHES = "watches:read"
    STAND_WATCH = "watches:stand"
    READ_REPLIES = "messages:read"
    READ_INCIDENTS = "incidents:read"
    RECORD_INCIDENTS = "incidents:record"
    VERIFY_INCIDENTS = "incidents:verify"
    READ_THREATS = "threats:read"
    ASSESS_THREATS = "threats:assess"
    READ_RULES = "rules:read"
    KEEP_RULES = "rules:keep"
    SEE_COARSE_CELLS = "defenders:see_coarse_cells"
    SEE_FINE_CELLS = "defenders:see_fine_cells"
    READ_DEFENDERS = "defenders:read"
    KEEP_DEFENDERS = "defenders:keep"
    UNMASK_DEFENDERS = "defenders:unmask"
    SUPERVISE_UNMASKING = "defenders:supervise_unmasking"
    READ_PATROLS = "patrols:read"
    PLAN_PATROLS = "patrols:plan"
    SEND_PATROLS = "patrols:send"
    LEAD_PATROLS = "patrols:lead"
    DEBRIEF_PATROLS = "patrols:debrief"
    APPROVE_PATROL_REPORTS = "patrols:approve"
    READ_SIGNALS = "signals:read"
    SEE_CHILD_SIGNALS = "signals:see_children"
    SEE_VIOLENCE_SIGNALS = "signals:see_sexual_violence"
    READ_DUE_DILIGENCE = "due_diligence:read"
    DECIDE_DUE_DILIGENCE = "due_diligence:decide"
    READ_HAVENS = "havens:read"
    KEEP_HAVENS = "havens:keep"
    SEE_RESTRICTED_HAVENS = "havens:see_restricted"
    READ_EVACUATIONS = "evacuations:read"
    PLAN_EVACUATIONS = "evacuations:plan"
    SEE_MAP = "mission:see_map"
    MANAGE_MISSION = "mission:manage"
    BRING_FILES_IN = "imports:bring_in"
    ORDER_DOCUMENTS = "documents:order"
    PRINT_ORDERS = "documents:print_orders"
    READ_DOCUMENTS = "documents:read"
    READ_MEASURES = "measures:read"
    RELEASE_MEASURES = "measures:release"
    READ_FORECAST = "forecast:read"
    SEE_HOTSPOTS = "forecast:see_cells"
    ORDER_FORECAST = "forecast:order"
    READ_LEDGER = "ledger:read"
    EXPORT_LEDGER = "ledger:export"
    MANAGE_PEOPLE = "people:manage"
    OWN_ACCOUNT = "people:own_account"


ROLE_NAMES = {
    "watchkeeper_joc": _l("Watchkeeper, operations centre"),
    "analyst_jmac": _l("Analyst, mission analysis centre"),
    "poc_officer": _l("Protection of civilians officer"),
    "hr_officer": _l("Human rights officer"),
    "hr_case_supervisor": _l("Human rights case supervisor"),
    "cp_officer": _l("Child protection officer"),
    "wpa": _l("Women’s protection adviser"),
    "cla": _l("Community liaison assistant"),
    "patrol_cdr": _l("Patrol commander"),
    "sector_ops": _l("Sector operations officer"),
    "bn_ops": _l("Battalion operations officer"),
    "fc_staff": _l("Force commander’s staff"),
    "unpol_ops": _l("Police operations officer"),
    "head_of_office": _l("Head of office"),
    "hom": _l("Head of mission"),
    "cdt_officer": _l("Conduct and discipline officer"),
    "legal": _l("Legal officer"),
    "victims_rights": _l("Victims’ rights officer"),
    "boi_member": _l("Board of inquiry member"),
    "auditor": _l("Auditor"),
    "partner_nhri": _l("Partner, national human rights institution"),
    "partner_ngo": _l("Partner organisation"),
    "hrd_self": _l("Defender, own file"),
    "sysadmin": _l("System administrator"),
}


def role_words(role: str | None) -> str:
    """A post in words; what nobody did, the system did."""
    return str(ROLE_NAMES.get(role, role)) if role else gettext("The system")


P = Permission
R = Role


@dataclass(frozen=True)
class Reach:
    """Which roles hold a permission, and how far: in the whole mission, or in the sectors of their scope."""

    anywhere: frozenset[Role]
    in_sector: frozenset[Role] = frozenset()


def everyone() -> Reach:
    return Reach(frozenset(Role))


OPERATIONS = (R.WATCHKEEPER_JOC, R.POC_OFFICER, R.FC_STAFF, R.HOM)
COMMAND = (R.HOM, R.FC_STAFF)
FIELD_OPERATIONS = (R.SECTOR_OPS, R.BN_OPS, R.HEAD_OF_OFFICE, R.UNPOL_OPS)
HUMAN_RIGHTS = (R.HR_OFFICER, R.HR_CASE_SUPERVISOR)
ANALYSIS = (R.ANALYST_JMAC,)
SPECIALISTS = (R.CP_OFFICER, R.WPA)


def reach(*mission_wide: Role, in_sector: Iterable[Role] = ()) -> Reach:
    return Reach(frozenset(mission_wide), frozenset(in_sector))


MAP: dict[Permission, Reach] = {
    P.FILE_REPORTS: reach(
        *OPERATIONS, *HUMAN_RIGHTS, *SPECIALISTS, *FIELD_OPERATIONS,
        R.CLA, R.PATROL_CDR, R.PARTNER_NHRI, R.PARTNER_NGO,
    ),
    P.READ_REPORTS: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, in_sector=FIELD_OPERATIONS),
    P.READ_ALERTS: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, in_sector=FIELD_OPERATIONS),
    P.RAISE_ALERTS: reach(*OPERATIONS, *HUMAN_RIGHTS, R.CLA, in_sector=FIELD_OPERATIONS),
    P.HANDLE_ALERTS: reach(R.WATCHKEEPER_JOC, R.POC_OFFICER, R.FC_STAFF, in_sector=FIELD_OPERATIONS),
    P.DECIDE_ALERTS: reach(
        R.WATCHKEEPER_JOC, *COMMAND, in_sector=(R.HEAD_OF_OFFICE, R.SECTOR_OPS, R.BN_OPS)
    ),
    P.APPROVE_NON_RESPONSE: reach(*COMMAND, R.POC_OFFICER, in_sector=(R.HEAD_OF_OFFICE,)),
    # By codes alone, and for those who read what the sources said.
    P.READ_SOURCES: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, in_sector=FIELD_OPERATIONS),
    P.KEEP_SOURCES: reach(R.WATCHKEEPER_JOC, R.POC_OFFICER, R.FC_STAFF, in_sector=FIELD_OPERATIONS),
    # What a note holds was frozen out of alerts, patrols and open havens: whoever reads it reads all of these there.
    P.READ_HANDOVERS: reach(*OPERATIONS, in_sector=FIELD_OPERATIONS),
    P.HAND_OVER: reach(R.WATCHKEEPER_JOC, R.POC_OFFICER, R.FC_STAFF, in_sector=FIELD_OPERATIONS),
    # Who is on duty where concerns every operations room, whatever its sector.
    P.READ_WATCHES: reach(*OPERATIONS, *FIELD_OPERATIONS),
    P.STAND_WATCH: reach(*OPERATIONS, in_sector=FIELD_OPERATIONS),
    # What came in by telephone and nobody could place: it may be a source's cry for help.
    P.READ_REPLIES: reach(R.WATCHKEEPER_JOC, R.POC_OFFICER),
    P.READ_INCIDENTS: reach(
        *OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, *SPECIALISTS, R.LEGAL,
        in_sector=(*FIELD_OPERATIONS, R.PATROL_CDR, R.CLA),
    ),
    P.RECORD_INCIDENTS: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, in_sector=FIELD_OPERATIONS),
    P.VERIFY_INCIDENTS: reach(*HUMAN_RIGHTS),
    P.READ_THREATS: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, in_sector=(*FIELD_OPERATIONS, R.PATROL_CDR)),
    P.ASSESS_THREATS: reach(R.POC_OFFICER, *ANALYSIS, in_sector=(R.SECTOR_OPS,)),
    # A rule's lapses name patrols, incidents and threats: whoever reads rules reads all of these there.
    P.READ_RULES: reach(*OPERATIONS, *ANALYSIS, in_sector=FIELD_OPERATIONS),
    P.KEEP_RULES: reach(R.POC_OFFICER, R.FC_STAFF, *ANALYSIS, in_sector=(R.SECTOR_OPS,)),
    P.SEE_COARSE_CELLS: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS),
    P.SEE_FINE_CELLS: reach(R.POC_OFFICER, R.HR_CASE_SUPERVISOR, in_sector=(R.HR_OFFICER,)),
    P.READ_DEFENDERS: reach(R.HR_CASE_SUPERVISOR, in_sector=(R.HR_OFFICER,)),
    P.KEEP_DEFENDERS: reach(R.HR_CASE_SUPERVISOR, in_sector=(R.HR_OFFICER,)),
    P.UNMASK_DEFENDERS: reach(R.HR_CASE_SUPERVISOR, in_sector=(R.HR_OFFICER,)),
    P.SUPERVISE_UNMASKING: reach(R.HR_CASE_SUPERVISOR),
    P.READ_PATROLS: reach(*OPERATIONS, *ANALYSIS, in_sector=FIELD_OPERATIONS),
    P.PLAN_PATROLS: reach(R.FC_STAFF, in_sector=FIELD_OPERATIONS),
    P.SEND_PATROLS: reach(R.WATCHKEEPER_JOC, R.FC_STAFF, in_sector=FIELD_OPERATIONS),
    P.LEAD_PATROLS: reach(R.PATROL_CDR),
    # S2 and S3: those who heard the patrol when it came back. Never the report's writer
    # (app/patrol_reports/debriefing.py).
    P.DEBRIEF_PATROLS: reach(R.FC_STAFF, *ANALYSIS, in_sector=(R.SECTOR_OPS, R.BN_OPS)),
    P.APPROVE_PATROL_REPORTS: reach(R.FC_STAFF, in_sector=(R.SECTOR_OPS, R.HEAD_OF_OFFICE)),
    # That a patrol saw something of a child or of sexual violence is told to its adviser, to nobody above or beside him.
    P.READ_SIGNALS: reach(*SPECIALISTS),
    P.SEE_CHILD_SIGNALS: reach(R.CP_OFFICER),
    P.SEE_VIOLENCE_SIGNALS: reach(R.WPA),
    # Whether support may be given to a unit of the State is for human rights and the head of mission to decide, never for
    # those who order the patrol with it.
    P.READ_DUE_DILIGENCE: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, *FIELD_OPERATIONS, R.LEGAL),
    P.DECIDE_DUE_DILIGENCE: reach(R.HR_CASE_SUPERVISOR, R.HOM),
    P.READ_HAVENS: reach(*OPERATIONS, *HUMAN_RIGHTS, in_sector=(*FIELD_OPERATIONS, R.CLA)),
    P.KEEP_HAVENS: reach(R.WATCHKEEPER_JOC, R.POC_OFFICER, in_sector=(R.HEAD_OF_OFFICE, R.SECTOR_OPS)),
    P.SEE_RESTRICTED_HAVENS: reach(R.POC_OFFICER, R.HR_CASE_SUPERVISOR),
    # A plan tells where people and escorts will be: whoever reads it reads alerts, havens and patrols there.
    P.READ_EVACUATIONS: reach(*OPERATIONS, in_sector=FIELD_OPERATIONS),
    P.PLAN_EVACUATIONS: reach(R.WATCHKEEPER_JOC, R.POC_OFFICER, R.FC_STAFF, in_sector=FIELD_OPERATIONS),
    P.SEE_MAP: reach(
        *OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, *SPECIALISTS, *FIELD_OPERATIONS,
        R.PATROL_CDR, R.CLA, R.LEGAL,
    ),
    P.MANAGE_MISSION: reach(R.FC_STAFF, R.POC_OFFICER),
    # The door alone: each kind of file asks for the permission to write what it holds (app/imports/kinds.py).
    P.BRING_FILES_IN: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, *FIELD_OPERATIONS),
    P.ORDER_DOCUMENTS: reach(*OPERATIONS, *HUMAN_RIGHTS, in_sector=(R.HEAD_OF_OFFICE,)),
    # Orders of patrols, and nothing else of the shelf. A leader sees no patrols but his own, wherever they are: he prints
    # theirs.
    P.PRINT_ORDERS: reach(R.WATCHKEEPER_JOC, R.FC_STAFF, R.PATROL_CDR, in_sector=FIELD_OPERATIONS),
    P.READ_DOCUMENTS: reach(*COMMAND, R.POC_OFFICER, R.HR_CASE_SUPERVISOR),
    # Auditors see figures without what they count: app/measures/views.py says who sees them as they are.
    P.READ_MEASURES: reach(
        *COMMAND, *ANALYSIS, R.POC_OFFICER, R.HR_CASE_SUPERVISOR, R.AUDITOR,
        in_sector=(R.HEAD_OF_OFFICE, R.SECTOR_OPS),
    ),
    # What may leave the house is counted over the whole mission: two parts of it would tell what each hides.
    P.RELEASE_MEASURES: reach(*COMMAND, *ANALYSIS, R.POC_OFFICER, R.HR_CASE_SUPERVISOR, R.AUDITOR),
    # Scores judge the forecast and the warnings, and tell of no place.
    P.READ_FORECAST: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, R.AUDITOR, in_sector=FIELD_OPERATIONS),
    # A cell's reasons count the incidents in it: whoever sees cells reads incidents and alerts there.
    P.SEE_HOTSPOTS: reach(*OPERATIONS, *ANALYSIS, *HUMAN_RIGHTS, in_sector=FIELD_OPERATIONS),
    P.ORDER_FORECAST: reach(R.POC_OFFICER, R.FC_STAFF, *ANALYSIS),
    P.READ_LEDGER: reach(*COMMAND, R.POC_OFFICER, R.LEGAL, R.AUDITOR),
    P.EXPORT_LEDGER: reach(*COMMAND, R.AUDITOR),
    P.MANAGE_PEOPLE: reach(R.SYSADMIN),
    P.OWN_ACCOUNT: everyone(),
}  # fmt: skip

# What the live stream tells of (workers/live.py), by which permission; each kind of its `Watch.versions` belongs to one.
HEARD_LIVE = {
    "alerts": P.READ_ALERTS, "incidents": P.READ_INCIDENTS, "patrols": P.READ_PATROLS, "havens": P.READ_HAVENS,
}  # fmt: skip


@dataclass(frozen=True)
class Viewer:
    """Who looks, with what was granted at sign-in. `narrowed` is a token's scopes: it can only take away."""

    person_id: int
    role: Role
    sector_ids: frozenset[int] = frozenset()
    compartments: frozenset[str] = frozenset()
    narrowed: frozenset[Permission] | None = field(default=None)

    def anywhere(self) -> frozenset[Permission]:
        return frozenset(p for p, far in MAP.items() if self.role in far.anywhere and self._kept(p))

    def in_sector(self) -> frozenset[Permission]:
        return frozenset(p for p, far in MAP.items() if self.role in far.in_sector and self._kept(p))

    def _kept(self, permission: Permission) -> bool:
        return self.narrowed is None or permission in self.narrowed

    def holds(self, permission: Permission) -> bool:
        """Whether the viewer holds it at all, for some sector at least: the question at a route's door."""
        far = MAP[permission]
        return self._kept(permission) and (self.role in far.anywhere or self.role in far.in_sector)

    def opens(self, permissions: Iterable[Permission]) -> bool:
        """Whether a door that asks for one of these opens to the viewer."""
        return any(self.holds(permission) for permission in permissions)

    def may(self, permission: Permission, sector_id: int | None) -> bool:
        """Whether the viewer holds it for a thing in that sector."""
        far = MAP[permission]
        if not self._kept(permission):
            return False
        return self.role in far.anywhere or (self.role in far.in_sector and sector_id in self.sector_ids)

    def as_database_context(self) -> tuple[str, str, str, str, str]:
        return (
            str(self.person_id),
            ",".join(sorted(self.anywhere())),
            ",".join(sorted(self.in_sector())),
            ",".join(str(s) for s in sorted(self.sector_ids)),
            ",".join(sorted(self.compartments)),
        )


current_viewer: ContextVar[Viewer | None] = ContextVar("current_viewer", default=None)


def viewer() -> Viewer:
    """The signed-in viewer; raises where nobody has signed in, since then no question about rights has sense."""
    found = current_viewer.get()
    if found is None:
        raise LookupError("nobody has signed in")
    return found


def within(permission: Permission, sector_column: Any, who: Viewer | None = None) -> ColumnElement[bool]:
    """The WHERE of a read: rows of the sectors for which the viewer, or whoever is named, holds the permission."""
    who = who or viewer()
    if permission in who.anywhere():
        return true()
    if permission in who.in_sector():
        return sector_column.in_(sorted(who.sector_ids))
    return false()


# The same for a query that is written out, with the parameters below.
REACH = "(:anywhere OR sector_id = ANY (CAST(:sectors AS bigint[])))"


def within_parameters(permission: Permission) -> dict[str, Any]:
    """The parameters of REACH."""
    who = viewer()
    sectors = sorted(who.sector_ids) if permission in who.in_sector() else []
    return {"anywhere": permission in who.anywhere(), "sectors": sectors}


def knows_restricted(who: Viewer | None = None) -> bool:
    """Whether the viewer, or whoever is named, may know of havens that not all of the mission know of: then what is told
    of havens may hold such ones, and no client keeps it on its disk. As in the policies, whoever held this permission in
    his sectors alone would know of none: what is told of one haven reaches over the borders of sectors."""
    return Permission.SEE_RESTRICTED_HAVENS in (who or viewer()).anywhere()


View = TypeVar("View", bound=Callable[..., Any])


def needs(*one_of: Permission) -> Callable[[View], View]:
    """Declare a route's permission, or several of which one is enough. The gate (app/sessions.py) refuses a route that
    declares nothing."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        guarded.needs_one_of = one_of  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def asked_by(view: Any) -> tuple[Permission, ...]:
    """The permissions of which a route asks for one; none where it declares nothing."""
    return getattr(view, "needs_one_of", ())


def open_to_all(view: View) -> View:
    """Declare that a route answers without signing in. The list of these is short and tested."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view
