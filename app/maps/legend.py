"""The layers of the picture, from below to above: the legend is the layer control.

One list serves Folium (panes), the template (boxes with symbols) and picture.js (`data-layer`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.maps.folium_page import Pane


@dataclass(frozen=True)
class Layer:
    """One layer. `timed`: takes since/until; `still`: loaded whole, whatever part is seen; `pressable`: opens a panel."""

    name: str
    label: LazyString
    group: str  # "mission", "danger", "protection" or "ground"
    z: int
    on: bool = True
    timed: bool = False
    still: bool = False
    pressable: bool = True
    sealed: bool = False  # shown only to those with clearance for defenders' cells


LAYERS = (
    Layer("land", _l("Land, provinces, districts"), "ground", 210, still=True, pressable=False),
    Layer("rivers", _l("Rivers"), "ground", 220, pressable=False),
    Layer("roads", _l("Roads"), "ground", 230, pressable=False),
    Layer("unknown", _l("Districts without any report"), "danger", 405, timed=True, pressable=False),
    Layer("sectors", _l("Areas of responsibility"), "mission", 410, still=True, pressable=False),
    Layer("hotspots", _l("Forecast: hotspots"), "danger", 415, on=False),
    Layer("threats", _l("Threats"), "danger", 420),
    Layer("defenders", _l("Defenders' cells"), "protection", 430, sealed=True),
    Layer("places", _l("Places"), "ground", 440, pressable=False),
    Layer("communities", _l("Community alert networks"), "protection", 445, on=False, pressable=False),
    Layer("coverage", _l("Sites to protect, and coverage"), "protection", 448, on=False, pressable=False),
    Layer("havens", _l("Havens"), "protection", 450),
    Layer("units", _l("Bases and units"), "mission", 460),
    Layer("patrols", _l("Patrols"), "mission", 470),
    Layer("incidents", _l("Incidents"), "danger", 480, timed=True),
    Layer("alerts", _l("Open alerts"), "danger", 490),
)


def layers(*, sees_cells: bool, sees_hotspots: bool) -> tuple[Layer, ...]:
    """The layers for a viewer; the defenders' cells are not even named without clearance, nor hotspots without theirs."""
    return tuple(
        layer
        for layer in LAYERS
        if (sees_cells or not layer.sealed) and (sees_hotspots or layer.name != "hotspots")
    )


def panes(shown: Iterable[Layer]) -> tuple[Pane, ...]:
    return tuple(Pane(layer.name, layer.z, layer.pressable) for layer in shown)


GROUPS: tuple[tuple[str, LazyString], ...] = (
    ("danger", _l("Danger")),
    ("protection", _l("Protection")),
    ("mission", _l("Mission")),
    ("ground", _l("Ground")),
)


PERIODS: tuple[tuple[str, LazyString], ...] = (
    ("24h", _l("24 hours")),
    ("7d", _l("7 days")),
    ("30d", _l("30 days")),
    ("90d", _l("90 days")),
    ("1y", _l("1 year")),
    ("all", _l("All")),
    ("own", _l("From … until …")),
)

# What is counted in a drawn area: the layer, and what its second figure is.
INSIDE: tuple[tuple[str, tuple[LazyString, LazyString]], ...] = (
    ("alerts", (_l("Open alerts"), _l("not acknowledged:"))),
    ("incidents", (_l("Incidents"), _l("killed, best estimate:"))),
    ("threats", (_l("Threats"), _l("highest score:"))),
    ("havens", (_l("Havens"), _l("free places for the night:"))),
    ("units", (_l("Bases"), _l("strength:"))),
    ("places", (_l("Places"), _l("people:"))),
)
