"""Who sees which havens. A restricted one leaves no trace with those who may not know: no row, count or distance."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import permissions
from app.db import db
from app.havens import queries
from app.havens.models import Haven
from app.permissions import Permission as P
from app.permissions import Role
from tests.app.havens.conftest import Build
from tests.people import EAST, WEST, Staff, csrf_of


def codes(client: FlaskClient, headers: dict[str, str], query: str = "") -> list[str]:
    answer = client.get(f"/api/v1/havens{query}", headers=headers).json
    found = [h["code"] for h in answer["havens"]]
    if not query.startswith("/"):
        assert answer["total"] == len(found)
    return found


@pytest.mark.parametrize(("role", "sector", "seen"), [
    (Role.WATCHKEEPER_JOC, WEST, {"W", "E"}), (Role.SECTOR_OPS, WEST, {"W"}), (Role.SECTOR_OPS, EAST, {"E"}),
    (Role.CLA, EAST, {"E"}), (Role.HR_OFFICER, WEST, {"W", "E"}),
    (Role.POC_OFFICER, WEST, {"W", "E", "N", "S"}), (Role.HR_CASE_SUPERVISOR, EAST, {"W", "E", "N", "S"}),
])  # fmt: skip
def test_a_haven_is_seen_within_scope_and_clearance_and_nowhere_else(
    client: FlaskClient, staff: Staff, build: Build, role: Role, sector: str, seen: set[str]
) -> None:
    ids = {"W": build("W"), "E": build("E", lon=1.5)}
    ids |= {"N": build("N", lon=0.51, exposure="need_to_know"), "S": build("S", lon=0.52, exposure="secret")}
    headers = staff.bearer(role, sector)
    assert set(codes(client, headers)) == seen
    for sort in ("free", "-occupancy", "name", "state"):
        assert set(codes(client, headers, f"?sort={sort}")) == seen
    assert set(codes(client, headers, "/nearest?place=0.5,+0.52")) == seen
    for code, haven in ids.items():
        status = 200 if code in seen else 404
        assert client.get(f"/api/v1/havens/{haven}", headers=headers).status_code == status
    page = staff.client(role, sector).get("/havens").get_data(as_text=True)
    assert {c for c in ids if f"EXERCISE haven {c}" in page} == seen
    with staff.acting(role, sector):
        assert sum(row.havens for row in queries.places().values()) == len(seen)


def test_the_database_hides_restricted_havens_by_itself(staff: Staff, build: Build) -> None:
    build("W"), build("S", exposure="secret")
    for role, seen in ((Role.WATCHKEEPER_JOC, ["W"]), (Role.POC_OFFICER, ["S", "W"]), (Role.PATROL_CDR, [])):
        with staff.acting(role):
            assert list(db.session.scalars(db.select(Haven.code).order_by(Haven.code))) == seen


def test_clearance_for_his_sectors_alone_would_tell_of_no_restricted_haven(
    client: FlaskClient, staff: Staff, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No role has it so. Were one given it so, the policies would show nothing, and the application must not differ."""
    build("W"), build("S", lon=0.51, exposure="secret")
    monkeypatch.setitem(
        permissions.MAP, P.SEE_RESTRICTED_HAVENS, permissions.reach(in_sector=(Role.SECTOR_OPS,))
    )
    with staff.acting(Role.SECTOR_OPS) as officer:
        assert (
            officer.may(P.SEE_RESTRICTED_HAVENS, staff.sectors[WEST]) and not permissions.knows_restricted()
        )
        assert list(db.session.scalars(db.select(Haven.code))) == ["W"]
        assert [h.code for h in queries.board(queries.Filters(), 1)[0]] == ["W"]
    page = staff.client(Role.SECTOR_OPS)
    layer = page.get("/map/layers/havens.geojson?bbox=0,0,1,1&zoom=9")
    assert layer.status_code == 200 and layer.json and len(layer.json["features"]) == 1
    assert "no-store" not in layer.headers["Cache-Control"]  # what holds no restricted haven may be kept
    form = page.get("/havens/new").get_data(as_text=True)
    assert 'value="mission"' in form and 'value="secret"' not in form


def test_the_nearest_open_haven_comes_first_with_its_distance(
    client: FlaskClient, staff: Staff, build: Build
) -> None:
    build("FAR", lon=0.9), build("NEAR", lon=0.6), build("SHUT", lon=0.5, state="standby")
    headers = staff.bearer(Role.WATCHKEEPER_JOC)
    found = client.get("/api/v1/havens/nearest?place=0.5,0.5", headers=headers).json["havens"]
    assert [h["code"] for h in found] == ["NEAR", "FAR"]
    assert 11_000 < found[0]["metres"] < 11_200
    assert codes(client, headers, "/nearest?place=0.5,0.5&states=open,standby") == ["SHUT", "NEAR", "FAR"]
    assert codes(client, headers, "/nearest?place=0.5,0.5&states=all")[0] == "SHUT"


@pytest.mark.parametrize("place", ["", "nowhere", "95.0, 10.0", "31N ZZ 1", "%00", "<script>"])
def test_a_place_that_is_none_is_refused_without_repeating_it(
    client: FlaskClient, staff: Staff, place: str
) -> None:
    answer = client.get(f"/api/v1/havens/nearest?place={place}", headers=staff.bearer(Role.WATCHKEEPER_JOC))
    assert answer.status_code == 422
    assert "95.0" not in answer.get_data(as_text=True) and "<script>" not in answer.get_data(as_text=True)
    page = staff.client(Role.WATCHKEEPER_JOC).get(f"/havens/nearest?place={place}")
    assert page.status_code == (422 if place.replace("%00", "") else 200)


def test_the_page_and_the_panel_offer_the_acts_to_keepers_alone(staff: Staff, build: Build) -> None:
    haven = build("A", occupancy=4)
    keeper = staff.client(Role.SECTOR_OPS)
    panel = keeper.get(f"/havens/{haven}/panel").get_data(as_text=True)
    assert "<html" not in panel and "Change state" in panel and "6 places free" in panel
    reader = staff.client(Role.HR_OFFICER).get(f"/havens/{haven}").get_data(as_text=True)
    assert "<html" in reader and "Change state" not in reader
    token = csrf_of(keeper, f"/havens/{haven}")
    sent = {
        "csrf_token": token,
        "needs_asked": "1",
        "needs": ["water", "food"],
        "supply.beds": "12",
        "supply.food_days": "",
    }
    assert keeper.post(f"/havens/{haven}/needs", data=sent).status_code == 303
    page = keeper.get(f"/havens/{haven}").get_data(as_text=True)
    assert "Food, Water" in page and "12.0" in page
    cleared = {"csrf_token": token, "needs_asked": "1"}
    assert keeper.post(f"/havens/{haven}/needs", data=cleared).status_code == 303
    assert "Food, Water" not in keeper.get(f"/havens/{haven}").get_data(as_text=True)
    moved = keeper.post(
        f"/havens/{haven}/headcount",
        data={"csrf_token": token, "people": "10"},
        headers={"HX-Request": "true"},
    )
    assert "Full" in moved.get_data(as_text=True) and "<html" not in moved.get_data(as_text=True)
    assert keeper.get("/havens?sort=-free&state=full&search=a&kind=base_shelter&page=x").status_code == 200
    assert staff.client(Role.PATROL_CDR).get("/havens").status_code == 403
