"""Cells on the picture: what a viewer gets from the database, and that it tells nothing of the place inside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from app.db import db
from app.defenders import actions, gate
from app.defenders.cells import fine_and_coarse
from app.defenders.models import CellTier, SealedField
from app.maps.queries import View
from app.mission.procedures import SEEDS
from app.permissions import Role, Viewer
from tests.app.defenders.files import OFFICER, SUPERVISOR, registered, withdraw_all
from tests.people import EAST, WEST, Staff

VALUES = {key: seed.value for key, seed in SEEDS.items()}
PEOPLE = [(0.51, 0.51, 4000)]
pytestmark = pytest.mark.usefixtures("keyholder")


def picture(
    staff: Staff, role: Role, sector: str = WEST, compartments: tuple[str, ...] = ("north",)
) -> list[Any]:
    with staff.acting(role, sector, compartments):
        return [f["properties"] for f in json.loads(gate.layer(View()))["features"]]


def test_operations_see_a_coarse_cell_and_no_name(staff: Staff) -> None:
    registered(staff)
    (cell,) = picture(staff, Role.WATCHKEEPER_JOC, compartments=())
    assert (cell["tier"], cell["defenders"], cell["risk_band"]) == ("coarse", 1, "ordinary")
    assert cell["defender_ids"] is None
    assert cell["codenames"] is None
    assert cell["url"] is None


def test_clearance_gives_the_fine_cell_in_the_compartment_and_only_there(staff: Staff) -> None:
    registered(staff)
    registered(staff, compartment="women")
    tiers = sorted((c["tier"], c["defenders"]) for c in picture(staff, Role.POC_OFFICER))
    assert tiers == [("coarse", 1), ("fine", 1)]


def test_an_officer_sees_his_own_sector_finely_and_others_coarsely(staff: Staff) -> None:
    mine, other = registered(staff), registered(staff, EAST, lon=1.512)
    found = {c["tier"]: c for c in picture(staff, OFFICER)}
    assert found["fine"]["defender_ids"] == [mine]
    assert found["coarse"]["defender_ids"] is None
    assert other not in (found["coarse"]["defender_ids"] or [])


def test_equal_cells_are_one_row(staff: Staff) -> None:
    registered(staff, lon=0.501)
    registered(staff, lon=0.509)
    (cell,) = picture(staff, Role.HOM, compartments=())
    assert cell["defenders"] == 2
    assert cell["title"] == "Defenders: 2 · Ordinary"


@pytest.mark.parametrize("role", [Role.SECTOR_OPS, Role.PATROL_CDR, Role.SYSADMIN, Role.CLA, Role.AUDITOR])
def test_roles_without_clearance_get_no_row(staff: Staff, role: Role) -> None:
    registered(staff)
    assert picture(staff, role) == []


def test_scope_one_alone_keeps_a_defender_off_the_picture_for_everybody(staff: Staff) -> None:
    registered(staff, scopes=(1,))
    assert picture(staff, SUPERVISOR) == []
    assert picture(staff, Role.WATCHKEEPER_JOC) == []


def test_withdrawal_takes_the_cell_off_at_once(staff: Staff) -> None:
    made = registered(staff)
    withdraw_all(staff, made)
    assert picture(staff, SUPERVISOR) == []
    assert picture(staff, Role.HOM) == []


def test_nobody_to_hide_among_means_no_coarse_cell(staff: Staff) -> None:
    registered(staff, lon=0.9, lat=0.9)
    assert picture(staff, Role.HOM) == [], "townspeople have a cell of their own and hide nobody"


def test_a_viewer_without_clearance_never_names_the_finer_tier() -> None:
    for role in Role:
        for compartments in (frozenset[str](), frozenset({"north"})):
            viewer = Viewer(1, role, frozenset({1}), compartments)
            sql = str(
                gate.cells_for(viewer).compile(
                    dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
                )
            )
            cleared = role in (Role.POC_OFFICER, SUPERVISOR, OFFICER) and bool(compartments)
            assert ("'fine'" in sql) == cleared, (role, sql)


def test_where_in_a_cell_somebody_lives_changes_no_byte_of_the_picture(staff: Staff) -> None:
    """Trilateration: the answer to every box that can be asked for is the same, wherever in the cell the home is."""
    first = registered(staff, lon=0.5121, lat=0.5121)
    boxes = [View(west=w / 100, south=0.4, east=w / 100 + 0.02, north=0.6) for w in range(40, 62)]

    def answers(role: Role) -> list[str]:
        with staff.acting(role, WEST, ("north",)):
            return [gate.layer(box) for box in boxes]

    roles = (Role.WATCHKEEPER_JOC, Role.POC_OFFICER)
    before = [answers(role) for role in roles]
    with staff.acting(OFFICER):
        actions.seal_identity(first, {SealedField.HOME: "EXERCISE elsewhere"}, (0.5129, 0.5129))
        db.session.commit()
    assert [answers(role) for role in roles] == before


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_every_home_in_a_fine_cell_has_the_same_two_cells(east: float, north: float) -> None:
    at = fine_and_coarse(0.512, 0.512, PEOPLE, VALUES)
    west, south, x, y = at[CellTier.FINE].bounds
    inside = (west + (x - west) * east * 0.999, south + (y - south) * north * 0.999)
    moved = fine_and_coarse(*inside, PEOPLE, VALUES)
    assert moved[CellTier.FINE].equals_exact(at[CellTier.FINE])
    # The two grids are not nested, so a fine cell may lie across an edge of the coarse one, and of no more than that.
    coarse = at[CellTier.COARSE]
    assert moved[CellTier.COARSE].equals_exact(coarse) or moved[CellTier.COARSE].touches(coarse)
