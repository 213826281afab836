"""Whatever is sent to whichever route of the API: a clear refusal, never a fault of ours, nothing half-written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.factory import LARGEST_BODY
from app.permissions import Role
from tests.malformed.bodies import CASES, WITHOUT_BODY, bearers, taking
from tests.malformed.breaking import (
    IMPOSSIBLE,
    MOMENTS,
    PLACES,
    SENT,
    UNKNOWN_MGRS,
    ZONE_J,
    Watch,
    broken,
    nested,
    places,
    polygon,
    put,
    written,
)
from tests.malformed.case import Case
from tests.malformed.endless import Endless
from tests.matrix.world import World

pytestmark = pytest.mark.xdist_group("malformed")

READING = [case for case in CASES if case.endpoint not in WITHOUT_BODY]
each_case = pytest.mark.parametrize("case", READING, ids=str)


@pytest.fixture(scope="session")
def headers(world: World) -> dict[Role, dict[str, str]]:
    return bearers(world)


class Sender:
    def __init__(self, world: World, case: Case, headers: dict[Role, dict[str, str]], watch: Watch) -> None:
        self.world, self.case, self.headers, self.watch = world, case, headers[case.role], watch

    def send(self, data: Any, kind: str = "application/json", **more: Any) -> Any:
        method, path = self.case.address(self.world)
        self.watch.forget()
        return self.world.app.test_client().open(
            path, method=method, data=data, content_type=kind, headers=self.headers, **more
        )

    def refused(self, data: Any, kind: str = "application/json", **more: Any) -> int:
        """Send what can't be taken; the answer's status."""
        before = self.watch.state()
        answer = self.send(data, kind, **more)
        assert 400 <= answer.status_code < 500, answer.get_data(as_text=True)
        self.is_problem(answer)
        assert self.watch.state() == before
        return int(answer.status_code)

    @staticmethod
    def is_problem(answer: Any) -> None:
        assert answer.content_type == "application/problem+json"
        told = answer.get_json()
        assert told["status"] == answer.status_code and told["code"] and told["detail"]
        assert SENT not in answer.get_data(as_text=True)


@pytest.fixture
def sender(world: World, case: Case, headers: dict[Role, dict[str, str]], watch: Watch) -> Sender:
    return Sender(world, case, headers, watch)


def test_every_route_that_takes_a_body_is_tried(world: World) -> None:
    assert {case.endpoint for case in CASES} == taking(world.app)


@each_case
def test_the_body_that_is_broken_here_is_sound_when_it_is_whole(sender: Sender, case: Case) -> None:
    answer = sender.send(written(case.body(sender.world)))
    # What is done to a thing may come at the wrong time; a field that can't be used is another matter.
    allowed = (200, 201, 409) if case.kind else (200, 201, 202)
    assert answer.status_code in allowed, answer.get_data(as_text=True)


@each_case
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(data=st.data())
def test_a_body_broken_in_one_place_gets_a_plain_answer(
    sender: Sender, case: Case, data: st.DataObject
) -> None:
    sent = data.draw(broken(case.body(sender.world)))
    before = sender.watch.state()
    answer = sender.send(written(sent.body))
    assert answer.status_code < 500
    if answer.status_code >= 400:
        sender.is_problem(answer)
        # A sound look at what is sealed is recorded before it is answered, whether it succeeds or not.
        if case.endpoint != "defenders_api.unmask" or answer.status_code not in (403, 409):
            assert sender.watch.state() == before
    else:
        assert not sent.impossible


@each_case
def test_what_no_field_takes_is_refused_in_every_field(sender: Sender, case: Case) -> None:
    body = case.body(sender.world)
    for n, at in enumerate(places(body)):
        assert sender.refused(written(put(body, at, IMPOSSIBLE[n % len(IMPOSSIBLE)]))) in (400, 422), at


@each_case
def test_a_time_in_zone_j_and_a_square_that_is_none_are_refused(sender: Sender, case: Case) -> None:
    body = case.body(sender.world)
    for at in places(body):
        if at and at[-1] in MOMENTS:
            assert sender.refused(written(put(body, at, ZONE_J))) == 422, at
        if at and at[-1] in PLACES:
            for square in UNKNOWN_MGRS:
                assert sender.refused(written(put(body, at, {"mgrs": square}))) in (400, 422), (at, square)


# What is sent, as what, and the status that answers it.
UNREADABLE = [
    (b"{", "application/json", 400), (b"\xff\xfe{}", "application/json", 400),
    (b"[" * 100_000, "application/json", 400), (b'{"a":' * 500 + b"1" + b"}" * 500, "application/json", 400),
    (b'{"note": 1, "note": 2}', "application/json", 400), (b'{"note": "a\\u0000b"}', "application/json", 400),
    (b"1" * 5000, "application/json", 400), (b"[]", "application/json", 422), (b"null", "application/json", 422),
    (b'"x"', "application/json", 422), (b"1e999", "application/json", 422), (b"{}", "text/plain", 415),
    (b"note=x", "application/x-www-form-urlencoded", 415), (b"x" * (3 * 1024 * 1024), "application/json", 413),
]  # fmt: skip


@each_case
def test_a_body_that_can_t_be_read_is_refused(sender: Sender, case: Case) -> None:
    for sent, kind, expected in UNREADABLE:
        assert sender.refused(sent, kind) == expected, sent[:40]


@each_case
def test_a_hundred_megabytes_are_refused_before_they_are_read(sender: Sender, case: Case) -> None:
    for told, most in ((True, 0), (False, LARGEST_BODY + 64 * 1024)):
        body = Endless()
        assert sender.refused(None, environ_overrides=body.sent(told)) == 413
        assert body.given <= most


@pytest.mark.parametrize("corners", [30_000, 1_000_000])
@pytest.mark.parametrize("case", [c for c in READING if c.endpoint.startswith("threats_api")], ids=str)
def test_a_polygon_of_a_million_points_is_refused(sender: Sender, case: Case, corners: int) -> None:
    body = {k: v for k, v in case.body(sender.world).items() if k != "circle"}
    sent = json.dumps(body | {"area": polygon(corners)}, separators=(",", ":")).encode()
    assert sender.refused(sent) == (422 if len(sent) <= LARGEST_BODY else 413)


@pytest.mark.parametrize("case", [c for c in CASES if c.endpoint in WITHOUT_BODY], ids=str)
def test_a_route_that_reads_no_body_minds_none(sender: Sender, case: Case) -> None:
    for sent in (b"{", b"[" * 1000, written(nested(50)), b"\x00"):
        assert sender.send(sent).status_code < 500
