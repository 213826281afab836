"""Each wall alone: the policies with no application in front, and the application with the policies switched off."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from app.db import db
from app.defenders import actions, gate, queries
from app.defenders.file import file
from app.defenders.models import Defender
from app.errors import NotFound
from app.permissions import Role, Viewer
from tests.app.defenders.files import NAME, OFFICER, SUPERVISOR, given, registered, withdraw_all
from tests.people import EAST, WEST, Staff
from tests.servers import Clone

pytestmark = pytest.mark.usefixtures("keyholder")
TABLES = (
    "defenders", "defender_cells", "sealed_values", "risk_assessments", "consents", "defender_notes", "unmaskings",
)  # fmt: skip
FILE_TABLES = ("consents", "sealed_values", "defender_notes", "risk_assessments")


def rows(clone: Clone, viewer: Viewer | None, query: str) -> list[Any]:
    """As the application's role, with that viewer's context and no application."""
    with psycopg.connect(clone.plain_url("vigil_app")) as c:
        if viewer is not None:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
        return c.execute(query).fetchall()  # type: ignore[arg-type]


def scoped(
    staff: Staff, role: Role, sector: str = WEST, compartments: tuple[str, ...] = ("north",)
) -> Viewer:
    with staff.acting(role, sector, compartments) as viewer:
        return viewer


def assessed(staff: Staff) -> int:
    made = registered(staff)
    with staff.acting(OFFICER):
        actions.note(made, "EXERCISE: called back.")
        actions.assess_risk(made, actions.Scores(2, 2, 2, False, False, "EXERCISE", "EXERCISE"))
        db.session.commit()
    return made


def test_without_a_viewer_no_row_is_there(staff: Staff, clone: Clone) -> None:
    assessed(staff)
    for table in TABLES:
        assert rows(clone, None, f"SELECT * FROM {table}") == []


@pytest.mark.parametrize(
    ("role", "sector", "compartments"),
    [
        (OFFICER, EAST, ("north",)),
        (OFFICER, WEST, ("women",)),
        (OFFICER, WEST, ()),
        (SUPERVISOR, WEST, ("women",)),
        (Role.POC_OFFICER, WEST, ("north",)),
        (Role.WATCHKEEPER_JOC, WEST, ("north",)),
        (Role.SECTOR_OPS, WEST, ("north",)),
        (Role.SYSADMIN, WEST, ("north",)),
        (Role.AUDITOR, WEST, ("north",)),
        (Role.HRD_SELF, WEST, ("north",)),
    ],
)
def test_policies_alone_keep_a_file_closed(
    staff: Staff, clone: Clone, role: Role, sector: str, compartments: tuple[str, ...]
) -> None:
    assessed(staff)
    viewer = scoped(staff, role, sector, compartments)
    assert rows(clone, viewer, "SELECT codename FROM defenders") == []
    for table in FILE_TABLES:
        assert rows(clone, viewer, f"SELECT defender_id FROM {table}") == []


@pytest.mark.parametrize(
    ("role", "sector", "compartments", "tiers"),
    [
        (OFFICER, WEST, ("north",), {"fine", "coarse"}),
        (OFFICER, EAST, ("north",), {"coarse"}),
        (OFFICER, WEST, ("women",), {"coarse"}),
        (Role.POC_OFFICER, EAST, ("north",), {"fine", "coarse"}),
        (Role.POC_OFFICER, EAST, (), {"coarse"}),
        (Role.HOM, WEST, ("north",), {"coarse"}),
        (Role.SECTOR_OPS, WEST, ("north",), set()),
        (Role.SYSADMIN, WEST, ("north",), set()),
    ],
)
def test_policies_alone_keep_the_tiers_apart(
    staff: Staff, clone: Clone, role: Role, sector: str, compartments: tuple[str, ...], tiers: set[str]
) -> None:
    registered(staff)
    viewer = scoped(staff, role, sector, compartments)
    assert {r[0] for r in rows(clone, viewer, "SELECT tier FROM defender_cells")} == tiers


def test_policies_alone_take_a_withdrawn_cell_from_everybody_but_its_keeper(
    staff: Staff, clone: Clone
) -> None:
    withdraw_all(staff, registered(staff))
    for role in (Role.HOM, Role.POC_OFFICER, Role.ANALYST_JMAC):
        assert rows(clone, scoped(staff, role), "SELECT 1 FROM defender_cells") == []
    assert len(rows(clone, scoped(staff, OFFICER), "SELECT 1 FROM defender_cells")) == 2


def test_policies_alone_let_nobody_but_keepers_write(staff: Staff, clone: Clone) -> None:
    made = registered(staff)
    for role, compartments in ((Role.POC_OFFICER, ("north",)), (OFFICER, ("women",)), (Role.HOM, ("north",))):
        viewer = scoped(staff, role, WEST, compartments)
        with psycopg.connect(clone.plain_url("vigil_app")) as c:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
            with pytest.raises(psycopg.errors.InsufficientPrivilege), c.transaction():
                c.execute("UPDATE consents SET withdrawn_at = NULL, until = '2030-01-01'")
            assert c.execute("UPDATE consents SET withdrawn_at = NULL").rowcount == 0
            assert c.execute("UPDATE defender_cells SET shared_until = 'infinity'").rowcount == 0
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(
                    "INSERT INTO consents (defender_id, scope, given_on, until, how) "
                    "VALUES (%s, 3, '2026-01-01', '2030-01-01', 'audio_recording')", [made],
                )  # fmt: skip


def test_the_application_can_write_no_unmasking_of_its_own(staff: Staff, clone: Clone) -> None:
    made = registered(staff)
    with psycopg.connect(clone.plain_url("vigil_app")) as c:
        c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", scoped(staff, SUPERVISOR).as_database_context())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            c.execute("INSERT INTO unmaskings (defender_id, fields, by_id, role, reason) VALUES "
                      "(%s, '{name}', 1, 'hom', 'nobody asked')", [made])  # fmt: skip


@pytest.fixture
def no_policies(owner: psycopg.Connection, staff: Staff) -> None:
    for table in TABLES:
        owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_policies")
class TestTheApplicationAlone:
    def test_shows_the_register_of_the_viewer_s_sector_and_compartment_only(self, staff: Staff) -> None:
        mine = registered(staff)
        others = [registered(staff, EAST, lon=1.512), registered(staff, compartment="women")]
        with staff.acting(OFFICER):
            lines, total, _pages = queries.register(queries.Filters(), 1)
            assert ([line.id for line in lines], total) == ([mine], 1)
            for other in others:
                with pytest.raises(NotFound):
                    file(other)
                with pytest.raises(NotFound):
                    actions.note(other, "EXERCISE: not mine")
                with pytest.raises(NotFound):
                    actions.give_consent(other, given(3)[0])
                with pytest.raises(NotFound):
                    actions.assess_risk(other, actions.Scores(5, 5, 1, True, True, "EXERCISE", "EXERCISE"))

    @pytest.mark.parametrize("role", [Role.POC_OFFICER, Role.WATCHKEEPER_JOC, Role.SYSADMIN, Role.HOM])
    def test_shows_no_file_to_roles_without_it(self, staff: Staff, role: Role) -> None:
        made = registered(staff)
        with staff.acting(role):
            assert queries.register(queries.Filters(), 1)[1] == 0
            assert queries.unmaskings(1)[0] == []
            with pytest.raises(NotFound):
                file(made)

    def test_shows_each_role_its_tier(self, staff: Staff) -> None:
        registered(staff)
        registered(staff, EAST, lon=1.512)
        expected = {
            OFFICER: ["coarse", "fine"], SUPERVISOR: ["fine", "fine"], Role.HOM: ["coarse", "coarse"],
            Role.SECTOR_OPS: [], Role.PATROL_CDR: [],
        }  # fmt: skip
        for role, tiers in expected.items():
            with staff.acting(role) as viewer:
                found = db.session.execute(gate.cells_for(viewer)).all()
                assert sorted(r.tier for r in found) == tiers, role

    def test_takes_a_withdrawn_defender_from_register_export_and_picture(self, staff: Staff) -> None:
        made = registered(staff)
        withdraw_all(staff, made)
        with staff.acting(OFFICER) as viewer:
            (line,) = queries.register(queries.Filters(), 1)[0]
            assert line.consent_state == "ended"
            assert line.profiles is None
            assert line.risk_band is None
            assert queries.register(queries.Filters(band="ordinary"), 1)[1] == 0
            assert queries.register(queries.Filters(profile="journalist"), 1)[1] == 0
            assert queries.export(queries.Filters()) == []
            assert db.session.execute(gate.cells_for(viewer)).all() == []
            found = file(made)
            assert found.cells == ()
            assert found.assessments == ()
            assert found.sealed == ()
            assert "work" not in found.fields

    def test_policies_are_really_off(self, staff: Staff) -> None:
        registered(staff, EAST, lon=1.512)
        with staff.acting(Role.PATROL_CDR):
            assert len(db.session.scalars(select(Defender.codename)).all()) == 1


def test_a_closed_file_answers_as_one_that_does_not_exist(staff: Staff) -> None:
    made = registered(staff, compartment="women")
    client = staff.client(OFFICER)
    for path in ("/defenders/{}", "/api/v1/defenders/{}"):
        closed, absent = client.get(path.format(made)), client.get(path.format(made + 999))
        assert (closed.status_code, closed.data.count(b"nonce")) == (404, absent.data.count(b"nonce"))
        if path.startswith("/api"):
            assert closed.data == absent.data
        assert NAME.encode() not in closed.data
