"""Check-ins: agreed with consent, written down by those who read the file, and known to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.defenders import check_ins, gate
from app.defenders.check_ins import Agreed
from app.defenders.models import CalledBy, PlanEnd
from app.errors import Conflict, Invalid, NotFound
from app.permissions import Role
from tests.app.defenders.files import OFFICER, registered, withdraw_all
from tests.app.rules.world import rule
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.servers import Clone

pytestmark = pytest.mark.usefixtures("keyholder")
DAILY = Agreed(24 * 60, 30, CalledBy.WE_CALL, datetime.now(UTC).date())


def agreed(staff: Staff, **more: Any) -> int:
    """A defender with whom a daily check-in is agreed."""
    made = registered(staff, **more)
    with staff.acting(OFFICER):
        check_ins.agree(made, DAILY)
        db.session.commit()
    return made


def state(staff: Staff, defender: int) -> str | None:
    with staff.acting(OFFICER):
        found = check_ins.standing(defender)
        return found.state if found else None


def lie(owner: psycopg.Connection, defender: int, hours: float) -> None:
    """As if it had been agreed so many hours before."""
    owner.execute(
        "UPDATE check_in_plans SET runs_from = runs_from - make_interval(secs => %s) WHERE defender_id = %s",
        [hours * 3600, defender],
    )


def test_what_is_agreed_is_due_then_missed_and_over_once_the_person_is_heard_of(
    staff: Staff, owner: psycopg.Connection
) -> None:
    made = agreed(staff)
    assert state(staff, made) == "calm"
    with owner.transaction():
        lie(owner, made, 24.1)
        record(owner)
    assert state(staff, made) == "due"
    with owner.transaction():
        lie(owner, made, 1)
        record(owner)
    assert state(staff, made) == "missed"
    with staff.acting(OFFICER):
        check_ins.heard_of(made, CalledBy.SMS)
        db.session.commit()
    assert state(staff, made) == "calm"


def test_without_the_consent_to_share_nothing_is_agreed_and_with_it_ends_the_watching(staff: Staff) -> None:
    alone = registered(staff, scopes=(1,))
    with staff.acting(OFFICER), pytest.raises(Conflict, match="no_consent"):
        check_ins.agree(alone, DAILY)
    made = agreed(staff, scopes=(1, 2))
    withdraw_all(staff, made)
    assert state(staff, made) is None, "the gate closes it with the file"


def test_a_new_agreement_ends_the_one_before_and_a_suspended_one_begins_anew(
    staff: Staff, owner: psycopg.Connection
) -> None:
    made = agreed(staff)
    with staff.acting(OFFICER):
        check_ins.agree(made, Agreed(60, 5, CalledBy.RADIO, gate.today()))
        check_ins.suspend(made)
        db.session.commit()
        assert check_ins.standing(made).state == "suspended"  # type: ignore[union-attr]
        with pytest.raises(Conflict):
            check_ins.suspend(made)
        db.session.rollback()
        check_ins.resume(made)
        db.session.commit()
        with pytest.raises(Invalid, match="invalid"):
            check_ins.heard_of(made, CalledBy.RADIO, datetime.now(UTC) - timedelta(minutes=9))
        with pytest.raises(Invalid, match="invalid"):
            check_ins.heard_of(made, CalledBy.RADIO, datetime.now(UTC) + timedelta(hours=1))
        db.session.rollback()
        check_ins.end(made, PlanEnd.PERSONS_WISH)
        db.session.commit()
        assert check_ins.standing(made) is None
        with pytest.raises(Conflict):
            check_ins.heard_of(made, CalledBy.RADIO)
    plans = owner.execute("SELECT interval_minutes, ended_why FROM check_in_plans ORDER BY id").fetchall()
    assert plans == [(1440, "other_plan"), (60, "persons_wish")]


def test_who_reads_no_file_learns_of_no_plan(staff: Staff, clone: Clone) -> None:
    made = agreed(staff)
    for role, sector, rooms in (
        (OFFICER, EAST, ("north",)),
        (OFFICER, WEST, ("women",)),
        (Role.POC_OFFICER, WEST, ("north",)),
    ):
        with staff.acting(role, sector, rooms) as viewer:
            for act in (
                lambda: check_ins.standing(made),
                lambda: check_ins.heard_of(made, CalledBy.SMS),
                lambda: check_ins.suspend(made),
            ):
                with pytest.raises(NotFound):
                    act()
        with psycopg.connect(clone.plain_url("vigil_app")) as c:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
            assert c.execute("SELECT * FROM check_in_plans").fetchall() == []
            assert c.execute("SELECT * FROM check_ins").fetchall() == []
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute("SELECT * FROM vigil.check_ins_to_watch(now())")


def test_a_hand_on_the_database_agrees_on_nothing_without_consent_and_changes_no_agreement(
    staff: Staff, clone: Clone
) -> None:
    alone, made = registered(staff, scopes=(1,)), agreed(staff)
    with staff.acting(OFFICER) as viewer, psycopg.connect(clone.plain_url("vigil_app")) as c:

        def tried(statement: str, *values: object) -> None:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(statement, values)  # type: ignore[arg-type]
            c.rollback()

        tried("INSERT INTO check_in_plans (defender_id, interval_minutes, grace_minutes, made_by, agreed_on, "
              "agreed_by_id) VALUES (%s, 60, 5, 'sms', now(), %s)", alone, viewer.person_id)  # fmt: skip
        tried("UPDATE check_in_plans SET interval_minutes = 20160 WHERE defender_id = %s", made)
        tried("INSERT INTO check_ins (plan_id, defender_id, heard_at, way, by_id) SELECT id, defender_id, now(), "
              "'sms', %s FROM check_in_plans WHERE defender_id = %s", staff.person(Role.HOM), made)  # fmt: skip


def test_by_page_and_api(staff: Staff, client: FlaskClient) -> None:
    made = registered(staff)
    page = staff.client(OFFICER, compartments=("north",))
    token = csrf_of(page, f"/defenders/{made}/check-ins/agree")
    fields = {"csrf_token": token, "interval_hours": "24", "grace_minutes": "30", "made_by": "calls_us"}
    wrong = page.post(f"/defenders/{made}/check-ins/agree", data=fields | {"interval_hours": "0"})
    assert wrong.status_code == 422
    day = gate.today().isoformat()
    assert (
        page.post(f"/defenders/{made}/check-ins/agree", data=fields | {"agreed_on": day}).status_code == 303
    )
    told = page.get(f"/defenders/{made}").get_data(as_text=True)
    assert "the person calls us" in told and "No rule watches" in told
    assert "watched from now on" not in told
    link = 'href="/console?channel=defender_sos"'
    assert link in page.get(f"/defenders/{made}/check-ins").get_data(as_text=True)
    said = {"csrf_token": token, "way": "calls_us", "heard_at": "yesterday"}
    assert page.post(f"/defenders/{made}/check-ins", data=said).status_code == 422
    assert page.post(f"/defenders/{made}/check-ins", data=said | {"heard_at": ""}).status_code == 303
    headers = staff.bearer(OFFICER, compartments=("north",))
    answer = client.post(f"/api/v1/defenders/{made}/check-ins", json={"way": "sms"}, headers=headers)
    assert answer.status_code == 201 and len(answer.get_json()["heard_at"]) == 2
    found = client.get(f"/api/v1/defenders/{made}/check-ins", headers=headers).get_json()
    assert (found["state"], found["interval_minutes"], found["watched"]) == ("calm", 1440, False)
    assert (
        client.get(f"/api/v1/defenders/{made}/check-ins", headers=staff.bearer(Role.POC_OFFICER)).status_code
        == 403
    )


def test_what_was_agreed_is_called_watched_where_a_rule_watches(staff: Staff, client: FlaskClient) -> None:
    made, officer = agreed(staff), staff.bearer(Role.POC_OFFICER)
    page = staff.client(OFFICER, compartments=("north",))
    token = csrf_of(page, f"/defenders/{made}/check-ins/agree")
    fields = {
        "csrf_token": token, "interval_hours": "24", "grace_minutes": "30", "made_by": "calls_us",
        "agreed_on": gate.today().isoformat(),
    }  # fmt: skip

    def told(act: str) -> str:
        assert page.post(f"/defenders/{made}/check-ins/{act}", data=fields).status_code == 303
        return page.get(f"/defenders/{made}").get_data(as_text=True)

    told("suspend")
    assert "No longer suspended, but no rule watches" in told("resume")
    watches = rule(
        area=None, priority="P1", alert_kind="threat_to_named_person",
        parameters={"kind": "check_in", "of": "protected", "red": 5},
    )  # fmt: skip
    number = client.post("/api/v1/rules", json=watches, headers=officer).get_json()["id"]
    assert (
        client.post(f"/api/v1/rules/{number}/switch", json={"on": True}, headers=officer).status_code == 200
    )
    assert "agreed, and watched from now on" in told("agree")
    told("suspend")
    assert "Watched again from now on" in told("resume")
