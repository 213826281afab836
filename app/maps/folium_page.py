"""The map object of a page: Folium makes it, we serve it under a strict policy. The only importer of folium.

Folium draws no features here. Data travels as GeoJSON and is drawn by static/js/picture.js, because `${…}` in a
Folium popup, tooltip or Html runs as script, nonce or not: no text that a person wrote may enter a Folium call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import CustomPane
from folium.template import Template
from markupsafe import Markup

VENDOR = "/static/vendor"

# Folium's own lists name foreign hosts and seven libraries that we don't use (616 kB). Once, at import, for
# every map of the process: only Leaflet, from our own address.
folium.Map.default_js = [("leaflet", f"{VENDOR}/leaflet.js")]
folium.Map.default_css = [("leaflet_css", f"{VENDOR}/leaflet.css")]

Bounds = tuple[float, float, float, float]

# Zoom levels of the Mercator grid: 5 shows a country, 18 a compound. With tiles=None Folium only knows
# `maxZoom` (its `max_zoom` belongs to a tile layer and would be dropped).
LEAST_ZOOM, GREATEST_ZOOM = 5, 18


@dataclass(frozen=True)
class Pane:
    """A level of the map. `z` is its CSS z-index; Leaflet's own panes lie between 200 and 700."""

    name: str
    z: int
    pressable: bool = True


@dataclass(frozen=True)
class MapParts:
    """What a page needs of a map: `header` into <head>, `html` where it stands, `script` after it."""

    header: Markup
    html: Markup
    script: Markup


class Refused(ValueError):
    """Folium rendered something that the page's policy would block, and that nobody would notice until then."""


class ShowMapToPicture(MacroElement):
    """Hands the Leaflet map to picture.js as `window.vigilMap`."""

    # The scale stands here because Folium's control_scale also measures in miles.
    _template = Template("""
        {% macro script(this, kwargs) %}
            L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});
            window.vigilMap = {{ this._parent.get_name() }};
        {% endmacro %}
    """)


class _WithNonce(HTMLParser):
    """Copies markup, giving each script, style and link the nonce; drops meta; refuses what a policy blocks."""

    VOID = {"link", "meta", "br", "img", "input"}

    def __init__(self, nonce: str, asset: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=False)
        self.nonce = nonce
        self.asset = asset
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta":  # charset and viewport are the page's; Folium's viewport forbids zooming in
            return
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                raise Refused(f"inline {name} on <{tag}>")
            if name in ("src", "href") and not (value or "").startswith(f"{VENDOR}/"):
                raise Refused(f"<{tag}> loads from elsewhere than {VENDOR}")
        attrs = [
            (n, self.asset(str(v).removeprefix("/static/")) if n in ("src", "href") else v) for n, v in attrs
        ]
        if tag in ("script", "style", "link"):
            attrs = [*attrs, ("nonce", self.nonce)]
        written = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.out.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")


def _with_nonce(markup: str, nonce: str, asset: Callable[[str], str]) -> Markup:
    reader = _WithNonce(nonce, asset)
    reader.feed(markup)
    reader.close()
    return Markup("".join(reader.out).strip())


def plainly(name: str) -> str:
    return f"/static/{name}"


def build(
    bounds: Bounds,
    layers: Sequence[Pane],
    nonce: str,
    *,
    label: str = "",
    asset: Callable[[str], str] = plainly,
) -> MapParts:
    """A Leaflet map over `bounds` = (west, south, east, north) in degrees, with a pane for each of `layers`.

    `nonce` is the response's CSP nonce; `label` names the map for a screen reader; `asset` gives the address of
    `vendor/leaflet.js`. Raises `ValueError` for
    bounds that are empty or off the globe.
    """
    west, south, east, north = bounds
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise ValueError("bounds are west, south, east, north in degrees, within the Mercator square")
    wide, high = (east - west) / 2, (north - south) / 2
    map_ = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        prefer_canvas=True,
        zoom_control="bottomright",
        font_size="0.875rem",
        max_bounds=True,
        min_lat=max(south - high, -85),
        max_lat=min(north + high, 85),
        min_lon=max(west - wide, -180),
        max_lon=min(east + wide, 180),
        minZoom=LEAST_ZOOM,
        maxZoom=GREATEST_ZOOM,
        zoomSnap=0.25,
        # Leaflet's attribution is a link to another host; the libraries are named in the page about Vigil.
        attributionControl=False,
        maxBoundsViscosity=0.8,
    )
    map_._id = "picture"  # one map a page: a stable name that CSS, tests and cached pages can rely on
    for pane in layers:
        custom = CustomPane(pane.name, z_index=pane.z, pointer_events=pane.pressable)
        custom._id = (
            pane.name
        )  # Folium's own are sixteen random bytes each, in every page anew: they don't compress
        map_.add_child(custom)
    map_.fit_bounds([[south, west], [north, east]], padding=(8, 8))
    map_.add_child(ShowMapToPicture())

    figure = map_.get_root()
    assert isinstance(figure, Figure)
    figure.render()  # fills header, html and script
    html = figure.html.render().replace("<div ", f'<div role="region" aria-label="{escape(label)}" ', 1)
    script = _script(figure.script, nonce)
    header = _with_nonce(figure.header.render(), nonce, asset)
    return MapParts(header, _with_nonce(html, nonce, asset), script)


def _script(element: Element, nonce: str) -> Markup:
    code = element.render()
    if "</" in code:
        raise Refused("a closing tag inside the map's script")
    return Markup('<script nonce="{}">{}</script>').format(nonce, Markup(code))
