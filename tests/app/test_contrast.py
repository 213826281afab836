"""The colours can be read: WCAG 2.2, 4.5 to 1 for text and 3 to 1 for marks and borders of controls, by day and night."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import app

STATIC = Path(app.__file__).parent / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()

SURFACES = ("ground", "panel", "raised")
TEXT_ON = {
    **dict.fromkeys(("text", "muted", "danger", "warn-text", "ok", "select", "defender"), SURFACES),
    "on-danger": ("danger",),
    "on-select": ("select",),
    "place": ("land", "halo"),
    "panel": ("text",),  # the line that hovers over the map
}
SOFT = {
    "danger": "danger-soft", "warn-text": "warn-soft", "select": "select-soft", "text": "select-soft",
    "muted": "select-soft",
}  # fmt: skip
MAP_MARKS = ("danger", "warn", "ok", "select", "defender", "mark", "sector", "text", "muted")
MARKS_ON = {
    **dict.fromkeys(MAP_MARKS, ("land", "beyond", "halo")),
    "control": SURFACES,
    "warn": ("panel", "land", "halo"),
}


def blocks() -> dict[str, dict[str, str]]:
    found = {}
    for mode in ("light", "dark"):
        body = re.search(rf'\[data-bs-theme="{mode}"\] \{{\n  color-scheme: {mode};(.*?)\n\}}', TOKENS, re.S)
        assert body, mode
        found[mode] = dict(re.findall(r"--v-([\w-]+):\s*(#[0-9a-f]{6});", body.group(1)))
    return found


COLOURS = blocks()


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs(wanted: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    return [(mode, ink, on) for mode in COLOURS for ink, all_on in wanted.items() for on in all_on]


def test_the_measure_itself_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("mode", "ink", "on"), pairs({**TEXT_ON}) + pairs({k: (v,) for k, v in SOFT.items()})
)
def test_text_stands_out_from_its_ground(mode: str, ink: str, on: str) -> None:
    assert contrast(COLOURS[mode][ink], COLOURS[mode][on]) >= 4.5


@pytest.mark.parametrize(("mode", "ink", "on"), pairs(MARKS_ON))
def test_marks_stand_out_from_the_map_and_controls_from_the_page(mode: str, ink: str, on: str) -> None:
    assert contrast(COLOURS[mode][ink], COLOURS[mode][on]) >= 3


def test_day_and_night_name_the_same_colours() -> None:
    assert set(COLOURS["light"]) == set(COLOURS["dark"])


def test_the_five_colours_that_mean_something_are_those_of_the_house() -> None:
    house = {
        "danger": "#b3261e",
        "warn": "#b26a00",
        "ok": "#1e6f4c",
        "select": "#1f5fbf",
        "defender": "#6a3fa0",
    }
    assert {name: COLOURS["light"][name] for name in house} == house


def test_pages_name_no_colour_of_their_own() -> None:
    for sheet in ("layout.css", "parts.css", "map.css"):
        text = (STATIC / "css" / sheet).read_text()
        assert not re.findall(r":[^;{]*#[0-9a-fA-F]{3,8}\b(?![^;]*\))", text), sheet


def test_each_token_that_a_sheet_uses_exists() -> None:
    known = set(re.findall(r"--(v-[\w-]+):", TOKENS))
    for sheet in (STATIC / "css").glob("*.css"):
        assert set(re.findall(r"var\(--(v-[\w-]+)\)", sheet.read_text())) <= known, sheet.name
