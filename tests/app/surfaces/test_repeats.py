"""What is kept of near repeats, and how it reads."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from flask import Flask

from app.surfaces import repeating, wording
from app.surfaces.facts import Events
from app.surfaces.past import Ground
from app.surfaces.repeats import MARKED_UP_TO, Band, Repeats, read
from geo.hotspots import FALSE_DISCOVERIES
from geo.metric_grid import MetricGrid
from geo.projection import Plane

WHOLE = MetricGrid(Plane(0.0, 0.0), 20_000.0, -60_000.0, -60_000.0, 6, 6)
# Three columns of cells are sector 1's, the next two 2's, and the last lies outside the mission.
GROUND = Ground(WHOLE, np.tile([1, 1, 1, 2, 2, -2], 6))
KILOMETRE = 1 / 111


def incidents(count: int, seed: int = 0) -> Events:
    """So many over the whole grid in a year, each followed a kilometre away three days later."""
    drawn = np.random.default_rng(seed)
    places, at = drawn.uniform(-0.5, 0.5, (count, 2)), drawn.uniform(0, 365 * 86_400.0, count)
    both = np.vstack([places, places + drawn.uniform(-0.5, 0.5, (count, 2)) * KILOMETRE])
    return Events(
        both, np.concatenate([at, at + 3 * 86_400.0]), np.ones(2 * count, dtype=bool), np.zeros(2 * count),
        np.ones(2 * count, dtype=bool),
    )  # fmt: skip


def band(
    times: float, probability: float, near: float = 0, far: float = 2_000, after: float = 0, until: float = 7
) -> Band:
    return Band(near, far, after, until, round(10 * times), 10.0, probability)


def test_one_band_alone_can_pass_the_correction_for_all_of_them() -> None:
    bands = len(repeating.METRES) * len(repeating.DAYS)
    assert bands / (repeating.DEALINGS + 1) < MARKED_UP_TO == FALSE_DISCOVERIES


def test_sectors_are_reckoned_by_themselves_and_anybody_can_repeat_it() -> None:
    happened = incidents(80)
    kept = repeating.by_sector(GROUND, happened, seed=11)
    assert kept.keys() == {1, 2}
    inside = [kept[sector]["incidents"] for sector in (1, 2)]
    assert 0 < sum(inside) < len(happened.at), "what lies outside the mission is compared with nothing"
    assert read(1, kept[1]).soonest
    assert json.dumps(kept[1], allow_nan=False), "the database's JSON knows no NaN"
    order = np.random.default_rng(1).permutation(len(happened.at))
    assert repeating.by_sector(GROUND, happened.those(order), seed=11) == kept
    west = happened.those(happened.places[:, 0] < 0)
    assert repeating.by_sector(GROUND, west, seed=11)[1] == kept[1]
    assert repeating.by_sector(GROUND, happened, seed=12)[1]["expected"] != kept[1]["expected"]


def test_of_few_incidents_or_pairs_no_figure_is_kept() -> None:
    happened = incidents(80)
    vague = replace(happened, exact=np.arange(len(happened.at)) < 15)
    assert repeating.by_sector(GROUND, vague, seed=1) == {1: {"fewer_than": 20}, 2: {"fewer_than": 20}}
    assert repeating.by_sector(GROUND, happened.those(happened.at < 0), seed=1)[1] == {"fewer_than": 20}
    kept = repeating.by_sector(GROUND, happened, seed=1)[1]
    told = [pairs for row in kept["observed"] for pairs in row]
    assert None in told
    assert all(pairs is None or pairs == 0 or pairs >= 5 for pairs in told)
    for name in ("expected", "probability"):
        assert [number is None for row in kept[name] for number in row] == [pairs is None for pairs in told]


def test_of_more_than_can_be_compared_the_latest_are(monkeypatch: pytest.MonkeyPatch) -> None:
    happened = incidents(80)
    whole = repeating.by_sector(GROUND, happened, seed=1)[1]
    monkeypatch.setattr(repeating, "MOST_PAIRS", 200)
    short = repeating.by_sector(GROUND, happened, seed=1)[1]
    assert (whole["shortened"], short["shortened"]) == (False, True)
    assert short["incidents"] < whole["incidents"]
    assert short["since"] > whole["since"]


def test_the_sentence_tells_the_soonest_and_nearest_and_how_far_it_reaches(app: Flask) -> None:
    rows = [
        [band(3.0, 0.004), band(2.0, 0.02, after=7, until=14)],
        [band(1.8, 0.012, 2_000, 5_000), band(1.0, 0.5, 2_000, 5_000, 7, 14)],
        [band(1.1, 0.3, 5_000, 10_000), band(1.0, 0.5, 5_000, 10_000, 7, 14)],
        [band(1.9, 0.01, 10_000, 25_000), band(1.0, 0.5, 10_000, 25_000, 7, 14)],
    ]
    with app.test_request_context():
        assert wording.repeats(Repeats(1, rows)) == (
            "After an incident, another within 2 km in the next 7 days was 3.0 times as frequent as if place and time "
            "had nothing to do with each other; chance alone would do that in fewer than 1 of 100 cases. It was more "
            "than chance as far as 5 km away (2–5 km: 1.8 times)."
        )
        moved = [*rows[:3], [rows[3][0], replace(rows[3][1], probability=0.01, observed=13)]]
        assert wording.repeats(Repeats(1, moved)).endswith(
            "Even 10 to 25 km away and 8 to 14 days later it was 1.3 times: so much may be violence that moved about."
        )
        later = [[replace(row[0], probability=0.2), row[1]] for row in rows]
        said = wording.repeats(Repeats(1, later))
        assert said.startswith(
            "After an incident, another within 2 km 8 to 14 days later was 2.0 times as frequent"
        )
        assert said.endswith("chance alone would do that in at most 2 of 100 cases.")
        away = [[replace(row[0], probability=0.011 if n == 1 else 0.2)] for n, row in enumerate(rows)]
        said = wording.repeats(Repeats(1, away))
        assert "another 2 to 5 km away in the next 7 days was 1.8 times" in said
        assert said.endswith("in at most 2 of 100 cases.")
        hidden = [
            [replace(each, observed=None, expected=None, probability=None) for each in row] for row in rows
        ]
        assert wording.repeats(Repeats(1, hidden)).startswith("None were found")
