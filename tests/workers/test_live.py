"""The live stream rings for those who read alerts, and for nobody else."""

from __future__ import annotations

import importlib
import re
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.cookies import COOKIE
from app.permissions import Role
from tests.app.exchange import ground
from tests.people import EAST, WEST, Staff, record
from tests.servers import Clone

HEARD = re.compile(r"[0-9a-f]{16}(\.[0-9a-f]{16}){3}")


@pytest.fixture
def live(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("VIGIL_DATABASE_URL", clone.url("vigil_app"))
    import workers.live

    return importlib.reload(workers.live)


def asked(live: Any, cookie: str, origin: str = "", path: str = "/live/alerts") -> tuple[str, dict[str, str]]:
    answered: list[tuple[str, list[tuple[str, str]]]] = []
    body = live.app(
        {
            "PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_COOKIE": f"{COOKIE}={cookie}", "HTTP_ORIGIN": origin,
            "HTTP_HOST": "127.0.0.1:8101",
        },
        lambda status, headers: answered.append((status, headers)),
    )  # fmt: skip
    if hasattr(body, "close"):
        body.close()
    return answered[0][0], dict(answered[0][1])


def cookie_of(staff: Staff, role: Role) -> str:
    cookie = staff.client(role).get_cookie(COOKIE)
    assert cookie
    return cookie.value


def test_a_reader_of_alerts_gets_the_stream(app: Flask, staff: Staff, live: Any) -> None:
    status, headers = asked(live, cookie_of(staff, Role.WATCHKEEPER_JOC))
    assert status == "200 OK"
    assert headers["Content-Type"].startswith("text/event-stream")


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.AUDITOR, Role.PARTNER_NGO])
def test_who_reads_nothing_that_is_told_gets_no_stream(
    app: Flask, staff: Staff, live: Any, role: Role
) -> None:
    assert asked(live, cookie_of(staff, role))[0] == "401 Unauthorized"


@pytest.mark.parametrize("role", [Role.PATROL_CDR, Role.LEGAL, Role.CLA])
def test_a_reporter_does_not_hear_that_his_report_raised_an_alert(
    app: Flask, staff: Staff, live: Any, clone: Clone, alert: int, owner: psycopg.Connection, role: Role
) -> None:
    looked(live, clone)
    before = heard(live, staff, role)
    assert "alerts" not in before
    with owner.transaction():
        owner.execute("UPDATE alerts SET version = version + 1")
        record(owner)
    looked(live, clone)
    assert heard(live, staff, Role.WATCHKEEPER_JOC)["alerts"]
    assert heard(live, staff, role) == before


def test_nobody_else_hears_anything(app: Flask, live: Any) -> None:
    assert asked(live, "made-up")[0] == "401 Unauthorized"
    assert asked(live, "", path="/live/other")[0] == "404 Not Found"


def stream_of(live: Any, cookie: str) -> Any:
    """A stream that stays open, past its first bytes."""
    answered: list[str] = []
    body = live.app(
        {
            "PATH_INFO": "/live/alerts", "REQUEST_METHOD": "GET", "HTTP_COOKIE": f"{COOKIE}={cookie}",
            "HTTP_HOST": "127.0.0.1:8101",
        },
        lambda status, _headers: answered.append(status),
    )  # fmt: skip
    assert answered == ["200 OK"]
    assert next(iter(body)).startswith(b"retry")
    return body


def test_one_person_has_six_streams_and_the_oldest_ends_for_the_seventh(
    app: Flask, staff: Staff, live: Any
) -> None:
    cookie, another = cookie_of(staff, Role.HOM), cookie_of(staff, Role.HOM)
    streams = [stream_of(live, cookie if n % 2 else another) for n in range(6)]
    others = stream_of(live, cookie_of(staff, Role.FC_STAFF))
    assert live.watch.streams == 7
    seventh = stream_of(live, cookie)
    assert live.watch.streams == 7
    oldest = list(streams[0])
    assert oldest == [b"event: elsewhere\ndata: \n\n"], "the page is told not to open it anew"
    assert not any(s.opened.over for s in (*streams[1:], seventh, others))
    for body in (*streams, seventh, others):
        body.close()
    assert live.watch.streams == 0
    assert live.watch.open == {}


def test_whoever_takes_all_streams_keeps_them_from_nobody_but_himself(
    app: Flask, staff: Staff, live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 7)
    cookie = cookie_of(staff, Role.HOM)
    greedy = [stream_of(live, cookie) for _n in range(20)]
    other = stream_of(live, cookie_of(staff, Role.FC_STAFF))
    assert asked(live, cookie_of(staff, Role.POC_OFFICER))[0] == "503 Service Unavailable"
    for body in (*greedy, other):
        body.close()
    assert asked(live, cookie_of(staff, Role.POC_OFFICER))[0] == "200 OK"


def test_a_stream_that_is_closed_before_its_first_byte_gives_its_place_back(
    app: Flask, staff: Staff, live: Any
) -> None:
    asked(live, cookie_of(staff, Role.HOM))
    assert live.watch.streams == 0


def test_only_pages_of_the_same_host_may_read_the_stream(app: Flask, staff: Staff, live: Any) -> None:
    cookie = cookie_of(staff, Role.HOM)
    own = asked(live, cookie, "http://127.0.0.1:8000")[1]
    other = asked(live, cookie, "http://evil.example:8000")[1]
    assert own["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
    assert "Access-Control-Allow-Origin" not in other


def heard(live: Any, staff: Staff, role: Role, sector: str = WEST) -> dict[str, str]:
    cookie = staff.client(role, sector).get_cookie(COOKIE)
    who = live.watch.listener(cookie.value)
    assert who is not None
    return dict(live.watch.heard_by(who))


def looked(live: Any, clone: Clone) -> None:
    live.watch.picture_at = 0.0
    with psycopg.connect(clone.plain_url("vigil_app"), autocommit=True) as database:
        live.watch.look(database)


def haven(owner: psycopg.Connection, sector: int, exposure: str) -> int:
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO havens (code, name, kind, place, capacity_day, capacity_night, state, exposure, sector_id) "
            "VALUES (%s, 'EXERCISE', 'base_shelter', 'SRID=4326;POINT(0.5 0.5)', 9, 9, 'standby', %s, %s) RETURNING id",
            [f"H-{exposure}", exposure, sector],
        ).fetchone()
        record(owner)
    assert row
    return int(row[0])


def test_each_hears_of_what_he_reads_and_of_no_more(app: Flask, staff: Staff, live: Any) -> None:
    assert asked(live, cookie_of(staff, Role.CLA))[0] == "200 OK"
    assert set(heard(live, staff, Role.CLA)) == {"incidents", "havens"}
    assert set(heard(live, staff, Role.ANALYST_JMAC)) == {"alerts", "incidents", "patrols"}
    assert set(heard(live, staff, Role.WATCHKEEPER_JOC)) == {"alerts", "incidents", "patrols", "havens"}


def test_a_haven_is_heard_of_by_those_who_may_see_it(
    app: Flask, staff: Staff, live: Any, clone: Clone, owner: psycopg.Connection
) -> None:
    looked(live, clone)
    listeners = [(Role.CLA, WEST), (Role.CLA, EAST), (Role.HOM, WEST), (Role.POC_OFFICER, WEST)]
    for exposure, hear in (("public", [True, False, True, True]), ("secret", [False, False, False, True])):
        before = [heard(live, staff, role, sector)["havens"] for role, sector in listeners]
        made = haven(owner, staff.sectors[WEST], exposure)
        looked(live, clone)
        after = [heard(live, staff, role, sector)["havens"] for role, sector in listeners]
        assert [a != b for a, b in zip(before, after, strict=True)] == hear, exposure
        with owner.transaction():
            owner.execute(
                "UPDATE havens SET state = 'open', changed_at = clock_timestamp() WHERE id = %s", [made]
            )
            record(owner)
        looked(live, clone)
        again = [heard(live, staff, role, sector)["havens"] for role, sector in listeners]
        assert [a != b for a, b in zip(after, again, strict=True)] == hear, exposure


def test_an_incident_is_heard_of_in_its_sector_by_those_who_read_incidents(
    app: Flask, staff: Staff, live: Any, clone: Clone, owner: psycopg.Connection
) -> None:
    looked(live, clone)
    listeners = [(Role.SECTOR_OPS, WEST), (Role.SECTOR_OPS, EAST), (Role.HOM, WEST)]
    before = [heard(live, staff, role, sector)["incidents"] for role, sector in listeners]
    ground.incidents(owner, staff, 1)
    looked(live, clone)
    after = [heard(live, staff, role, sector)["incidents"] for role, sector in listeners]
    assert [a != b for a, b in zip(before, after, strict=True)] == [True, False, True]
    owner.execute("SELECT vigil.fold_layer_changes()")
    looked(live, clone)
    assert [heard(live, staff, role, sector)["incidents"] for role, sector in listeners] == after


def test_a_page_that_comes_back_is_told_of_what_it_missed_and_of_nothing_else(
    app: Flask, staff: Staff, live: Any, clone: Clone, owner: psycopg.Connection
) -> None:
    looked(live, clone)
    cookie = cookie_of(staff, Role.HOM)
    body = iter(stream_body(live, cookie, ""))
    first = next(body).decode()
    mark = first.split("id: ")[1].split("\n")[0]
    assert HEARD.fullmatch(mark)
    haven(owner, staff.sectors[WEST], "mission")
    looked(live, clone)
    again = iter(stream_body(live, cookie, mark))
    next(again)
    told = next(again).decode()
    assert "event: havens" in told and "event: alerts" not in told
    assert told.split("id: ")[1].split("\n")[0] != mark


def stream_body(live: Any, cookie: str, heard_last: str) -> Any:
    environ = {
        "PATH_INFO": "/live/alerts", "REQUEST_METHOD": "GET", "HTTP_COOKIE": f"{COOKIE}={cookie}",
        "HTTP_HOST": "127.0.0.1:8101", "HTTP_LAST_EVENT_ID": heard_last,
    }  # fmt: skip
    return live.app(environ, lambda _status, _headers: None)
