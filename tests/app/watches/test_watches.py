"""Nobody goes on watch unreachable, or at a post that is not his; what he can be reached by stays his own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.db import db
from app.errors import Conflict
from app.ladders.climbing import Post, Way
from app.messages import actions as messages
from app.messages.words import code_of
from app.permissions import MAP, Permission, Role
from app.permissions import Permission as P
from app.settings import Smtp
from app.watches.models import STANDS
from tests.people import EAST, WEST, Staff, record
from tests.workers.told import contact, spool

NUMBER = "+24399000001"
ADDRESS = "duty@mission.example"


@pytest.fixture
def gateway(app: Flask, tmp_path: Path) -> Path:
    """The house with a gateway for SMS."""
    folders = spool(tmp_path)
    app.extensions["vigil_settings"] = replace(app.extensions["vigil_settings"], sms_spool=folders)
    return folders


def begin(staff: Staff, app: Flask, role: Role, sector: str = WEST, **body: Any) -> Any:
    sent = {"post": "duty_officer", "until": (datetime.now(UTC) + timedelta(hours=8)).isoformat()} | body
    return app.test_client().post("/api/v1/watches", json=sent, headers=staff.bearer(role, sector))


def test_without_a_tested_contact_nobody_goes_on_watch(app: Flask, staff: Staff, gateway: Path) -> None:
    refused = begin(staff, app, Role.WATCHKEEPER_JOC)
    assert (refused.status_code, refused.json["code"]) == (409, "unreachable")


def test_with_one_that_was_tested_too_long_ago_neither(
    app: Flask, staff: Staff, gateway: Path, owner: psycopg.Connection
) -> None:
    kept = contact(owner, staff.person(Role.WATCHKEEPER_JOC), NUMBER)
    with owner.transaction():
        owner.execute("UPDATE contacts SET tested_at = now() - interval '8 days' WHERE id = %s", [kept])
        record(owner)
    assert begin(staff, app, Role.WATCHKEEPER_JOC).status_code == 409


def test_with_a_tested_one_he_stands_there_and_is_told_by_it(
    app: Flask, staff: Staff, gateway: Path, owner: psycopg.Connection
) -> None:
    contact(owner, staff.person(Role.WATCHKEEPER_JOC), NUMBER)
    begun = begin(staff, app, Role.WATCHKEEPER_JOC)
    assert begun.status_code == 201
    assert begun.json["ways"] == ["screen", "sms"]
    assert begin(staff, app, Role.WATCHKEEPER_JOC).json["code"] == "on_watch"
    ended = app.test_client().post(
        f"/api/v1/watches/{begun.json['id']}/end", headers=staff.bearer(Role.WATCHKEEPER_JOC)
    )
    assert ended.status_code == 200
    listed = app.test_client().get("/api/v1/watches", headers=staff.bearer(Role.HOM)).json
    assert listed["watches"] == []
    assert "duty_officer" in listed["empty_posts"]


@pytest.fixture
def both(app: Flask, gateway: Path) -> None:
    """A gateway for e-mail, too."""
    app.extensions["vigil_settings"] = replace(
        app.extensions["vigil_settings"], smtp=Smtp("localhost", 25, "vigil@mission.example")
    )


def test_a_way_by_which_the_post_is_not_rung_is_not_enough(
    app: Flask, staff: Staff, both: None, owner: psycopg.Connection
) -> None:
    contact(owner, staff.person(Role.WATCHKEEPER_JOC), ADDRESS, "email")
    contact(owner, staff.person(Role.FC_STAFF), ADDRESS, "email")
    refused = begin(staff, app, Role.WATCHKEEPER_JOC)
    assert (refused.status_code, refused.json["code"]) == (409, "unreachable")
    assert "rung by SMS." in refused.json["detail"]
    # The force headquarters are rung of a P1 by either.
    assert begin(staff, app, Role.FC_STAFF, post="force_headquarters").json["ways"] == ["email", "screen"]


def test_each_ladder_that_rings_the_post_of_the_most_urgent_must_reach_him(
    app: Flask, staff: Staff, both: None, owner: psycopg.Connection
) -> None:
    contact(owner, staff.person(Role.WATCHKEEPER_JOC), NUMBER)
    rung = {"post": "duty_officer", "minutes": 5, "ways": ["screen", "email"]}
    body = {
        "kind": "attack_under_way",
        "priority": "P1",
        "rungs": [rung],
        "then": "tell_again",
        "reason": "By e-mail.",
    }
    made = app.test_client().post("/api/v1/ladders", json=body, headers=staff.bearer(Role.FC_STAFF))
    assert made.status_code == 201
    refused = begin(staff, app, Role.WATCHKEEPER_JOC)
    assert "rung by e-mail." in refused.json["detail"]
    contact(owner, staff.person(Role.WATCHKEEPER_JOC), ADDRESS, "email")
    assert begin(staff, app, Role.WATCHKEEPER_JOC).json["ways"] == ["email", "screen", "sms"]


def test_where_the_gateway_of_the_ladders_is_not_set_up_the_open_one_is_enough(
    app: Flask, staff: Staff, both: None, owner: psycopg.Connection
) -> None:
    app.extensions["vigil_settings"] = replace(app.extensions["vigil_settings"], sms_spool=None)
    contact(owner, staff.person(Role.WATCHKEEPER_JOC), ADDRESS, "email")
    assert begin(staff, app, Role.WATCHKEEPER_JOC).json["ways"] == ["email", "screen"]


def test_on_watch_nobody_removes_the_last_contact_that_rings(
    app: Flask, staff: Staff, both: None, owner: psycopg.Connection
) -> None:
    person = staff.person(Role.WATCHKEEPER_JOC)
    number, address = contact(owner, person, NUMBER), contact(owner, person, ADDRESS, "email")
    watch = begin(staff, app, Role.WATCHKEEPER_JOC).json["id"]

    def remove(kept: int) -> Any:
        path = f"/api/v1/contacts/{kept}/remove"
        return app.test_client().post(path, headers=staff.bearer(Role.WATCHKEEPER_JOC))

    refused = remove(number)
    assert (refused.status_code, refused.json["code"]) == (409, "on_watch")
    assert "Keep another one for SMS" in refused.json["detail"]
    assert remove(address).status_code < 300
    other = contact(owner, person, "+24399000002")
    assert remove(number).status_code < 300
    assert remove(other).status_code == 409
    app.test_client().post(f"/api/v1/watches/{watch}/end", headers=staff.bearer(Role.WATCHKEEPER_JOC))
    assert remove(other).status_code < 300


def test_without_any_gateway_the_screen_alone_tells_and_the_page_says_so(app: Flask, staff: Staff) -> None:
    begun = begin(staff, app, Role.WATCHKEEPER_JOC)
    assert begun.json["ways"] == ["screen"]
    assert "Screen only" in staff.client(Role.WATCHKEEPER_JOC).get("/watch").get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "body", "status"),
    [
        (Role.SECTOR_OPS, {"post": "head_of_mission"}, 403),
        (Role.SECTOR_OPS, {"post": "sector"}, 403),  # of the whole mission
        (Role.HOM, {"post": "duty_officer"}, 403),
        (Role.HOM, {"post": "head_of_mission"}, 201),
        (Role.WATCHKEEPER_JOC, {"until": "2026-01-01T00:00:00Z"}, 422),
        (Role.WATCHKEEPER_JOC, {"until": "2099-01-01T00:00:00Z"}, 422),
        (Role.WATCHKEEPER_JOC, {"sector_id": 999_999}, 422),
        (Role.PATROL_CDR, {}, 403),
    ],
)
def test_a_post_is_stood_at_by_those_whose_it_is_for_a_day_at_most(
    app: Flask, staff: Staff, role: Role, body: dict[str, Any], status: int
) -> None:
    assert begin(staff, app, role, **body).status_code == status


def test_a_sector_s_officer_stands_for_his_own_sector_alone(app: Flask, staff: Staff) -> None:
    own, other = ({"post": "sector", "sector_id": staff.sectors[s]} for s in (WEST, EAST))
    assert begin(staff, app, Role.SECTOR_OPS, WEST, **own).status_code == 201
    assert begin(staff, app, Role.SECTOR_OPS, WEST, **other).status_code == 403


def test_the_database_knows_whose_post_it_is_too(app: Flask, staff: Staff) -> None:
    roles = [role for role in Role if {role} & (MAP[P.STAND_WATCH].anywhere | MAP[P.STAND_WATCH].in_sector)]
    let_in = set()
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        for role, post, said in product(roles, Post, (None, Role.HOM)):
            with staff.acting(role) as who, c.transaction(force_rollback=True):
                # Whatever the application may think: a permission for the whole mission.
                c.execute("SELECT vigil.enter(%s, %s, '', '', '')", [str(who.person_id), P.STAND_WATCH.value])
                with suppress(psycopg.errors.InsufficientPrivilege):
                    c.execute(
                        "INSERT INTO watches (post, person_id, role, ways, from_at, until_at) "
                        "VALUES (%s, %s, %s, '{screen}', now(), now() + interval '1 hour')",
                        [post, who.person_id, said or role],
                    )
                    let_in.add((role, post, said or role))
    assert let_in == {(role, post, role) for post in Post for role in STANDS[post]}


def test_a_contact_is_tested_by_the_code_that_came_and_by_no_other(
    app: Flask, staff: Staff, gateway: Path, owner: psycopg.Connection
) -> None:
    with staff.acting(Role.WATCHKEEPER_JOC):
        kept = messages.add_contact(Way.SMS, "+243 (99) 000-001")
        test = messages.order_test(kept)
        db.session.commit()
        code = code_of(test)
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(messages.MOST_WRONG_CODES - 1):
            assert not messages.answer_test(kept, wrong)
        assert messages.answer_test(kept, code)
        db.session.commit()
    assert owner.execute("SELECT address, tested_at IS NOT NULL FROM contacts").fetchall() == [(NUMBER, True)]


def test_codes_can_t_be_tried_through(app: Flask, staff: Staff, gateway: Path) -> None:
    with staff.acting(Role.WATCHKEEPER_JOC):
        kept = messages.add_contact(Way.SMS, NUMBER)
        code = code_of(messages.order_test(kept))
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(messages.MOST_WRONG_CODES):
            messages.answer_test(kept, wrong)
        with pytest.raises(Conflict):
            messages.answer_test(kept, code)


def test_nobody_else_reads_a_contact_not_even_the_administrator(
    app: Flask, staff: Staff, gateway: Path, owner: psycopg.Connection
) -> None:
    kept = contact(owner, staff.person(Role.WATCHKEEPER_JOC), NUMBER)
    for role in (Role.SYSADMIN, Role.HOM, Role.FC_STAFF):
        asked = app.test_client().get("/api/v1/contacts", headers=staff.bearer(role))
        assert NUMBER not in asked.get_data(as_text=True)
    other = app.test_client().post(f"/api/v1/contacts/{kept}/remove", headers=staff.bearer(Role.FC_STAFF))
    assert other.status_code == 404
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        everything = ",".join(p.value for p in Permission)
        c.execute("SELECT vigil.enter('999', %s, '', '', '')", [everything])
        assert c.execute("SELECT count(*) FROM contacts").fetchone() == (0,)


def test_a_number_stands_in_no_event_of_the_ledger(
    app: Flask, staff: Staff, gateway: Path, owner: psycopg.Connection
) -> None:
    with staff.acting(Role.WATCHKEEPER_JOC):
        kept = messages.add_contact(Way.SMS, NUMBER)
        messages.order_test(kept)
        messages.remove_contact(kept)
        db.session.commit()
    told = owner.execute(
        "SELECT convert_from(body, 'UTF8') || coalesce(details::text, '') FROM ledger_events"
    ).fetchall()
    assert [row for (row,) in told if NUMBER.strip("+") in row] == []


def test_the_number_of_a_sender_is_shown_on_purpose_and_that_is_recorded(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO replies (gateway_key, received_at, sender, words, result) "
            "VALUES ('k', now(), %s, 'EXERCISE: they are coming', 'unknown') RETURNING id", [NUMBER],
        ).fetchone()  # fmt: skip
        record(owner)
    assert row
    with staff.acting(Role.WATCHKEEPER_JOC):
        assert messages.show_sender(row[0]) == NUMBER
        db.session.commit()
    shown = owner.execute(
        "SELECT subject FROM ledger_events WHERE action = 'messages.sender_shown'"
    ).fetchall()
    assert shown == [(f"replies:{row[0]}",)]
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        c.execute("SELECT vigil.enter('1', 'alerts:handle', '', '', '')")
        assert c.execute("SELECT vigil.sender_of(%s)", [row[0]]).fetchone() == (None,)
