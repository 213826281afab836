"""The day's draw: as documented, reproducible, fair, and checked by anybody."""

import hashlib
import hmac
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from geo.patrols.drawing import Drawn, Terms, check_drawn, commitment, drawn

SEED = bytes(range(32))
DAY = date(2026, 11, 21)
TERMS = Terms((((0, 1), (2,)), ((3,), (1, 0)), ((), (4,))), (0.5, 0.3, 0.2), (360, 420), (90, 0))


def by_the_book(terms: Terms, seed: bytes, day: str) -> tuple[int, list[int]]:
    """The ten lines that the module's docstring promises, without its code."""

    def number(i: int) -> int:
        message = b"vigil patrol draw v1\x00" + day.encode() + b"\x00" + i.to_bytes(8, "big")
        return int(hmac.new(seed, message, hashlib.sha256).hexdigest(), 16)

    weights = [round(p * 10**12) for p in terms.probabilities]
    place = number(0) % sum(weights)
    plan = next(k for k in range(len(weights)) if place < sum(weights[: k + 1]))
    return plan, [e + number(1 + u) % (s + 1) for u, (e, s) in enumerate(zip(terms.earliest, terms.slack))]  # noqa: B905


@given(st.binary(min_size=32, max_size=32), st.dates())
def test_anybody_draws_the_same_from_the_description(seed: bytes, day: date) -> None:
    told = drawn(TERMS, seed, day)
    assert (told.plan, list(told.starts)) == by_the_book(TERMS, seed, day.isoformat())
    assert 360 <= told.starts[0] <= 450 and told.starts[1] == 420
    assert told == drawn(TERMS, seed, day)


def test_the_commitment_is_what_other_tools_reckon() -> None:
    # printf 'vigil patrol draw v1\0' and the bytes 0 to 31, through sha256sum.
    assert commitment(SEED) == "2121c26cf4614845a504d9ea245e95bcac167a282989b62626ce271e6736404c"
    assert commitment(SEED) != commitment(SEED[::-1])


def test_draws_come_as_often_as_the_mix_says_and_change_with_the_seed() -> None:
    days = [DAY + timedelta(days=each) for each in range(3000)]
    first = [drawn(TERMS, SEED, day) for day in days]
    seen = Counter(each.plan for each in first)
    assert chisquare([seen[k] for k in range(3)], [1500, 900, 600]).pvalue > 0.01
    starts = Counter(each.starts[0] for each in first)
    assert chisquare([starts[minute] for minute in range(360, 451)]).pvalue > 0.01
    other = [drawn(TERMS, SEED[::-1], day) for day in days]
    # Independent draws agree as often as chance has it: 0.5² + 0.3² + 0.2².
    assert sum(a.plan == b.plan for a, b in zip(first, other, strict=True)) / 3000 == pytest.approx(
        0.38, abs=0.04
    )


def test_a_plan_without_a_chance_is_never_drawn() -> None:
    terms = replace(TERMS, probabilities=(0.0, 1.0, 0.0))
    assert {drawn(terms, SEED, DAY + timedelta(days=each)).plan for each in range(50)} == {1}


def test_a_fair_draw_passes_and_each_deceit_is_named() -> None:
    told, sealed = drawn(TERMS, SEED, DAY), {"committed": commitment(SEED), "digest": TERMS.digest}
    assert check_drawn(told, TERMS, SEED, DAY, **sealed) == []
    other = bytes(32)
    assert check_drawn(drawn(TERMS, other, DAY), TERMS, other, DAY, **sealed) == ["seed"]
    suited = replace(TERMS, probabilities=(0.3, 0.5, 0.2))
    assert check_drawn(drawn(suited, SEED, DAY), suited, SEED, DAY, **sealed) == ["terms"]
    # Another site in a row of the list, another unit in a tour.
    for other_terms in (replace(TERMS, sites=(11, 12, 13, 14, 15)), replace(TERMS, units=(7, 8))):
        assert check_drawn(told, other_terms, SEED, DAY, **sealed)[0] == "terms"
    swapped = Drawn((told.plan + 1) % 3, told.starts)
    assert check_drawn(swapped, TERMS, SEED, DAY, **sealed) == ["plan"]
    later = Drawn(told.plan, (told.starts[0] + 1, told.starts[1]))
    assert check_drawn(later, TERMS, SEED, DAY, **sealed) == ["starts"]
    assert check_drawn(told, TERMS, b"short", DAY, **sealed) == ["seed_length"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"plans": ()},
        {"probabilities": (0.5, 0.3)},
        {"probabilities": (0.5, 0.3, 0.3)},
        {"probabilities": (1.2, -0.4, 0.2)},
        {"earliest": (360,)},
        {"slack": (-1, 0)},
        {"sites": (11, 12)},
        {"units": (7,)},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (each has words of its own)
        replace(TERMS, **wrong)


def test_a_seed_of_another_length_is_refused() -> None:
    for work in (lambda: commitment(b"x" * 31), lambda: drawn(TERMS, b"x" * 33, DAY)):
        with pytest.raises(ValueError, match="32 bytes"):
            work()
