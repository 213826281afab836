"""The table of kinds of documents. A new kind is a row here, its code in models.DocumentKind (and the migration's
list), its brief in brief.Brief, and a way to ask for it in forms.py; nothing else asks which kind a document is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.documents.accountability_outline import accountability_sections
from app.documents.blocks import Section
from app.documents.evacuation_outline import evacuation_sections
from app.documents.freezing_accountability import accountability_brief
from app.documents.freezing_evacuation import evacuation_brief
from app.documents.freezing_head import Ordered
from app.documents.freezing_incident import incident_brief
from app.documents.freezing_patrol_order import patrol_order_brief
from app.documents.freezing_patrol_report import patrol_report_brief
from app.documents.freezing_view import map_view_brief
from app.documents.incident_outline import incident_sections
from app.documents.models import DocumentKind
from app.documents.patrol_order_outline import patrol_order_sections
from app.documents.patrol_report_outline import patrol_report_sections
from app.documents.view_layers import LAYERS
from app.documents.view_outline import map_view_sections
from app.permissions import Permission as P

PERIODS = (frozenset[str](), frozenset({"since"}), frozenset({"until"}), frozenset({"since", "until"}))


@dataclass(frozen=True)
class Kind:
    """`about`: which parts of the subject go together; `asks` says so to who gave others. `reads`: what the worker
    reads for it, with the rights of the person who ordered. `freeze` makes its brief, `sections` that brief's words.
    `command_alone`: for no other audience, since it says where a patrol or people on the road will be, and when."""

    title: LazyString
    about: tuple[frozenset[str], ...]
    asks: LazyString
    reads: tuple[P, ...]
    freeze: Callable[[Ordered], Any]
    sections: Callable[[Any], tuple[Section, ...]]
    command_alone: bool = False


KINDS: Mapping[DocumentKind, Kind] = {
    DocumentKind.INCIDENT_REPORT: Kind(
        _l("Incident report"),
        (frozenset({"alert_id"}), frozenset({"incident_id"})),
        _l("An incident report is about one alert or one incident: give its number."),
        (P.READ_ALERTS, P.READ_INCIDENTS, P.READ_REPORTS, P.READ_PATROLS, P.SEE_MAP),
        incident_brief,
        incident_sections,
    ),
    DocumentKind.ACCOUNTABILITY_REPORT: Kind(
        _l("Accountability report"),
        (frozenset({"since", "until"}),),
        _l("An accountability report is about a period: give since and until."),
        (P.READ_ALERTS, P.READ_LEDGER, P.SUPERVISE_UNMASKING),
        accountability_brief,
        accountability_sections,
    ),
    DocumentKind.PATROL_REPORT: Kind(
        _l("Patrol report"),
        (frozenset({"patrol_report_id"}),),
        _l("A patrol report is about one report that was sent: give its number."),
        (P.READ_PATROLS,),
        patrol_report_brief,
        patrol_report_sections,
    ),
    DocumentKind.MAP_VIEW: Kind(
        _l("Map view"),
        tuple(frozenset({"box", "layers"}) | more for more in PERIODS),
        _l("A map view is of a box on some layers: give box and layers, and since and until as you like."),
        tuple(dict.fromkeys(layer.permission for layer in LAYERS.values())),
        map_view_brief,
        map_view_sections,
    ),
    DocumentKind.PATROL_ORDER: Kind(
        _l("Patrol order"),
        (frozenset({"patrol_id"}),),
        _l("A patrol order is about one patrol: give its number. It is for command alone."),
        (P.READ_PATROLS, P.READ_DUE_DILIGENCE, P.SEE_MAP),
        patrol_order_brief,
        patrol_order_sections,
        command_alone=True,
    ),
    DocumentKind.EVACUATION_ORDER: Kind(
        _l("Evacuation order"),
        (frozenset({"evacuation_id"}),),
        _l("An evacuation order is about one evacuation: give its number. It is for command alone."),
        (P.READ_EVACUATIONS, P.SEE_MAP),
        evacuation_brief,
        evacuation_sections,
        command_alone=True,
    ),
}


def kind_of(code: str) -> Kind:
    """The row of a kind. A code that stands nowhere is an error of ours: ValueError, or KeyError without a row."""
    return KINDS[DocumentKind(code)]
