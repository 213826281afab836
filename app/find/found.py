"""What finding gives: one line for each thing, and in what order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

# How sure it is that this is what was meant; the order is that of the list.
EXACT, WITHIN, ALIKE = "exact", "within", "alike"
ORDER = (EXACT, WITHIN, ALIKE)


@dataclass(frozen=True)
class Found:
    """`kind`: what it is (wording.KINDS); `title`: what it is called; `detail`: where or of what; `sure`: one of ORDER;
    `how`: that in words; `lon`, `lat` in degrees where it has a place; `zoom` that shows it; `url` of its page."""

    kind: str
    title: str
    detail: str = ""
    sure: str = EXACT
    how: str = ""
    lon: float | None = None
    lat: float | None = None
    zoom: int = 13
    url: str = ""
    at_time: str = ""

    @property
    def map_url(self) -> str:
        if self.at_time:
            return url_for("maps.picture", known_at=self.at_time)
        if self.lon is None or self.lat is None:
            return ""
        return url_for("maps.picture", at=f"{self.lon:.5f},{self.lat:.5f}", zoom=self.zoom)

    def named(self, asked: str) -> Found:
        """Sure where the name is the very one that was asked for."""
        return replace(self, sure=EXACT) if folded(self.title) == folded(asked) else self

    def as_json(self) -> Mapping[str, Any]:
        place = None if self.lon is None else {"lon": self.lon, "lat": self.lat}
        return {
            "kind": self.kind, "title": self.title, "detail": self.detail, "sure": self.sure, "how_sure": self.how,
            "place": place, "url": self.url or None, "map_url": self.map_url or None,
        }  # fmt: skip


def folded(name: str) -> str:
    """Case and spaces aside, as `vigil.folded` of the database does it, accents apart."""
    return " ".join(name.lower().split())


def in_order(found: list[Found]) -> list[Found]:
    """What is surely meant first; within that as it was found."""
    return sorted(found, key=lambda f: ORDER.index(f.sure))
