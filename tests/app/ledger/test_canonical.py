from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.ledger import canonical

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
SCALARS = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_example_of_the_standard_has_its_published_bytes() -> None:
    """RFC 8785, 3.2.2 and 3.2.3."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    assert canonical.dumps(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_are_sorted_by_their_utf_16_units() -> None:
    assert (
        canonical.dumps({"\ufb33": 1, "\U0001f600": 2, "a": 3}).decode()
        == '{"a":3,"\U0001f600":2,"\ufb33":1}'
    )


@given(VALUES)
def test_reading_and_writing_again_gives_the_same_bytes(value: Any) -> None:
    once = canonical.dumps(value)
    assert canonical.dumps(json.loads(once, parse_int=float)) == once  # as ECMAScript reads numbers


# What events and reports are made of: nearly all of it takes the quick way.
COMMON = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(-180, 180) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=0x7F)), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES | COMMON)
def test_the_quick_way_gives_the_bytes_of_the_library(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except UnicodeEncodeError:
        return
    assert canonical.dumps(value) == expected


@pytest.mark.parametrize(
    "number", [1e-4, 9.9e-5, 1e15 - 0.5, 1e15 + 0.5, 5.0, -0.0, 0.1, 1e21, 123456789.125]
)
def test_fractions_are_written_as_ecmascript_writes_them(number: float) -> None:
    assert canonical.dumps([number, -number]) == rfc8785.dumps([number, -number])


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (math.nan, "NaN"),
        ([math.inf], "infinity"),
        ({"n": 2**53}, "beyond"),
        (-(2**53), "beyond"),
        ({1: "one"}, "text keys"),
        (b"bytes", "Only text"),
        ({"at": object()}, "Only text"),
        ("half \ud83d", "Only text"),
        ({"half \ud83d": 1}, "surrogate"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_a_sentence(value: Any, sentence: str) -> None:
    with pytest.raises(canonical.NotCanonical, match=sentence):
        canonical.dumps(value)


def test_values_nested_too_deep_are_refused() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(canonical.NotCanonical, match="nested"):
        canonical.dumps(value)


def test_a_refusal_never_repeats_the_value() -> None:
    with pytest.raises(canonical.NotCanonical) as refused:
        canonical.dumps({"name": b"EXERCISE Amara"})
    assert "Amara" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_commitment_opens_with_its_own_details_and_salt_alone() -> None:
    details = {"reason": "no_means", "minutes": 40}
    salt, digest = canonical.commit(details)
    assert digest == hashlib.sha256(salt + b'{"minutes":40,"reason":"no_means"}').digest()
    assert canonical.opens({"minutes": 40, "reason": "no_means"}, salt, digest)
    assert not canonical.opens({**details, "minutes": 41}, salt, digest)
    assert not canonical.opens(details, bytes(16), digest)


def test_the_same_details_twice_can_not_be_seen_to_be_the_same() -> None:
    assert canonical.commit({"reason": "no_means"})[1] != canonical.commit({"reason": "no_means"})[1]
