"""Threats: assessed, reviewed, ended; the score is never hidden, and the sector is that of the area's middle."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.permissions import Role
from app.threats import queries, wording
from app.threats.models import Threat
from geo.risk import ThreatBand
from tests.people import EAST, WEST, Staff, csrf_of, record

SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


def square(lon: float, side: float = 0.2) -> dict[str, Any]:
    ring = [[lon, 0.4], [lon + side, 0.4], [lon + side, 0.4 + side], [lon, 0.4 + side], [lon, 0.4]]
    return {"type": "Polygon", "coordinates": [ring]}


def assessment(actor: int, **changes: Any) -> dict[str, Any]:
    body = {
        "name": "EXERCISE raids along the river", "actor_id": actor, "target": "EXERCISE river villages",
        "kind": "looting_extortion_checkpoint", "area": square(0.4), "intent": 3, "capability": 2, "likelihood": 4,
        "impact": 3, "residual_likelihood": 2, "review_on": SOON,
    } | changes  # fmt: skip
    return {k: v for k, v in body.items() if v is not ...}


def post(client: FlaskClient, headers: dict[str, str], body: Any) -> Any:
    return client.post("/api/v1/threats", json=body, headers=headers)


def test_a_threat_is_assessed_with_its_inherent_and_residual_risk(
    client: FlaskClient, staff: Staff, actor: int, owner: psycopg.Connection
) -> None:
    answer = post(client, staff.bearer(Role.SECTOR_OPS), assessment(actor))
    assert answer.status_code == 201, answer.json
    assert answer.json["inherent"] == {"likelihood": 4, "impact": 3, "score": 12, "band": "high"}
    assert answer.json["residual"] == {"likelihood": 2, "impact": 3, "score": 6, "band": "medium"}
    assert answer.json["sector_id"] == staff.sectors[WEST]
    assert answer.json["area"]["type"] == "MultiPolygon"
    event = owner.execute("SELECT subject FROM ledger_events WHERE action = 'threats.assessed'").fetchone()
    assert event == (f"threats:{answer.json['id']}",)


def test_a_circle_is_an_area_too(
    client: FlaskClient, staff: Staff, actor: int, owner: psycopg.Connection
) -> None:
    circle = {"centre": {"lon": 1.5, "lat": 0.5}, "radius_metres": 10_000}
    answer = post(client, staff.bearer(Role.POC_OFFICER), assessment(actor, area=..., circle=circle))
    assert answer.status_code == 201, answer.json
    assert answer.json["sector_id"] == staff.sectors[EAST]
    km = owner.execute("SELECT ST_Area(geography(area)) / 1e6 FROM threats").fetchone()
    assert km and 312 < km[0] < 315


def test_the_sector_is_the_smallest_that_covers_the_middle(
    client: FlaskClient, staff: Staff, actor: int
) -> None:
    analyst = staff.bearer(Role.ANALYST_JMAC)
    for lon, side, sector in ((0.85, 0.2, "WEST"), (0.95, 0.2, "EAST"), (5.0, 0.2, None)):
        answer = post(client, analyst, assessment(actor, area=square(lon, side)))
        assert answer.json["sector_id"] == (staff.sectors[sector] if sector else None)


@pytest.mark.parametrize("changes", [
    {"area": ...}, {"circle": {"centre": {"lon": 0.5, "lat": 0.5}, "radius_metres": 5}}, {"actor_id": 10**9},
    {"area": {"type": "Point", "coordinates": [0.5, 0.5]}}, {"area": {"type": "Polygon", "coordinates": []}},
    {"area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}}, {"area": "round"},
    {"area": {"type": "Polygon", "coordinates": [[[0, 0]] * 20_000]}}, {"likelihood": 6}, {"impact": 0}, {"intent": 5},
    {"review_on": "2020-01-01"}, {"review_on": "3000-01-01"}, {"name": ""}, {"name": "\x00"}, {"kind": "unrest"},
    {"area": ..., "circle": {"centre": {"lon": 0.5, "lat": 0.5}, "radius_metres": 1e9}},
    {"area": ..., "circle": {"centre": {"mgrs": "nonsense"}, "radius_metres": 100}}, {"surprise": 1},
])  # fmt: skip
def test_what_is_no_assessment_is_refused(
    client: FlaskClient, staff: Staff, actor: int, owner: psycopg.Connection, changes: dict[str, Any]
) -> None:
    answer = post(client, staff.bearer(Role.POC_OFFICER), assessment(actor, **changes))
    assert answer.status_code in (400, 422), answer.json
    assert owner.execute("SELECT count(*) FROM threats").fetchone() == (0,)


@pytest.mark.parametrize(("changes", "said"), [
    ({"area": {"type": "Point", "coordinates": [0.5, 0.5]}}, "The area is a polygon."),
    ({"area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}}, "A polygon crosses"),
    ({"area": {"type": "Polygon", "coordinates": [[[0, 0]] * 20_000]}}, "The shape has more than 10,000 positions."),
    ({"area": ..., "circle": {"centre": {"lon": 0.5, "lat": 89.5}, "radius_metres": 100}}, "The area would reach a pole"),
])  # fmt: skip
def test_it_is_said_what_is_wrong_with_an_area(
    client: FlaskClient, staff: Staff, actor: int, changes: dict[str, Any], said: str
) -> None:
    answer = post(client, staff.bearer(Role.POC_OFFICER), assessment(actor, **changes))
    assert answer.status_code == 422
    assert answer.json["detail"].startswith(said) and answer.json["fields"]["area"] == answer.json["detail"]


@pytest.mark.parametrize(("role", "sector", "create", "read"), [
    (Role.SECTOR_OPS, WEST, 201, 200), (Role.SECTOR_OPS, EAST, 403, 404), (Role.POC_OFFICER, EAST, 201, 200),
    (Role.WATCHKEEPER_JOC, WEST, 403, 200), (Role.PATROL_CDR, WEST, 403, 200), (Role.PATROL_CDR, EAST, 403, 404),
    (Role.LEGAL, WEST, 403, 403), (Role.SYSADMIN, WEST, 403, 403),
])  # fmt: skip
def test_who_reads_and_who_assesses(
    client: FlaskClient, staff: Staff, actor: int, role: Role, sector: str, create: int, read: int
) -> None:
    standing = post(client, staff.bearer(Role.ANALYST_JMAC), assessment(actor)).json["id"]
    headers = staff.bearer(role, sector)
    assert post(client, headers, assessment(actor)).status_code == create
    assert client.get(f"/api/v1/threats/{standing}", headers=headers).status_code == read
    changed = client.put(f"/api/v1/threats/{standing}", json=assessment(actor), headers=headers).status_code
    assert changed == {201: 200, 403: 403}[create] if read != 404 else changed in (403, 404)


def test_the_database_keeps_threats_within_sectors_by_itself(
    client: FlaskClient, staff: Staff, actor: int
) -> None:
    post(client, staff.bearer(Role.ANALYST_JMAC), assessment(actor))
    for role, sector, seen in ((Role.SECTOR_OPS, WEST, 1), (Role.SECTOR_OPS, EAST, 0), (Role.LEGAL, WEST, 0)):
        with staff.acting(role, sector):
            assert db.session.scalar(db.select(db.func.count()).select_from(Threat)) == seen


def test_a_new_assessment_keeps_the_old_figures_in_the_log_and_the_area_where_none_is_given(
    client: FlaskClient, staff: Staff, actor: int, owner: psycopg.Connection
) -> None:
    ops = staff.bearer(Role.SECTOR_OPS)
    made = post(client, ops, assessment(actor)).json
    answer = client.put(
        f"/api/v1/threats/{made['id']}", json=assessment(actor, area=..., impact=5), headers=ops
    )
    assert (answer.json["inherent"]["score"], answer.json["area"]) == (20, made["area"])
    details = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'threats.reassessed'"
    ).fetchone()
    assert details and (details[0]["before"]["impact"], details[0]["after"]["impact"]) == (3, 5)
    moved = client.put(f"/api/v1/threats/{made['id']}", json=assessment(actor, area=square(1.4)), headers=ops)
    assert moved.status_code == 403  # out of his sectors
    assert client.get(f"/api/v1/threats/{made['id']}", headers=ops).json["area"] == made["area"]


def test_an_ended_threat_stays_on_record_and_off_the_matrix(
    client: FlaskClient, staff: Staff, actor: int
) -> None:
    ops = staff.bearer(Role.SECTOR_OPS)
    threat = post(client, ops, assessment(actor)).json["id"]
    end = f"/api/v1/threats/{threat}/end"
    assert client.post(end, json={"reason": "no"}, headers=ops).status_code == 422
    assert client.post(end, json={"reason": "EXERCISE: they have left"}, headers=ops).json["ended_at"]
    assert client.post(end, json={"reason": "EXERCISE: they have left"}, headers=ops).status_code == 409
    assert client.put(f"/api/v1/threats/{threat}", json=assessment(actor), headers=ops).status_code == 409
    assert client.get("/api/v1/threats", headers=ops).json["total"] == 0
    assert client.get("/api/v1/threats?state=ended", headers=ops).json["total"] == 1
    with staff.acting(Role.SECTOR_OPS):
        assert sum(c.count for row in queries.matrix() for c in row) == 0


def test_the_matrix_counts_what_the_viewer_may_read(client: FlaskClient, staff: Staff, actor: int) -> None:
    analyst = staff.bearer(Role.ANALYST_JMAC)
    for lon in (0.4, 0.5, 1.4):
        post(client, analyst, assessment(actor, area=square(lon)))
    for sector, count in ((WEST, 2), (EAST, 1)):
        with staff.acting(Role.SECTOR_OPS, sector):
            now, after = queries.matrix(), queries.matrix(residual=True)
        assert now[1][2].count == count and (now[1][2].likelihood, now[1][2].impact) == (4, 3)
        assert after[3][2].count == count
        assert sum(c.count for row in now for c in row) == count
        assert now[4][4].band == "high"  # impact 5 is never below high
    assert set(wording.BANDS) == set(ThreatBand)


def test_a_review_that_is_overdue_comes_first(
    client: FlaskClient, staff: Staff, actor: int, owner: psycopg.Connection
) -> None:
    ops = staff.bearer(Role.SECTOR_OPS)
    late = post(client, ops, assessment(actor, likelihood=1, name="EXERCISE late")).json["id"]
    post(client, ops, assessment(actor, likelihood=5))
    with owner.transaction():
        owner.execute("UPDATE threats SET review_on = current_date - 1 WHERE id = %s", [late])
        record(owner)
    assert client.get("/api/v1/threats", headers=ops).json["threats"][0]["id"] == late
    assert client.get("/api/v1/threats?state=overdue", headers=ops).json["total"] == 1
    page = staff.client(Role.SECTOR_OPS).get("/threats").get_data(as_text=True)
    assert page.index("EXERCISE late") < page.index("EXERCISE raids")
    assert "overdue" in page and "5 × 3 = 15" in page


def form(page: str, actor: int, **changes: str) -> dict[str, str]:
    return {
        "csrf_token": page, "name": "EXERCISE raids", "actor_id": str(actor), "kind": "cattle_raid",
        "target": "EXERCISE herders", "centre": "0.5, 0.5", "radius_km": "12", "intent": "2", "capability": "2",
        "likelihood": "3", "impact": "4", "residual_likelihood": "", "residual_impact": "3", "confidence": "moderate",
        "review_on": SOON,
    } | changes  # fmt: skip


def test_a_threat_is_assessed_and_reviewed_on_the_pages(
    staff: Staff, actor: int, owner: psycopg.Connection
) -> None:
    ops = staff.client(Role.SECTOR_OPS)
    token = csrf_of(ops, "/threats/new")
    made = ops.post("/threats/new", data=form(token, actor))
    assert made.status_code == 303
    page = ops.get(made.location).get_data(as_text=True)
    assert "3 × 4 = 12" in page and "3 × 3 = 9" in page
    edit = ops.get(f"{made.location}/edit").get_data(as_text=True)
    assert "EXERCISE herders" in edit and 'selected value="4"' in edit
    again = ops.post(f"{made.location}/edit", data=form(token, actor, centre="", radius_km="", impact="5"))
    assert again.status_code == 303
    assert owner.execute("SELECT impact, residual_impact, residual_likelihood FROM threats").fetchone() == (
        5,
        3,
        None,
    )
    panel = ops.get(f"{made.location}/panel").get_data(as_text=True)
    assert "<html" not in panel and "Assess anew" in panel
    reader = staff.client(Role.WATCHKEEPER_JOC).get(made.location).get_data(as_text=True)
    assert "Assess anew" not in reader
    ended = ops.post(
        f"{made.location}/end", data={"csrf_token": token, "reason": "EXERCISE: they have left"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert "This threat has ended." in ended.get_data(as_text=True)
    assert ops.get("/threats?state=all&sort=-residual&search=%00x&kind=crsv&page=0").status_code == 200


@pytest.mark.parametrize("changes", [
    {"centre": "", "radius_km": ""}, {"centre": "nowhere"}, {"radius_km": ""}, {"radius_km": "nan"}, {"centre": "\x00"},
    {"area": "{", "centre": ""}, {"area": "[1]", "centre": ""}, {"area": json.dumps(square(0.4))}, {"actor_id": "7777"},
    {"review_on": "soon"}, {"name": ""}, {"centre": "95, 0"},
])  # fmt: skip
def test_a_wrong_form_is_shown_again_with_what_was_typed(
    staff: Staff, actor: int, owner: psycopg.Connection, changes: dict[str, str]
) -> None:
    ops = staff.client(Role.SECTOR_OPS)
    answer = ops.post("/threats/new", data=form(csrf_of(ops, "/threats/new"), actor, **changes))
    assert answer.status_code == 422
    assert "EXERCISE herders" in answer.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM threats").fetchone() == (0,)
