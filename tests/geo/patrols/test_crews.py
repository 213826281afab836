"""How many patrols a unit has people for at once."""

from __future__ import annotations

from itertools import product

from geo.patrols.crews import AtOnce, at_once


def test_people_bind_how_many_patrols_are_out_and_by_night_a_patrol_takes_more() -> None:
    assert at_once(3, 20, 8, 12) == AtOnce(2, 1)
    assert at_once(3, 24, 8, 12) == AtOnce(3, 0)
    assert at_once(3, 40, 8, 12) == AtOnce(3, 3)
    assert at_once(3, 7, 8, 12) == AtOnce(0, 0)


def test_a_unit_that_is_out_by_day_alone_needs_the_day_s_people_and_one_of_the_night_the_night_s() -> None:
    assert at_once(2, 16, 8, 12, nights=False) == AtOnce(2, 2)
    assert at_once(2, 16, 8, 12, days=False) == AtOnce(1, 1)


def test_more_people_never_let_fewer_patrols_out_and_none_is_sent_that_people_do_not_suffice_for() -> None:
    for wanted, by_day, more in product((0, 1, 4), (1, 6, 9), (0, 5)):
        before = AtOnce(0, 0)
        for people in range(60):
            found = at_once(wanted, people, by_day, by_day + more)
            used = found.by_night * (by_day + more) + (found.tours - found.by_night) * by_day
            assert used <= people and found.by_night <= found.tours <= wanted
            assert (found.tours, found.by_night) >= (before.tours, before.by_night)
            before = found
