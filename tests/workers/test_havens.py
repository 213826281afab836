"""What the house does about havens: it tells alerts that count on one, says when one runs out, and forgets tokens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.evacuations import actions as evacuations
from app.permissions import Role
from tests.app.evacuations.test_evacuations import haven as evacuation_haven
from tests.app.havens.conftest import Build, build
from tests.app.patrols.world import decided_alert
from tests.app.rules.world import rule
from tests.people import EAST, Staff, record
from tests.planning_ground import small_country
from workers import havens, rules

__all__ = ["build"]
WHY = "EXERCISE: said in a sentence why."


def act(client: FlaskClient, headers: dict[str, str], haven: int, name: str, /, **fields: Any) -> None:
    answer = client.post(f"/api/v1/havens/{haven}/{name}", json=fields, headers=headers)
    assert answer.status_code == 200, answer.json


@pytest.fixture
def do(worker: Flask) -> Callable[..., None]:
    def once(job: Callable[..., None], *args: str) -> None:
        with worker.app_context():
            job(*args)
            db.session.commit()

    return once


def test_an_alert_that_counts_on_a_haven_is_told_once_that_it_is_compromised(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    alert, haven = decided_alert(client, staff, owner), build("A", state="closed")
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    client.post(f"/api/v1/alerts/{alert}/open-haven", json={"haven_id": haven, "reason": WHY}, headers=duty)
    act(client, duty, haven, "state", to_state="compromised", reason=WHY)
    asked = owner.execute("SELECT args FROM outbox WHERE job = 'workers.havens.tell_alerts'").fetchall()
    assert asked == [([str(haven)],)]
    for _again in range(2):
        do(havens.tell_alerts, str(haven))
    notes = owner.execute("SELECT note FROM alert_steps WHERE kind = 'note'").fetchall()
    assert len(notes) == 1 and "Haven A" in notes[0][0] and "is compromised" in notes[0][0]


def correct(client: FlaskClient, staff: Staff, haven: int, **fields: Any) -> None:
    act(client, staff.bearer(Role.POC_OFFICER), haven, "correction", why=WHY, **fields)


def jobs(owner: psycopg.Connection, name: str) -> list[str]:
    found = owner.execute("SELECT args FROM outbox WHERE job = %s ORDER BY id", [f"workers.havens.{name}"])
    return [haven for ((haven,),) in found]


def test_an_alert_that_counts_on_a_haven_is_told_of_each_correction_once_and_not_what_it_was(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    alert, haven = decided_alert(client, staff, owner), build("A", state="closed")
    correct(client, staff, haven, name="EXERCISE barn")
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    client.post(f"/api/v1/alerts/{alert}/open-haven", json={"haven_id": haven, "reason": WHY}, headers=duty)

    def notes() -> list[str]:
        do(havens.tell_corrected, str(haven))
        return [n for (n,) in owner.execute("SELECT note FROM alert_steps WHERE kind = 'note'").fetchall()]

    # What was corrected before it was ordered, and its kind, concern nobody on the way.
    correct(client, staff, haven, kind="hospital")
    assert notes() == [] and len(jobs(owner, "tell_corrected")) == 1
    for count, what in enumerate(({"name": "EXERCISE chapel"}, {"place": {"lon": 1.5, "lat": 0.5}}), 1):
        correct(client, staff, haven, **what)
        assert notes() == notes() and len(notes()) == count
    assert jobs(owner, "tell_corrected") == [str(haven)] * 3
    assert "Haven A" in notes()[0] and "chapel" not in "".join(notes())


def test_nobody_is_told_of_a_hidden_haven_that_was_corrected(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    hidden = build("S", exposure="secret")
    correct(client, staff, hidden, name="EXERCISE seventh house")
    assert jobs(owner, "tell_corrected") == []
    do(havens.tell_corrected, str(hidden))
    told = owner.execute("SELECT count(*) FROM alert_steps WHERE kind = 'note'").fetchone()
    assert told == (0,)


def test_those_who_carry_out_an_evacuation_order_are_told_that_a_haven_of_its_was_corrected(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    small_country(owner, staff)
    near = evacuation_haven(owner, staff, "NEAR", 0.4, 700)
    body = {"lon": 0.3, "lat": 0.5, "radius_km": 3.0}
    made = client.post("/api/v1/evacuations", json=body, headers=staff.bearer(Role.FC_STAFF)).json["id"]

    def alerts() -> list[str]:
        do(havens.tell_corrected, str(near))
        return [words for (words,) in owner.execute("SELECT verbatim FROM alerts").fetchall()]

    correct(client, staff, near, name="EXERCISE barn")
    assert alerts() == [], "a plan that nobody issued sends nobody"
    with staff.acting(Role.FC_STAFF):
        evacuations.plan_again(made)
        evacuations.issue(made, 2)
        db.session.commit()
    assert alerts() == [], "the order has it as it is"
    correct(client, staff, near, place={"lon": 0.41, "lat": 0.5})
    assert len(alerts()) == len(alerts()) == 1
    assert f"EV-{made:05d}/2" in alerts()[0] and "NEAR" in alerts()[0]
    # Also that it is again what the order had.
    correct(client, staff, near, place={"lon": 0.4, "lat": 0.5})
    assert len(alerts()) == 2
    with staff.acting(Role.FC_STAFF):
        evacuations.end(made)
        db.session.commit()
    correct(client, staff, near, name="EXERCISE chapel")
    assert len(alerts()) == 2


def test_an_order_is_told_of_a_haven_that_was_corrected_while_it_was_being_issued(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    small_country(owner, staff)
    near = evacuation_haven(owner, staff, "NEAR", 0.4, 700)
    body = {"lon": 0.3, "lat": 0.5, "radius_km": 3.0}
    made = client.post("/api/v1/evacuations", json=body, headers=staff.bearer(Role.FC_STAFF)).json["id"]

    def corrected() -> None:
        correct(client, staff, near, name="EXERCISE barn")
        do(havens.tell_corrected, str(near))

    with staff.acting(Role.FC_STAFF), ThreadPoolExecutor(1) as other:
        evacuations.issue(made, 1)
        other.submit(corrected).result()
        assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (0,), "it finds no order yet"
        db.session.commit()
    assert jobs(owner, "tell_corrected") == [str(near)] * 2
    do(havens.tell_corrected, str(near))
    ((words,),) = owner.execute("SELECT verbatim FROM alerts").fetchall()
    assert f"EV-{made:05d}/1" in words and "NEAR" in words


def test_those_on_watch_hear_that_a_haven_runs_out_and_of_a_hidden_one_nobody_does(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    keeper = staff.bearer(Role.POC_OFFICER)
    blind = client.post(
        "/api/v1/rules", headers=staff.bearer(Role.SECTOR_OPS, EAST),
        json=rule(area=None, parameters={"kind": "haven_stock", "red": 12}),
    )  # fmt: skip
    assert blind.status_code == 403
    written = client.post(
        "/api/v1/rules", headers=keeper,
        json=rule(area=None, parameters={"kind": "haven_stock", "red": 12, "amber": 48}),
    )  # fmt: skip
    assert written.status_code == 201, written.json
    client.post(f"/api/v1/rules/{written.json['id']}/switch", json={"on": True}, headers=keeper)
    # 100 people drink 1,500 litres a day: 500 last 8 hours, 2,000 last 32, 9,000 six days.
    ids = [
        build(code, occupancy=100, exposure=e)
        for code, e in (("A", "mission"), ("B", "mission"), ("C", "mission"), ("S", "secret"))
    ]
    for haven, litres in zip(ids, (500, 2_000, 9_000, 1), strict=True):
        act(client, keeper, haven, "stocks", water_litres=litres)

    def record_of() -> list[tuple[Any, ...]]:
        return owner.execute(
            "SELECT subject, red_at IS NOT NULL, cleared_at IS NOT NULL, alert_id IS NOT NULL "
            "FROM rule_lapses"
        ).fetchall()

    for _again in range(2):
        do(rules.watch)
    # In no order: havens have their numbers by lot.
    assert sorted(record_of()) == sorted([
        (f"haven:{ids[0]}", True, False, True), (f"haven:{ids[1]}", False, False, False),
    ])  # fmt: skip
    ((reasons,),) = owner.execute("SELECT reasons FROM alerts").fetchall()
    assert reasons[0].startswith("Haven A has water or food to survive on for")
    act(client, keeper, ids[0], "stocks", water_litres=90_000)
    act(client, keeper, ids[1], "headcount", people=0)
    do(rules.watch)
    assert [cleared for _s, _red, cleared, _a in record_of()] == [True, True]
    tried = client.post(
        "/api/v1/rules/test",
        json=rule(area=None, parameters={"kind": "haven_stock", "red": 200}),
        headers=keeper,
    )
    assert tried.status_code == 200 and tried.json["count"] == 1, tried.json


def test_old_tokens_are_folded_once_and_the_log_says_how_many(
    staff: Staff, build: Build, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    haven, old = build("A"), datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=9)
    owner.execute("INSERT INTO haven_tokens VALUES (%s, 'GONE0000', 2, NULL, %s, %s)", [haven, old, old])
    for _again in range(2):
        do(havens.fold_tokens)
    assert owner.execute("SELECT count(*) FROM haven_tokens").fetchone() == (0,)
    assert owner.execute("SELECT came, went FROM haven_gate_days").fetchall() == [(2, 2)]
    told = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'havens.tokens_folded'")
    assert told.fetchone() == (1,)


def test_an_evacuation_order_is_told_that_a_haven_of_its_is_compromised(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    small_country(owner, staff)
    near = evacuation_haven(owner, staff, "NEAR", 0.4, 700)
    command = staff.bearer(Role.FC_STAFF)
    body = {"lon": 0.3, "lat": 0.5, "radius_km": 3.0}
    made = client.post("/api/v1/evacuations", json=body, headers=command).json["id"]
    act(client, staff.bearer(Role.POC_OFFICER), near, "state", to_state="compromised", reason=WHY)
    do(havens.tell_alerts, str(near))
    count = "SELECT count(*), min(verbatim) FROM alerts"
    assert owner.execute(count).fetchone() == (0, None), "a plan that nobody issued sends nobody"
    with owner.transaction():
        owner.execute(
            "UPDATE evacuation_plans SET issued_at = now(), issued_by_id = made_by_id, issued_by_role = made_by_role"
        )
        record(owner)
    for _again in range(2):
        do(havens.tell_alerts, str(near))
    alerts, words = owner.execute(count).fetchone() or (0, "")
    assert alerts == 1 and f"EV-{made:05d}/1" in words and "NEAR" in words


def test_an_order_is_told_of_a_haven_that_was_compromised_while_it_was_being_issued(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, do: Callable[..., None]
) -> None:
    small_country(owner, staff)
    near, far = (
        evacuation_haven(owner, staff, code, lon, places)
        for code, lon, places in (("NEAR", 0.4, 700), ("FAR", 0.1, 200))
    )
    keeper = staff.bearer(Role.POC_OFFICER)
    body = {"lon": 0.3, "lat": 0.5, "radius_km": 3.0}
    made = client.post("/api/v1/evacuations", json=body, headers=staff.bearer(Role.FC_STAFF)).json["id"]

    def compromised() -> None:
        act(client, keeper, near, "state", to_state="compromised", reason=WHY)
        do(havens.tell_alerts, str(near))

    with staff.acting(Role.FC_STAFF), ThreadPoolExecutor(1) as other:
        evacuations.issue(made, 1)
        other.submit(compromised).result()
        assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (0,), "it finds no order yet"
        db.session.commit()
    asked = owner.execute("SELECT args FROM outbox WHERE job = 'workers.havens.tell_alerts'").fetchall()
    assert sorted(haven for ((haven,),) in asked) == sorted([str(near), str(near), str(far)])
    for ((haven,),) in asked:
        do(havens.tell_alerts, haven)
    ((words,),) = owner.execute("SELECT verbatim FROM alerts").fetchall()
    assert f"EV-{made:05d}/1" in words and "NEAR" in words
