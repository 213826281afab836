"""Every map that Folium makes for us passes the page's policy: local, with nonces, nothing inline, no eval."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import folium
import folium.plugins
import pytest
from folium.map import Popup
from hypothesis import given, settings
from hypothesis import strategies as st

from app.maps import folium_page, legend
from app.maps.folium_page import MapParts, Refused, build

NONCE = "bm9uY2U"
STATIC = Path(folium_page.__file__).parents[1] / "static"
CAPITALS = {"car": (14.4, 2.2, 27.5, 11.0), "across the equator": (28.0, -6.0, 36.0, 5.0)}
WAYS_TO_EVAL = re.compile(r"\beval\s*\(|new\s+Function|setTimeout\(\s*[\"']|javascript:")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(parts: MapParts) -> list[tuple[str, dict[str, str | None]]]:
    reader = Tags()
    for part in (parts.header, parts.html, parts.script):
        reader.feed(str(part))
    return reader.found


def every_map() -> list[MapParts]:
    return [
        build(bounds, legend.panes(legend.layers(sees_cells=sees, sees_hotspots=sees)), NONCE, label="Map")
        for bounds in CAPITALS.values()
        for sees in (True, False)
    ]


@pytest.fixture(scope="module", params=range(2 * len(CAPITALS)))
def parts(request: pytest.FixtureRequest) -> MapParts:
    return every_map()[request.param]


def test_no_map_names_another_host(parts: MapParts) -> None:
    text = "".join(parts.__dict__.values()).replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?:|[\"'(]//\w", text)


def test_each_script_style_and_link_carries_the_nonce(parts: MapParts) -> None:
    wanting = [(tag, attrs) for tag, attrs in tags(parts) if tag in ("script", "style", "link")]
    assert len(wanting) >= 4
    assert [(tag, attrs) for tag, attrs in wanting if attrs.get("nonce") != NONCE] == []


def test_nothing_is_inline_that_a_nonce_cannot_cover(parts: MapParts) -> None:
    for tag, attrs in tags(parts):
        assert not [name for name in attrs if name == "style" or name.startswith("on")], tag


def test_nothing_evaluates_text(parts: MapParts) -> None:
    assert not WAYS_TO_EVAL.search("".join(parts.__dict__.values()))


def test_only_leaflet_is_loaded(parts: MapParts) -> None:
    loaded = [
        attrs.get("src") or attrs.get("href") for tag, attrs in tags(parts) if tag in ("script", "link")
    ]
    assert [url for url in loaded if url] == ["/static/vendor/leaflet.js", "/static/vendor/leaflet.css"]


def test_the_reader_may_zoom_the_page(parts: MapParts) -> None:
    assert "user-scalable" not in parts.header


def test_the_map_knows_its_greatest_zoom_without_a_tile_layer(parts: MapParts) -> None:
    assert '"maxZoom": 18' in parts.script


def test_each_layer_has_its_pane_and_the_map_is_handed_to_the_picture(parts: MapParts) -> None:
    assert 'createPane(\n                "alerts")' in parts.script
    assert "window.vigilMap = map_picture;" in parts.script


def test_defenders_cells_are_not_named_to_those_without_clearance() -> None:
    _, without = every_map()[:2]
    assert "defenders" not in without.script


def test_rendering_twice_gives_the_same_map_but_for_its_nonce() -> None:
    panes = legend.panes(legend.layers(sees_cells=True, sees_hotspots=True))
    first, second = (
        build(CAPITALS["car"], panes, nonce).script.replace(f'nonce="{nonce}"', "")
        for nonce in ("one", "two")
    )
    assert first == second


@pytest.mark.parametrize(
    "bounds",
    [
        (27.0, 2.0, 14.0, 11.0),
        (14.0, 2.0, 14.0, 11.0),
        (0.0, -90.0, 10.0, 10.0),
        (float("nan"), 0.0, 1.0, 1.0),
    ],
)
def test_bounds_that_hold_nothing_are_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="west, south, east, north"):
        build(bounds, (), NONCE)


@settings(max_examples=40, deadline=None)
@given(label=st.text(max_size=40))
def test_a_label_stays_text(label: str) -> None:
    found = [attrs for tag, attrs in tags(build(CAPITALS["car"], (), NONCE, label=label)) if tag == "div"]
    assert len(found) == 1
    assert set(found[0]) == {"role", "aria-label", "class", "id"}


def test_a_plugin_that_loads_from_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = folium.Map.fit_bounds

    def with_plugin(self: folium.Map, *args: object, **kwargs: object) -> None:
        folium.plugins.MeasureControl().add_to(self)
        real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(folium.Map, "fit_bounds", with_plugin)
    with pytest.raises(Refused, match="loads from elsewhere"):
        build(CAPITALS["car"], (), NONCE)


def test_markup_with_an_inline_style_is_refused() -> None:
    with pytest.raises(Refused, match="inline style"):
        folium_page._with_nonce('<div style="width:1px"></div>', NONCE, str)
    with pytest.raises(Refused, match="inline onclick"):
        folium_page._with_nonce('<a onclick="x()">', NONCE, str)


def test_why_no_text_of_a_person_enters_folium() -> None:
    """If this ever fails, Folium has become safer; the rule stays until somebody has looked again."""
    figure = folium.Map(location=[0, 0], tiles=None)
    folium.Marker([0, 0], popup=Popup("${alert(1)}")).add_to(figure)
    assert "${alert(1)}" in figure.get_root().render()


def test_only_one_module_imports_folium() -> None:
    importers = [
        path.relative_to(STATIC.parent).as_posix()
        for path in STATIC.parent.rglob("*.py")
        if re.search(r"^\s*(from|import) folium", path.read_text(), re.M)
    ]
    assert importers == ["maps/folium_page.py"]


def test_the_pictures_scripts_take_no_markup_and_evaluate_nothing() -> None:
    risky = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|bindPopup|bindTooltip")
    scripts = sorted((STATIC / "js").glob("*.js"))
    assert len(scripts) >= 10
    for script in scripts:
        code = script.read_text().replace('swap: "innerHTML"', "")  # htmx puts in the server's own markup
        assert not risky.search(code), script.name
        assert not WAYS_TO_EVAL.search(code), script.name
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", code), script.name
