"""When a reason is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reasons import is_reason


@pytest.mark.parametrize("text", ["", "ok", ".", " " * 40, "  why not  "])
def test_a_word_is_no_reason(text: str) -> None:
    assert not is_reason(text)


@given(
    st.text(min_size=10, max_size=40).filter(lambda t: len(t.strip()) >= 10 and "\x00" not in t),
    st.integers(0, 40),
)
def test_a_sentence_is_one_unless_it_holds_what_the_database_can_t_keep(text: str, at: int) -> None:
    assert is_reason(text)
    assert not is_reason(text[:at] + "\x00" + text[at:])
