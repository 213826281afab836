from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from app.documents.render_page import render_page


class Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(params=["incident", "accountability", "bare_incident", "no_alerts"])
def page(request) -> str:
    return render_page(request.getfixturevalue(request.param))


def test_tables_have_captions_and_scoped_heads(page):
    seen = Seen(page)
    assert len(seen.all("caption")) == len(seen.all("table"))
    assert all(th.get("scope") in {"col", "row"} for th in seen.all("th"))


def test_every_picture_says_what_it_shows(page):
    seen = Seen(page)
    described = [a for _tag, a in seen.tags if a.get("role") == "img"]
    assert len(described) == len(seen.all("svg"))
    assert all(a["aria-label"] for a in described)


def test_nothing_needs_an_inline_style_or_script(page):
    seen = Seen(page)
    assert not [a for _tag, a in seen.tags if "style" in a]
    assert not [a for _tag, a in seen.tags if any(name.startswith("on") for name in a)]
    assert not seen.all("script") + seen.all("link") + seen.all("img")
    assert len(seen.all("style")) == 1, "its own, for it is kept and printed without Vigil"
    assert not re.search(r'(?:href|src)="(?!#)', page)


def test_ids_are_unique_and_every_reference_has_its_target(page):
    ids = Counter(a["id"] for _tag, a in Seen(page).tags if "id" in a)
    assert [name for name, times in ids.items() if times > 1] == []
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)
    assert set(re.findall(r'(?:href|aria-labelledby)="#?([^"]+)"', page)) <= set(ids)


def test_one_title_and_then_sections_below_it(page):
    levels = [tag for tag, _a in Seen(page).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == "h1"
    assert set(levels[1:]) == {"h2"}


def test_marking_stands_at_head_and_foot(page):
    assert page.count('class="doc-marking') == 2
    assert page.index("EXERCISE EXERCISE EXERCISE") < page.index("<h1")


def test_a_usual_report_stays_under_a_hundred_kilobytes(incident, accountability):
    assert len(render_page(incident).encode()) < 100_000
    # With room for a mission's own words, which are longer.
    assert len(render_page(accountability).encode()) < 80_000


def test_the_same_brief_gives_the_same_page(incident):
    assert render_page(incident) == render_page(incident)


def test_a_page_to_keep_brings_its_style_and_asks_for_nothing(accountability):
    page = render_page(accountability)
    assert page.startswith("<!doctype html>")
    assert "default-src 'none'" in page
    assert '@top-center { content: "CONFIDENTIAL" }' in page
    assert not re.search(r'(?:href|src)="(?!#)', page)
    assert not re.findall(r"https?://(?!www\.w3\.org/)", page)
