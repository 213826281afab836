"""Rules as officers read and write them: a sentence, a version for each edit, a test against history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from app.alerts.by_rule import Seen, raise_by_rule
from app.alerts.models import Channel
from app.permissions import Role
from app.rules.forms import ASKS, PROPOSED
from tests.app.rules.world import INSIDE, OUTSIDE, SQUARE, WHY, Ground, rule
from tests.people import EAST, WEST, Staff, csrf_of
from tests.reports import body, put

KEEPER = Role.POC_OFFICER


def written(client: FlaskClient, staff: Staff, role: Role = KEEPER, **changes: Any) -> int:
    answer = client.post("/api/v1/rules", json=rule(**changes), headers=staff.bearer(role))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return int(answer.get_json()["id"])


def filled(page: FlaskClient, at: str, **changes: Any) -> dict[str, Any]:
    return {
        "csrf_token": csrf_of(page, at), "kind": "area", "name": "EXERCISE square", "sector_id": "",
        "carriers": ["patrol"],
        "mode": "inside", "dwell_minutes": "5", "priority": "P2", "alert_kind": "other", "why": WHY,
        "centre": "0.5, 0.5", "radius_km": "9",
    } | changes  # fmt: skip


def test_a_rule_reads_as_one_plain_sentence(client: FlaskClient, staff: Staff) -> None:
    number = written(client, staff)
    told = client.get(f"/api/v1/rules/{number}", headers=staff.bearer(Role.HOM)).get_json()
    assert told["sentence"] == (
        "When a patrol is inside the area for 5 minutes, raise a P2 alert: event of another kind."
    )
    assert (told["state"], told["version"], told["area"]["type"]) == ("off", 1, "MultiPolygon")
    page = staff.client(Role.HOM).get(f"/rules/{number}").get_data(as_text=True)
    assert told["sentence"] in page and WHY in page


def test_what_nothing_watches_is_said_to_those_who_see_all_rules(client: FlaskClient, staff: Staff) -> None:
    """A mission begins with no rule: that an overdue patrol rings nobody stands on the page."""
    said = "Nothing watches these:"
    before = staff.client(Role.POC_OFFICER).get("/rules").get_data(as_text=True)
    assert said in before and "Overdue patrol; Missed check-in" in before
    headers = staff.bearer(Role.POC_OFFICER)
    overdue = rule(area=None, name="EXERCISE overdue", parameters={"kind": "overdue", "red": 60, "amber": 10})
    number = client.post("/api/v1/rules", json=overdue, headers=headers).get_json()["id"]
    assert "Overdue patrol; Missed check-in" in staff.client(Role.POC_OFFICER).get("/rules").get_data(
        as_text=True
    )
    client.post(f"/api/v1/rules/{number}/switch", json={"on": True}, headers=headers)
    after = staff.client(Role.POC_OFFICER).get("/rules").get_data(as_text=True)
    assert said in after and "Overdue patrol; Missed check-in" not in after
    assert said not in staff.client(Role.SECTOR_OPS).get("/rules").get_data(as_text=True)


def test_every_kind_has_its_sentence(client: FlaskClient, staff: Staff) -> None:
    kinds: list[dict[str, Any]] = [
        {"kind": "distance", "carriers": ["patrol", "vehicle"], "to": "threat", "red_km": 2, "amber_km": 5},
        {"kind": "absence", "carriers": ["patrol"], "red": 48, "amber": 24},
        {"kind": "overdue", "red": 60},
        {"kind": "check_in", "red": 60, "amber": 30},
        {"kind": "immobility", "red": 60},
        {
            "kind": "gathering",
            "within_km": 5,
            "period_hours": 72,
            "red": 3,
            "kinds": ["killing", "abduction"],
        },
        {"kind": "indicator", "source": "reports", "period_hours": 72, "red": 3, "kinds": ["hate_speech"]},
        {
            "kind": "indicator",
            "source": "indicators",
            "period_hours": 72,
            "red": 3,
            "kinds": ["market_empty"],
        },
        {"kind": "stale_threat", "red": 7},
        {"kind": "haven_stock", "red": 12, "amber": 48},
    ]
    said = set()
    for parameters in kinds:
        number = written(client, staff, parameters=parameters)
        said.add(client.get(f"/api/v1/rules/{number}", headers=staff.bearer(KEEPER)).get_json()["sentence"])
    assert len(said) == len(kinds)
    assert all(s.startswith("When ") and s.endswith(".") and "%" not in s for s in said)


def test_an_edit_is_a_new_version_and_the_old_one_stands(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    number = written(client, staff)
    headers = staff.bearer(Role.FC_STAFF)
    changed = rule(why="EXERCISE: too many false ones", priority="P3", area=None)
    assert client.put(f"/api/v1/rules/{number}", json=changed, headers=headers).status_code == 200
    rows = owner.execute(
        "SELECT version, priority, why, by_role, ST_AsText(area) FROM rule_versions ORDER BY version"
    ).fetchall()
    assert [r[:4] for r in rows] == [
        (1, "P2", WHY, "poc_officer"), (2, "P3", "EXERCISE: too many false ones", "fc_staff"),
    ]  # fmt: skip
    assert rows[0][4] == rows[1][4], "without an area the old one stands"
    actions = [
        r[0]
        for r in owner.execute("SELECT action FROM ledger_events WHERE action LIKE 'rules.%' ORDER BY id")
    ]
    assert actions == ["rules.written", "rules.rewritten"]


def test_whoever_leaves_a_rule_on_under_a_new_version_answers_for_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    number = written(client, staff)
    client.post(f"/api/v1/rules/{number}/switch", json={"on": True}, headers=staff.bearer(KEEPER))
    client.put(f"/api/v1/rules/{number}", json=rule(), headers=staff.bearer(Role.FC_STAFF))
    row = owner.execute("SELECT enabled_by_id FROM rules").fetchone()
    assert row == (staff.person(Role.FC_STAFF),)


def test_a_sector_officer_writes_for_his_sector_alone(client: FlaskClient, staff: Staff) -> None:
    headers = staff.bearer(Role.SECTOR_OPS)
    for sector, status in ((staff.sectors[WEST], 201), (staff.sectors[EAST], 403), (None, 403)):
        assert (
            client.post("/api/v1/rules", json=rule(sector_id=sector), headers=headers).status_code == status
        )
    whole_mission = written(client, staff)
    assert client.get(f"/api/v1/rules/{whole_mission}", headers=headers).status_code == 404


def test_whoever_only_reads_rules_switches_none(client: FlaskClient, staff: Staff) -> None:
    number = written(client, staff)
    answer = client.post(f"/api/v1/rules/{number}/switch", json={"on": True}, headers=staff.bearer(Role.HOM))
    assert answer.status_code == 403


def test_the_form_stores_a_rule_and_its_page_switches_it_on(staff: Staff, owner: psycopg.Connection) -> None:
    page = staff.client(KEEPER)
    answer = page.post("/rules/new", data=filled(page, "/rules/new?kind=area"))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    where = answer.headers["Location"]
    assert "switched off: it watches nothing" in page.get(where).get_data(as_text=True)
    on = page.post(f"{where}/switch", data={"csrf_token": csrf_of(page, where), "on": "yes"})
    assert on.status_code == 303
    assert owner.execute("SELECT enabled_by_id FROM rules").fetchone() == (staff.person(KEEPER),)
    edited = page.get(f"{where}/edit").get_data(as_text=True)
    assert 'value="5"' in edited and "A new version of this rule" in edited


def test_a_new_rule_proposes_what_fits_its_kind_and_asks_where_nothing_does(
    staff: Staff, owner: psycopg.Connection
) -> None:
    page = staff.client(KEEPER)
    overdue = page.get("/rules/new?kind=overdue").get_data(as_text=True)
    assert '<option selected value="P2">' in overdue and '<option selected value="other">' in overdue
    area = page.get("/rules/new?kind=area").get_data(as_text=True)
    assert area.count('<option selected value="">choose</option>') == 2
    refused = page.post("/rules/new", data=filled(page, "/rules/new?kind=area", priority="", alert_kind=""))
    assert refused.status_code == 422
    assert owner.execute("SELECT count(*) FROM rules").fetchone() == (0,)
    assert set(PROPOSED) == set(ASKS)


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(
    staff: Staff, owner: psycopg.Connection
) -> None:
    page = staff.client(KEEPER)
    wrong = filled(page, "/rules/new?kind=area", centre="", radius_km="", why=WHY)
    answer = page.post("/rules/new", data=wrong)
    said = answer.get_data(as_text=True)
    assert (
        answer.status_code == 422 and "Say where: an area, or a centre and a radius." in said and WHY in said
    )
    assert owner.execute("SELECT count(*) FROM rules").fetchone() == (0,)


def test_the_test_button_says_how_often_when_and_where_and_stores_nothing(
    staff: Staff, ground: Ground, owner: psycopg.Connection
) -> None:
    carrier = ground.patrol(hours_ago=200, call_sign="HAWK 7")
    for day in (1, 2):
        start = day * 1440.0
        ground.told(carrier, INSIDE, start + 30, start + 20, start + 10)
        ground.told(carrier, OUTSIDE, start, start - 10)
    page = staff.client(KEEPER)
    answer = page.post("/rules/new", data=filled(page, "/rules/new?kind=area") | {"then": "test"})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "It would have fired 2 times in the last 30 days" in said
    assert said.count("HAWK 7 is surely at least") == 2
    assert owner.execute("SELECT count(*) FROM rules").fetchone() == (0,)


def test_history_shows_no_more_than_the_viewer_may_see(
    client: FlaskClient, staff: Staff, ground: Ground
) -> None:
    ground.told(ground.patrol(EAST), INSIDE, 40, 30, 20)
    ground.told(ground.patrol(WEST), INSIDE, 40, 30, 20)
    asked = rule(sector_id=staff.sectors[WEST])
    for role, count in ((KEEPER, 1), (Role.SECTOR_OPS, 1)):
        told = client.post("/api/v1/rules/test", json=asked, headers=staff.bearer(role)).get_json()
        assert told["count"] == count
    everywhere = client.post("/api/v1/rules/test", json=rule(), headers=staff.bearer(KEEPER)).get_json()
    assert everywhere["count"] == 2


def test_history_of_every_kind_can_be_asked(client: FlaskClient, staff: Staff, ground: Ground) -> None:
    carrier = ground.patrol(hours_ago=50, ends=-20)
    ground.told(carrier, INSIDE, *range(600, 900, 10))
    for hours in (30, 20, 10):
        ground.incident(hours)
    expected: dict[str, dict[str, Any]] = {
        "absence": {"carriers": ["patrol"], "red": 12}, "overdue": {"red": 60}, "check_in": {"red": 60},
        "immobility": {"red": 60}, "gathering": {"within_km": 5, "period_hours": 72, "red": 3},
        "indicator": {"source": "incidents", "period_hours": 72, "red": 3},
        "distance": {"carriers": ["patrol"], "to": "base", "red_km": 100},
    }  # fmt: skip
    for kind, parameters in expected.items():
        asked = rule(parameters={"kind": kind, **parameters}) | ({} if kind != "distance" else {"area": None})
        told = client.post("/api/v1/rules/test", json=asked, headers=staff.bearer(KEEPER)).get_json()
        assert told["count"] >= 1, kind
        assert all(f["why"] and f["opened_at"] for f in told["firings"])


def test_a_rule_whose_area_can_t_be_made_says_why(client: FlaskClient, staff: Staff, ground: Ground) -> None:
    ground.add("bases", code="B9", name="EXERCISE far north", kind="coy", place="SRID=4326;POINT(0.1 89.5)")
    asked = rule(
        parameters={"kind": "distance", "carriers": ["patrol"], "to": "base", "red_km": 100}, area=None
    )
    told = client.post("/api/v1/rules/test", json=asked, headers=staff.bearer(KEEPER))
    assert told.status_code == 422 and told.get_json()["detail"].startswith("The area would reach a pole")


def test_what_the_rules_see_stands_on_their_page(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    number = written(
        client, staff, parameters={"kind": "absence", "carriers": ["patrol"], "red": 48, "amber": 24}
    )
    owner.execute("BEGIN")
    owner.execute("UPDATE rules SET enabled_at = now(), enabled_by_id = created_by_id")
    owner.execute(
        "INSERT INTO rule_lapses (rule_id, version, subject, opened_at, amber_at, explanation) "
        "VALUES (%s, 1, 'area', now() - interval '1 hour', now(), '{\"value\": 86400}')", [number],
    )  # fmt: skip
    from tests.people import record

    record(owner)
    owner.execute("COMMIT")
    page = staff.client(Role.WATCHKEEPER_JOC).get("/rules").get_data(as_text=True)
    assert "Nobody of ours was surely there for 24 hours" in page and "amber" in page
    queue = staff.client(Role.WATCHKEEPER_JOC).get("/alerts/queue").get_data(as_text=True)
    assert "1 rule sees something that may become worse" in queue
    lapses = client.get(f"/api/v1/rules/{number}/lapses", headers=staff.bearer(KEEPER)).get_json()["lapses"]
    assert [lapse["state"] for lapse in lapses] == ["amber"]


@pytest.mark.parametrize("channel", ["rule", "missed_check_in"])
def test_nobody_says_by_hand_that_a_rule_saw_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, channel: str
) -> None:
    by_hand = {
        "kind": "other", "priority": "P3", "channel": channel, "verbatim": "EXERCISE",
        "place": {"lon": 0.5, "lat": 0.5},
    }  # fmt: skip
    refused = client.post("/api/v1/alerts", json=by_hand, headers=staff.bearer(Role.WATCHKEEPER_JOC))
    assert refused.status_code == 422 and "Rules that watch use this channel alone" in refused.get_data(
        as_text=True
    )
    assert put(client, staff.bearer(Role.PATROL_CDR), body(channel=channel)).status_code == 422
    now = datetime.now(UTC)
    seen = Seen("EXERCISE", "other", "P3", 0.5, 0.5, now, now, ["EXERCISE"], Channel(channel))
    with staff.acting(Role.WATCHKEEPER_JOC), pytest.raises(DBAPIError, match="row-level security"):
        raise_by_rule(seen)
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (0,)


def test_an_outline_that_is_none_is_refused(client: FlaskClient, staff: Staff) -> None:
    line = {"type": "LineString", "coordinates": SQUARE["coordinates"][0]}
    answer = client.post("/api/v1/rules", json=rule(area=line), headers=staff.bearer(KEEPER))
    assert answer.status_code == 422
