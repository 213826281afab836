"""Small maps: places stand where they are, to scale and north up, and no name covers another, a mark or the scale bar."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evacuations import sketch as evacuations
from app.sketching import EDGE, LETTER, LINE, Box, Frame, Label, Labels, Mark
from geo.projection import GEOD

SIZE, GAP, HALF = 14.0, 9.0, 7.0


def box_of(label: Label, size: float) -> Box:
    wide, high = LETTER * size * len(label.text), LINE * size
    left = label.x - {"start": 0.0, "end": wide, "middle": wide / 2}[label.anchor]
    return left, label.y - high / 2, left + wide, label.y + high / 2


def overlap(one: Box, other: Box) -> bool:
    """By more than rounding to a tenth makes."""
    return all(one[n] < other[n + 2] - 0.2 and other[n] < one[n + 2] - 0.2 for n in (0, 1))


@given(
    st.lists(st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)), min_size=2, max_size=9),
    st.sampled_from([(10.0, 5.0), (25.0, 60.0), (179.9, -17.0)]),
)
@settings(max_examples=40, deadline=None)
def test_places_stand_to_scale_within_the_edge_and_north_is_up(
    steps: list[tuple[float, float]], around: tuple[float, float]
) -> None:
    spots = [((around[0] + e + 180) % 360 - 180, around[1] + n) for e, n in steps]
    if around[0] > 170:
        spots = [(min(lon, 180.0) if lon > 0 else 180.0, lat) for lon, lat in spots]
    frame = Frame.around(spots, 700, 400)
    drawn = [frame.at(*spot) for spot in spots]
    assert all(EDGE - 1 <= x <= 700 - EDGE + 1 and EDGE - 1 <= y <= 400 - EDGE + 1 for x, y in drawn)
    for (one, there), (other, elsewhere) in combinations(zip(spots, drawn, strict=True), 2):
        metres = GEOD.inv(*one, *other)[2]
        units = ((there[0] - elsewhere[0]) ** 2 + (there[1] - elsewhere[1]) ** 2) ** 0.5
        assert units == pytest.approx(metres * frame.bar / (1000 * frame.kilometres), rel=0.01, abs=1)
    south, north = frame.at(around[0], around[1] - 0.1), frame.at(around[0], around[1] + 0.1)
    assert north[1] < south[1] and frame.at(around[0] + 0.05, around[1])[0] > north[0] - 1
    assert frame.bar < 700 / 3


def test_a_line_is_drawn_as_far_as_it_lies_in_the_drawing_and_no_finer_than_it_shows() -> None:
    frame = Frame.around([(0.0, 0.0), (0.2, 0.1)], 700, 400)
    finely = [(n / 1000, 0.05) for n in range(-500, 700)]
    beyond = shapely.LineString([(3.0, 3.0), (3.1, 3.0)])
    path = frame.path([shapely.LineString(finely), beyond])
    points = [tuple(map(float, point.split())) for point in re.split("[ML]", path)[1:]]
    assert len(points) == 2 and {round(x) for x, _y in points} == {0, 700}
    assert points[0][1] == pytest.approx(200, abs=2)
    assert frame.path([]) == frame.path(beyond) == ""


@given(
    st.lists(st.tuples(st.floats(0, 0.1), st.floats(0, 0.06)), min_size=1, max_size=25),
    st.lists(st.text("ABCxyz", min_size=1, max_size=14), min_size=25, max_size=25),
)
@settings(max_examples=60, deadline=None)
def test_no_name_covers_another_a_mark_or_the_scale_bar(
    spots: list[tuple[float, float]], names: list[str]
) -> None:
    frame = Frame.around(spots, 700, 400)
    labels, marks = Labels(frame), [frame.at(*spot) for spot in spots]
    for x, y in marks:
        labels.keep_clear(Mark(x, y, "", ""), HALF)
    found = [labels.beside(name, [mark], SIZE, GAP) for name, mark in zip(names, marks, strict=False)]
    boxes = [box_of(label, SIZE) for label in found if label is not None]
    bar = (16.0, 400.0 - 18, 16 + frame.bar, 400.0 - 12)
    assert not any(overlap(one, other) for one, other in combinations([*boxes, bar], 2))
    assert not any(overlap(box, (x - HALF, y - HALF, x + HALF, y + HALF)) for box in boxes for x, y in marks)
    assert all(b[0] >= 1 and b[1] >= 1 and b[2] <= 699 and b[3] <= 399 for b in boxes)


def test_a_name_without_room_at_one_point_stands_at_another_or_nowhere() -> None:
    frame = Frame.around([(0.0, 0.0), (0.1, 0.06)], 700, 400)
    labels = Labels(frame)
    labels.keep_clear(Mark(350, 200, "", ""), 60)
    assert labels.beside("HAWK 1", [(350, 200)], SIZE, GAP) is None
    elsewhere = labels.beside("HAWK 1", [(350, 200), (600, 100)], SIZE, GAP)
    assert elsewhere is not None and (elsewhere.x, elsewhere.y, elsewhere.anchor) == (600 + GAP, 100, "start")


def test_a_greater_mark_s_name_gives_way_to_lesser_marks_if_it_can_and_else_covers_them() -> None:
    frame, site = Frame.around([(0.0, 0.0), (0.1, 0.06)], 700, 400), Mark(350, 200, "", "")
    labels = Labels(frame)
    labels.keep_clear(Mark(370, 200, "", ""), 10, lesser=True)
    beside = labels.of_greater("A", site, SIZE, GAP)
    assert beside is not None and beside.anchor == "end"
    crowded = Labels(frame)
    crowded.keep_clear(site, 60, lesser=True)
    assert crowded.beside("A", [(350, 200)], SIZE, GAP) is None
    over = crowded.of_greater("A", site, SIZE, GAP)
    assert over is not None and over.anchor == "start"
    assert crowded.of_greater("B", Mark(350, 201, "", ""), SIZE, GAP) != over


def plan(havens: list[tuple[float, float]], places: list[tuple[float, float, int]]) -> dict[str, Any]:
    return {
        "havens": [{"name": f"EXERCISE haven {n}", "lon": lon, "lat": lat} for n, (lon, lat) in enumerate(havens)],
        "places": [
            {"name": f"EXERCISE village {n}", "lon": lon, "lat": lat, "people": people}
            for n, (lon, lat, people) in enumerate(places)
        ],
        "legs": [
            {"place": 0, "haven": 0, "people": 100, "line": [list(places[0][:2]), [0.31, 0.52], list(havens[0])]},
            {"place": 0, "haven": 1, "people": 20, "line": []},
        ],
    }  # fmt: skip


def test_where_havens_lie_together_their_letters_come_first_and_none_covers_another() -> None:
    together = [(0.4 + n % 3 * 0.005, 0.5 + n // 3 * 0.006) for n in range(6)]
    around = [(0.3985 + n % 5 * 0.0035, 0.497 + n // 5 * 0.012, 100 + n) for n in range(10)]
    found = evacuations.sketch(plan(together, [(0.3, 0.5, 900), (0.3, 0.55, 0), *around]))
    labels = [mark.label for mark in (*found.havens, *found.places) if mark.label]
    sizes = [evacuations.WIDE if label.small else evacuations.PHONE for label in labels]
    for (one, size), (other, other_size) in combinations(zip(labels, sizes, strict=True), 2):
        # On a phone all letters are large, and the small ones aren't shown; on a wide screen all are small.
        if not one.small and not other.small:
            assert not overlap(box_of(one, size), box_of(other, other_size)), (one, other)
        assert not overlap(box_of(one, evacuations.WIDE), box_of(other, evacuations.WIDE)), (one, other)
    shown = [mark.label.text for mark in found.havens if mark.label]
    assert shown == list("ABCDEF")
    assert any(mark.label is None for mark in found.places[2:])
    alone = [mark.label for mark in found.places[:2]]
    assert [label and (label.text, label.small) for label in alone] == [("1", False), ("2", False)]
    # What has no name on the drawing has one for a pointer, and stands where it is.
    assert {mark.name for mark in found.havens} == {f"EXERCISE haven {n}" for n in range(6)}
    # The broader the more people; a way that isn't known is not drawn.
    assert [width for _path, width in found.ways] == [6.0]
