"""Whatever is sent to whichever form: the page again with its error, never a fault of ours, nothing half-written."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.api.openapi import PREFIX
from app.factory import LARGEST_BODY
from tests.app.routes import routes, writes
from tests.malformed.breaking import MARKUP, MOMENTS, PLACES, SENT, UNKNOWN_MGRS, ZONE_J, Watch
from tests.malformed.case import WHY
from tests.malformed.endless import Endless
from tests.malformed.forms import FORMS, Form
from tests.matrix.lookers import Looker
from tests.matrix.world import World
from tests.people import WEST, csrf_of

pytestmark = pytest.mark.xdist_group("malformed")

each_form = pytest.mark.parametrize("form", FORMS, ids=str)
ODD = [
    "", " ", "\x00", f"{SENT}\x00", f"{WHY}\x00", MARKUP, SENT * 10_000, "-1", "0", "1.5", "1e999",
    "NaN", "Infinity", "-inf",
    "9" * 5000, str(2**63), str(2**53 + 1), "0x10", "1_000", "²", "١٢", "true", "null", "[]", "{}", '{"type": "Polygon"}',
    "[" * 50_000, '{"type":"Polygon","coordinates":[[' + "[0.5,0.5]," * 30_000 + "[0.5,0.5]]]}", "0001-01-01",
    "9999-12-31", "2026-02-30", "2026-11-21T14:30:00", "9999-12-31T23:59:59-14:00", ZONE_J, "310000ZFEB26",
    *UNKNOWN_MGRS, "0.5, 0.5", "91, 181", "-89.99, 179.99", "\u202e\u2066", "\ufffe", "a\r\nSet-Cookie: x=1",
    "../../etc/passwd", "%s%n", "' OR 1=1 --", "\\",
]  # fmt: skip


class Browser:
    def __init__(self, world: World, form: Form, watch: Watch) -> None:
        self.world, self.form, self.watch = world, form, watch
        self.looker = Looker(form.role)

    def signed_in(self) -> tuple[FlaskClient, str]:
        """A browser and its forms' token."""
        if not self.form.again:
            return self.world.client(self.looker), self.world.tokens[self.looker]
        client = self.world.staff.client(self.form.role, WEST, self.looker.compartments)
        self.watch.forget()
        return client, csrf_of(client)

    def answered(self, fields: dict[str, Any] | None, **more: Any) -> int:
        """Send it; the status, which is no fault of ours, and where it is a refusal nothing was written."""
        method, path = self.form.address(self.world)
        client, token = self.signed_in()
        before = self.watch.state(self.form.counts)
        self.watch.forget()
        answer = client.open(path, method=method, data=fields, headers={"X-CSRFToken": token}, **more)
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert answer.content_type.startswith("text/html")
            told = answer.get_data(as_text=True)
            assert "<script>alert(" not in told and "<img src=x" not in told
            # A sound look at what is sealed is recorded before it is answered, whether it succeeds or not.
            looked = self.form.endpoint == "defenders.unmask" and answer.status_code in (403, 409)
            assert looked or self.watch.state(self.form.counts) == before
        return int(answer.status_code)


@pytest.fixture
def browser(world: World, form: Form, watch: Watch) -> Browser:
    return Browser(world, form, watch)


def test_every_form_is_tried(world: World) -> None:
    there = {r.endpoint for r in routes(world.app) if writes(r) and not r.rule.startswith(PREFIX)}
    assert {form.endpoint for form in FORMS} == there


@each_form
def test_the_form_that_is_broken_here_is_sound_when_it_is_whole(browser: Browser, form: Form) -> None:
    # What other forms here asked for is never searched: nobody has more than two searches at a time.
    browser.world.owner.execute(
        "UPDATE solves SET state = 'failed', error = 'cut_off' WHERE state = 'waiting'"
    )
    browser.watch.forget()
    status = browser.answered(form.body(browser.world))
    # Done to a thing it may come at the wrong time; a wrong password is what is sent to what asks for one.
    expected = (200, 302, 303, 403, 404, 409) if form.kind else (401, 422) if form.counts else (200, 302, 303)
    assert status in expected


@each_form
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(data=st.data())
def test_a_form_broken_in_one_field_gets_a_plain_answer(
    browser: Browser, form: Form, data: st.DataObject
) -> None:
    fields = dict(form.body(browser.world))
    name = data.draw(st.sampled_from([*fields, "unknown"]))
    value = data.draw(st.sampled_from(ODD) | st.text(max_size=30).filter(lambda t: t.isprintable()))
    way = data.draw(st.sampled_from(("instead", "instead", "besides", "left out", "as a file")))
    if way == "instead":
        fields[name] = value
    elif way == "besides":
        fields[name] = [value, fields.get(name, "")] if isinstance(fields.get(name), str) else [value]
    elif way == "as a file":
        fields[name] = (BytesIO(value.encode("utf-8", "surrogatepass")), "x.txt")
    else:
        fields.pop(name, None)
    browser.answered(fields)


@each_form
def test_a_time_in_zone_j_and_a_square_that_is_none_are_refused(browser: Browser, form: Form) -> None:
    fields = form.body(browser.world)
    for name in fields:
        if name in MOMENTS and fields[name]:
            assert browser.answered(fields | {name: ZONE_J}) in (404, 409, 422), name
        if name in PLACES:
            for square in UNKNOWN_MGRS:
                assert browser.answered(fields | {name: square}) in (404, 409, 422), (name, square)


@each_form
def test_a_hundred_megabytes_are_refused_before_they_are_read(browser: Browser, form: Form) -> None:
    for told, most in ((True, 0), (False, LARGEST_BODY + 64 * 1024)):
        body = Endless()
        sent = {"content_type": "application/x-www-form-urlencoded", "environ_overrides": body.sent(told)}
        assert browser.answered(None, **sent) == 413
        assert body.given <= most


@each_form
def test_a_body_that_is_no_form_changes_nothing(browser: Browser, form: Form) -> None:
    """Bytes that are no UTF-8, a form of many parts without its boundary, and JSON."""
    for sent, kind in (
        (b"%FF%FE=%ED%A0%80&a=%00", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b'{"a": NaN}', "application/json"),
        (b"&" * 5000, "application/x-www-form-urlencoded"),
    ):
        browser.answered(None, input_stream=BytesIO(sent), content_length=len(sent), content_type=kind)
