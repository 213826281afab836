"""An evacuation: planned from what the mission knows, told plainly, planned again after a report, issued and printed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.documents.brief import thaw
from app.documents.evacuation_order_brief import EvacuationOrderBrief
from app.documents.freezing import Ordered, freeze_document
from app.documents.outline import outline
from app.evacuations import actions, area, gathering, queries
from app.evacuations.area import FIRST_ESCORTS
from app.evacuations.body import MOST_ESCORTS, AreaBody
from app.locks import Lock
from app.permissions import Role
from tests.app.alerts.entries import entered
from tests.app.documents.conftest import said_in
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.planning_ground import Country, one, small_country

AROUND = {"lon": 0.3, "lat": 0.5, "radius_km": 3.0}


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


def haven(owner: psycopg.Connection, staff: Staff, code: str, lon: float, places: int, **more: str) -> int:
    columns = {"state": "open", "exposure": "mission"} | more
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night, state, exposure) "
            "VALUES (%s, %s, 'base_shelter', ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), %s, %s, %s, %s, %s) RETURNING id",
            [code, f"EXERCISE haven {code}", lon, staff.sectors[WEST], places, places, *columns.values()],
        ).fetchone()
        record(owner)
    assert row
    return int(row[0])


def planned(client: FlaskClient, headers: dict[str, str], **area: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/evacuations", json=AROUND | area, headers=headers)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def again(client: FlaskClient, headers: dict[str, str], made: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/evacuations/{made['id']}/plan", json=made["asked"] | more, headers=headers)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_people_without_a_place_are_told_first_and_a_closed_road_or_full_haven_changes_the_plan_and_is_said(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    near, far = haven(owner, staff, "NEAR", 0.4, 700), haven(owner, staff, "FAR", 0.1, 200)
    haven(owner, staff, "SPARE", 0.2, 400, state="standby")
    ops = staff.bearer(Role.SECTOR_OPS)
    made = planned(client, ops)
    plan = made["plan"]
    assert [(p["name"], p["people"]) for p in plan["places"]] == [("EXERCISE village 2", 1000)]
    went = {plan["havens"][leg["haven"]]["id"]: leg for leg in plan["legs"]}
    assert {h: leg["people"] for h, leg in went.items()} == {near: 700, far: 200}
    assert went[near]["minutes"] == pytest.approx(20, abs=0.1) and went[near]["line"][0] == [0.3, 0.5]
    assert [(left["people"], left["why"]) for left in plan["left"]] == [(100, "no_place")]
    assert [(h["name"], h["places"]) for h in plan["to_open"]] == [("EXERCISE haven SPARE", 400)]
    # By the unit of the sector, in waves, and nobody is forgotten.
    assert {u["call_sign"] for u in plan["units"]} == {"HAWK"}
    brought = sum(w["people"] for w in plan["waves"]) + sum(w["people"] for w in plan["waiting"])
    assert brought == 900 and len(plan["waves"]) > 1
    page = staff.client(Role.SECTOR_OPS)
    address = f"/evacuations/{made['id']}"
    text = page.get(address).get_data(as_text=True)
    assert "100 people have no place: open EXERCISE haven SPARE (400 places" in text
    assert text.index("have no place") < text.index('<svg class="flows"')
    token = {"csrf_token": csrf_of(page, address)}
    # The road to the nearer haven is closed, and it is opened no more than said.
    said = {"condition": "closed", "cause": "bridge", "reason": "EXERCISE: the bridge is down", "factor": ""}
    closed = page.post(f"/roads/links/{country.links[2]}", data=token | said)
    assert closed.status_code == 303
    assert page.post(f"{address}/plan", data=token | {"as": "before"}).status_code == 303
    text = page.get(address).get_data(as_text=True)
    assert "Changed since the plan before" in text and "700 people more have no place." in text
    assert "700 people fewer from EXERCISE village 2 go to EXERCISE haven NEAR." in text
    # Corrected numbers, place by place; what is wrong is said, and what was typed stays.
    fields = {f"people-{country.places[2]}": "150", f"danger-{country.places[2]}": "3", "children_percent": "50",
              f"vehicles-{country.unit}": "4", f"seats-{country.unit}": "60"}  # fmt: skip
    wrong = page.post(f"{address}/plan", data=token | fields | {f"wounded-{country.places[2]}": "400"})
    assert wrong.status_code == 422 and "more wounded than people" in wrong.get_data(as_text=True)
    assert 'value="400"' in wrong.get_data(as_text=True)
    assert page.post(f"{address}/plan", data=token | fields).status_code == 303
    assert "All 150 people have a place." in page.get(address).get_data(as_text=True)
    # An evacuation's plan changes nothing of a haven.
    assert owner.execute("SELECT sum(occupancy) FROM havens").fetchone() == (0,)
    assert staff.client(Role.SECTOR_OPS, EAST).get(address).status_code == 404
    assert staff.client(Role.ANALYST_JMAC).get(address).status_code == 403


def test_each_person_has_one_plan_computed_at_a_time(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    """They are computed in the site's few threads: one officer must not hold them all."""
    haven(owner, staff, "A", 0.4, 400)
    headers = staff.bearer(Role.POC_OFFICER)
    made = planned(client, headers)
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as computing:
        computing.execute(
            "SELECT pg_advisory_lock(%s, %s::int)", [Lock.COMPUTING, staff.person(Role.POC_OFFICER)]
        )
        first = client.post("/api/v1/evacuations", json=AROUND, headers=headers)
        next_one = client.post(f"/api/v1/evacuations/{made['id']}/plan", json=made["asked"], headers=headers)
        told = [(each.status_code, each.json["code"]) for each in (first, next_one)]
        assert told == [(429, "too_many")] * 2
        planned(client, staff.bearer(Role.WATCHKEEPER_JOC))
    again(client, headers, made)


def test_those_at_the_alert_s_own_door_get_a_place_before_those_at_the_edge_who_live_nearer_to_it(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "NEAR", 0.4, 700)
    made = planned(client, staff.bearer(Role.SECTOR_OPS), radius_km=13.0)
    places = {p["id"]: p["name"] for p in made["plan"]["places"]}
    assert len(places) == 3
    danger = {places[g["place_id"]]: g["danger"] for g in made["asked"]["groups"]}
    assert danger.pop("EXERCISE village 2") == 3 and set(danger.values()) == {1}
    sheltered = {made["plan"]["places"][leg["place"]]["name"] for leg in made["plan"]["legs"]}
    assert sheltered == {"EXERCISE village 2"}


def test_mixing_rules_wounded_and_threats_decide_where_people_go(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    near, far = haven(owner, staff, "NEAR", 0.4, 2000), haven(owner, staff, "FAR", 0.1, 2000)
    watch, ops = staff.bearer(Role.WATCHKEEPER_JOC), staff.bearer(Role.SECTOR_OPS)
    record_of = {"why": "EXERCISE: as agreed with the elders", "groups_refused": ["G1"]}
    for address, body in (
        (near, record_of),
        (far, {"why": "EXERCISE: a nurse came", "medical_level": "first_aid"}),
    ):
        answer = client.post(f"/api/v1/havens/{address}/record", json=body, headers=watch)
        assert answer.status_code == 200, answer.json

    def to(made: dict[str, Any]) -> dict[int, tuple[int, int]]:
        legs = made["plan"]["legs"]
        return {made["plan"]["havens"][leg["haven"]]["id"]: (leg["people"], leg["wounded"]) for leg in legs}

    made = planned(client, ops)
    assert to(made) == {near: (1000, 0)}
    group = made["asked"]["groups"][0]
    assert to(again(client, ops, made, groups=[group | {"wounded": 30}])) == {near: (970, 0), far: (30, 30)}
    assert to(again(client, ops, made, groups=[group | {"community": "G1"}])) == {far: (1000, 0)}
    assert to(again(client, ops, made)) == {near: (1000, 0)}
    # Four in a hundred can't walk: they go farther, to where there are no steps, until that is full; then it is said.
    page = staff.client(Role.SECTOR_OPS)
    assert "can’t walk, 40 go where" in page.get(f"/evacuations/{made['id']}").get_data(as_text=True)
    ramp = {"why": "EXERCISE: a ramp was laid", "accessibility": ["step_free"], "medical_level": "first_aid"}
    assert client.post(f"/api/v1/havens/{far}/record", json=ramp, headers=watch).status_code == 200
    made = again(client, ops, made)
    assert to(made) == {near: (960, 0), far: (40, 0)}
    assert {leg["cannot_walk"] for leg in made["plan"]["legs"]} == {0, 40}
    assert "no way in without steps" not in page.get(f"/evacuations/{made['id']}").get_data(as_text=True)
    assert to(again(client, ops, made, cannot_walk_percent=0)) == {near: (1000, 0)}
    # A haven in an active threat's area takes nobody, and the page says so.
    actor = owner.execute(
        "INSERT INTO actors (code, name, kind) VALUES ('A1', 'EXERCISE actor', 'armed_group') RETURNING id"
    ).fetchone()
    assert actor
    with owner.transaction():
        owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "most_likely_course, review_on) VALUES ('EXERCISE', %s, 'x', 'mob_risk', ST_Multi(ST_Buffer("
            "'SRID=4326;POINT(0.4 0.5)'::geometry, 0.02)), %s, 3, 3, 4, 4, 'x', now() + interval '9 days')",
            [actor[0], staff.sectors[WEST]],
        )
        record(owner)
    moved = again(client, ops, made)
    assert to(moved) == {far: (1000, 0)} and moved["plan"]["exposed"] == ["EXERCISE haven NEAR"]


def test_of_too_many_havens_the_open_and_nearest_enter_a_plan_and_the_page_says_how_many_did_not(
    client: FlaskClient,
    staff: Staff,
    country: Country,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Numbers are drawn by lot and names sorted backwards: neither leads to the nearest.
    near, farther = haven(owner, staff, "D", 0.41, 300), haven(owner, staff, "C", 0.1, 200)
    haven(owner, staff, "B", 0.52, 5000)
    haven(owner, staff, "A", 0.31, 5000, state="standby")
    haven(owner, staff, "EMPTY", 0.31, 0, state="closed")
    for n in range(4):
        haven(owner, staff, f"HIDDEN{n}", 0.29, 5000, exposure="secret")
    ops, cleared = staff.bearer(Role.SECTOR_OPS), staff.bearer(Role.POC_OFFICER)
    monkeypatch.setattr(gathering, "MOST_HAVENS", 2)
    made = planned(client, ops)
    assert {h["id"]: h["free"] for h in made["plan"]["havens"]} == {near: 300, farther: 200}
    # Of those that this plan may know of: whoever knows of the hidden ones and did not ask for them counts none more.
    assert made["plan"]["farther"] == planned(client, cleared)["plan"]["farther"] == 2
    page = staff.client(Role.SECTOR_OPS)
    words = "2 havens were left out: a plan takes the open ones first, then the nearest."
    assert words in page.get(f"/evacuations/{made['id']}").get_data(as_text=True)
    monkeypatch.setattr(gathering, "MOST_HAVENS", 4)
    made = again(client, ops, made)
    assert made["plan"]["farther"] == 0 and made["plan"]["left"] == []
    assert "left out: a plan" not in page.get(f"/evacuations/{made['id']}").get_data(as_text=True)


def test_people_at_a_place_and_vehicles_of_a_unit_that_are_none_of_the_area_are_refused_and_said(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "NEAR", 0.4, 700)
    ops, page = staff.bearer(Role.SECTOR_OPS), staff.client(Role.SECTOR_OPS)
    made = planned(client, ops)
    address, form = f"/api/v1/evacuations/{made['id']}/plan", f"/evacuations/{made['id']}"
    group, escort = made["asked"]["groups"][0], made["asked"]["escorts"][0]
    strange = {
        "groups": [group, group | {"place_id": country.places[0]}, group | {"place_id": 2**53}],
        "escorts": [escort, escort | {"unit_id": 2**53}],
    }
    answer = client.post(address, json=strange, headers=ops)
    assert answer.status_code == 422 and answer.json
    outside = "EXERCISE village 0 does not lie in the area of this evacuation, or no longer. Leave it out."
    assert answer.json["fields"] == {
        "groups.1.place_id": outside,
        "groups.2.place_id": "There is no such place in the area of this evacuation. Leave it out.",
        "escorts.1.unit_id": "There is no such unit, or none that you may send. Leave it out.",
    }
    assert outside in answer.json["detail"]
    # What nobody is at and nobody drives is left out without harm.
    idle = {"groups": [group, group | {"place_id": country.places[0], "people": 0}],
            "escorts": [escort | {"unit_id": 2**53, "vehicles": 0}]}  # fmt: skip
    assert again(client, ops, made, **idle)["plan"]["waves"] == []
    # The page, open while the village was found to lie elsewhere and the unit lost its base, says so and loses no number.
    again(client, ops, made)
    token = {"csrf_token": csrf_of(page, form)}
    sent = {
        f"people-{country.places[2]}": "150",
        f"people-{country.places[3]}": "70",
        f"vehicles-{country.unit}": "4",
    }
    with owner.transaction():
        owner.execute(
            "UPDATE places SET place = 'SRID=4326;POINT(0.9 0.5)' WHERE id = %s", [country.places[2]]
        )
        owner.execute(
            "UPDATE places SET place = 'SRID=4326;POINT(0.3 0.5)' WHERE id = %s", [country.places[3]]
        )
        owner.execute("UPDATE units SET base_id = NULL WHERE id = %s", [country.unit])
        record(owner)
    for fields in (sent, {"as": "before"}):
        refused = page.post(f"{form}/plan", data=token | fields)
        assert refused.status_code == 422
        text = refused.get_data(as_text=True)
        assert (
            "EXERCISE village 2 does not lie in the area" in text
            and "HAWK has no base to set out from" in text
        )
    assert page.post(f"{form}/plan", data=token | {f"people-{country.places[3]}": "70"}).status_code == 303
    assert "All 70 people have a place." in page.get(form).get_data(as_text=True)


def test_as_many_escorts_go_as_may_be_asked_for_though_the_page_proposes_fewer(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "NEAR", 0.4, 2000)
    west = staff.sectors[WEST]
    with owner.transaction():
        others = [
            one(
                owner, "INSERT INTO units (code, name, call_sign, kind, base_id, sector_id, strength) VALUES "
                "(%s, 'EXERCISE company', %s, 'coy', %s, %s, 90)", [f"U{n}", f"KITE {n}", country.base, west],
            )
            for n in range(MOST_ESCORTS)
        ]  # fmt: skip
        record(owner)
    ops, page = staff.bearer(Role.SECTOR_OPS), staff.client(Role.SECTOR_OPS)
    made = planned(client, ops)
    assert len(made["asked"]["escorts"]) == FIRST_ESCORTS
    escort = made["asked"]["escorts"][0]
    asked = {"escorts": [escort | {"unit_id": n, "vehicles": 1, "seats": 10} for n in others]}
    made = again(client, ops, made, **asked)
    assert {u["id"] for u in made["plan"]["units"]} == set(others)
    # And none of them is lost by who corrects another number on the page.
    text = page.get(f"/evacuations/{made['id']}").get_data(as_text=True)
    fields = {name for n in others for name in (f"vehicles-{n}", f"seats-{n}")}
    assert all(f'name="{name}"' in text for name in fields)
    more = {"escorts": [*asked["escorts"], escort | {"unit_id": country.unit}]}
    answer = client.post(f"/api/v1/evacuations/{made['id']}/plan", json=made["asked"] | more, headers=ops)
    assert answer.status_code == 422 and answer.json and "escorts" in answer.json["fields"]


def test_a_plan_that_can_t_be_made_again_says_why(
    client: FlaskClient,
    staff: Staff,
    country: Country,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    haven(owner, staff, "NEAR", 0.4, 700)
    made = planned(client, staff.bearer(Role.SECTOR_OPS), radius_km=13.0)
    page, form = staff.client(Role.SECTOR_OPS), f"/evacuations/{made['id']}"
    assert "can’t be made again" not in page.get(form).get_data(as_text=True)
    monkeypatch.setattr(area, "MOST_PLACES", 2)
    text = page.get(form).get_data(as_text=True)
    assert "This plan can’t be made again: More than 2 places lie in this area." in text
    assert "Correct the numbers" not in text
    # Who only reads it was offered none of that, and is told nothing of it.
    assert "can’t be made again" not in staff.client(Role.HOM).get(form).get_data(as_text=True)


def test_an_order_is_issued_by_those_who_decide_printed_as_it_was_and_stands_on_the_alert_s_chain(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "NEAR", 0.4, 700)
    command, watch = staff.bearer(Role.FC_STAFF), staff.client(Role.WATCHKEEPER_JOC)
    alert = entered(client, staff.bearer(Role.WATCHKEEPER_JOC), priority="P1", place={"lon": 0.3, "lat": 0.5})
    assert "Plan an evacuation…" in watch.get(f"/alerts/{alert}").get_data(as_text=True)
    for act, body in (
        ("acknowledge", {}),
        ("decide", {"response": "evacuation", "authority": "standing_order"}),
    ):
        answer = client.post(f"/api/v1/alerts/{alert}/{act}", json=body, headers=command)
        assert answer.status_code == 200, answer.json
    made = client.post("/api/v1/evacuations", json={"alert_id": alert, "radius_km": 3}, headers=command).json
    address = f"/evacuations/{made['id']}"
    planner = staff.client(Role.POC_OFFICER)
    token = {"csrf_token": csrf_of(planner, address)}
    assert planner.post(f"{address}/1/issue", data=token).status_code == 403
    token = {"csrf_token": csrf_of(watch, address)}
    assert watch.post(f"{address}/print", data=token).status_code == 409
    assert watch.post(f"{address}/1/issue", data=token).status_code == 303
    assert watch.post(f"{address}/1/issue", data=token).status_code == 409
    text = watch.get(f"/alerts/{alert}").get_data(as_text=True)
    assert f"By evacuation order EV-{made['id']:05d}/1." in text
    assert watch.post(f"{address}/print", data=token).status_code == 303
    with staff.acting(Role.HOM):
        subject = {"evacuation_id": made["id"], "version": 1}
        brief = thaw(freeze_document(Ordered("DOC-2026-00001", "evacuation_order", subject, "command")))
        assert isinstance(brief, EvacuationOrderBrief)
        told = " ".join(said_in(outline(brief)))
    assert (brief.people, brief.without_place) == (700, 300) and brief.legs[0].people == 700
    for words in ("300 people have no place", "1 · EXERCISE village 2", "A · EXERCISE haven NEAR", "HAWK"):
        assert words in told
    # Row level security alone: nothing of a plan changes but whose order it is.
    with staff.acting(Role.FC_STAFF), pytest.raises(Exception, match="permission denied"):
        db.session.connection().exec_driver_sql("UPDATE evacuation_plans SET content = '{}'")


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0.1, 0.5), st.integers(1, 3000), st.sampled_from(("secret", "need_to_know")),
                          st.sampled_from(("open", "standby"))), min_size=1, max_size=3))  # fmt: skip
def test_havens_that_few_may_know_of_are_in_no_plan_of_others_nor_in_any_of_its_figures(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection,
    hidden: list[tuple[float, int, str, str]],
) -> None:  # fmt: skip
    if owner.execute("SELECT count(*) FROM havens WHERE code = 'KNOWN'").fetchone() == (0,):
        haven(owner, staff, "KNOWN", 0.4, 300)
    with owner.transaction():
        owner.execute("DELETE FROM havens WHERE code <> 'KNOWN'")
        record(owner)

    def seen(role: Role, restricted: bool = False) -> Any:
        with staff.acting(role):
            made = actions.plan_evacuation(AreaBody(**AROUND, restricted=restricted))
            content = dict(queries.versions(made)[0].content)
            db.session.rollback()
        return {k: v for k, v in content.items() if k not in ("at", "milliseconds")}

    without = seen(Role.SECTOR_OPS)
    for n, (lon, places, exposure, state) in enumerate(hidden):
        haven(owner, staff, f"HIDDEN{n}", lon, places, exposure=exposure, state=state)
    # Who may not know of them, and who may and did not ask for them: the same plan, to the figure.
    assert seen(Role.SECTOR_OPS) == without == seen(Role.POC_OFFICER)
    assert seen(Role.POC_OFFICER, restricted=True) != without


def test_a_plan_with_restricted_havens_is_for_those_who_may_know_of_them_and_is_never_issued(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "HIDDEN", 0.4, 5000, exposure="secret")
    cleared, others = staff.bearer(Role.POC_OFFICER), (Role.FC_STAFF, Role.HOM, Role.SECTOR_OPS)
    refused = client.post(
        "/api/v1/evacuations", json=AROUND | {"restricted": True}, headers=staff.bearer(Role.FC_STAFF)
    )
    assert refused.status_code == 403
    made = planned(client, cleared, restricted=True)
    assert made["plan"]["havens"][0]["name"] == "EXERCISE haven HIDDEN" and made["plan"]["left"] == []
    for role in others:
        assert client.get(f"/api/v1/evacuations/{made['id']}", headers=staff.bearer(role)).status_code == 404
        assert client.get("/api/v1/evacuations", headers=staff.bearer(role)).json["total"] == 0
        # The second wall by itself.
        with staff.acting(role):
            for table in ("evacuations", "evacuation_plans"):
                count = db.session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}")
                assert count.scalar() == 0


def issue(browser: FlaskClient, evacuation: int) -> Any:
    token = {"csrf_token": csrf_of(browser, f"/evacuations/{evacuation}")}
    return browser.post(f"/evacuations/{evacuation}/1/issue", data=token)


def test_a_haven_that_becomes_secret_takes_the_evacuations_that_tell_of_it_with_it(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    near, spare = (
        haven(owner, staff, "NEAR", 0.4, 300),
        haven(owner, staff, "SPARE", 0.2, 400, state="standby"),
    )
    cleared, officer = staff.bearer(Role.POC_OFFICER), staff.bearer(Role.SECTOR_OPS)
    made = planned(client, officer)
    address = f"/api/v1/evacuations/{made['id']}"
    assert owner.execute("SELECT haven_ids FROM evacuation_plans").fetchone() == (sorted((near, spare)),)
    assert issue(staff.client(Role.FC_STAFF), made["id"]).status_code == 303
    order = {"kind": "evacuation_order", "subject": {"evacuation_id": made["id"]}}
    printed = client.post("/api/v1/documents", json=order, headers=staff.bearer(Role.FC_STAFF))
    assert printed.status_code == 202, printed.json
    for hidden in (near, spare):
        for exposure, found in (("secret", 404), ("mission", 200), ("need_to_know", 404)):
            with owner.transaction():
                owner.execute("UPDATE havens SET exposure = %s WHERE id = %s", [exposure, hidden])
                record(owner)
            assert client.get(address, headers=officer).status_code == found
            document = client.get(f"/api/v1/documents/{printed.json['id']}", headers=staff.bearer(Role.HOM))
            assert document.status_code == found
            assert client.get(address, headers=cleared).status_code == 200
            # The second wall by itself.
            with staff.acting(Role.SECTOR_OPS):
                for table in ("evacuations", "evacuation_plans"):
                    count = db.session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}")
                    assert count.scalar() == (1 if found == 200 else 0)
        with owner.transaction():
            owner.execute("UPDATE havens SET exposure = 'mission' WHERE id = %s", [hidden])
            record(owner)


def test_the_log_does_not_say_which_evacuations_count_on_hidden_havens_nor_at_which_alert(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "HIDDEN", 0.4, 5000, exposure="secret")
    for restricted in (True, False):
        planned(client, staff.bearer(Role.POC_OFFICER), restricted=restricted)
    told = owner.execute(
        "SELECT coalesce(details, '{}') FROM ledger_events WHERE action = 'evacuations.opened'"
    ).fetchall()
    assert told == [({},), ({},)]


def test_an_order_is_not_issued_of_a_plan_that_no_longer_holds(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    near, far = haven(owner, staff, "NEAR", 0.4, 700), haven(owner, staff, "FAR", 0.1, 200)
    commander = staff.client(Role.FC_STAFF)
    made = planned(client, staff.bearer(Role.FC_STAFF))

    def havens_are(**columns: Any) -> None:
        with owner.transaction():
            for name, value in columns.items():
                owner.execute(f"UPDATE havens SET {name} = %s WHERE id = %s", [value, near])
            record(owner)

    for worse, words in (({"state": "compromised"}, "have no place"), ({"occupancy": 400}, "have no place")):
        havens_are(**worse)
        refused = issue(commander, made["id"])
        said = refused.get_data(as_text=True)
        assert refused.status_code == 409 and words in said and "Plan again" in said
        havens_are(state="open", occupancy=0)
    with owner.transaction():
        owner.execute("UPDATE havens SET capacity_night = 900 WHERE id = %s", [far])
        record(owner)
    # More places than were told make no plan wrong.
    assert issue(commander, made["id"]).status_code == 303
