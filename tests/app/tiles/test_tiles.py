"""Vector tiles, read by a decoder that is not ours, and the pyramid behind them, counted anew."""

from __future__ import annotations

from collections import Counter
from typing import Any

import mapbox_vector_tile
import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.exchange.queries import LAYERS
from app.permissions import Role
from app.tiles.queries import FEW, FIRST_WITH_EACH, LAST_WITH_CLUSTERS, level_for
from tests.app.exchange import ground
from tests.people import Staff, record


def drawn(client: FlaskClient, name: str, z: int, x: int, y: int, **query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/tiles/{name}/{z}/{x}/{y}.mvt", query_string=query)
    assert answer.status_code == 200, answer.json
    assert answer.content_type == "application/vnd.mapbox-vector-tile"
    found: list[dict[str, Any]] = mapbox_vector_tile.decode(answer.data).get(name, {}).get("features", [])
    return found


def counted(client: FlaskClient, z: int, kind: str = "") -> int:
    """All incidents of the tiles of one zoom around the test mission (lon 0 to 2, lat 0 to 1), each once."""
    n, found = 2**z, {}
    for x in range(int(180 / 360 * n), int(182 / 360 * n) + 1):
        for y in range(int(178.9 / 360 * n), min(int(180 / 360 * n), n - 1) + 1):
            for f in drawn(client, "incidents", z, x, y, **({"kind": kind} if kind else {})):
                found[f["id"]] = f["properties"].get("count", 1)  # buffers show some twice
    return sum(found.values())


@pytest.mark.parametrize("folded", [False, True])
def test_each_zoom_shows_all_incidents_and_to_each_his_own(
    staff: Staff, owner: psycopg.Connection, folded: bool
) -> None:
    ground.incidents(owner, staff, 12)
    ground.incidents(owner, staff, 5, "EAST")
    if folded:
        owner.execute("SELECT vigil.fold_incident_cells()")
    both, west = staff.client(Role.HOM), staff.client(Role.SECTOR_OPS)
    for z in (0, 3, 6, 8, 9, 10, 11, 12):
        assert (counted(both, z), counted(west, z)) == (17, 12), z
        assert counted(both, z, "killing") == 8, z
        assert counted(both, z, "looting_burning") == 0


def test_a_cluster_lies_where_its_incidents_are_and_tells_of_their_dead(
    staff: Staff, owner: psycopg.Connection
) -> None:
    ground.incidents(owner, staff, 3)
    (cluster,) = drawn(staff.client(Role.HOM), "incidents", 0, 0, 0)
    assert cluster["properties"] == {"cluster": True, "count": 3, "killed_best": 6, "verified": 0}
    x, _y = cluster["geometry"]["coordinates"]
    assert x == pytest.approx((180 + 0.5) / 360 * 4096, abs=1)


def test_near_by_each_incident_stands_for_itself(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 1)
    n = 2**FIRST_WITH_EACH
    (feature,) = drawn(
        staff.client(Role.HOM),
        "incidents",
        FIRST_WITH_EACH,
        int((180.5 / 360) * n),
        n // 2 - 1 - int(0.5 / 360 * n),
    )
    assert feature["properties"]["kind"] == "abduction"
    assert feature["properties"]["place_precision"] == 1


def at_one_spot(owner: psycopg.Connection, staff: Staff, count: int, sector: str, kind: str) -> None:
    with owner.transaction():
        owner.execute(
            "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id) SELECT %s, now(), now(), "
            "ST_SetSRID(ST_MakePoint(0.5 + n / 1e5, 0.5), 4326), %s FROM generate_series(1, %s) n",
            [kind, staff.sectors[sector], count],
        )
        record(owner)


@pytest.mark.parametrize("folded", [False, True])
def test_a_tile_near_by_that_holds_many_counts_them_and_asks_what_this_viewer_sees(
    staff: Staff, owner: psycopg.Connection, folded: bool
) -> None:
    at_one_spot(owner, staff, FEW, "WEST", "killing")
    at_one_spot(owner, staff, 1, "EAST", "abduction")
    if folded:
        owner.execute("SELECT vigil.fold_incident_cells()")
    n = 2**LAST_WITH_CLUSTERS
    spot = (LAST_WITH_CLUSTERS, int((180.5 / 360) * n), n // 2 - 1 - int(0.5 / 360 * n))
    both, west = staff.client(Role.HOM), staff.client(Role.SECTOR_OPS)
    (cluster,) = drawn(both, "incidents", *spot)
    assert cluster["properties"]["cluster"] and cluster["properties"]["count"] == FEW + 1
    for_the_west = drawn(west, "incidents", *spot)
    assert len(for_the_west) == FEW and all("cluster" not in f["properties"] for f in for_the_west)
    (alone,) = drawn(both, "incidents", *spot, kind="abduction")
    assert alone["properties"]["kind"] == "abduction" and "cluster" not in alone["properties"]
    nearer = (spot[0] + 1, int((180.5 / 360) * 2 * n), n - 1 - int(0.5 / 360 * 2 * n))
    assert len(drawn(both, "incidents", *nearer)) == FEW + 1


@pytest.mark.parametrize("name", [n for n in LAYERS if n != "incidents"])
def test_each_layer_gives_a_tile_of_the_world(staff: Staff, owner: psycopg.Connection, name: str) -> None:
    ground.haven(owner, staff)
    ground.patrol(owner, staff, 3)
    features = drawn(staff.client(Role.HOM), name, 0, 0, 0)
    if name in ("havens", "patrols", "sectors"):
        assert features
        assert set(features[0]["properties"]) <= set(LAYERS[name].columns)


def test_defenders_are_in_no_tile(staff: Staff) -> None:
    for role in (Role.HR_CASE_SUPERVISOR, Role.HOM):
        for name in ("defender-cells", "defenders"):
            assert staff.client(role).get(f"/tiles/{name}/0/0/0.mvt").status_code == 404


def test_outside_the_world_there_is_no_tile(staff: Staff) -> None:
    client = staff.client(Role.HOM)
    for path in ("0/1/0", "0/0/1", "3/8/0", "23/0/0", "99999999999999999999/0/0"):
        assert client.get(f"/tiles/incidents/{path}.mvt").status_code == 404, path


def test_a_tile_that_has_not_changed_is_not_sent_again(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 2)
    client = staff.client(Role.HOM)
    first = client.get("/tiles/incidents/4/8/7.mvt")
    known = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/tiles/incidents/4/8/7.mvt", headers=known).status_code == 304
    owner.execute("SELECT vigil.fold_incident_cells(), vigil.fold_layer_changes()")
    assert client.get("/tiles/incidents/4/8/7.mvt", headers=known).status_code == 304, (
        "folding changes nothing"
    )
    ground.incidents(owner, staff, 1)
    assert client.get("/tiles/incidents/4/8/7.mvt", headers=known).status_code == 200


def cells(owner: psycopg.Connection) -> Counter[tuple[Any, ...]]:
    """The sums of each cell of each level, from the pyramid."""
    sums = "incidents, killed, verified, lon_sum, lat_sum"
    rows = owner.execute(
        "SELECT level, x, y, sector_id, kind, sum(incidents), sum(killed), sum(verified), sum(lon_sum), sum(lat_sum) "
        f"FROM (SELECT level, x, y, sector_id, kind, {sums} FROM incident_cells UNION ALL "
        f"SELECT level, x >> (15 - level), y >> (15 - level), sector_id, kind, {sums} "
        "FROM incident_cell_changes, unnest(ARRAY[5, 7, 9, 11, 13, 15]) level) s "
        "GROUP BY 1, 2, 3, 4, 5 HAVING sum(incidents) <> 0"
    )
    return Counter(dict.fromkeys((tuple(map(str, row)) for row in rows), 1))


def counted_anew(owner: psycopg.Connection) -> Counter[tuple[Any, ...]]:
    rows = owner.execute(
        "SELECT level, vigil.cell_x(ST_X(place)) >> (15 - level), vigil.cell_y(ST_Y(place)) >> (15 - level), "
        "coalesce(sector_id, 0), kind, count(*), sum(killed_best), count(*) FILTER (WHERE verification = 'verified'), "
        "sum(round(ST_X(place) * 1e6)::bigint), sum(round(ST_Y(place) * 1e6)::bigint) "
        "FROM incidents, unnest(ARRAY[5, 7, 9, 11, 13, 15]) level WHERE place_precision <= 2 GROUP BY 1, 2, 3, 4, 5"
    )
    return Counter(dict.fromkeys((tuple(map(str, row)) for row in rows), 1))


places = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
KINDS = st.sampled_from(["killing", "abduction", "other"])
INCIDENT = st.tuples(places, KINDS, st.integers(1, 4), st.integers(0, 9))
CHANGE = st.one_of(
    st.tuples(st.just("add"), st.lists(INCIDENT, min_size=1, max_size=5)),
    st.tuples(st.just("move"), places),
    st.tuples(st.just("verify"), st.integers(0, 5)),
    st.tuples(st.just("kill"), st.integers(0, 9)),
    st.tuples(st.just("coarsen"), st.integers(1, 4)),
    st.tuples(st.just("resort"), KINDS),
    st.tuples(st.just("hand over"), st.booleans()),
    st.tuples(st.just("remove"), st.integers(1, 3)),
    st.tuples(st.just("fold"), st.none()),
)  # fmt: skip
SOME = "WHERE id %% 2 = (SELECT max(id) FROM incidents) %% 2"
POINT = "ST_SetSRID(ST_MakePoint(%s, %s), 4326)"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGE, max_size=12))
def test_the_pyramid_is_what_counting_anew_would_give(
    staff: Staff, owner: psycopg.Connection, changes: list[tuple[str, Any]]
) -> None:
    sectors = [*staff.sectors.values(), None]
    for what, value in changes:
        with owner.transaction():
            if what == "add":
                for (lon, lat), kind, precision, killed in value:
                    owner.execute(
                        "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id, killed_best, "
                        "killed_low, killed_high, place_precision) "
                        f"VALUES (%s, now(), now(), {POINT}, %s, %s, 0, 99, %s)",
                        [kind, lon, lat, sectors[killed % len(sectors)], killed, precision],
                    )
            elif what == "move":
                owner.execute(f"UPDATE incidents SET place = {POINT} {SOME}", list(value))  # type: ignore[arg-type]
            elif what == "verify":
                owner.execute("UPDATE incidents SET verification = 'verified' WHERE id %% 6 = %s", [value])
            elif what == "kill":
                owner.execute(f"UPDATE incidents SET killed_best = %s {SOME}", [value])  # type: ignore[arg-type]
            elif what == "coarsen":
                owner.execute(f"UPDATE incidents SET place_precision = %s {SOME}", [value])  # type: ignore[arg-type]
            elif what == "resort":
                owner.execute("UPDATE incidents SET kind = %s WHERE killed_best > 3", [value])
            elif what == "hand over":
                owner.execute(
                    "UPDATE incidents SET sector_id = %s WHERE killed_best < 5", [sectors[-1 if value else 1]]
                )
            elif what == "remove":
                owner.execute("DELETE FROM incidents WHERE id %% 3 = %s - 1", [value])
            else:
                owner.execute("SELECT vigil.fold_incident_cells()")
            record(owner)
        assert cells(owner) == counted_anew(owner)


def test_two_officers_record_incidents_of_one_place_at_once_and_neither_waits(
    staff: Staff, owner: psycopg.Connection
) -> None:
    statement = (
        "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id) "
        "VALUES ('killing', now(), now(), 'SRID=4326;POINT(0.5 0.5)', %s)"
    )
    url = staff.clone.plain_url("vigil_owner")
    with psycopg.connect(url) as one, psycopg.connect(url) as two:
        for connection in (one, two):
            connection.execute("SET lock_timeout = '1s'")
            connection.execute(statement, [staff.sectors["WEST"]])
            record(connection)
        two.commit()
        one.commit()
    assert counted(staff.client(Role.HOM), 5) == 2


def test_each_zoom_far_out_has_its_level_of_the_pyramid() -> None:
    assert [level_for(z) for z in range(LAST_WITH_CLUSTERS + 1)] == [5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15]


def test_the_worker_folds_and_the_site_may_not(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 5)
    fold = "SELECT vigil.fold_layer_changes(), vigil.fold_incident_cells()"
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as site:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            site.execute(fold)
    with psycopg.connect(staff.clone.plain_url("vigil_worker")) as worker:
        worker.execute(fold)
    assert owner.execute("SELECT count(*) FROM incident_cell_changes").fetchone() == (0,)
    assert cells(owner) == counted_anew(owner)
