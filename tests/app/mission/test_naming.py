"""A mission names itself: by a command, on record, and never out of an exercise."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from app.mission.queries import UNNAMED, identity
from app.permissions import Role
from tests.people import Staff
from tests.servers import Clone

NAMED = ("--name", "EXERCISE Mission in Dry Land", "--code", "EMDL")


@pytest.fixture(autouse=True)
def as_operator(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_OWNER_DATABASE_URL", clone.url("vigil_owner"))


def say(app: Flask, *options: str) -> Result:
    app.extensions.pop("vigil_identity", None)
    return app.test_cli_runner().invoke(args=["mission", "set", *options])


def stands(owner: psycopg.Connection) -> Any:
    return owner.execute(
        "SELECT name, code, exercise, time_zone, classification FROM mission_identity"
    ).fetchone()


def events(owner: psycopg.Connection) -> list[Any]:
    found = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'mission.identity_set' ORDER BY id"
    )
    return [details for (details,) in found.fetchall()]


def test_an_empty_house_is_named_once_and_then_changed_in_part(app: Flask, owner: psycopg.Connection) -> None:
    with app.app_context():
        assert identity() == UNNAMED
    told = say(app, *NAMED, "--time-zone", "Africa/Juba", "--classification", "unclassified")
    assert told.exit_code == 0 and "time zone: Africa/Juba" in told.output, told.output
    row = ("EXERCISE Mission in Dry Land", "EMDL", False, "Africa/Juba", "UNCLASSIFIED")
    assert stands(owner) == row
    with app.app_context():
        assert (identity().time_zone, identity().exercise) == ("Africa/Juba", False)
    assert say(app, "--time-zone", "Asia/Kathmandu").exit_code == 0
    assert stands(owner) == (*row[:3], "Asia/Kathmandu", "UNCLASSIFIED")
    assert [(e["time_zone"], e["exercise"]) for e in events(owner)] == [
        ("Africa/Juba", False), ("Asia/Kathmandu", False),
    ]  # fmt: skip


def test_what_stands_is_told_and_said_again_without_an_event(app: Flask, owner: psycopg.Connection) -> None:
    assert say(app, *NAMED).exit_code == 0
    assert stands(owner)[3:] == ("UTC", "CONFIDENTIAL")
    told = say(app)
    assert "code: EMDL" in told.output and "within ten seconds" not in told.output
    assert say(app, *NAMED).exit_code == 0
    assert len(events(owner)) == 1


@pytest.mark.parametrize(("options", "sentence"), [
    ((*NAMED, "--time-zone", "Africa/Nowhere"), "no time zone Africa/Nowhere"),
    ((*NAMED, "--time-zone", "../etc/passwd"), "no time zone"), ((*NAMED, "--time-zone", "localtime"), "no time zone"),
    ((*NAMED, "--time-zone", "africa/juba"), "no time zone"), ((*NAMED, "--time-zone", ""), "in one line"),
    ((*NAMED, "--classification", "SECRET"), "SECRET"), (("--name", "EXERCISE"), "no name yet"), ((), "no name yet"),
    (("--name", " ", "--code", "X"), "in one line"), (("--name", "A\nB", "--code", "X"), "in one line"),
])  # fmt: skip
def test_what_is_no_name_zone_or_marking_is_refused(
    app: Flask, owner: psycopg.Connection, options: tuple[str, ...], sentence: str
) -> None:
    told = say(app, *options)
    assert told.exit_code != 0 and sentence in told.output
    assert stands(owner) is None and events(owner) == []


def test_an_exercise_keeps_its_mark(app: Flask, staff: Staff, owner: psycopg.Connection) -> None:
    told = say(app, *("--name", "Mission in Dry Land", "--time-zone", "Africa/Juba"))
    assert told.exit_code != 0 and "its name says EXERCISE" in told.output
    assert stands(owner)[:4] == ("Test mission", "TM", True, "UTC")
    assert say(app, *NAMED, "--time-zone", "Africa/Juba").exit_code == 0
    assert stands(owner)[:4] == ("EXERCISE Mission in Dry Land", "EMDL", True, "Africa/Juba")
    app.extensions.pop("vigil_identity", None)
    page = staff.client(Role.POC_OFFICER).get("/mission").get_data(as_text=True)
    assert "EMDL" in page and "Africa/Juba" in page and "no name yet" not in page


def test_the_page_of_a_house_without_a_name_says_how_it_gets_one(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    owner.execute("DELETE FROM mission_identity")
    app.extensions.pop("vigil_identity", None)
    page = staff.client(Role.POC_OFFICER).get("/mission").get_data(as_text=True)
    assert "no name yet" in page and "flask mission set" in page


def test_no_exercise_comes_into_a_house_that_a_mission_has_named(
    app: Flask, owner: psycopg.Connection
) -> None:
    assert say(app, *NAMED).exit_code == 0
    told = app.test_cli_runner().invoke(args=["exercise", "load"])
    assert told.exit_code != 0 and "A mission has its name here" in told.output
    assert stands(owner)[:3] == ("EXERCISE Mission in Dry Land", "EMDL", False)
