"""Adding, closing and enlarging tell who gains and who loses."""

from __future__ import annotations

import numpy as np
import pytest

from geo.siting.seasons import in_each, shared_out
from geo.siting.what_if import changed, enlarged, resited

#                   three candidates in a row
DISTANCE = np.array([[0.0, 5.0, 9.0], [5.0, 0.0, 4.0], [9.0, 4.0, 0.0]])
PEOPLE = np.array([10.0, 20.0, 5.0])


def test_a_new_site_brings_those_near_it_nearer_and_a_closed_one_sends_its_people_on() -> None:
    more = changed(DISTANCE, PEOPLE, [0], add=[2])
    assert (more.before, more.after) == (145.0, 80.0)
    assert more.change.tolist() == [0.0, -1.0, -9.0] and (more.gaining, more.losing) == (25.0, 0.0)
    less = changed(DISTANCE, PEOPLE, [0, 1], close=[1])
    assert less.serves.tolist() == [0, 0, 0] and (less.gaining, less.losing) == (0.0, 25.0)
    best = resited(DISTANCE, PEOPLE, less)
    assert best.sites.tolist() == [1] and best.certificate.best
    with pytest.raises(ValueError, match="open site"):
        changed(DISTANCE, PEOPLE, [0], close=[1])
    with pytest.raises(ValueError, match="stay open"):
        changed(DISTANCE, PEOPLE, [0], close=[0])


def test_a_larger_site_takes_in_who_had_no_place() -> None:
    size, room = PEOPLE.astype(np.int64), np.array([10, 20, 0])
    grown = enlarged(DISTANCE, PEOPLE, size, room, [0, 1], np.array([10, 25, 0]))
    assert grown.before == np.inf and grown.after == 20.0
    assert grown.serves.tolist() == [0, 1, 1] and grown.change[2] == -np.inf and grown.gaining == 5.0


def test_a_place_that_the_rains_cut_off_is_reached_in_no_season() -> None:
    rain = DISTANCE.copy()
    rain[2, 1] = np.inf
    assert in_each([DISTANCE, rain])[2, 1] == np.inf and in_each([DISTANCE, rain])[1, 2] == 4.0
    assert shared_out([DISTANCE, rain], [1.0, 0.0]).tolist() == DISTANCE.tolist()
    assert shared_out([DISTANCE, 2 * DISTANCE], [3.0, 1.0])[0, 1] == 6.25
    with pytest.raises(ValueError, match="share"):
        shared_out([DISTANCE], [0.0])
    with pytest.raises(ValueError, match="one shape"):
        in_each([DISTANCE, DISTANCE[:2]])
