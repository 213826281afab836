from __future__ import annotations

import re
from collections import Counter

import numpy as np
from shapely.geometry import Point

from app.exercise.chance import KM
from app.exercise.dataset import Dataset
from app.exercise.incidents import Incident
from app.exercise.names import MISSION_NAME
from app.grading import Verification
from app.incidents.models import IncidentKind


def close_pairs(near: np.ndarray, days: np.ndarray) -> int:
    """Pairs of near events within 14 days of each other."""
    return int((np.abs(days[near[:, 0]] - days[near[:, 1]]) <= 14).sum())


def test_incidents_cluster_in_space_and_time_as_near_repeats_do(
    dataset: Dataset, other_dataset: Dataset
) -> None:
    for d in (dataset, other_dataset):
        sharp = [i for i in d.incidents if i.place_precision <= 2 and i.date_precision == 1]
        spots = np.array([i.place.coords[0] for i in sharp]) / KM
        days = np.array([(d.now - i.occurred_from).total_seconds() / 86_400 for i in sharp])
        near = np.vstack(
            [
                np.column_stack([np.full(len(found), i), found])
                for i in range(len(sharp))
                if len(found := i + 1 + np.flatnonzero(np.hypot(*(spots[i + 1 :] - spots[i]).T) <= 10))
            ]
        )
        # Knox's test: the same places with their times shuffled keep the hotspots and the seasons, not the repeats.
        rng = np.random.default_rng(1)
        shuffled = [close_pairs(near, rng.permutation(days)) for _ in range(9)]
        assert close_pairs(near, days) > 1.35 * max(shuffled)


def test_incidents_gather_in_few_places(dataset: Dataset) -> None:
    cells = Counter((round(i.place.x / (20 * KM)), round(i.place.y / (20 * KM))) for i in dataset.incidents)
    busiest = sum(n for _, n in cells.most_common(30))
    assert busiest > 0.4 * len(dataset.incidents)  # of some 350 cells on land


def test_every_kind_of_the_house_list_happens(dataset: Dataset) -> None:
    assert {i.kind for i in dataset.incidents} == set(IncidentKind)


def test_codes_are_those_of_the_house(dataset: Dataset) -> None:
    assert {i.verification for i in dataset.incidents} <= set(Verification)
    assert {i.source_reliability for i in dataset.incidents} == set("ABCDEF")
    assert {i.credibility for i in dataset.incidents} == {1, 2, 3, 4, 5, 6}
    assert {i.date_precision for i in dataset.incidents} == {1, 2, 3, 4, 5}
    assert {i.place_precision for i in dataset.incidents} >= {1, 2, 3, 4, 5, 6}


def test_casualties_are_in_order_and_add_up(dataset: Dataset) -> None:
    for i in dataset.incidents:
        assert 0 <= i.killed_low <= i.killed_best <= i.killed_high
        assert i.killed_side_a + i.killed_side_b + i.killed_civilians == i.killed_best
        assert min(i.killed_side_a, i.killed_side_b, i.killed_civilians) >= 0
    deadly = [i.killed_best for i in dataset.incidents if i.killed_best]
    assert max(deadly) >= 12  # a heavy tail
    assert 0.15 < len(deadly) / len(dataset.incidents) < 0.5


def test_a_killing_kills_and_an_agreement_does_not(dataset: Dataset) -> None:
    assert all(i.killed_best >= 1 for i in dataset.incidents if i.kind == "killing")
    assert all(i.killed_high == 0 for i in dataset.incidents if i.kind in ("agreement", "hate_speech"))


def test_a_coarse_place_names_a_coarse_area_and_no_settlement(dataset: Dataset) -> None:
    level = {a.code: a.level for a in dataset.admin_areas}
    for i in dataset.incidents:
        if i.place_precision in (3, 4, 6):
            assert level[i.admin_code or ""] == {3: 2, 4: 1, 6: 0}[i.place_precision]
            assert i.settlement_code is None
        elif i.place_precision == 7:
            assert i.admin_code is None
        else:
            assert level[i.admin_code or ""] == 2


def test_only_piracy_happens_off_the_land(dataset: Dataset) -> None:
    land = dataset.admin_areas[0].area.buffer(1e-5)
    for i in dataset.incidents:
        assert land.contains(i.place) == (i.place_precision != 7)
        assert i.place_precision != 7 or i.kind == "robbery"


def test_an_incident_lies_in_the_district_that_it_names(dataset: Dataset) -> None:
    area = {a.code: a.area.buffer(1e-5) for a in dataset.admin_areas}
    sharp = [i for i in dataset.incidents if i.place_precision <= 3]
    for i in sharp[::7]:
        assert area[i.admin_code or ""].contains(Point(i.place))


def test_sides_are_actors_or_plain_words(dataset: Dataset) -> None:
    actors = {a.name for a in dataset.actors}
    plain_sides = {"Civilians", "Protesters", "Local authorities", MISSION_NAME}
    assert {i.side_a for i in dataset.incidents} <= actors | plain_sides
    assert {i.side_b for i in dataset.incidents} <= actors | plain_sides | {None}
    assert actors <= {i.side_a for i in dataset.incidents}
    assert all(i.side_a != i.side_b for i in dataset.incidents)


def test_a_summary_has_at_most_three_sentences(dataset: Dataset) -> None:
    for i in dataset.incidents:
        assert 1 <= len(re.findall(r"\.(?:\s|$)", i.summary)) <= 3


def test_fresh_incidents_are_less_often_verified_than_old_ones(dataset: Dataset) -> None:
    def share(records: tuple[Incident, ...]) -> float:
        return sum(i.verification == "verified" for i in records) / len(records)

    assert share(dataset.incidents[-150:]) < 0.6 * share(dataset.incidents[:2000])
