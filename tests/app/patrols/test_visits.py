"""A visit to a defender: its leader, whoever ordered it and those who read defenders there know where it goes; others
know that it lives, and no output of the house tells them more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.patrols import actions
from app.patrols.models import PatrolMode
from app.patrols.planning import Plan, Stop
from app.permissions import Role
from tests.app.patrol_orders.world import issued, written
from tests.app.patrols.conftest import Units
from tests.people import WEST, Staff, csrf_of

# What must not be told: names, words, and degrees as they are written in any form.
SECRETS = ("school lane", "OSPREY", "0.7312", "0.5217", "0.7313", "Visit to a defender")
READERS = (Role.WATCHKEEPER_JOC, Role.ANALYST_JMAC, Role.BN_OPS, Role.HOM)


@pytest.fixture
def visit(staff: Staff, units: Units) -> int:
    start = datetime.now(UTC)
    with staff.acting(Role.SECTOR_OPS):
        made = actions.plan_patrol(
            Plan(units.near, PatrolMode.FOOT, "defender_visit", "EXERCISE see codename OSPREY", start,
                 start + timedelta(hours=4),
                 (Stop("EXERCISE school lane", 0.7312, 0.5217), Stop("EXERCISE school lane 2", 0.7313, 0.5217)))
        ).id  # fmt: skip
        db.session.commit()
    return made


@pytest.fixture
def out(client: FlaskClient, staff: Staff, units: Units, visit: int) -> int:
    """Under way, under an order, at its first stop, with positions; the number of the patrol."""
    issued(client, staff, visit, tasks=[], sealed_sheet=True)
    with staff.app.app_context():
        stop = staff.owner.execute(
            "SELECT min(id) FROM patrol_stops WHERE patrol_id = %s", [visit]
        ).fetchone()
    assert stop
    leader = staff.bearer(Role.PATROL_CDR)
    for act, body in (("set-off", {}), ("arrive", {"stop_id": stop[0]})):
        answer = client.post(f"/api/v1/patrols/{visit}/{act}", json=body, headers=leader)
        assert answer.status_code == 200, answer.json
    fixes = [{"at": datetime.now(UTC).isoformat(), "lon": 0.7312, "lat": 0.5217, "accuracy_metres": 10}]
    answer = client.post(f"/api/v1/patrols/{visit}/positions", json={"positions": fixes}, headers=leader)
    assert answer.status_code == 201, answer.json
    return visit


def addresses(visit: int, track: int) -> list[str]:
    return [
        f"/api/v1/patrols/{visit}", "/api/v1/patrols", "/api/v1/patrols?sort=purpose", f"/patrols/{visit}", "/patrols",
        f"/api/v1/patrols/{visit}/positions", f"/patrols/{visit}/panel", f"/patrols/{visit}/order",
        f"/api/v1/patrols/{visit}/order", f"/api/v1/patrols/{visit}/deviations", "/ogc/collections/patrols/items?f=json",
        f"/ogc/collections/patrols/items/{visit}?f=json", "/map/layers/patrols.geojson", "/api/v1/positions",
        f"/api/v1/tracks/{track}?day={datetime.now(UTC).date()}", f"/api/v1/carriers/{track}", f"/carriers/{track}",
        "/api/v1/find?q=HAWK+1-1", "/predictability", "/coverage", "/api/v1/coverage",
        f"/map/layers/patrols.geojson?known_at={(datetime.now(UTC) + timedelta(seconds=1)).isoformat()[:19]}Z",
    ]  # fmt: skip


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def track_of(owner: psycopg.Connection, visit: int) -> int:
    row = owner.execute("SELECT id FROM tracked WHERE patrol_id = %s", [visit]).fetchone()
    assert row
    return int(row[0])


def test_no_page_layer_or_track_tells_where_a_visit_goes(
    staff: Staff, owner: psycopg.Connection, out: int
) -> None:
    track = track_of(owner, out)
    for role in READERS:
        browser = staff.client(role)
        for address in addresses(out, track):
            answer = browser.get(address)
            assert answer.status_code in (200, 403, 404), (role, address)
            assert leaks(answer.get_data(as_text=True)) == [], (role, address)
    told = staff.client(Role.SECTOR_OPS).get(f"/api/v1/patrols/{out}").json
    assert [s["lon"] for s in told["stops"]] == [0.7312, 0.7313] and "OSPREY" in told["task"]
    led = staff.client(Role.PATROL_CDR).get("/api/v1/patrols/mine").json["patrols"][0]
    assert led["purpose"] == "defender_visit" and len(led["stops"]) == 2


def test_others_see_that_it_lives_and_nothing_can_be_asked_by_its_purpose(staff: Staff, out: int) -> None:
    watch = staff.client(Role.WATCHKEEPER_JOC)
    seen = watch.get(f"/api/v1/patrols/{out}").json
    assert (seen["call_sign"], seen["state"], seen["overdue"]) == ("HAWK 1-1", "under_way", False)
    assert seen["purpose"] is None and seen["stops"] == [] and seen["next_stop"] is None
    assert seen["position"]["at"] and seen["position"]["lon"] is None
    asked = "/ogc/collections/patrols/items?f=json&purpose="
    assert watch.get(asked + "defender_visit").json["features"] == []
    assert len(staff.client(Role.SECTOR_OPS).get(asked + "defender_visit").json["features"]) == 1
    assert watch.get("/ogc/collections/patrols/items?f=json").json["features"][0]["geometry"] is None


@pytest.mark.parametrize("form", ["csv", "geojson", "kml", "gpx"])
def test_files_that_leave_tell_nothing_of_it(staff: Staff, out: int, form: str) -> None:
    watch = staff.client(Role.WATCHKEEPER_JOC)
    answer = watch.post("/patrols/export", data={"csrf_token": csrf_of(watch, "/patrols"), "format": form})
    assert answer.status_code == 200 and leaks(answer.get_data(as_text=True)) == []


def test_a_tile_of_the_place_is_the_same_with_it_and_without(staff: Staff, out: int) -> None:
    # The tile of zoom 8 in which the stops lie.
    assert leaks(repr(staff.client(Role.WATCHKEEPER_JOC).get("/tiles/patrols/8/128/127.mvt").data)) == []
    assert b"HAWK" not in staff.client(Role.WATCHKEEPER_JOC).get("/tiles/patrols/8/128/127.mvt").data
    assert b"HAWK" in staff.client(Role.SECTOR_OPS).get("/tiles/patrols/8/128/127.mvt").data


def test_a_handover_s_note_tells_nothing_of_it_whoever_wrote_it(
    staff: Staff, client: FlaskClient, out: int
) -> None:
    body = {"id": str(uuid4()), "note": "EXERCISE quiet night", "tasks": [], "sector_id": staff.sectors[WEST]}
    made = client.post("/api/v1/handovers", json=body, headers=staff.bearer(Role.SECTOR_OPS))
    assert made.status_code == 201, made.json
    patrol = made.json["items"]["patrols"][0]
    assert patrol["call_sign"] == "HAWK 1-1" and patrol["purpose"] is None and patrol["next_stop"] is None
    page = staff.client(Role.WATCHKEEPER_JOC).get(f"/handovers/{made.json['id']}")
    assert page.status_code == 200 and leaks(page.get_data(as_text=True)) == []


def test_another_officer_approves_how_it_goes_out_and_neither_reads_nor_writes_where(
    client: FlaskClient, staff: Staff, visit: int
) -> None:
    made = written(client, staff.bearer(Role.SECTOR_OPS), visit, tasks=[], sealed_sheet=True,
                   alternate_route="by the school lane", hazards_note="EXERCISE OSPREY")  # fmt: skip
    assert made.status_code == 201 and made.json["line"], made.json
    other = staff.bearer(Role.FC_STAFF)
    version = client.get(f"/api/v1/patrols/{visit}/order", headers=other).json["versions"][0]
    assert (
        version["line"] is None
        and version["content"]["pace"]["primary"] == "VHF 4"
        and leaks(str(version)) == []
    )
    assert client.get(f"/patrols/{visit}/order/new", headers=other).status_code in (302, 401, 403)
    assert written(client, other, visit, tasks=[], sealed_sheet=True).status_code == 403
    approved = client.post(f"/api/v1/patrols/{visit}/order/1/approve", json={}, headers=other)
    assert approved.status_code == 200 and leaks(str(approved.json)) == []


def test_positions_come_from_those_alone_who_may_know_of_the_visit(
    client: FlaskClient, staff: Staff, out: int
) -> None:
    """Whoever may invent some learns from what becomes of them how far the real ones are."""
    later = [
        {
            "patrol": out,
            "at": (datetime.now(UTC) + timedelta(seconds=1)).isoformat(),
            "lon": 0.7314,
            "lat": 0.5218,
        }
    ]
    for role in (Role.BN_OPS, Role.FC_STAFF):
        answer = client.post("/api/v1/positions", json={"positions": later}, headers=staff.bearer(role))
        assert answer.json["positions"] == [{"result": "refused", "reason": "not_yours", "flags": []}], (
            answer.json
        )
        assert (
            client.post(
                f"/api/v1/patrols/{out}/positions",
                json={"positions": [{k: v for k, v in later[0].items() if k != "patrol"}]},
                headers=staff.bearer(role),
            ).status_code
            == 403
        )
    answer = client.post(
        "/api/v1/positions", json={"positions": later}, headers=staff.bearer(Role.SECTOR_OPS)
    )
    assert answer.json["positions"][0]["result"] == "stored", answer.json
    assert staff.client(Role.BN_OPS).get(f"/api/v1/patrols/{out}/positions").json["positions"] == []
    assert len(staff.client(Role.SECTOR_OPS).get(f"/api/v1/patrols/{out}/positions").json["positions"]) == 2


def test_its_devices_are_given_and_ended_by_those_alone_who_may_know_of_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, out: int
) -> None:
    """One's own would invent positions; to end its own where it halts would call up the alert of its silence."""
    track = track_of(owner, out)
    orderer = staff.bearer(Role.SECTOR_OPS)
    made = client.post(f"/api/v1/carriers/{track}/devices", json={"days": 3}, headers=orderer)
    assert made.status_code == 201, made.json
    row = owner.execute("SELECT id FROM trackers WHERE tracked_id = %s", [track]).fetchone()
    assert row
    for role in (Role.BN_OPS, Role.FC_STAFF):
        other = staff.bearer(role)
        assert (
            client.post(f"/api/v1/carriers/{track}/devices", json={"days": 3}, headers=other).status_code
            == 403
        )
        assert client.post(f"/api/v1/devices/{row[0]}/end", json={}, headers=other).status_code == 403
        page = staff.client(role).get(f"/carriers/{track}")
        assert page.status_code == 200 and "Give a device" not in page.get_data(as_text=True)
    assert client.post(f"/api/v1/devices/{row[0]}/end", json={}, headers=orderer).status_code == 200


def test_the_rows_themselves_are_kept_from_whoever_may_not_know(staff: Staff, out: int) -> None:
    tables = ("patrol_stops", "positions", "latest_positions", "revisions WHERE layer = 'patrols'")

    def seen(role: Role) -> list[int]:
        with staff.acting(role):
            run = db.session.connection().exec_driver_sql
            return [run(f"SELECT count(*) FROM {table}").scalar_one() for table in tables]

    assert seen(Role.WATCHKEEPER_JOC) == [0, 0, 0, 0]
    assert all(seen(Role.SECTOR_OPS)) and all(seen(Role.PATROL_CDR)[:3])


def test_neither_log_nor_forecast_nor_measures_nor_a_report_s_surroundings_hear_of_it(
    staff: Staff, out: int
) -> None:
    with staff.acting(Role.HOM):
        log = (
            db.session.connection()
            .exec_driver_sql(
                "SELECT string_agg(details::text, ' ') FROM ledger_events WHERE action LIKE 'patrols.%%'"
            )
            .scalar_one()
        )
        around = "vigil.surroundings(0.7312, 0.5217, 20000, now() - interval '1 day')"
        near = f"SELECT count(*) FROM {around} WHERE kind = 'patrol'"
        assert leaks(str(log)) == [] and "defender_visit" not in str(log)
        assert db.session.connection().exec_driver_sql(near).scalar_one() == 0
    heard = "SELECT count(*) FROM vigil.surface_heard(now() - interval '1 day', now() + interval '1 day') WHERE NOT wide"
    with psycopg.connect(staff.clone.plain_url("vigil_worker")) as house:
        assert house.execute(heard).fetchone() == (0,)


def test_what_tells_where_a_visit_goes_is_kept_on_no_disk(staff: Staff, out: int) -> None:
    for address in (
        "/map/layers/patrols.geojson",
        "/tiles/patrols/8/128/127.mvt",
        "/ogc/collections/patrols/items?f=json",
    ):
        kept = {
            role: staff.client(role).get(address).headers["Cache-Control"]
            for role in (Role.SECTOR_OPS, Role.WATCHKEEPER_JOC)
        }
        assert kept == {Role.SECTOR_OPS: "no-store", Role.WATCHKEEPER_JOC: "private, no-cache"}, address
