"""What plans of patrols stand on, from the pages by which officers set it to the problem that the search is given."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import psycopg
import pytest
from flask.testing import FlaskClient

from app.coverage.facts import site_facts
from app.db import db
from app.errors import NotAllowed
from app.permissions import Role
from app.plans.ground import ground_of
from app.plans.near_defenders import weights
from app.roads.network import network, season_at
from geo.patrols.problem import Tier
from geo.roads import Season
from tests.people import EAST, WEST, Staff, record
from tests.planning_ground import Country, one, small_country
from tests.planning_officer import MEANS, SITE, WHY, means, post, read, site, visited
from tests.reports import defender_near


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def test_a_site_is_put_on_the_list_changed_and_taken_off(
    officer: FlaskClient, country: Country, owner: psycopg.Connection
) -> None:
    site(officer, "V2", market_days=["3"], market_from="08:00", market_until="12:00")
    assert post(officer, "/sites/new", {**SITE, "place": "V2"}).status_code == 422
    number = read(officer, "/api/v1/sites")["sites"][0]["id"]
    assert (
        post(officer, f"/sites/{number}", {**SITE, "market_days": ["3"]}).status_code == 422
    )  # without its hours
    assert post(officer, f"/sites/{number}", {**SITE, "priority": "could"}).status_code == 303
    assert "Could protect" in officer.get("/sites").get_data(as_text=True)
    assert post(officer, f"/sites/{number}/drop", {"why": "no"}).status_code == 422
    assert post(officer, f"/sites/{number}/drop", {"why": WHY}).status_code == 303
    assert read(officer, "/api/v1/sites")["total"] == 0
    assert post(officer, f"/sites/{number}", SITE).status_code == 409
    told = owner.execute(
        "SELECT action FROM ledger_events WHERE subject LIKE 'sites:%' ORDER BY id"
    ).fetchall()
    assert [row[0] for row in told] == ["sites.set", "sites.changed", "sites.dropped"]


def test_nobody_plans_in_another_sector(staff: Staff, country: Country) -> None:
    stranger = staff.client(Role.SECTOR_OPS, EAST)
    assert post(stranger, "/sites/new", {**SITE, "place": "V2"}).status_code == 422
    assert post(stranger, f"/means/units/{country.unit}", MEANS).status_code == 404
    closed = {"condition": "closed", "cause": "bridge", "reason": WHY}
    assert post(stranger, f"/roads/links/{country.links[0]}", closed).status_code == 403
    with staff.acting(Role.SECTOR_OPS, EAST), pytest.raises(NotAllowed):
        ground_of(staff.sectors[WEST], datetime.now(UTC).date(), 1)


def test_a_plan_for_today_knows_what_was_closed_today_and_sends_nobody_out_in_hours_that_have_passed(
    officer: FlaskClient, staff: Staff, country: Country
) -> None:
    site(officer, "V2")
    site(officer, "V4")
    means(officer, country, shift_from="00:01", shift_until="00:00")  # all day
    today = datetime.now(UTC).date()

    def asked() -> tuple[bool, float]:
        """Whether an open way leads to every site, and when the first tour may set out."""
        with staff.acting(Role.SECTOR_OPS):
            problem = ground_of(staff.sectors[WEST], today, 1).problem
        reached = problem.travel[0, problem.tours.start[0], problem.tasks.node]
        return bool(np.isfinite(reached).all()), float(problem.tours.earliest.min())

    gone = datetime.now(UTC).hour * 60 + datetime.now(UTC).minute
    reached, earliest = asked()
    assert reached and earliest >= gone
    closed = {"condition": "closed", "cause": "bridge", "reason": WHY}
    assert post(officer, f"/roads/links/{country.links[2]}", closed).status_code == 303
    assert not asked()[0]


def test_the_more_careful_word_about_a_road_wins_until_it_is_taken_back(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    link = f"/roads/links/{country.links[1]}"

    def minutes() -> float:
        with staff.acting(Role.SECTOR_OPS):
            return float(network().minutes(Season.DRY)[1])

    assert minutes() == 20
    slow = {"condition": "slowed", "cause": "rain", "reason": WHY}
    assert post(officer, link, slow).status_code == 422  # by how much?
    for factor in ("3", "2"):
        assert post(officer, link, {**slow, "factor": factor}).status_code == 303
    assert minutes() == 60
    assert post(officer, link, {"condition": "closed", "cause": "mines", "reason": WHY}).status_code == 303
    assert minutes() == np.inf
    listed = read(officer, "/api/v1/roads/conditions")["conditions"]
    assert [c["condition"] for c in listed] == ["closed", "slowed", "slowed"]
    drawn = read(officer, "/map/layers/roads.geojson?zoom=9")["features"]
    assert sorted(f["properties"]["state"] for f in drawn) == ["closed", "open", "open", "open"]
    back = f"/roads/conditions/{listed[0]['id']}/open"
    assert post(officer, back, {"why": WHY}).status_code == 303
    assert post(officer, back, {"why": WHY}).status_code == 409
    assert minutes() == 60
    assert owner.execute("SELECT count(*) FROM road_conditions").fetchone() == (3,)


def test_an_active_threat_slows_the_roads_in_its_area(
    staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        owner.execute("INSERT INTO actors (code, name, kind) VALUES ('RED', 'EXERCISE', 'armed_group')")
        owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "review_on) SELECT 'EXERCISE raids', id, 'EXERCISE', 'mob_risk', ST_Multi(ST_MakeEnvelope(0.31, 0.45, 0.39, "
            "0.55, 4326)), %s, 3, 3, 5, 5, current_date FROM actors", [staff.sectors[WEST]],
        )  # fmt: skip
        record(owner)
    with staff.acting(Role.SECTOR_OPS):
        assert network().minutes(Season.DRY).tolist() == [20, 20, 30, 20]
    # Whoever may not read the threat is not told of it by a road.
    with staff.acting(Role.SECTOR_OPS, EAST):
        assert network().minutes(Season.DRY).tolist() == [20, 20, 20, 20]


def test_the_rainy_season_may_run_over_the_turn_of_the_year(staff: Staff, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute("UPDATE procedures SET value = 11 WHERE key = 'rainy_from_month'")
        owner.execute("UPDATE procedures SET value = 2 WHERE key = 'rainy_until_month'")
        record(owner)
    with staff.acting(Role.SECTOR_OPS):
        seasons = [season_at(datetime(2026, month, 15, tzinfo=UTC)).value for month in (10, 11, 1, 2, 3)]
    assert seasons == ["dry", "rainy", "rainy", "rainy", "dry"]


def test_a_week_becomes_tours_and_visits_that_know_whom_they_need(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    means(officer, country, days=["1", "2", "3", "4", "5"])
    site(officer, "V2", visits_a_week="3", longest_gap_days="3", needs=["interpreter"])
    site(officer, "V4", priority="could", visits_a_week="0", longest_gap_days="30", window_from="08:00",
         window_until="10:00")  # fmt: skip
    site(officer, "V1", priority="should", visits_a_week="2", longest_gap_days="4", night_percent="50")
    visited(owner, staff, country, 0.5, 2.0)
    monday = datetime.now(UTC).date() + timedelta(days=7 - datetime.now(UTC).weekday())
    owed = {"kind": "market", "from_place": "V1", "to_place": "V3", "on_day": monday.isoformat(), "earliest": "07:00",
            "latest": "09:00", "ready_minutes": "15"}  # fmt: skip
    assert post(officer, "/means/escorts", owed).status_code == 303
    with staff.acting(Role.FC_STAFF):  # the mission's own sector holds the western one
        assert len(ground_of(staff.sectors["ALL"], monday, 7).tasks) == 6
    with staff.acting(Role.SECTOR_OPS):
        found = ground_of(staff.sectors[WEST], monday, 7)
        rainy = season_at(found.begins) is Season.RAINY
    problem = found.problem
    assert [t.day.isoweekday() for t in found.tours] == [1, 2, 3, 4, 5]
    assert problem.tours.earliest[1] == 1440 + 7 * 60 and problem.tours.latest[1] == 1440 + 17 * 60
    by_site = [task.visit.facts.site.code if task.visit else "escort" for task in found.tasks]
    # V4 was visited two days ago and wants none within its gap; V2 three times, V1 twice.
    assert sorted(by_site) == ["V1", "V1", "V2", "V2", "V2", "escort"]
    tasks = problem.tasks
    v2 = [n for n, code in enumerate(by_site) if code == "V2"]
    assert not tasks.allowed[v2].any()  # no interpreter goes out
    assert set(tasks.gap[v2]) == {1} and set(tasks.tier[v2]) == {Tier.MUST}
    escort = by_site.index("escort")
    assert tasks.node[escort] != tasks.end[escort] and tasks.windows[escort, 0].tolist() == [420, 540]
    assert [task.visit.night for task in found.tasks if task.visit and task.visit.facts.site.code == "V1"] == [
        False, True,
    ]  # fmt: skip
    base = problem.tours.start[0]
    assert problem.travel[0, base, tasks.node[v2[0]]] == pytest.approx(56 if rainy else 40)


def test_what_was_visited_or_is_ordered_already_is_asked_for_no_more(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    means(officer, country)
    site(officer, "V1", visits_a_week="2", longest_gap_days="90")
    site(officer, "V2", visits_a_week="0", longest_gap_days="7")
    site(officer, "V3", visits_a_week="1", longest_gap_days="90", priority="could")
    first = (datetime.now(UTC) + timedelta(days=1)).date()
    for lon, days in ((0.2, 2.0), (0.3, 4.0), (0.4, 20.0)):
        visited(owner, staff, country, lon, days)

    def owed(days: int) -> dict[str, int]:
        with staff.acting(Role.SECTOR_OPS):
            found = ground_of(staff.sectors[WEST], first, days)
            visits = [task.visit for task in found.tasks if task.visit]
            assert [due.task for due in found.problem.due] == [
                n for n, visit in enumerate(visits) if visit.facts.site.code == "V2"
            ]
            return Counter(visit.facts.site.code for visit in visits)

    # V1: one of two in the seven days that end with these; V2 is due on the third day; V3 once a week.
    assert owed(3) == {"V1": 1, "V2": 1, "V3": 1}
    ordered = ordered_to(owner, staff, country, 0.3, first + timedelta(days=1))
    assert owed(3) == {"V1": 1, "V3": 1}
    ordered_to(owner, staff, country, 0.4, first)
    assert owed(3) == {"V1": 1}
    # One that does not go, or that another patrol took out of its day, is no visit.
    with owner.transaction():
        owner.execute("UPDATE patrols SET state = 'abandoned' WHERE id = %s", [ordered])
        record(owner)
    assert owed(3) == {"V1": 1, "V2": 1}


def ordered_to(owner: psycopg.Connection, staff: Staff, country: Country, lon: float, day: date) -> int:
    """A patrol that is to stop there on a day, and has not set out."""
    at = datetime.combine(day, time(9), UTC)
    with owner.transaction():
        patrol = one(
            owner, "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, planned_start, planned_end) "
            "VALUES ('HAWK-8', %s, %s, 'presence', %s, %s)",
            [country.unit, staff.sectors[WEST], at - timedelta(hours=1), at + timedelta(hours=2)],
        )  # fmt: skip
        owner.execute(
            "INSERT INTO patrol_stops (patrol_id, sequence, name, place, arrive_planned) "
            "VALUES (%s, 1, 'EXERCISE', ST_SetSRID(ST_MakePoint(%s, 0.503), 4326), %s)", [patrol, lon, at],
        )  # fmt: skip
        record(owner)
    return patrol


def test_who_sees_no_cells_plans_by_nothing_that_cells_would_say(
    staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        owner.execute(
            "INSERT INTO admin_areas (code, name, level, area) VALUES ('D', 'EXERCISE', 2, "
            "ST_Multi(ST_MakeEnvelope(0, 0, 0.35, 1, 4326)))"
        )
        owner.execute("UPDATE places SET admin_code = 'D' WHERE code IN ('V1', 'V2')")
        record(owner)
    for n in range(2):
        defender_near(owner, staff.sectors[WEST], 0.2, codename=f"Test Heron {n}")
    with staff.acting(Role.FC_STAFF):
        assert set(weights(country.places).values()) == {1.0}  # two may be told apart
    defender_near(owner, staff.sectors[WEST], 0.2, codename="Test Heron 2")
    with staff.acting(Role.FC_STAFF):
        assert [weights(country.places)[n] for n in country.places] == [1.0, 1.2, 1.2, 1.0, 1.0]
    with staff.acting(Role.SECTOR_OPS):
        assert set(weights(country.places).values()) == {1.0}


def test_coverage_opens_with_what_must_be_protected_and_was_left_alone(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    for place, priority in (("V1", "must"), ("V3", "must"), ("V4", "could")):
        site(officer, place, priority=priority)
    visited(owner, staff, country, 0.2, 0.2)
    visited(owner, staff, country, 0.4, 5.0)
    with staff.acting(Role.SECTOR_OPS):
        facts = site_facts()
        assert facts[0].site.code == "V3" and facts[0].over
        assert facts[0].way.base == "EXERCISE base" and facts[0].way.dry == pytest.approx(60)
        db.session.rollback()
    page = officer.get("/coverage").get_data(as_text=True)
    assert "Must be protected, and past the longest gap: 1" in page
    assert "2 patrols have come back: 6 hours" in page
    closed = {"condition": "closed", "cause": "bridge", "reason": WHY}
    assert post(officer, f"/roads/links/{country.links[2]}", closed).status_code == 303
    page = officer.get("/coverage").get_data(as_text=True)
    assert "Not reached in time: 2" in page and "no way" in page
    exported = post(officer, "/coverage/export", {})
    assert exported.mimetype == "text/csv" and exported.get_data(as_text=True).count("\n") == 4
    assert staff.client(Role.SECTOR_OPS, EAST).get("/api/v1/coverage").json == {"sites": []}
    drawn = read(officer, "/map/layers/coverage.geojson")["features"]
    assert {f["properties"]["over"] for f in drawn} == {True, False}
