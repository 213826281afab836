"""OGC API – Features: what the standard says of questions and answers, and what a viewer is told."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.exchange.queries import LAYERS
from app.permissions import Permission, Role
from tests.app.exchange import ground
from tests.people import Staff
from tests.reports import defender_near


def ask(client: FlaskClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/ogc{path}", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def ids(client: FlaskClient, name: str = "incidents", **query: Any) -> list[Any]:
    return [f["id"] for f in ask(client, f"/collections/{name}/items", **query)["features"]]


def test_whoever_has_not_signed_in_is_told_to_send_a_token(client: FlaskClient) -> None:
    answer = client.get("/ogc/collections")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_the_landing_page_leads_to_all_the_rest(staff: Staff) -> None:
    client = staff.client(Role.HOM)
    links = {link["rel"]: link["href"] for link in ask(client, "/")["links"]}
    assert set(links) == {"self", "service-desc", "conformance", "data"}
    for href in links.values():
        assert client.get(href).status_code == 200
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in ask(client, "/conformance")["conformsTo"]
    )
    for collection in ask(client, "/collections")["collections"]:
        for link in collection["links"]:
            assert client.get(link["href"]).status_code == 200, link


def test_each_sees_the_collections_that_he_may_read_and_hears_of_no_others(staff: Staff) -> None:
    def seen(role: Role) -> set[str]:
        return {c["id"] for c in ask(staff.client(role), "/collections")["collections"]}

    assert seen(Role.HOM) == set(LAYERS) | {"defender-cells"}
    legal = staff.client(Role.LEGAL)
    assert seen(Role.LEGAL) == {"incidents", "units", "sectors", "admin-areas", "places", "roads"}
    for name in ("alerts", "defender-cells", "nothing"):
        answer = legal.get(f"/ogc/collections/{name}/items")
        assert (answer.status_code, answer.data) == (404, legal.get("/ogc/collections/x").data)


def test_a_token_opens_the_collections_of_its_scopes(staff: Staff, client: FlaskClient) -> None:
    narrow = staff.bearer(Role.HOM, scopes=[Permission.SEE_MAP, Permission.READ_INCIDENTS])
    found = client.get("/ogc/collections", headers=narrow).json
    assert found
    assert {c["id"] for c in found["collections"]} == {
        "incidents",
        "units",
        "sectors",
        "admin-areas",
        "places",
        "roads",
    }


def test_pages_follow_each_other_without_a_gap_even_when_rows_are_added(
    staff: Staff, owner: psycopg.Connection
) -> None:
    ground.incidents(owner, staff, 7)
    client = staff.client(Role.SECTOR_OPS)
    page = ask(client, "/collections/incidents/items", limit=3)
    found = [f["id"] for f in page["features"]]
    ground.incidents(owner, staff, 1)
    while following := [link["href"] for link in page["links"] if link["rel"] == "next"]:
        page = client.get(following[0]).json
        found += [f["id"] for f in page["features"]]
        assert page["numberReturned"] == len(page["features"]) <= 3
    assert found == sorted(set(found))
    assert len(found) == 8
    assert "numberMatched" not in page


def test_a_box_a_time_and_a_kind_narrow_what_is_answered(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 9)
    client = staff.client(Role.HOM)
    whole = ask(client, "/collections/incidents/items")["features"]
    assert len(ids(client, bbox="0.05,0.05,0.35,0.35")) == 3
    assert len(ids(client, bbox="0.05,0.05,-9,0.35,0.35,9")) == 3
    assert ids(client, bbox="0.5,-90,-179,90") == [
        f["id"] for f in whole if f["geometry"]["coordinates"][0] >= 0.5
    ]
    assert len(ids(client, datetime="2026-03-01T14:00:00Z/2026-03-01T15:00:00Z")) == 2
    assert len(ids(client, datetime="2026-03-01T14:00:00Z")) == 1
    assert len(ids(client, datetime="../2026-03-01T15:00:00Z")) == 3
    assert len(ids(client, datetime="2026-03-01T15:00:00Z/..")) == 7
    assert len(ids(client, kind="killing")) == 4
    assert len(ids(client, kind="killing,abduction", limit=5)) == 5
    assert ids(client, kind="nothing") == []


@pytest.mark.parametrize(
    "query",
    ["bbox=1,2,3", "bbox=nan,0,1,1", "bbox=0,9,1,1", "limit=0", "limit=x", "datetime=2026-01-01T00:00:00",
     "datetime=../..", "datetime=2026-02-01/2026-01-01", "f=html", "bbbox=0,0,1,1", "after=x", "kind=a%00"],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused_and_not_guessed_at(staff: Staff, query: str) -> None:
    answer = staff.client(Role.HOM).get(f"/ogc/collections/incidents/items?{query}")
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "bad_question")


@pytest.mark.parametrize("name", list(LAYERS))
def test_each_collection_takes_each_question(staff: Staff, name: str) -> None:
    client = staff.client(Role.HOM)
    for query in ({"bbox": "0,0,1,1"}, {"datetime": "2026-01-01/.."}, {"limit": 1, "after": "1"}):
        assert client.get(f"/ogc/collections/{name}/items", query_string=query).status_code == 200
    for code in LAYERS[name].codes:
        assert ask(client, f"/collections/{name}/items", **{code: "nothing"})["features"] == []


def test_a_place_that_is_known_to_no_more_than_a_country_is_no_point(
    staff: Staff, owner: psycopg.Connection
) -> None:
    ground.incidents(owner, staff, 1)
    with owner.transaction():
        owner.execute("UPDATE incidents SET place_precision = 6")
        ground.record(owner)
    client = staff.client(Role.HOM)
    (feature,) = ask(client, "/collections/incidents/items")["features"]
    assert feature["geometry"] is None
    one = ask(client, f"/collections/incidents/items/{feature['id']}")
    assert one["properties"] == feature["properties"]


def test_officers_of_a_sector_see_its_incidents_alone(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 3)
    ground.incidents(owner, staff, 2, "EAST")
    west, east, both = (
        staff.client(*w) for w in ((Role.SECTOR_OPS,), (Role.SECTOR_OPS, "EAST"), (Role.HOM,))
    )
    assert [len(ids(c)) for c in (west, east, both)] == [3, 2, 5]
    (foreign,) = set(ids(east)) - set(ids(east)[1:])
    assert west.get(f"/ogc/collections/incidents/items/{foreign}").status_code == 404


def test_what_has_not_changed_for_this_viewer_is_not_sent_again(
    staff: Staff, owner: psycopg.Connection
) -> None:
    ground.incidents(owner, staff, 1)
    west = staff.client(Role.SECTOR_OPS)

    def again(tag: str) -> Any:
        return west.get("/ogc/collections/incidents/items", headers={"If-None-Match": tag})

    first = again("")
    assert "private" in first.headers["Cache-Control"]
    assert again(first.headers["ETag"]).status_code == 304
    ground.incidents(owner, staff, 1, "EAST")
    assert again(first.headers["ETag"]).status_code == 304, "what happens elsewhere is not his to know"
    ground.incidents(owner, staff, 1)
    changed = again(first.headers["ETag"])
    assert (changed.status_code, changed.json["numberReturned"]) == (200, 2)
    with owner.transaction():
        owner.execute("UPDATE incidents SET verification = 'verified'")
        ground.record(owner)
    assert again(changed.headers["ETag"]).status_code == 200


def test_a_restricted_haven_shows_in_no_answer_and_moves_no_tag(
    staff: Staff, owner: psycopg.Connection
) -> None:
    ground.haven(owner, staff)
    client, cleared = staff.client(Role.SECTOR_OPS), staff.client(Role.POC_OFFICER)
    before = client.get("/ogc/collections/havens/items")
    ground.haven(owner, staff, "secret", 0.6)
    after = client.get("/ogc/collections/havens/items")
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.json["numberReturned"] == 1
    cleared_after = cleared.get("/ogc/collections/havens/items")
    assert cleared_after.headers["Cache-Control"] == "no-store"
    assert "ETag" not in cleared_after.headers
    assert cleared_after.json["numberReturned"] == 2


def test_cells_are_areas_of_one_s_clearance_and_kept_by_nobody(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    defender_near(owner, staff.sectors["WEST"], lon=0.5, lat=0.5)
    widths = {}
    for role in (Role.WATCHKEEPER_JOC, Role.HR_CASE_SUPERVISOR):
        answer = staff.client(role).get("/ogc/collections/defender-cells/items")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        (feature,) = answer.json["features"]
        lons = [p[0] for p in feature["geometry"]["coordinates"][0]]
        widths[role] = max(lons) - min(lons)
        one = ask(staff.client(role), f"/collections/defender-cells/items/{feature['id']}")
        assert one["geometry"] == feature["geometry"]
    assert widths == pytest.approx({Role.WATCHKEEPER_JOC: 0.09, Role.HR_CASE_SUPERVISOR: 0.009})


def test_the_description_is_sound_openapi_and_names_what_may_be_asked(staff: Staff) -> None:
    described = ask(staff.client(Role.HOM), "/api")
    assert described["openapi"].startswith("3.0")
    asked = described["paths"]["/collections/incidents/items"]["get"]["parameters"]
    assert {"bbox", "datetime", "limit", "kind", "verification"} <= {p["name"] for p in asked}
