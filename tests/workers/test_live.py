"""The live stream rings for those who read alerts, and for nobody else."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from flask import Flask

from app.cookies import COOKIE
from app.permissions import Role
from tests.people import Staff
from tests.servers import Clone


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


@pytest.mark.parametrize("role", [Role.PATROL_CDR, Role.CLA, Role.SYSADMIN, Role.AUDITOR, Role.PARTNER_NGO])
def test_a_reporter_does_not_hear_that_his_report_raised_an_alert(
    app: Flask, staff: Staff, live: Any, role: Role
) -> None:
    assert asked(live, cookie_of(staff, role))[0] == "401 Unauthorized"


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
