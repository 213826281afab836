"""The layers that may stand on a printed view, and by which permission each is read. Defenders' cells are not among
them: a sheet travels further than the consent that was given."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.permissions import Permission as P


@dataclass(frozen=True)
class SheetLayer:
    words: LazyString
    permission: P


LAYERS: dict[str, SheetLayer] = {
    "alerts": SheetLayer(_l("Open alerts"), P.READ_ALERTS),
    "incidents": SheetLayer(_l("Incidents"), P.READ_INCIDENTS),
    "threats": SheetLayer(_l("Threats"), P.READ_THREATS),
    "patrols": SheetLayer(_l("Patrols"), P.READ_PATROLS),
    "havens": SheetLayer(_l("Havens"), P.READ_HAVENS),
    "units": SheetLayer(_l("Bases and units"), P.SEE_MAP),
    "places": SheetLayer(_l("Places"), P.SEE_MAP),
    "roads": SheetLayer(_l("Roads"), P.SEE_MAP),
}
