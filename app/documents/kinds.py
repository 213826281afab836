"""The table of kinds of documents: nothing else asks which kind a document is. A new kind is a row here, its code in
models.DocumentKind (and the migration's list), its brief in brief.Brief, and a way to ask for it in forms.py; where it is
about something new, that stands in orders.Subject, actions.subject_of and subjects.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement

from app.documents import subjects
from app.documents.accountability_report_outline import accountability_report_sections
from app.documents.blocks import Section
from app.documents.evacuation_order_outline import evacuation_order_sections
from app.documents.freezing_accountability_report import freeze_accountability_report
from app.documents.freezing_evacuation_order import freeze_evacuation_order
from app.documents.freezing_head import Ordered
from app.documents.freezing_incident_report import freeze_incident_report
from app.documents.freezing_map_view import freeze_map_view
from app.documents.freezing_patrol_order import freeze_patrol_order
from app.documents.freezing_patrol_report import freeze_patrol_report
from app.documents.incident_report_outline import incident_report_sections
from app.documents.map_view_outline import map_view_sections
from app.documents.models import DocumentKind
from app.documents.patrol_order_outline import patrol_order_sections
from app.documents.patrol_report_outline import patrol_report_sections
from app.documents.view_layers import LAYERS
from app.permissions import Permission as P
from app.permissions import viewer

PERIODS = (frozenset[str](), frozenset({"since"}), frozenset({"until"}), frozenset({"since", "until"}))


@dataclass(frozen=True)
class Kind:
    """`about`: which parts of the subject go together; `asks` says so to who gave others. `read_by`: whether the viewer
    may still read what it is about; `named`: how that is called. `reads`: what the worker reads for it, with the rights
    of the person who ordered. `freeze` makes its brief, `sections` that brief's words.
    `ordered_by`: who holds one of these orders it, and reads what he has ordered.
    `command_alone`: for no other audience, since it says where a patrol or people on the road will be, and when."""

    title: LazyString
    about: tuple[frozenset[str], ...]
    asks: LazyString
    read_by: Callable[[], ColumnElement[bool]]
    named: Callable[[Mapping[str, Any]], str]
    reads: tuple[P, ...]
    freeze: Callable[[Ordered], Any]
    sections: Callable[[Any], tuple[Section, ...]]
    ordered_by: tuple[P, ...] = (P.ORDER_DOCUMENTS,)
    command_alone: bool = False

    def orderable(self) -> bool:
        return viewer().opens(self.ordered_by)

    def orderable_in(self, sector_id: int | None) -> bool:
        return any(viewer().may(permission, sector_id) for permission in self.ordered_by)


KINDS: Mapping[DocumentKind, Kind] = {
    DocumentKind.INCIDENT_REPORT: Kind(
        _l("Incident report"),
        (frozenset({"alert_id"}), frozenset({"incident_id"})),
        _l("An incident report is about one alert or one incident: give its number."),
        subjects.alert_or_incident_read,
        subjects.alert_or_incident,
        (P.READ_ALERTS, P.READ_INCIDENTS, P.READ_REPORTS, P.READ_PATROLS, P.SEE_MAP),
        freeze_incident_report,
        incident_report_sections,
    ),
    DocumentKind.ACCOUNTABILITY_REPORT: Kind(
        _l("Accountability report"),
        (frozenset({"since", "until"}),),
        _l("An accountability report is about a period: give since and until."),
        subjects.period_read,
        subjects.period,
        (P.READ_ALERTS, P.READ_LEDGER, P.SUPERVISE_UNMASKING),
        freeze_accountability_report,
        accountability_report_sections,
    ),
    DocumentKind.PATROL_REPORT: Kind(
        _l("Patrol report"),
        (frozenset({"patrol_report_id"}),),
        _l("A patrol report is about one report that was sent: give its number."),
        subjects.patrol_report_read,
        subjects.patrol_report,
        (P.READ_PATROLS,),
        freeze_patrol_report,
        patrol_report_sections,
    ),
    DocumentKind.MAP_VIEW: Kind(
        _l("Map view"),
        tuple(frozenset({"box", "layers"}) | more for more in PERIODS),
        _l("A map view is of a box on some layers: give box and layers, and since and until as you like."),
        subjects.view_read,
        subjects.view,
        tuple(dict.fromkeys(layer.permission for layer in LAYERS.values())),
        freeze_map_view,
        map_view_sections,
    ),
    DocumentKind.PATROL_ORDER: Kind(
        _l("Patrol order"),
        (frozenset({"patrol_id"}),),
        _l("A patrol order is about one patrol: give its number. It is for command alone."),
        subjects.patrol_read,
        subjects.patrol,
        (P.READ_PATROLS, P.READ_DUE_DILIGENCE, P.SEE_MAP),
        freeze_patrol_order,
        patrol_order_sections,
        ordered_by=(P.ORDER_DOCUMENTS, P.PRINT_ORDERS),
        command_alone=True,
    ),
    DocumentKind.EVACUATION_ORDER: Kind(
        _l("Evacuation order"),
        (frozenset({"evacuation_id"}),),
        _l("An evacuation order is about one evacuation: give its number. It is for command alone."),
        subjects.evacuation_read,
        subjects.evacuation,
        (P.READ_EVACUATIONS, P.SEE_MAP),
        freeze_evacuation_order,
        evacuation_order_sections,
        command_alone=True,
    ),
}


def kind_of(code: str) -> Kind:
    """The row of a kind. A code that stands nowhere is an error of ours: ValueError, or KeyError without a row."""
    return KINDS[DocumentKind(code)]
