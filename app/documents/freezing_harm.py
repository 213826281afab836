"""People harmed and alleged actors, from an incident's counts or from what a field report tells."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from app.documents.incident_report_brief import Actor, Harm, HarmGroup
from app.field_reports.models import FieldReport
from app.field_reports.wording import EFFECTS, SEXES


def harm_of_incident(i: Row[Any]) -> tuple[Harm, ...]:
    """Counts with their bounds; what nobody counted is left out, not printed as zero."""
    counts = [Harm(str(EFFECTS["killed"]), i.killed_low, i.killed_best, i.killed_high)]
    for kind in ("injured", "abducted"):
        count = getattr(i, kind)
        if count is not None:
            counts.append(Harm(str(EFFECTS[kind]), best=count))
    return tuple(counts)


def harm_of_report(report: FieldReport) -> tuple[tuple[Harm, ...], tuple[HarmGroup, ...]]:
    """Totals of each effect, and the same by sex and age, as the report counted them."""
    totals: dict[str, int] = {}
    groups = []
    for affected in report.people_affected:
        effect, count = affected["effect"], affected["count"]
        totals[effect] = totals.get(effect, 0) + count
        age = affected["age"] if affected["age"] != "unknown" else _("not known")
        groups.append(HarmGroup(str(EFFECTS[effect]), str(SEXES[affected["sex"]]), age, count))
    order = list(EFFECTS)
    harm = [Harm(str(EFFECTS[e]), best=totals[e]) for e in sorted(totals, key=order.index)]
    return tuple(harm), tuple(groups)


def actors_of_report(report: FieldReport) -> tuple[Actor, ...]:
    return tuple(
        Actor(name, _("named by the source"), _("As reported; not verified")) for name in report.actors
    )
