"""A yes in a patrol's report is told to the adviser whose concern it is, and to nobody else."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.db import db
from app.errors import Conflict, NotFound
from app.patrol_reports import actions as reports
from app.patrol_reports import debriefing
from app.permissions import Role
from app.signals import actions, queries
from app.signals.actions import Settlement, Taking
from app.signals.models import Outcome
from tests.app.patrol_reports.conftest import Led
from tests.app.patrol_reports.conftest import led as led
from tests.app.patrol_reports.test_reports import PHONE, sent, whys
from tests.people import Staff, csrf_of

BOTH = {"signal": {"child": True, "sexual_violence": True}}
CHILD = {"signal": {"child": True, "sexual_violence": False}}
NEITHER = {"signal": {"child": False, "sexual_violence": False}}
ADVISERS = (Role.CP_OFFICER, Role.WPA)


def waiting(staff: Staff, role: Role) -> list[Any]:
    with staff.acting(role):
        return queries.waiting()


def only(staff: Staff, role: Role) -> Any:
    (one,) = waiting(staff, role)
    return one


def test_a_yes_waits_for_its_own_adviser(staff: Staff, led: Led) -> None:
    sent(staff, led, CHILD)
    assert waiting(staff, Role.WPA) == []
    one = only(staff, Role.CP_OFFICER)
    assert (one.concern, one.call_sign, one.leader, one.step) == (
        "child",
        "HERON-1",
        "EXERCISE patrol_cdr",
        None,
    )
    page = staff.client(Role.CP_OFFICER).get("/signals").get_data(as_text=True)
    assert "HERON-1" in page and "Take up" in page
    assert "HERON-1" not in staff.client(Role.WPA).get("/signals").get_data(as_text=True)
    told = staff.client(Role.CP_OFFICER).get("/api/v1/signals").get_json()
    assert [s["concern"] for s in told["waiting"]] == ["child"]


@pytest.mark.parametrize("role", [r for r in Role if r not in ADVISERS])
def test_nobody_else_opens_the_list_or_reads_a_row(staff: Staff, led: Led, role: Role) -> None:
    sent(staff, led, BOTH)
    assert staff.client(role).get("/signals").status_code in (403, 404)
    with staff.acting(role):
        assert db.session.execute(text("SELECT id FROM signals")).all() == []


def test_the_log_and_the_numbers_are_the_same_whatever_was_said(
    staff: Staff, led: Led, owner: psycopg.Connection
) -> None:
    report_id = sent(staff, led, NEITHER)
    rows = owner.execute(
        "SELECT concern, told FROM signals WHERE report_id = %s ORDER BY concern", [report_id]
    )
    assert rows.fetchall() == [("child", False), ("sexual_violence", False)]
    noted = owner.execute("SELECT count(*) FROM ledger_changes WHERE table_name = 'signals'").fetchone()
    assert noted and noted[0] >= 2
    assert waiting(staff, Role.CP_OFFICER) == waiting(staff, Role.WPA) == []


def sent_again(staff: Staff, led: Led, report_id: int, signal: dict[str, bool]) -> None:
    with staff.acting(Role.SECTOR_OPS):
        debriefing.do(report_id, "return", "EXERCISE: say how many people were at the market.")
        db.session.commit()
    with staff.acting(Role.PATROL_CDR):
        reports.keep_block(led.id, PHONE, "signal", signal)
        reports.send(led.id, whys(led.id))
        db.session.commit()


def test_a_yes_that_is_taken_back_stays_and_says_so(staff: Staff, led: Led) -> None:
    report_id = sent(staff, led, CHILD)
    sent_again(staff, led, report_id, {"child": False, "sexual_violence": True})
    assert only(staff, Role.CP_OFFICER).taken_back_at is not None
    assert "taken back by its writer" in staff.client(Role.CP_OFFICER).get("/signals").get_data(as_text=True)
    assert only(staff, Role.WPA).concern == "sexual_violence"
    # That just this answer was changed would tell whoever debriefs it what it is about.
    debriefer = staff.client(Role.SECTOR_OPS)
    assert "Amended" not in debriefer.get(f"/patrol-reports/{report_id}").get_data(as_text=True)
    assert "revision" not in debriefer.get(f"/api/v1/patrol-reports/{report_id}").get_json()


def test_what_was_settled_waits_again_when_it_is_told_again(staff: Staff, led: Led) -> None:
    report_id = sent(staff, led, CHILD)
    one = only(staff, Role.CP_OFFICER)
    with staff.acting(Role.CP_OFFICER):
        actions.take(one.id, Taking())
        db.session.commit()
        actions.settle(one.id, Settlement(outcome=Outcome.NO_GROUND))
        db.session.commit()
    assert waiting(staff, Role.CP_OFFICER) == []
    # Sent again with the same answer: told already, and settled.
    sent_again(staff, led, report_id, {"child": True, "sexual_violence": False})
    assert waiting(staff, Role.CP_OFFICER) == []
    sent_again(staff, led, report_id, {"child": False, "sexual_violence": False})
    assert waiting(staff, Role.CP_OFFICER) == []
    sent_again(staff, led, report_id, {"child": True, "sexual_violence": False})
    assert only(staff, Role.CP_OFFICER).step is None


def test_one_adviser_takes_it_up_or_over_and_the_same_one_says_what_came_of_it(
    staff: Staff, led: Led
) -> None:
    sent(staff, led, CHILD)
    one = only(staff, Role.CP_OFFICER)
    colleague = {"compartments": ("south",)}
    with staff.acting(Role.CP_OFFICER, **colleague) as first:
        with pytest.raises(Conflict):
            actions.settle(one.id, Settlement(outcome=Outcome.KNOWN))
        actions.take(one.id, Taking())
        db.session.commit()
        with pytest.raises(Conflict):
            actions.take(one.id, Taking(over_from=first.person_id))
    with staff.acting(Role.CP_OFFICER):
        with pytest.raises(Conflict):
            actions.take(one.id, Taking())
        with pytest.raises(Conflict):
            actions.settle(one.id, Settlement(outcome=Outcome.KNOWN))
        actions.take(one.id, Taking(over_from=first.person_id))
        db.session.commit()
    with staff.acting(Role.CP_OFFICER, **colleague), pytest.raises(Conflict):
        actions.settle(one.id, Settlement(outcome=Outcome.KNOWN))
    with staff.acting(Role.CP_OFFICER):
        actions.settle(one.id, Settlement(outcome=Outcome.REFERRED))
        db.session.commit()
        with pytest.raises(Conflict):
            actions.settle(one.id, Settlement(outcome=Outcome.NO_GROUND))
        (settled,), total = queries.settled(1)
        assert (settled.outcome, total) == ("referred", 1)
    with staff.acting(Role.WPA), pytest.raises(NotFound):
        actions.take(one.id, Taking())
    assert waiting(staff, Role.CP_OFFICER) == []


def test_it_is_taken_up_and_settled_on_the_page(staff: Staff, led: Led) -> None:
    sent(staff, led, CHILD)
    one = only(staff, Role.CP_OFFICER)
    browser = staff.client(Role.CP_OFFICER)
    token = {"csrf_token": csrf_of(browser)}
    assert browser.post(f"/signals/{one.id}/take", data=token).status_code == 303
    assert "What came of it" in browser.get("/signals").get_data(as_text=True)
    answer = browser.post(f"/signals/{one.id}/settle", data=token | {"outcome": "none of these"})
    assert answer.status_code in (400, 422)
    settled = browser.post(f"/signals/{one.id}/settle", data=token | {"outcome": "followed_up"})
    assert settled.status_code == 303
    assert "followed up" in browser.get("/signals").get_data(as_text=True)


def test_the_log_leads_from_no_step_to_the_patrol(staff: Staff, led: Led, owner: psycopg.Connection) -> None:
    sent(staff, led, CHILD)
    one = only(staff, Role.CP_OFFICER)
    with staff.acting(Role.CP_OFFICER):
        actions.take(one.id, Taking())
        db.session.commit()
        actions.settle(one.id, Settlement(outcome=Outcome.FOLLOWED_UP))
        db.session.commit()
    steps = [str(row[0]) for row in owner.execute("SELECT id FROM signal_steps ORDER BY at").fetchall()]
    events = owner.execute(
        "SELECT action, subject, details, txid FROM ledger_events WHERE action IN ('signals.taken', 'signals.settled') "
        "ORDER BY id"
    ).fetchall()
    assert [(action, subject) for action, subject, *_rest in events] == [
        ("signals.taken", f"signal_steps:{steps[0]}"), ("signals.settled", f"signal_steps:{steps[1]}"),
    ]  # fmt: skip
    assert not any(details for _action, _subject, details, _txid in events)
    touched = owner.execute(
        "SELECT DISTINCT table_name FROM ledger_changes WHERE txid = ANY (%s)", [[e[3] for e in events]]
    ).fetchall()
    assert touched == [("signal_steps",)]


def test_nothing_of_a_sent_report_in_the_log_depends_on_the_answer(
    staff: Staff, led: Led, owner: psycopg.Connection
) -> None:
    sent(staff, led, BOTH)
    told = owner.execute(
        "SELECT action, details FROM ledger_events WHERE subject LIKE 'patrol_reports:%%' ORDER BY id"
    ).fetchall()
    for action, details in told:
        assert set(details or {}) <= {"patrol", "blocks", "flags"}, action
        assert isinstance((details or {}).get("blocks", 0), int)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE signals SET told = false",
        "UPDATE signals SET call_sign = 'OTHER-1'",
        "DELETE FROM signals",
        "UPDATE signal_steps SET outcome = 'known'",
        "INSERT INTO signal_steps (id, signal_id, kind, by_id) SELECT gen_random_uuid(), id, 'taken', "
        "vigil.person_id() + 1 FROM signals",
        "INSERT INTO signal_steps (id, signal_id, kind, by_id, outcome) SELECT gen_random_uuid(), id, 'settled', "
        "vigil.person_id(), 'known' FROM signals",
        "INSERT INTO signals (report_id, concern, told, call_sign) SELECT report_id, 'child', true, 'x' FROM signals",
        "SELECT vigil.tell_signals_of(1)",
    ],
)
def test_not_even_an_adviser_writes_past_his_step(staff: Staff, led: Led, change: str) -> None:
    sent(staff, led, BOTH)
    with staff.acting(Role.CP_OFFICER), pytest.raises(ProgrammingError):
        db.session.execute(text(change))
