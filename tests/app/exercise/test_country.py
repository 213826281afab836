from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from app.exercise.chance import KM
from app.exercise.dataset import Dataset


def land(d: Dataset) -> shapely.MultiPolygon:
    return d.admin_areas[0].area


def test_the_land_lies_in_the_open_ocean_across_the_equator_and_a_zone_edge(
    dataset: Dataset, other_dataset: Dataset
) -> None:
    for d in (dataset, other_dataset):
        west, south, east, north = land(d).bounds
        # No real land lies between 9° W and 3° W south of 4° N.
        assert -9 < west < -6 < east < -3
        assert -3 < south < 0 < north < 2
        assert 440 < (east - west) / KM < 520
        assert 370 < (north - south) / KM < 430


def test_the_outline_is_no_rectangle(dataset: Dataset) -> None:
    mainland = max(land(dataset).geoms, key=lambda p: p.area)
    assert len(mainland.exterior.coords) > 800
    assert mainland.area < 0.85 * mainland.envelope.area
    assert mainland.length > 1.1 * mainland.convex_hull.length
    assert len(land(dataset).geoms) > 1  # islands


def test_districts_tile_the_land_without_gap_or_overlap(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        districts = [a.area for a in d.admin_areas if a.level == 2]
        assert all(a.is_valid and not a.is_empty for a in districts)
        assert abs(sum(a.area for a in districts) / land(d).area - 1) < 0.001
        first, second = shapely.STRtree(districts).query(districts, predicate="intersects")
        overlap = sum(
            districts[a].intersection(districts[b]).area for a, b in zip(first, second, strict=True) if a < b
        )
        assert overlap / land(d).area < 0.0001
        assert shapely.union_all(districts).symmetric_difference(land(d)).area / land(d).area < 0.0001


def test_p_codes_name_a_parent_that_holds_the_area(dataset: Dataset) -> None:
    by_code = {a.code: a for a in dataset.admin_areas}
    for area in dataset.admin_areas[1:]:
        parent = by_code[area.parent_code or ""]
        assert area.code.startswith(parent.code)
        assert area.level == parent.level + 1
        assert area.area.difference(parent.area).area < 1e-6 * area.area.area


def test_the_sectors_are_a_tree_whose_leaves_cover_the_land(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        echelons = [s.echelon for s in d.sectors]
        assert [echelons.count(e) for e in ("mission", "sector", "battalion")] == [1, 3, 9]
        for echelon in ("sector", "battalion"):
            parts = [s for s in d.sectors if s.echelon == echelon]
            assert abs(sum(s.area.area for s in parts) / land(d).area - 1) < 0.001
            codes = [c for s in parts for c in s.districts]
            assert sorted(codes) == sorted(a.code for a in d.admin_areas if a.level == 2)


def test_rivers_run_on_land_from_inland_to_the_sea_or_into_another(
    dataset: Dataset, other_dataset: Dataset
) -> None:
    for d in (dataset, other_dataset):
        by_code = {r.code: r for r in d.rivers}
        assert sum(r.into is None for r in d.rivers) >= 3
        assert sum(r.into is not None for r in d.rivers) >= 3
        for river in d.rivers:
            assert river.line.difference(land(d).buffer(1e-5)).length < 0.01 * river.line.length
            mouth = shapely.Point(river.line.geoms[-1].coords[-1])
            source = shapely.Point(river.line.geoms[0].coords[0])
            assert source.distance(land(d).boundary) > 2 * KM
            meets = land(d).boundary if river.into is None else by_code[river.into].line
            assert mouth.distance(meets) < 0.1 * KM


def test_coordinates_have_six_decimals(dataset: Dataset) -> None:
    shapes: list[BaseGeometry] = [a.area for a in dataset.admin_areas]
    shapes += [k.line for k in dataset.road_links] + [t.area for t in dataset.threats]
    shapes += [i.place for i in dataset.incidents]
    numbers = shapely.get_coordinates(shapes).ravel().tolist()
    assert all(n == round(n, 6) for n in numbers)
