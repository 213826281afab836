"""Violence comes back to where it was, first of all to the places of those who stir."""

import numpy as np

from geo.surfaces.features import smoothing
from geo.surfaces.history import History
from geo.surfaces.places import ACTOR_SPREADS, ACTORS_LATELY, WIDTH, Places

SIDE, PERIODS = 15, 30


def smooth(grid: np.ndarray, spread: float) -> np.ndarray:
    along = smoothing(SIDE, spread)
    return along @ grid @ along.T


def read(struck_by: np.ndarray | None = None, stirs: int | None = None) -> np.ndarray:
    """(parts, side, side) after two places were struck in turn, and a third one, far away, in the last period."""
    counts = np.zeros((PERIODS, SIDE, SIDE))
    counts[0:20:2, 2, 2] = counts[1:20:2, 12, 2] = 1
    rows = [[period, (2 if period % 2 == 0 else 12) * SIDE + 2, period % 2] for period in range(20)]
    if stirs is not None:
        counts[PERIODS - 1, 7, 13] = 1
        rows.append([PERIODS - 1, 7 * SIDE + 13, stirs])
    by = np.array(rows) if struck_by is None else struck_by
    places = Places(History(counts, counts, np.zeros(PERIODS + 1), struck_by=by))
    for period in range(PERIODS):
        places.move_on(period)
    return np.array(places.parts(smooth))


def test_there_are_as_many_parts_as_are_told_and_none_is_negative() -> None:
    found = read(stirs=0)
    assert found.shape == (WIDTH, SIDE, SIDE)
    assert (found >= 0).all()
    assert np.isfinite(found).all()


def test_an_event_far_away_raises_the_risk_where_it_usually_happens() -> None:
    first = slice(0, 3)  # shares of the country's whole times what happened lately
    calm, stirred = read()[first], read(stirs=9)[first]
    assert (stirred[:, 2, 2] > calm[:, 2, 2]).all()
    assert (stirred[:, 5, 5] == 0).all(), "and not where nothing ever did"


def test_who_stirs_raises_the_risk_where_he_was_before() -> None:
    """Struck by the first actor the place of the first is hotter than that of the second, and the other way round."""
    own = slice(WIDTH - len(ACTORS_LATELY) * len(ACTOR_SPREADS), WIDTH)
    first, second = read(stirs=0)[own], read(stirs=1)[own]
    assert (first[:, 2, 2] > first[:, 12, 2]).all()
    assert (second[:, 2, 2] < second[:, 12, 2]).all()


def test_how_actors_are_numbered_tells_nothing() -> None:
    counts = np.argwhere(np.ones((20, 1)))[:, 0]
    rows = np.column_stack([counts, np.where(counts % 2, 12, 2) * SIDE + 2, counts % 2])
    other = rows.copy()
    other[:, 2] = 70 - 3 * other[:, 2]
    assert np.array_equal(read(rows, stirs=None), read(other[::-1], stirs=None))


def test_without_actors_their_parts_are_empty() -> None:
    assert (read(np.empty((0, 3), dtype=int))[-len(ACTORS_LATELY) * len(ACTOR_SPREADS) :] == 0).all()
