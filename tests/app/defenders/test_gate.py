"""The gate's decision, against a table of rights that is written out here by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.defenders.gate import Facts, Purpose, answer_for, fields_for, unmask_refusal
from app.defenders.models import CellTier
from app.permissions import Permission, Role, Viewer

# Who holds what: `all` everywhere, `own` in his sectors. Not read from the permission map: this is its check.
FILES = {"hr_case_supervisor": "all", "hr_officer": "own"}
FINE = {"poc_officer": "all", "hr_case_supervisor": "all", "hr_officer": "own"}
COARSE = dict.fromkeys(
    ("watchkeeper_joc", "poc_officer", "fc_staff", "hom", "analyst_jmac", "hr_officer", "hr_case_supervisor"),
    "all",
)
PERMISSION_OF = {
    "read": ("defenders:read", FILES), "keep": ("defenders:keep", FILES), "unmask": ("defenders:unmask", FILES),
    "fine": ("defenders:see_fine_cells", FINE), "coarse": ("defenders:see_coarse_cells", COARSE),
}  # fmt: skip

CLOSED_REGISTER = {
    "id",
    "codename",
    "sector_id",
    "case_status",
    "case_officer_id",
    "review_on",
    "consent_state",
}
OPEN_REGISTER = CLOSED_REGISTER | {"profiles", "risk_band", "consent_until"}
CLOSED_FILE = CLOSED_REGISTER | {"compartment", "registered_at", "consents", "notes"}
OPEN_FILE = OPEN_REGISTER | CLOSED_FILE | {"work", "assessments", "sealed", "check_ins"}
EXPORTED = {"id", "codename", "profiles", "risk_band", "sector_id", "case_status", "review_on"}

viewers = st.builds(
    Viewer,
    person_id=st.integers(1, 2),
    role=st.sampled_from(Role),
    sector_ids=st.frozensets(st.integers(1, 2)),
    compartments=st.frozensets(st.sampled_from(["north", "women"])),
    narrowed=st.none() | st.frozensets(st.sampled_from(Permission)),
)
# The roles that touch defenders at all, drawn more often than chance would.
near = st.builds(lambda v, role: replace(v, role=Role(role)), viewers, st.sampled_from(sorted(COARSE)))
scopes = st.frozensets(st.integers(0, 10)) | st.frozensets(st.sampled_from([1, 2, 3, 8]))
defenders = st.builds(
    Facts,
    id=st.just(7), codename=st.just("quiet harbour"), profiles=st.just(("journalist",)), work=st.just("reports"),
    compartment=st.sampled_from(["north", "women"]), sector_id=st.integers(1, 2), case_status=st.just("monitoring"),
    case_officer_id=st.none() | st.integers(1, 2), risk_band=st.just("high"), review_on=st.just(date(2026, 12, 1)),
    registered_at=st.just(datetime(2026, 1, 1, tzinfo=UTC)), scopes=scopes,
    consent_until=st.none() | st.just(date(2027, 1, 1)),
)  # fmt: skip


def has(viewer: Viewer, right: str, sector: int) -> bool:
    code, holders = PERMISSION_OF[right]
    if viewer.narrowed is not None and code not in {p.value for p in viewer.narrowed}:
        return False
    reach = holders.get(viewer.role.value)
    return reach == "all" or (reach == "own" and sector in viewer.sector_ids)


def expected(viewer: Viewer, d: Facts, purpose: Purpose) -> tuple[set[str], str | None]:
    """The table of rights: fields and the finest cell, for each purpose."""
    member = d.compartment in viewer.compartments
    reads = has(viewer, "read", d.sector_id) and member
    keeps = reads and has(viewer, "keep", d.sector_id)
    fine, coarse = has(viewer, "fine", d.sector_id) and member, has(viewer, "coarse", d.sector_id)
    cell = "fine" if fine else "coarse" if coarse else None
    kept, shared = bool({1, 2, 3} & d.scopes), bool({2, 3} & d.scopes)
    if purpose == "register" and reads:
        return (OPEN_REGISTER if kept else CLOSED_REGISTER if keeps else set()), None
    if purpose == "file" and reads:
        if not kept:
            return (CLOSED_FILE if keeps else set()), None
        near = cell if keeps or shared else None
        return OPEN_FILE | ({"cells"} if near else set()), near
    if purpose == "export" and reads and shared:
        return EXPORTED, None
    return set(), None


@settings(max_examples=600, deadline=None)
@given(viewers | near, defenders, st.sampled_from(Purpose))
def test_the_gate_gives_what_the_table_of_rights_gives_and_nothing_more(
    viewer: Viewer, defender: Facts, purpose: Purpose
) -> None:
    answer = answer_for(viewer, defender, purpose)
    assert (set(answer.fields), answer.tier) == expected(viewer, defender, purpose)
    assert set(fields_for(viewer, defender, purpose)) <= answer.fields


@settings(max_examples=600, deadline=None)
@given(near, viewers, defenders, st.sampled_from(Purpose))
def test_taking_a_right_away_never_adds_a_field_or_a_finer_cell(
    viewer: Viewer, other: Viewer, defender: Facts, purpose: Purpose
) -> None:
    narrowed = frozenset(Permission) if viewer.narrowed is None else viewer.narrowed
    weaker = replace(
        viewer,
        sector_ids=viewer.sector_ids & other.sector_ids,
        compartments=viewer.compartments & other.compartments,
        narrowed=narrowed & (frozenset(Permission) if other.narrowed is None else other.narrowed),
    )
    before, after = answer_for(viewer, defender, purpose), answer_for(weaker, defender, purpose)
    rank = {None: 0, CellTier.COARSE: 1, CellTier.FINE: 2}
    assert after.fields <= before.fields
    assert rank[after.tier] <= rank[before.tier]
    if unmask_refusal(viewer, defender):
        assert unmask_refusal(weaker, defender)


@settings(max_examples=400, deadline=None)
@given(near, defenders, scopes, st.sampled_from(Purpose))
def test_withdrawing_a_consent_never_adds_a_field(
    viewer: Viewer, defender: Facts, left: frozenset[int], purpose: Purpose
) -> None:
    without = replace(defender, scopes=defender.scopes & left)
    assert answer_for(viewer, without, purpose).fields <= answer_for(viewer, defender, purpose).fields
    if unmask_refusal(viewer, defender):
        assert unmask_refusal(viewer, without)


@settings(max_examples=300, deadline=None)
@given(viewers | near, defenders)
def test_an_identity_needs_clearance_compartment_and_consent(viewer: Viewer, defender: Facts) -> None:
    own = defender.case_officer_id == viewer.person_id and 1 in defender.scopes
    may = (
        has(viewer, "unmask", defender.sector_id)
        and defender.compartment in viewer.compartments
        and (3 in defender.scopes or own)
    )
    assert (unmask_refusal(viewer, defender) is None) == may
