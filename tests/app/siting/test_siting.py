"""A siting study: asked on a page, found by the worker, read by those who may know of what it stands on."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.permissions import Role
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.planning_ground import LONS, Country, small_country
from workers import solves

QUESTION = {
    "new_sites": "1", "goal": "most_within", "minutes": "25", "seasons": "dry", "haven_states": ["open"], "room": "",
    "threat_km": "0",
}  # fmt: skip
ABROAD = 0.5  # longitude of the village at the road's far end


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


class Siting:
    """Asks as the sector's operations officer, and has the worker find the answer."""

    def __init__(self, staff: Staff, worker: Flask, owner: psycopg.Connection) -> None:
        self.staff, self.worker, self.owner = staff, worker, owner

    def post(self, client: FlaskClient, path: str, fields: dict[str, Any]) -> Any:
        return client.post(path, data=fields, headers={"X-CSRFToken": csrf_of(client, "/account")})

    def study(self, by: Role = Role.SECTOR_OPS, path: str = "/siting/new", **asked: Any) -> int:
        fields = (
            asked
            if path != "/siting/new"
            else QUESTION | {"sector_id": str(self.staff.sectors[WEST])} | asked
        )
        answer = self.post(self.staff.client(by), path, fields)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        with self.worker.app_context():
            for (number,) in self.owner.execute("SELECT id FROM solves WHERE state = 'waiting'").fetchall():
                solves.run(str(number))
        ended = self.owner.execute("SELECT state, error FROM solves ORDER BY id DESC LIMIT 1").fetchone()
        assert ended == ("done", None), ended
        return int(answer.headers["Location"].rpartition("/")[2])

    def found(self, study: int, by: Role = Role.SECTOR_OPS) -> dict[str, Any]:
        told = self.staff.client(by).get(f"/api/v1/siting/{study}")
        assert told.status_code == 200
        answer: dict[str, Any] = told.get_json()["answer"]
        return answer

    def haven(
        self, code: str, lon: float, exposure: str = "mission", state: str = "open", night: int = 300
    ) -> int:
        with self.owner.transaction():
            row = self.owner.execute(
                "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night, state, exposure) "
                "VALUES (%s, %s, 'secured_area', ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), %s, 300, %s, %s, %s) "
                "RETURNING id",
                [code, f"EXERCISE haven {code}", lon, self.staff.sectors[WEST], night, state, exposure],
            ).fetchone()
            record(self.owner)
        assert row
        return int(row[0])

    def expose(self, haven: int, exposure: str) -> None:
        with self.owner.transaction():
            self.owner.execute("UPDATE havens SET exposure = %s WHERE id = %s", [exposure, haven])
            record(self.owner)


@pytest.fixture
def siting(staff: Staff, worker: Flask, owner: psycopg.Connection, country: Country) -> Siting:
    return Siting(staff, worker, owner)


def sites(answer: dict[str, Any]) -> set[str]:
    return {site["name"] for site in answer["sites"]}


def test_the_best_site_is_found_proven_and_shown_first(siting: Siting) -> None:
    # Twenty minutes between neighbours: one site within 25 has three of five villages, in the middle of the road.
    study = siting.study()
    page = siting.staff.client(Role.SECTOR_OPS).get(f"/siting/{study}").get_data(as_text=True)
    assert "would put 3,000 of 5,000 people within 25 minutes in the dry season" in page
    assert "No placement of as many sites does better: this is proven." in page
    assert page.index("3,000 of 5,000") < page.index('<svg class="siting-map siting-sketch"')
    answer = siting.found(study)
    assert answer["gap"] == 0
    assert answer["within"] == {"before": 0, "after": 3000, "best": 3000}
    # An open haven at the end of the road counts, one on standby does not unless it is asked for.
    siting.haven("OPEN", LONS[0])
    siting.haven("LATER", LONS[4], state="standby")
    answer = siting.found(siting.study())
    assert answer["within"] == {"before": 2000, "after": 5000, "best": 5000}
    assert (answer["mean"]["before"], answer["mean"]["after"]) == (40.0, 12.0)
    assert sites(answer) == {"EXERCISE haven OPEN", "EXERCISE village 3"}
    both = siting.found(siting.study(new_sites="0", haven_states=["open", "standby"]))
    assert both["within"]["after"] == 4000
    # Worst and mean: in the middle of five villages, two steps of twenty minutes.
    answer = siting.found(siting.study(goal="least_worst", haven_states=[]))
    assert (sites(answer), answer["worst"]["after"]) == ({"EXERCISE village 2"}, 40.0)
    answer = siting.found(siting.study(goal="least_mean", haven_states=[]))
    assert (sites(answer), answer["mean"]["after"]) == ({"EXERCISE village 2"}, 24.0)


def test_seasons_threats_two_ways_and_closed_roads_are_kept(siting: Siting, country: Country) -> None:
    # A secondary road takes 1.4 times as long in the rains: 28 minutes, so that no neighbour is within 25.
    assert siting.found(siting.study(seasons="both"))["within"]["after"] == 1000
    with siting.owner.transaction():
        siting.owner.execute(
            "INSERT INTO road_conditions (link_id, sector_id, condition, cause, from_at, reason, set_by_id) "
            "VALUES (%s, %s, 'closed', 'bridge', now() - interval '1 hour', 'EXERCISE', %s)",
            [country.links[1], siting.staff.sectors[WEST], siting.staff.person(Role.SECTOR_OPS)],
        )
        record(siting.owner)
    answer = siting.found(siting.study())
    assert (sites(answer), answer["within"]["after"]) == ({"EXERCISE village 3"}, 3000)
    assert [p["minutes"]["dry"][1] for p in answer["places"]] == [None, None, 20.0, 0.0, 20.0]
    # From a threat around the last village, 15 km leave the fourth out.
    with siting.owner.transaction():
        siting.owner.execute(
            "INSERT INTO actors (code, name, kind) VALUES ('RED', 'EXERCISE', 'armed_group')"
        )
        siting.owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "review_on) SELECT 'EXERCISE raids', id, 'EXERCISE', 'mob_risk', ST_Multi(ST_MakeEnvelope(0.49, 0.55, 0.51, "
            "0.6, 4326)), %s, 3, 3, 5, 5, current_date FROM actors",
            [siting.staff.sectors[WEST]],
        )
        record(siting.owner)
    answer = siting.found(siting.study(threat_km="13"))
    assert {name for _ref, name, why in answer["candidates"] if why == "threat"} == {
        "EXERCISE village 3", "EXERCISE village 4",
    }  # fmt: skip
    assert answer["within"]["after"] == 2000
    # One road in alone: nowhere but at the base has two ways.
    answer = siting.found(siting.study(two_ways="y"))
    assert {why for _ref, _name, why in answer["candidates"]} == {"", "one_way"}
    assert sites(answer) <= {"EXERCISE base", "EXERCISE village 0"}


def test_capacities_fill_up_and_what_if_goes_on_from_the_placement(siting: Siting) -> None:
    haven = siting.haven("OPEN", LONS[0], night=300)
    study = siting.study(room="1500")
    answer = siting.found(study)
    # They go in groups, which may leave a few places empty.
    assert 1780 <= answer["within"]["after"] <= 1800
    assert {site["name"]: site["people"] for site in answer["sites"]}["EXERCISE haven OPEN"] > 280
    assert all(site["people"] <= site["room"] for site in answer["sites"])
    # Enlarged, it holds two villages; with a second site by hand, more; closed, less.
    grown = siting.study(path=f"/siting/{study}/change", enlarge=f"haven:{haven}", people="2000")
    assert 3400 < siting.found(grown)["within"]["after"] <= 3500
    taken = {site["ref"] for site in answer["sites"]}
    ref = next(r for r, name, _why in answer["candidates"] if name == "EXERCISE village 4" and r not in taken)
    more = siting.study(path=f"/siting/{study}/change", add=ref, close=f"haven:{haven}")
    told = siting.found(more)
    assert "EXERCISE haven OPEN" not in sites(told)
    assert "EXERCISE village 4" in sites(told)
    assert told["within"]["before"] == 0
    page = siting.staff.client(Role.SECTOR_OPS).get(f"/siting/{more}").get_data(as_text=True)
    assert "Before the change" in page
    answer = siting.post(
        siting.staff.client(Role.SECTOR_OPS), f"/siting/{study}/change", {"close": "place:999999"}
    )
    assert answer.status_code == 422
    assert "This site is not open." in answer.get_data(as_text=True)


def test_the_longest_way_is_made_shortest_with_room_for_everybody_where_capacities_are_asked_for(
    siting: Siting,
) -> None:
    siting.haven("OPEN", LONS[0], night=300)
    # Without capacities it would be the fourth village, twenty minutes from everybody that the haven doesn't take.
    # 700 of the first village find no room in its haven: the middle is nearest to both ends.
    study = siting.study(goal="least_worst", new_sites="1", room="5000")
    answer = siting.found(study)
    assert (sites(answer), answer["worst"]) == (
        {"EXERCISE haven OPEN", "EXERCISE village 2"}, {"before": None, "after": 40.0},
    )  # fmt: skip
    assert all(site["people"] <= site["room"] for site in answer["sites"])
    assert sum(site["people"] for site in answer["sites"]) == 5000
    page = siting.staff.client(Role.SECTOR_OPS).get(f"/siting/{study}").get_data(as_text=True)
    assert "would have room for everybody, no further than 40 minutes away in the dry season" in page
    # What no placement can do is said, and not shown as an answer.
    officer = siting.staff.client(Role.SECTOR_OPS)
    asked = QUESTION | {"sector_id": str(siting.staff.sectors[WEST]), "goal": "least_worst", "room": "900"}
    refused = siting.post(officer, "/siting/new", asked).headers["Location"]
    with siting.worker.app_context():
        for (number,) in siting.owner.execute("SELECT id FROM solves WHERE state = 'waiting'").fetchall():
            solves.run(str(number))
    assert "No placement was found in which everybody has room" in officer.get(refused).get_data(as_text=True)


def test_the_table_is_taken_out_and_that_is_recorded(siting: Siting) -> None:
    study = siting.study()
    file = siting.post(siting.staff.client(Role.SECTOR_OPS), f"/siting/{study}/export", {})
    lines = file.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines[0].startswith("place_code,name,people,within_minutes")
    assert len(lines) == 6
    assert siting.owner.execute("SELECT 1 FROM ledger_events WHERE action = 'siting.exported'").fetchone()


def test_who_places_no_havens_asks_for_nothing_and_another_sector_reads_nothing(siting: Siting) -> None:
    study = siting.study()
    for role, sector, status in (
        (Role.SECTOR_OPS, EAST, 404), (Role.CLA, WEST, 404), (Role.HR_OFFICER, WEST, 200),
        (Role.ANALYST_JMAC, WEST, 403),
    ):  # fmt: skip
        assert siting.staff.client(role, sector).get(f"/siting/{study}").status_code == status, role
    reader = siting.staff.client(Role.HR_OFFICER)
    assert siting.post(reader, f"/siting/{study}/change", {"close": "place:1"}).status_code == 403
    asked = QUESTION | {"sector_id": str(siting.staff.sectors[WEST])}
    assert siting.post(reader, "/siting/new", asked).status_code == 422
    assert siting.owner.execute("SELECT count(*) FROM siting_studies").fetchone() == (1,)


STANDING = st.lists(
    st.tuples(st.sampled_from(LONS), st.sampled_from(["need_to_know", "secret"]), st.sampled_from(["open", "full"])),
    min_size=1, max_size=3,
)  # fmt: skip


def test_a_secret_haven_changes_nothing_for_whoever_may_not_know_of_it(siting: Siting) -> None:
    """Whoever asks, cleared or not: without the wish of somebody cleared, the answer is that of a world without it."""
    without = siting.found(siting.study())
    plain = {k: v for k, v in without.items() if k != "seconds"}
    turn = count()

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STANDING)
    def unchanged(hidden: list[tuple[float, str, str]]) -> None:
        made = [
            siting.haven(f"H{n}-{next(turn)}", lon, exposure, state)
            for n, (lon, exposure, state) in enumerate(hidden)
        ]
        for asker in (Role.SECTOR_OPS, Role.POC_OFFICER):
            answer = siting.found(siting.study(asker, haven_states=["open", "full"]))
            assert {k: v for k, v in answer.items() if k != "seconds"} == plain
        with siting.owner.transaction():
            siting.owner.execute("UPDATE havens SET state = 'closed' WHERE id = ANY(%s)", [made])
            record(siting.owner)

    unchanged()


def test_a_study_of_restricted_havens_is_there_for_the_cleared_alone(siting: Siting) -> None:
    secret = siting.haven("HIDDEN", LONS[0], "secret")
    officer = siting.staff.client(Role.SECTOR_OPS)
    assert "restricted" not in officer.get("/siting/new").get_data(as_text=True).lower()
    study = siting.study(Role.POC_OFFICER, restricted="y")
    answer = siting.found(study, Role.POC_OFFICER)
    assert answer["within"] == {"before": 2000, "after": 5000, "best": 5000}
    assert "EXERCISE haven HIDDEN" in sites(answer)
    for path in (f"/siting/{study}", f"/api/v1/siting/{study}", "/siting"):
        told = officer.get(path).get_data(as_text=True)
        assert "HIDDEN" not in told
        assert "5,000" not in told
    assert officer.get(f"/siting/{study}").status_code == 404
    # How far the search was, others hear; how many it protects, nobody.
    assert siting.owner.execute("SELECT best FROM solves WHERE subject_id = %s", [study]).fetchone() == (
        None,
    )
    # By the application's role alone, without our queries: no row either (second wall).
    with siting.staff.acting(Role.SECTOR_OPS):
        from app.db import db
        from app.siting.models import SitingStudy

        assert db.session.get(SitingStudy, study) is None
    assert siting.owner.execute(
        "SELECT count(*) FROM ledger_events WHERE convert_from(body, 'UTF8') LIKE %s", [f"%haven:{secret}%"]
    ).fetchone() == (0,)


def test_a_haven_that_becomes_secret_takes_the_studies_that_stand_on_it_with_it(siting: Siting) -> None:
    haven = siting.haven("KNOWN", LONS[0])
    study = siting.study()
    officer, cleared = siting.staff.client(Role.SECTOR_OPS), siting.staff.client(Role.POC_OFFICER)
    assert officer.get(f"/siting/{study}").status_code == 200
    siting.expose(haven, "secret")
    assert officer.get(f"/siting/{study}").status_code == 404
    assert not re.search(rf"/siting/{study}\b", officer.get("/siting").get_data(as_text=True))
    assert cleared.get(f"/siting/{study}").status_code == 200


def test_a_search_without_an_answer_is_started_anew_by_those_who_place_havens(siting: Siting) -> None:
    officer, reader = siting.staff.client(Role.SECTOR_OPS), siting.staff.client(Role.HR_OFFICER)
    asked = QUESTION | {"sector_id": str(siting.staff.sectors[WEST])}
    study = int(siting.post(officer, "/siting/new", asked).headers["Location"].rpartition("/")[2])
    again = f"/siting/{study}/search-again"
    assert siting.post(officer, again, {}).status_code == 409
    siting.owner.execute("UPDATE solves SET state = 'failed', error = 'cut_off'")
    assert again in officer.get(f"/siting/{study}").get_data(as_text=True)
    assert again not in reader.get(f"/siting/{study}").get_data(as_text=True)
    assert siting.post(reader, again, {}).status_code == 403
    assert siting.post(siting.staff.client(Role.SECTOR_OPS, EAST), again, {}).status_code == 404
    assert siting.study(path=again) == study
    assert siting.found(study)["within"]["after"] == 3000
    assert siting.post(officer, again, {}).status_code == 409


def test_a_search_that_stands_on_a_restricted_haven_is_started_anew_by_the_cleared_alone(
    siting: Siting,
) -> None:
    siting.haven("HIDDEN", LONS[0], "secret")
    cleared = siting.staff.client(Role.POC_OFFICER)
    asked = QUESTION | {"sector_id": str(siting.staff.sectors[WEST]), "restricted": "y"}
    study = int(siting.post(cleared, "/siting/new", asked).headers["Location"].rpartition("/")[2])
    siting.owner.execute("UPDATE solves SET state = 'failed', error = 'cut_off'")
    again = f"/siting/{study}/search-again"
    assert siting.post(siting.staff.client(Role.SECTOR_OPS), again, {}).status_code == 404
    assert siting.study(Role.POC_OFFICER, path=again) == study


def test_a_study_is_put_aside_once_by_those_who_place_havens(siting: Siting) -> None:
    study = siting.study()
    officer, reader = siting.staff.client(Role.SECTOR_OPS), siting.staff.client(Role.HR_OFFICER)
    away = f"/siting/{study}/withdraw"
    assert away in officer.get(f"/siting/{study}").get_data(as_text=True)
    assert away not in reader.get(f"/siting/{study}").get_data(as_text=True)
    assert siting.post(reader, away, {}).status_code == 403
    assert siting.post(siting.staff.client(Role.SECTOR_OPS, EAST), away, {}).status_code == 404
    assert siting.post(officer, away, {}).status_code == 303
    told = siting.owner.execute(
        "SELECT count(*) FROM ledger_events WHERE action = 'siting.withdrawn' AND subject = %s",
        [f"siting_studies:{study}"],
    ).fetchone()
    assert told == (1,)
    # It is read as before, and nothing goes on from it.
    page = officer.get(f"/siting/{study}").get_data(as_text=True)
    assert "Put aside" in page
    assert "would put 3,000 of 5,000 people" in page
    assert "What if" not in page
    assert siting.post(officer, away, {}).status_code == 409
    assert siting.post(officer, f"/siting/{study}/change", {"close": "place:1"}).status_code == 409
    assert officer.get(f"/api/v1/siting/{study}").json["withdrawn_at"]
    newer = siting.study()
    board = officer.get("/siting").get_data(as_text=True)
    assert board.index(f"/siting/{newer}") < board.index(f"/siting/{study}")


def test_a_study_whose_haven_was_moved_since_says_so_and_nothing_goes_on_from_it(siting: Siting) -> None:
    haven = siting.haven("OPEN", LONS[0])
    study, officer = siting.study(), siting.staff.client(Role.SECTOR_OPS)
    assert "was corrected" not in officer.get(f"/siting/{study}").get_data(as_text=True)
    for fields, moved in (({"name": "EXERCISE barn"}, False), ({"place": {"lon": 0.31, "lat": 0.5}}, True)):
        sent = fields | {"why": "EXERCISE: the list was wrong."}
        answer = officer.post(
            f"/api/v1/havens/{haven}/correction", json=sent, headers=siting.staff.bearer(Role.SECTOR_OPS)
        )
        assert answer.status_code == 200, answer.get_json()
        page = officer.get(f"/siting/{study}").get_data(as_text=True)
        assert ("place of havens that count was corrected: EXERCISE barn." in page) is moved
    refused = siting.post(officer, f"/siting/{study}/change", {"close": f"haven:{haven}"})
    assert refused.status_code == 422 and "Ask anew." in refused.get_data(as_text=True)


def test_nothing_is_found_any_more_for_a_study_that_was_put_aside(siting: Siting) -> None:
    officer = siting.staff.client(Role.SECTOR_OPS)
    asked = QUESTION | {"sector_id": str(siting.staff.sectors[WEST])}
    study = int(siting.post(officer, "/siting/new", asked).headers["Location"].rpartition("/")[2])
    assert siting.post(officer, f"/siting/{study}/withdraw", {}).status_code == 303
    stopped = siting.owner.execute("SELECT id FROM solves WHERE stop_asked_at IS NOT NULL").fetchone()
    assert stopped is not None
    with siting.worker.app_context():
        solves.run(str(stopped[0]))
    assert siting.owner.execute("SELECT answer FROM siting_studies").fetchone() == (None,)
    assert "before there was an answer" in officer.get(f"/siting/{study}").get_data(as_text=True)
    assert siting.post(officer, f"/siting/{study}/search-again", {}).status_code == 409
    # The second wall: the worker's own role writes no answer either.
    with psycopg.connect(siting.staff.clone.plain_url("vigil_worker"), autocommit=True) as by_worker:
        written = by_worker.execute("UPDATE siting_studies SET answer = '{}', ready_at = now()").rowcount
    assert written == 0


def test_a_study_of_restricted_havens_is_put_aside_by_the_cleared_alone(siting: Siting) -> None:
    siting.haven("HIDDEN", LONS[0], "secret")
    study = siting.study(Role.POC_OFFICER, restricted="y")
    away = f"/siting/{study}/withdraw"
    assert siting.post(siting.staff.client(Role.SECTOR_OPS), away, {}).status_code == 404
    assert siting.post(siting.staff.client(Role.POC_OFFICER), away, {}).status_code == 303


def test_of_a_search_for_a_restricted_study_nobody_hears_or_stops_it_who_does_not_find_the_study(
    siting: Siting,
) -> None:
    siting.haven("HIDDEN", LONS[0], "secret")
    cleared = siting.staff.client(Role.POC_OFFICER)
    asked = QUESTION | {"sector_id": str(siting.staff.sectors[WEST]), "restricted": "y"}
    assert siting.post(cleared, "/siting/new", asked).status_code == 303
    row = siting.owner.execute("SELECT max(id) FROM solves").fetchone()
    assert row
    search = row[0]
    for role in (Role.SECTOR_OPS, Role.HEAD_OF_OFFICE, Role.WATCHKEEPER_JOC):
        officer = siting.staff.client(role)
        assert officer.get(f"/api/v1/solves/{search}").status_code == 404
        assert siting.post(officer, f"/solves/{search}/stop", {}).status_code == 404
        # The second wall by itself.
        with siting.staff.acting(role):
            run = db.session.connection().exec_driver_sql
            assert run("SELECT count(*) FROM solves").scalar() == 0
            assert run("UPDATE solves SET stop_asked_at = now() RETURNING id").all() == []
    assert cleared.get(f"/api/v1/solves/{search}").get_json()["state"] == "waiting"
    told = siting.owner.execute("SELECT details FROM ledger_events WHERE action = 'siting.asked'").fetchall()
    assert [set(row[0]) for row in told] == [{"goal"}]


def test_a_threat_of_another_sector_does_not_shine_through_an_answer(siting: Siting) -> None:
    with siting.owner.transaction():
        siting.owner.execute(
            "INSERT INTO actors (code, name, kind) VALUES ('RED', 'EXERCISE', 'armed_group')"
        )
        siting.owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "review_on) SELECT 'EXERCISE raids', id, 'EXERCISE', 'mob_risk', ST_Multi(ST_MakeEnvelope(0.49, 0.55, 0.51, "
            "0.6, 4326)), %s, 3, 3, 5, 5, current_date FROM actors",
            [siting.staff.sectors[EAST]],
        )
        record(siting.owner)
    # Asked by somebody who reads both sectors, and read by those of the west.
    study = siting.study(Role.POC_OFFICER, threat_km="13")
    assert {why for _ref, _name, why in siting.found(study)["candidates"]} == {""}
