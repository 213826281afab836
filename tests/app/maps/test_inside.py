"""What lies in a drawn area, and where nobody has reported anything: each as far as its reader sees."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.alerts.entries import WHY, entered
from tests.app.incidents.test_incidents import incident, post
from tests.people import EAST, WEST, Staff, square
from tests.reports import act, body, put

WHOLE = "0,0;0,1;2,1;2,0"


def counts(client: FlaskClient, question: str) -> dict[str, int]:
    page = client.get(f"/map/inside?{question}")
    assert page.status_code == 200
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="num">(\d+)</td>', page.get_data(as_text=True))
    return {name: int(n) for name, n in rows}


def test_an_area_counts_what_lies_in_it_and_nothing_beside_it(client: FlaskClient, staff: Staff) -> None:
    ops = staff.bearer(Role.SECTOR_OPS)
    made = post(client, ops, incident()).json["place"]
    assert put(client, staff.bearer(Role.PATROL_CDR), body()).status_code == 201
    watch = staff.client(Role.WATCHKEEPER_JOC)
    found = counts(watch, f"area={WHOLE}")
    assert (found["Incidents"], found["Open alerts"]) == (1, 1)
    lon, lat = made["lon"], made["lat"]
    beside = f"{lon + 0.01},{lat};{lon + 0.02},{lat};{lon + 0.02},{lat + 0.01}"
    assert counts(watch, f"area={beside}")["Incidents"] == 0
    assert counts(watch, f"area={WHOLE}&until=2000-01-01T00:00:00Z")["Incidents"] == 0
    assert counts(watch, f"area={WHOLE}&known_at=2000-01-01T00:00:00Z")["Open alerts"] == 0
    assert counts(watch, f"area={WHOLE}&kind=killing&grade=A")["Incidents"] == 0


def test_what_follows_another_alert_is_no_event_of_its_own(client: FlaskClient, staff: Staff) -> None:
    """The picture, the picture of a moment and the count of an area agree with the queue; a list still tells of it."""
    duty, watch = staff.bearer(Role.WATCHKEEPER_JOC), staff.client(Role.WATCHKEEPER_JOC)
    leader, follower = entered(client, duty), entered(client, duty)

    def drawn(question: str = "") -> list[int]:
        features = watch.get(f"/map/layers/alerts.geojson{question}").json["features"]  # type: ignore[index]
        return sorted(f["properties"]["id"] for f in features)

    def counted() -> tuple[int, int]:
        queue = watch.get("/alerts/queue").get_data(as_text=True).count('id="q-')
        return counts(watch, f"area={WHOLE}")["Open alerts"], queue

    assert (drawn(), counted()) == ([leader, follower], (2, 2))
    before = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    act(client, duty, follower, "merge", leader_id=leader, note=WHY)
    merged = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    assert (drawn(), counted()) == ([leader], (1, 1))
    tile = watch.get("/tiles/alerts/0/0/0.mvt").get_data()
    act(client, duty, follower, "part", note=WHY)
    assert (drawn(), counted()) == ([leader, follower], (2, 2))
    assert len(watch.get("/tiles/alerts/0/0/0.mvt").get_data()) > len(tile)
    assert drawn(f"?known_at={before}") == [leader, follower]
    assert drawn(f"?known_at={merged}") == [leader]
    assert counts(watch, f"area={WHOLE}&known_at={merged}")["Open alerts"] == 1
    listed = client.get("/api/v1/alerts", headers=duty).json["alerts"]
    assert len(listed) == 2


def test_an_area_tells_each_reader_of_his_own_sectors_and_nobody_of_defenders(
    client: FlaskClient, staff: Staff
) -> None:
    post(client, staff.bearer(Role.SECTOR_OPS), incident())
    assert counts(staff.client(Role.SECTOR_OPS, EAST), f"area={WHOLE}")["Incidents"] == 0
    supervisor = counts(staff.client(Role.HR_CASE_SUPERVISOR), f"area={WHOLE}")
    assert supervisor["Incidents"] == 1 and not [n for n in supervisor if "efender" in n]
    assert "Open alerts" not in counts(staff.client(Role.LEGAL), f"area={WHOLE}")


@pytest.mark.parametrize(
    "area", ["", "0,0;1,1", "0,0;1,1;x,y", "0,0;0,95;1,1", "nan,0;0,1;1,1", ";".join(["0,0"] * 101)]
)
def test_what_is_no_area_is_refused(staff: Staff, area: str) -> None:
    assert staff.client(Role.WATCHKEEPER_JOC).get(f"/map/inside?area={area}").status_code == 422


def test_a_district_is_unknown_until_somebody_reports_from_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    for code, name, level, parent, lon in (
        ("P", "Province", 1, None, 0), ("P1", "West district", 2, "P", 0), ("P2", "East district", 2, "P", 1),
    ):  # fmt: skip
        area = square(lon, 0, 2 if level == 1 else 1)
        owner.execute(
            "INSERT INTO admin_areas VALUES (%s, %s, %s, %s, %s)", [code, name, level, parent, area]
        )
    watch = staff.client(Role.WATCHKEEPER_JOC)

    def unknown(client: FlaskClient, question: str = "") -> set[str]:
        features = client.get(f"/map/layers/unknown.geojson{question}").json["features"]  # type: ignore[index]
        return {f["properties"]["title"].split(":")[0] for f in features}

    assert unknown(watch) == {"West district", "East district"}
    post(client, staff.bearer(Role.SECTOR_OPS), incident())
    assert unknown(watch) == {"East district"}
    assert unknown(watch, "?until=2000-01-01T00:00:00Z") == {"West district", "East district"}
    # Of a district outside his sectors nobody is told that it is calm or not.
    assert unknown(staff.client(Role.SECTOR_OPS, WEST)) == set()
    assert unknown(staff.client(Role.SECTOR_OPS, EAST)) == {"East district"}


def test_the_map_reads_a_period_as_the_tables_do_and_says_what_it_can_t_read(staff: Staff) -> None:
    watching = staff.client(Role.WATCHKEEPER_JOC)
    for said in ("since=2026-11-20&until=2026-11-21", "since=2026-11-20T10:00Z", "known_at=211430ZNOV26"):
        assert watching.get(f"/map/layers/incidents.geojson?{said}").status_code == 200, said
        assert watching.get(f"/incidents?{said}").status_code == 200, said
    for said in ("since=soon", "known_at=2026-11-21T10:00", "until=2026-02-30"):
        assert watching.get(f"/map/layers/incidents.geojson?{said}").status_code == 422, said
