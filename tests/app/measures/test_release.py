"""What leaves the house: small cells hidden, of quarters that have ended, and by nobody's other door."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.errors import NotFound
from app.measures import released, views
from app.measures.catalogue import CATALOGUE, measure_of
from app.measures.models import Figure, Source
from app.measures.periods import quarter_before, quarter_of, read_period
from app.permissions import MAP, Permission, Role
from tests.app.measures.history import ANSWERED, Told, happened, tell
from tests.people import EAST, WEST, Staff, csrf_of
from tests.reports import defender_near

NOW = datetime.now(UTC)
QUARTER = quarter_before(quarter_of(NOW))
FIRST, SECOND, THIRD = (read_period(code).since for code in QUARTER.months())


def spread(month: datetime, count: int, **told: Any) -> list[Told]:
    return [Told(month + timedelta(hours=n + 1), **told) for n in range(count)]


@pytest.fixture
def quarter(owner: psycopg.Connection, staff: Staff) -> None:
    """West 6, 7, 8 alerts a month; east 5, 2, 6; outside all sectors 9, 9, 9."""
    every = [
        told
        for month, counts in ((FIRST, (6, 5, 9)), (SECOND, (7, 2, 9)), (THIRD, (8, 6, 9)))
        for count, sector in zip(counts, ("WEST", "EAST", None), strict=True)
        for told in spread(month, count, sector=sector, steps=ANSWERED)
    ]
    tell(owner, staff.sectors, *every)


def by_cell(cells: Any) -> dict[Any, Any]:
    return {(f.key, f.month): "hidden" if f.hidden else f.denominator for f in cells}


def test_a_small_month_takes_its_sector_and_another_out_of_the_whole_quarter(
    staff: Staff, quarter: None
) -> None:
    with staff.acting(Role.AUDITOR):
        found = released.blocks([measure_of("response_mission")], QUARTER, "sector")["response_mission"]
    assert found.total.denominator == 61
    assert [m.denominator for m in found.months] == [20, 18, 23]
    months = (None, *QUARTER.months())
    expected: dict[Any, Any] = {(code, m): "hidden" for code in ("EAST", "WEST") for m in months}
    expected |= {("not_known", None): 27} | {("not_known", m): 9 for m in QUARTER.months()}
    assert by_cell(found.cells) == expected


def test_every_measure_of_alerts_hides_the_same_sectors(staff: Staff, quarter: None) -> None:
    measures = [m for m in CATALOGUE.values() if m.source is Source.ALERTS]
    with staff.acting(Role.AUDITOR):
        found = released.blocks(measures, QUARTER, "sector")
    told = [b for b in found.values() if not b.total.hidden]
    assert len(told) > 5
    assert all({"EAST", "WEST"} <= {f.key for f in b.cells if f.hidden} for b in told)


def test_a_quarter_of_few_is_not_told_at_all(owner: psycopg.Connection, staff: Staff) -> None:
    tell(owner, staff.sectors, *spread(FIRST, 4))
    with staff.acting(Role.AUDITOR):
        blocks = released.blocks([m for m in CATALOGUE.values() if m.source is Source.ALERTS], QUARTER)
    assert all(b.total.hidden and not b.months and not b.cells for b in blocks.values())


def test_a_month_of_few_takes_the_others_with_it(owner: psycopg.Connection, staff: Staff) -> None:
    tell(owner, staff.sectors, *spread(FIRST, 9), *spread(SECOND, 3), *spread(THIRD, 9))
    with staff.acting(Role.AUDITOR):
        found = released.blocks([measure_of("actionable")], QUARTER)["actionable"]
        assert (found.total.denominator, found.months) == (21, ())
        month = read_period(QUARTER.months()[0])
        assert released.in_period([measure_of("actionable")], month)["actionable"].total.hidden


def test_few_on_either_side_of_a_share_are_hidden(owner: psycopg.Connection, staff: Staff) -> None:
    tell(owner, staff.sectors, *spread(FIRST, 9, steps=ANSWERED), *spread(FIRST, 2))
    with staff.acting(Role.AUDITOR):
        found = released.blocks([measure_of("response_mission"), measure_of("actionable")], QUARTER)
    assert found["response_mission"].total.hidden
    assert found["actionable"].total.denominator == 11


def test_kinds_that_speak_of_one_person_are_hidden_however_many(
    owner: psycopg.Connection, staff: Staff
) -> None:
    tell(owner, staff.sectors, *spread(FIRST, 20, kind="threat_to_named_person"), *spread(FIRST, 30),
         *spread(FIRST, 40, kind="cattle_raid"))  # fmt: skip
    with staff.acting(Role.AUDITOR):
        found = released.blocks([measure_of("actionable")], QUARTER, "kind")["actionable"]
    hidden = {f.key for f in found.cells if f.hidden}
    assert hidden == {"threat_to_named_person", "attack_under_way"}


def test_victims_are_hidden_where_few_were_killed(owner: psycopg.Connection, staff: Staff) -> None:
    for actor, killed in (("EXERCISE A", 3), ("EXERCISE B", 9), ("EXERCISE C", 30)):
        for n in range(6):
            deaths = {"killed_best": killed, "killed_high": killed} if n == 0 else {}
            happened(owner, staff.sectors, FIRST + timedelta(hours=n), side_a=actor, **deaths)
    with staff.acting(Role.AUDITOR):
        found = released.blocks([measure_of("killed")], QUARTER, "actor")["killed"]
    told = {f.key: None if f.hidden else f.numerator for f in found.cells if f.month is None}
    assert (found.total.numerator, told) == (42, {"EXERCISE A": None, "EXERCISE B": None, "EXERCISE C": 30})


def test_what_still_grows_is_not_released(staff: Staff, quarter: None) -> None:
    for measure in CATALOGUE.values():
        assert not released.may_be_released(measure, quarter_of(NOW), NOW)
        assert released.may_be_released(measure, QUARTER, NOW) is not measure.source.now
    client = staff.client(Role.FC_STAFF)
    token = csrf_of(client, "/measures")
    for code in (quarter_of(datetime.now(UTC)).code, "2026-13", "", "2999-Q1"):
        answer = client.post("/measures/export", data={"csrf_token": token, "period": code})
        assert answer.status_code == 422, code


@pytest.mark.parametrize(("role", "sights"), [
    (Role.HOM, {"alerts": "exact", "victims": "exact", "patrols": "exact", "defenders": None}),
    (Role.HEAD_OF_OFFICE, {"alerts": "exact", "victims": "exact", "patrols": "exact", "defenders": None}),
    (Role.HR_CASE_SUPERVISOR, {"alerts": "exact", "patrols": "released", "defenders": "exact"}),
    (Role.AUDITOR, {"alerts": "totals", "victims": "released", "patrols": "totals", "places": "totals",
                    "defenders": None}),
])  # fmt: skip
def test_who_sees_figures_as_they_are(staff: Staff, role: Role, sights: dict[str, str | None]) -> None:
    with staff.acting(role):
        assert {source: views.sight_of(Source(source)) for source in sights} == sights


def test_an_auditor_reads_figures_and_no_content(staff: Staff, quarter: None, client: FlaskClient) -> None:
    auditor = staff.client(Role.AUDITOR)
    page = auditor.get(f"/measures/response_mission?period={QUARTER.code}&by=sector").get_data(as_text=True)
    assert "61 of 61" in page
    assert "hidden" in page
    assert "/alerts/" not in page.split("<main")[1]
    assert auditor.get("/alerts").status_code == 403
    # Of a period that is no quarter he gets the mission's total, and no part of it.
    since = FIRST.date()
    page = auditor.get(f"/measures/response_mission?since={since}&until={since}&by=sector").get_data(
        as_text=True
    )
    assert "20 of 20" in page
    assert "Sector West" not in page.split("<main")[1]


def test_a_sector_s_office_sees_its_own_and_releases_nothing(staff: Staff, quarter: None) -> None:
    totals = {}
    for sector in (WEST, EAST):
        office = staff.client(Role.HEAD_OF_OFFICE, sector)
        api = office.get(f"/api/v1/measures/response_mission?period={QUARTER.code}&by=sector").json
        assert {c["key"] for c in api["cells"]} == {sector}
        totals[sector] = api["figure"]["denominator"]
        assert "HXL" not in office.get("/measures").get_data(as_text=True)
        token = csrf_of(office, "/account")
        answer = office.post("/measures/export", data={"csrf_token": token, "period": QUARTER.code})
        assert answer.status_code == 403
    assert totals == {WEST: 21, EAST: 13}


def test_a_narrowed_token_reads_no_more_than_its_scopes(
    staff: Staff, quarter: None, client: FlaskClient
) -> None:
    scopes = [Permission.READ_MEASURES]
    whole = staff.bearer(Role.HOM, scopes=[*scopes, Permission.RELEASE_MEASURES])
    listed = client.get(f"/api/v1/measures?period={QUARTER.code}&view=exact", headers=whole).json["measures"]
    assert {m["view"] for m in listed} == {"released"}
    # Of his own sector alone, and without the alerts themselves, there is nothing that an office could be shown.
    office = staff.bearer(Role.HEAD_OF_OFFICE, scopes=scopes)
    assert (
        client.get(f"/api/v1/measures?period={QUARTER.code}&view=exact", headers=office).json["measures"]
        == []
    )
    assert client.get("/api/v1/measures/actionable", headers=office).status_code == 404


def test_the_api_releases_unless_it_is_asked_for_more(
    staff: Staff, quarter: None, client: FlaskClient
) -> None:
    headers = staff.bearer(Role.HOM)
    address = f"/api/v1/measures/actionable?period={QUARTER.code}&by=sector"
    plain, exact = (client.get(a, headers=headers).json for a in (address, f"{address}&view=exact"))
    assert sum(c["hidden"] for c in plain["cells"]) == 8
    assert {c["key"]: c["denominator"] for c in exact["cells"]} == {"WEST": 21, "EAST": 13, "not_known": 27}


def test_the_file_has_hashtags_hides_and_is_recorded(
    staff: Staff, quarter: None, owner: psycopg.Connection
) -> None:
    happened(owner, staff.sectors, FIRST, side_a="=cmd|calc", killed_best=30, killed_high=30)
    for n in range(9):
        happened(owner, staff.sectors, FIRST + timedelta(hours=n), side_a="=cmd|calc")
    client = staff.client(Role.POC_OFFICER)
    token = csrf_of(client, "/measures")
    answer = client.post("/measures/export", data={"csrf_token": token, "period": QUARTER.code})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"measures-EXERCISE-{QUARTER.code}.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    tags = rows[1]
    assert tags[0] == "#indicator+code"
    assert all(tag.startswith("#") for tag in tags)
    data = [dict(zip(tags, row, strict=True)) for row in rows[2:]]
    assert all(row["#meta+classification"] == "CONFIDENTIAL · EXERCISE" for row in data)
    west = [row for row in data if (row["#region+name"], row["#indicator+code"]) == (
        "Sector West", "response_mission")]  # fmt: skip
    assert {row["#status"] for row in west} == {"suppressed"}
    assert {row["#indicator+denominator+num"] for row in west} == {""}
    whole = next(r for r in data if r["#indicator+code"] == "response_mission" and r["#date+end"] == str(
        (QUARTER.until - timedelta(days=1)).date()) and not r["#region+name"])  # fmt: skip
    assert (whole["#date+start"], whole["#indicator+numerator+num"]) == (str(FIRST.date()), "61")
    assert {row["#org+perpetrator+name"] for row in data} == {"", "'=cmd|calc"}
    assert {r["#status"] for r in data if r["#indicator+code"] == "women_sources"} == {"not recorded"}
    for row in data:
        for tag in ("#indicator+numerator+num", "#indicator+denominator+num"):
            # Outcomes and responders stand as parts; nothing of less than five in any of them.
            assert row[tag] == "" or float(row[tag]) == 0 or float(row[tag]) >= 5, row
    events = owner.execute("SELECT details FROM ledger_events WHERE action = 'measures.exported'").fetchall()
    assert events == [({"count": len(data), "period": QUARTER.code},)]


def test_files_of_defenders_are_counted_for_their_keepers_and_never_when_few(
    staff: Staff, owner: psycopg.Connection
) -> None:
    def overdue(role: Role, *more: Any) -> Figure:
        with staff.acting(role, *more):
            figure = views.one(measure_of("overdue_reviews"), quarter_of(NOW)).figure
        assert figure
        return figure

    for n in range(4):
        defender_near(owner, staff.sectors[WEST], codename=f"Test {n}")
    assert overdue(Role.HR_CASE_SUPERVISOR).hidden
    for n in range(4, 12):
        defender_near(owner, staff.sectors[WEST], codename=f"Test {n}")
    owner.execute("BEGIN")
    owner.execute("UPDATE defenders SET review_on = current_date - 3 WHERE id % 2 = 0")
    owner.execute(
        "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests.prepare', 'tests:0', '{}')"
    )
    owner.execute("COMMIT")
    figure = overdue(Role.HR_CASE_SUPERVISOR)
    assert (figure.numerator, figure.denominator) == (6, 12)
    # Without the compartment there are no files; whoever keeps none does not learn that the measure is there.
    assert overdue(Role.HR_CASE_SUPERVISOR, WEST, ()).denominator == 0
    with staff.acting(Role.HOM), pytest.raises(NotFound):
        views.one(measure_of("overdue_reviews"), quarter_of(NOW))


def test_the_database_asks_for_itself_who_counts(staff: Staff, quarter: None) -> None:
    """Called by hand as each role, past the application: rows of those sectors alone in which measures are read."""
    reads = MAP[Permission.READ_MEASURES]
    for role in Role:
        with staff.acting(role) as viewer, psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
            row = c.execute("SELECT count(*) FROM vigil.alert_facts('2000-01-01', '2100-01-01')").fetchone()
        expected = 61 if role in reads.anywhere else 21 if role in reads.in_sector else 0
        assert row == (expected,), role
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as nobody:
        for function in ("alert_facts", "victim_facts", "patrol_facts"):
            found = nobody.execute(f"SELECT count(*) FROM vigil.{function}('2000-01-01', '2100-01-01')")  # type: ignore[arg-type]
            assert found.fetchone() == (0,)
