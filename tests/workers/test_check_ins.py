"""A missed check-in raises an alert that names nobody, once; it is over once the person is heard of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.defenders import check_ins
from app.defenders.check_ins import Agreed
from app.defenders.models import CalledBy
from app.permissions import Role
from tests.app.defenders.files import OFFICER, SUPERVISOR, registered
from tests.people import EAST, WEST, Staff, record
from tests.workers.test_rules import Look, Write, alerts, ground, look, write

__all__ = ["ground", "look", "write"]
pytestmark = pytest.mark.usefixtures("keyholder")
RULE = {"kind": "check_in", "of": "protected", "red": 5}


def missed(staff: Staff, owner: psycopg.Connection, hours: float = 25) -> int:
    """A defender who was to be heard of each day, and was not for so many hours."""
    made = registered(staff)
    with staff.acting(OFFICER):
        check_ins.agree(made, Agreed(24 * 60, 30, CalledBy.WE_CALL, datetime.now(UTC).date()))
        db.session.commit()
    with owner.transaction():
        owner.execute(
            "UPDATE check_in_plans SET runs_from = now() - make_interval(secs => %s)", [hours * 3600]
        )
        record(owner)
    return made


def codename(owner: psycopg.Connection, defender: int) -> str:
    row = owner.execute("SELECT codename FROM defenders WHERE id = %s", [defender]).fetchone()
    assert row
    return str(row[0])


def test_a_missed_check_in_is_told_once_without_a_name_and_to_those_who_read_the_file_with_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    number = write(area=None, priority="P1", alert_kind="threat_to_named_person", parameters=RULE)
    made = missed(staff, owner)
    look()
    look()
    ((channel, priority, reasons, reporter),) = alerts(owner)
    assert (channel, priority, reporter) == ("missed_check_in", "P1", None)
    assert reasons[0].startswith("A person under protection has missed a check-in: overdue by 5 min")
    row = owner.execute(
        "SELECT id, place_as_given, radius_metres, place_precision, sector_id, admin_code, reasons::text FROM alerts"
    ).fetchone()
    assert row and row[1:2] + row[3:6] == ("Sector West", 4, staff.sectors[WEST], None)
    assert row[2] > 50_000 and "lies" not in row[6], "nothing around is weighed: he need not be there"
    alert, secrets = row[0], (codename(owner, made), f"/defenders/{made}", "check_in_plan")
    for role in (Role.WATCHKEEPER_JOC, Role.SECTOR_OPS):
        page = staff.client(role).get(f"/alerts/{alert}").get_data(as_text=True)
        assert "A person under protection" in page
        assert not [s for s in secrets if s in page]
    for path in (f"/rules/{number}", "/rules"):
        page = staff.client(Role.POC_OFFICER).get(path).get_data(as_text=True)
        assert not [s for s in secrets if s in page]
    told = client.get(f"/api/v1/rules/{number}", headers=staff.bearer(Role.POC_OFFICER)).get_json()
    assert (told["open"], told["fired_30_days"]) == (0, 0)
    for role, sector, room, reads in (
        (OFFICER, WEST, "north", True), (SUPERVISOR, WEST, "north", True), (OFFICER, WEST, "women", False),
        (OFFICER, EAST, "north", False),
    ):  # fmt: skip
        page = staff.client(role, sector, compartments=(room,)).get(f"/alerts/{alert}").get_data(as_text=True)
        assert (f"/defenders/{made}/check-ins" in page) is reads


def test_it_is_over_once_he_is_heard_of_and_the_alert_stays(
    staff: Staff, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write(area=None, parameters=RULE)
    made = missed(staff, owner)
    look()
    with staff.acting(OFFICER):
        check_ins.heard_of(made, CalledBy.WE_CALL)
        db.session.commit()
    look()
    look()
    assert owner.execute("SELECT count(cleared_at), count(*) FROM rule_lapses").fetchone() == (1, 1)
    notes = owner.execute("SELECT note FROM alert_steps WHERE kind = 'note'").fetchall()
    assert len(notes) == 1 and "all-clear" in notes[0][0]
    assert owner.execute("SELECT status FROM alerts").fetchone() == ("received",)


def test_told_late_that_he_was_heard_of_in_time_it_never_was(
    staff: Staff, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write(area=None, parameters=RULE)
    made = missed(staff, owner)
    look()
    with staff.acting(OFFICER):
        check_ins.heard_of(made, CalledBy.TRUSTED_CONTACT, datetime.now(UTC) - timedelta(hours=2))
        db.session.commit()
    look()
    assert owner.execute("SELECT count(withdrawn_at) FROM rule_lapses").fetchone() == (1,)


@pytest.mark.parametrize("what", ["suspended", "withdrawn", "in time", "another sector"])
def test_nobody_is_told_while_it_is_suspended_without_consent_or_not_due(
    staff: Staff, owner: psycopg.Connection, write: Write, look: Look, what: str
) -> None:
    write(area=None, parameters=RULE, sector_id=staff.sectors[EAST if what == "another sector" else WEST])
    made = missed(staff, owner, 24.4 if what == "in time" else 25)
    with staff.acting(OFFICER):
        if what == "suspended":
            check_ins.suspend(made)
        db.session.commit()
    if what == "withdrawn":
        with owner.transaction():
            owner.execute(
                "UPDATE consents SET withdrawn_at = now() - interval '1 hour' WHERE scope IN (2, 3)"
            )
            record(owner)
    look()
    assert alerts(owner) == []


def test_no_rule_is_tried_against_what_only_files_hold(
    client: FlaskClient, staff: Staff, write: Write
) -> None:
    number = write(area=None, parameters=RULE)
    answer = staff.client(Role.POC_OFFICER).get(f"/rules/{number}?days=30")
    assert answer.status_code == 422 and "for their files alone" in answer.get_data(as_text=True)
