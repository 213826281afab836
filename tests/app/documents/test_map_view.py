"""A view of the map as a document: what was seen, in the reach of whoever printed it, and nothing that may not travel."""

from __future__ import annotations

import io
from typing import Any

import psycopg
import pytest
from pypdf import PdfReader

from app.permissions import Role
from tests.app.documents.ordering import order, raise_alert, surroundings, ucdp_event, write_all, written
from tests.app.havens.conftest import build  # noqa: F401 - a fixture
from tests.people import EAST, WEST, Staff, csrf_of
from tests.planning_ground import small_country
from tests.planning_officer import WHY, post
from tests.reports import defender_near

pytestmark = pytest.mark.usefixtures("worker")

BOX = [0.1, 0.1, 1.9, 0.9]
ALL = ["alerts", "incidents", "threats", "patrols", "havens", "units", "places", "roads"]


def view(staff: Staff, owner: psycopg.Connection, role: Role, layers: list[str] = ALL, **subject: Any) -> Any:
    return written(staff, owner, role, {"box": BOX, "layers": layers} | subject, kind="map_view")


def pdf_text(staff: Staff, role: Role, document: Any, sector: str = WEST) -> str:
    url = next(f["url"] for f in document["files"] if f["format"] == "pdf")
    answer = staff.app.test_client().get(url, headers=staff.bearer(role, sector))
    assert answer.status_code == 200
    return " ".join("".join(s.extract_text() for s in PdfReader(io.BytesIO(answer.data)).pages).split())


@pytest.fixture
def picture(staff: Staff, owner: psycopg.Connection, build: Any) -> int:  # noqa: F811
    surroundings(owner, staff.sectors[WEST])
    ucdp_event(owner, staff.sectors[WEST], precision=1, source_id="1")
    ucdp_event(owner, staff.sectors[WEST], precision=3, source_id="2")
    build("OPENLY")
    build("HIDDEN", lon=0.6, exposure="secret")
    defender_near(owner, staff.sectors[WEST], codename="Amber Crane")
    return raise_alert(staff, owner)


def test_a_sheet_says_what_is_on_it_and_when_and_how_to_read_it(
    staff: Staff, owner: psycopg.Connection, picture: int
) -> None:
    document = view(staff, owner, Role.HOM, since="2026-01-01")
    assert document["state"] == "ready", document
    said = pdf_text(staff, Role.HOM, document)
    for words in (
        "CONFIDENTIAL", "EXERCISE", f"Alert {picture}", "EXERCISE haven OPENLY", "Legend", "squares of", "Layers",
        "Lower left corner", "31N", "known to their district", "Ledger",
    ):  # fmt: skip
        assert words in said, words


def test_what_may_not_travel_is_not_on_the_sheet_whatever_its_reader_may_see(
    staff: Staff, owner: psycopg.Connection, picture: int
) -> None:
    document = view(staff, owner, Role.POC_OFFICER)
    said = pdf_text(staff, Role.POC_OFFICER, document)
    assert "OPENLY" in said and "HIDDEN" not in said and "Amber Crane" not in said
    brief = owner.execute("SELECT brief FROM documents WHERE id = %s", [document["id"]]).fetchone()
    assert brief and b"HIDDEN" not in brief[0] and b"Amber" not in brief[0]


@pytest.mark.usefixtures("picture")
def test_layers_that_were_off_are_not_printed(staff: Staff, owner: psycopg.Connection) -> None:
    said = pdf_text(staff, Role.HOM, view(staff, owner, Role.HOM, ["places"]))
    assert "EXERCISE Harrowby" in said
    assert "OPENLY" not in said and "EXERCISE Base Lima" not in said


def test_a_sheet_shows_roads_as_they_are_when_it_is_printed(staff: Staff, owner: psycopg.Connection) -> None:
    country = small_country(owner, staff)
    officer = staff.client(Role.SECTOR_OPS)
    slow = {"condition": "slowed", "cause": "rain", "factor": "2.5", "reason": WHY}
    for n, words in ((0, slow), (1, slow), (1, {"condition": "closed", "cause": "mines", "reason": WHY})):
        assert post(officer, f"/roads/links/{country.links[n]}", words).status_code == 303
    said = pdf_text(staff, Role.HOM, view(staff, owner, Role.HOM, ["roads"]))
    assert "L0 Secondary road" in said and "Slow · 2.5 times longer · Rain or flood" in said
    assert "Closed · Mines or explosive remnants" in said and said.count("Slow ·") == 1
    assert said.count("Closed ·") == 1 and "L2 Secondary" not in said and WHY not in said
    without = pdf_text(staff, Role.HOM, view(staff, owner, Role.HOM, ["places"]))
    assert "Rain or flood" not in without


@pytest.mark.usefixtures("picture")
def test_an_officer_of_a_sector_prints_his_own_and_others_do_not_read_it(
    staff: Staff, owner: psycopg.Connection
) -> None:
    east = written(
        staff, owner, Role.HEAD_OF_OFFICE, {"box": BOX, "layers": ["alerts", "havens"]}, sector=EAST, kind="map_view"
    )  # fmt: skip
    said = pdf_text(staff, Role.HEAD_OF_OFFICE, east, EAST)
    assert "OPENLY" not in said and "outside the sectors" in said
    west = staff.app.test_client().get(east["status_url"], headers=staff.bearer(Role.HEAD_OF_OFFICE, WEST))
    assert west.status_code == 404
    # Whoever reads documents and not all of the layers reads no sheet of them.
    supervisor = staff.bearer(Role.HR_CASE_SUPERVISOR)
    patrols = view(staff, owner, Role.HOM, ["patrols"])
    assert staff.app.test_client().get(patrols["status_url"], headers=supervisor).status_code == 404
    assert staff.app.test_client().get(east["status_url"], headers=supervisor).status_code == 200


def test_layers_that_one_does_not_read_are_not_ordered(staff: Staff) -> None:
    answer = order(staff, Role.HR_OFFICER, {"box": BOX, "layers": ["patrols"]}, kind="map_view")
    assert answer.status_code == 403


@pytest.mark.parametrize("subject", [
    {"box": [1, 1, 0, 0], "layers": []}, {"box": [0, 0, 1], "layers": []}, {"box": BOX, "layers": ["defenders"]},
    {"box": BOX}, {"box": [0, 0, 1, 89], "layers": []}, {"box": BOX, "layers": [], "alert_id": 1},
    {"box": BOX, "layers": [], "since": "2026-11-02", "until": "2026-11-01"},
])  # fmt: skip
def test_a_view_that_is_none_is_refused(staff: Staff, subject: dict[str, Any]) -> None:
    assert order(staff, Role.HOM, subject, kind="map_view").status_code == 422


def test_the_map_s_button_orders_a_sheet(staff: Staff, owner: psycopg.Connection, picture: int) -> None:
    client = staff.client(Role.WATCHKEEPER_JOC)
    assert 'id="print-view"' in client.get("/map").get_data(as_text=True)
    sent = client.post(
        "/documents/map-view",
        data={"csrf_token": csrf_of(client), "box": "0.1,0.1,1.9,0.9", "layers": ["alerts"], "since": "", "until": ""},
    )  # fmt: skip
    assert sent.status_code == 303, sent.get_data(as_text=True)
    write_all(owner)
    assert f"Alert {picture}" in client.get(sent.headers["Location"]).get_data(as_text=True)
    assert 'id="print-view"' not in staff.client(Role.PATROL_CDR).get("/map").get_data(as_text=True)
