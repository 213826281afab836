"""`next` leads to a path of ours or nowhere."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.people.first_page import safe_next

US = "https://vigil.example/sign-in"


def as_browsers_read_it(location: str) -> str:
    """Browsers strip tabs and line ends and take a backslash for a slash (WHATWG URL)."""
    stripped = location.strip(" \t\r\n\f\x00")
    return "".join(c for c in stripped if c not in "\t\r\n").replace("\\", "/")


@given(st.one_of(st.text(), st.from_regex(r"[/\\\t .:a-z@]{0,12}(evil\.example)?.*")))
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("/%0d%0aLocation:x")
@example("javascript:alert(1)")
@example("/.//evil.example")
def test_whatever_is_asked_for_the_next_page_is_ours(asked: str) -> None:
    found = safe_next(asked)
    if found is not None:
        assert urlsplit(urljoin(US, as_browsers_read_it(found))).netloc == "vigil.example"
        assert not set(found) & set("\r\n\t\\")


@pytest.mark.parametrize("path", ["/alerts", "/alerts?priority=P1&sort=-raised", "/people/3#rights"])
def test_a_path_of_ours_is_kept_as_it_was_asked(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-in?next=/x", "", None, "/" + "a" * 5000])
def test_what_would_go_in_circles_is_dropped(path: str | None) -> None:
    assert safe_next(path) is None
