"""Whatever comes in: a clear refusal, never a fault of ours, nothing half-written."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.permissions import Role
from tests.people import Staff
from tests.reports import body, put

MARKUP = "<script>alert(1)</script>${alert(2)}{{7*7}}<img src=x onerror=alert(3)>"


def polygon(corners: int) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[0.5, 0.5]] * corners]}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "picnic"}, {"kind": 5}, {"kind": None}, {"what": ""}, {"what": "x" * 201},
        {"what": ["list"]}, {"text": "x" * 8001}, {"place": {}}, {"place": {"lon": 0.5}}, {"place": "here"},
        {"place": {"lon": 181, "lat": 0}}, {"place": {"lon": "x", "lat": 0}}, {"place": {"lon": 0.5, "lat": None}},
        {"place": {"mgrs": "31N BA 2 66"}}, {"place": {"mgrs": "99Z ZZ 00 00"}}, {"place": {"mgrs": "I0N OA 22 66"}},
        {"place": {"code": "NOWHERE"}}, {"place": {"lon": 0.5, "lat": 0.5, "mgrs": "31N BA 22 66"}},
        {"place": {"lon": 0.5, "lat": 0.5, "precision": 9}}, {"place": polygon(1000)},
        {"occurred_at": "211430JNOV26"}, {"occurred_at": "yesterday"}, {"occurred_at": "2999-01-01T00:00:00Z"},
        {"occurred_at": "1066-10-14T00:00:00Z"}, {"occurred_at": "2026-11-21T14:30:00"}, {"occurred_at": 5},
        {"occurred_at": "9999-12-31T23:59:59-14:00"}, {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"people_affected": [{"count": -1}]}, {"people_affected": [{"count": 1.5}]},
        {"people_affected": [{"count": 1, "sex": "x"}]}, {"people_affected": [{"count": 1}] * 61},
        {"people_affected": {"count": 1}}, {"actors": ["x"] * 11}, {"actors": "x"}, {"source_reliability": "Z"},
        {"credibility": 7}, {"credibility": "3"}, {"credibility": True}, {"date_precision": 0}, {"surprise": 1},
        {"patrol_id": 10**30}, {"patrol_id": -1},
    ],
)  # fmt: skip
def test_a_field_that_can_t_be_used_is_named_and_nothing_is_stored(
    app: Flask, staff: Staff, owner: psycopg.Connection, changes: dict[str, Any]
) -> None:
    answer = put(app.test_client(), staff.bearer(Role.PATROL_CDR), body(**changes))
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    assert answer.json["fields"]
    assert owner.execute("SELECT count(*) FROM field_reports").fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM ledger_events WHERE action LIKE 'reports%'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("sent", "kind", "expected"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"kind": NaN}', "application/json", 400),
        (b'{"place": {"lon": Infinity, "lat": 1e999}}', "application/json", 400),
        (b'{"kind": "other", "kind": "abduction"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "application/json", 400),
        (b'{"what": "a\\u0000b"}', "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"kind=other", "application/x-www-form-urlencoded", 415),
        (b"x" * (3 * 1024 * 1024), "application/json", 413),
    ],
)
def test_a_body_that_can_t_be_read_is_refused(
    app: Flask, staff: Staff, sent: bytes, kind: str, expected: int
) -> None:
    answer = app.test_client().put(
        f"/api/v1/reports/{uuid4()}", data=sent, content_type=kind, headers=staff.bearer(Role.PATROL_CDR)
    )
    assert answer.status_code == expected
    assert answer.content_type == "application/problem+json"


def test_an_id_that_is_no_uuid_answers_as_nothing(app: Flask, staff: Staff) -> None:
    answer = app.test_client().put("/api/v1/reports/5", json=body(), headers=staff.bearer(Role.PATROL_CDR))
    assert answer.status_code == 404


def test_a_refusal_never_repeats_what_was_sent(app: Flask, staff: Staff) -> None:
    sent = body(kind=MARKUP, actors=[{MARKUP: MARKUP}], **{MARKUP: 1})
    answer = put(app.test_client(), staff.bearer(Role.PATROL_CDR), sent)
    assert answer.status_code == 422
    assert "script" not in answer.get_data(as_text=True)
    assert "alert(" not in answer.get_data(as_text=True)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(sorted(body())), value=values)
def test_any_value_in_any_field_gets_a_plain_answer(
    app: Flask, staff: Staff, owner: psycopg.Connection, field: str, value: Any
) -> None:
    before = owner.execute("SELECT count(*) FROM field_reports").fetchone()
    assert before
    try:
        sent = json.dumps(body(**{field: value}))
    except ValueError:
        return
    headers = staff.bearer(Role.PATROL_CDR)
    answer = app.test_client().put(
        f"/api/v1/reports/{uuid4()}", data=sent.encode("utf-8", "surrogatepass"),
        content_type="application/json", headers=headers,
    )  # fmt: skip
    assert answer.status_code in (201, 400, 422)
    after = owner.execute("SELECT count(*) FROM field_reports").fetchone()
    assert after
    assert after[0] - before[0] == (1 if answer.status_code == 201 else 0)
