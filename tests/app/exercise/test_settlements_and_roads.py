from __future__ import annotations

from pyproj import Geod

from app.exercise.dataset import Dataset
from app.exercise.roads import KILOMETRES_AN_HOUR, RoadGraph

GEOD = Geod(ellps="WGS84")


def test_every_settlement_lies_on_the_land_and_in_its_district(
    dataset: Dataset, other_dataset: Dataset
) -> None:
    for d in (dataset, other_dataset):
        by_code = {a.code: a.area for a in d.admin_areas}
        for settlement in d.settlements:
            assert by_code["TV"].contains(settlement.place)
            assert by_code[settlement.district_code].contains(settlement.place)


def test_every_district_has_a_town(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        with_town = {s.district_code for s in d.settlements if s.kind != "village"}
        assert with_town == {a.code for a in d.admin_areas if a.level == 2}


def test_populations_follow_rank_and_size(dataset: Dataset) -> None:
    people = [s.population for s in dataset.settlements]
    kinds = [s.kind for s in dataset.settlements]
    assert people[0] == 600_000
    assert kinds.count("capital") == 1
    assert min(people) >= 300
    assert people[0] > 1.5 * people[1]
    assert 20 < people[9] / people[149] < 60  # Zipf with an exponent of 1.27: 31


def test_names_of_places_are_unique(dataset: Dataset) -> None:
    assert len({s.name for s in dataset.settlements}) == 300
    assert len({r.name for r in dataset.rivers} & {s.name for s in dataset.settlements}) == 0


def test_the_road_graph_is_connected_even_without_the_closed_links(
    dataset: Dataset, other_dataset: Dataset
) -> None:
    for d in (dataset, other_dataset):
        graph = RoadGraph(list(d.road_nodes), list(d.road_links))
        assert len(graph.routes_from("P001")) == 300
        assert len(graph.routes_from("P300", closed_too=False)) == 300


def test_links_join_the_settlements_that_they_name(dataset: Dataset) -> None:
    places = {n.code: n.place.coords[0] for n in dataset.road_nodes}
    for link in dataset.road_links:
        assert link.line.coords[0] == places[link.from_code]
        assert link.line.coords[-1] == places[link.to_code]
        assert link.line.is_simple


def test_length_is_geodesic_and_minutes_follow_from_it_and_the_class(dataset: Dataset) -> None:
    for link in dataset.road_links:
        lon, lat = zip(*link.line.coords, strict=True)
        metres = sum(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
        assert abs(link.length_m - metres) < 0.1
        hours = link.length_m / 1000 / KILOMETRES_AN_HOUR[link.road_class]
        assert abs(link.minutes - 60 * hours) <= 0.051


def test_roads_come_in_three_classes_and_few_are_closed(dataset: Dataset) -> None:
    classes = [k.road_class for k in dataset.road_links]
    states = [k.state for k in dataset.road_links]
    assert min(classes.count(c) for c in ("main", "secondary", "track")) > 30
    assert 3 <= states.count("closed") <= 7
    assert 20 <= states.count("seasonal") <= 120
    assert not any(k.state == "closed" for k in dataset.road_links if k.road_class == "main")


def test_a_way_is_continuous_and_as_long_as_its_minutes_say(dataset: Dataset) -> None:
    graph = RoadGraph(list(dataset.road_nodes), list(dataset.road_links))
    places = {n.code: n.place.coords[0] for n in dataset.road_nodes}
    minutes, line = graph.way("P010", "P200")
    assert line.coords[0] == places["P010"]
    assert line.coords[-1] == places["P200"]
    metres = GEOD.geometry_length(line)
    assert metres / 1000 / 60 * 60 <= minutes + 0.5  # nowhere quicker than a main road
    assert minutes <= metres / 1000 / 20 * 60 + 0.5  # nor slower than a track
