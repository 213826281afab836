"""The brief of an accountability report: every alert of a period, within the reach of whoever ordered it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.documents.accountability_report_brief import AccountabilityBrief
from app.documents.freezing_conduct import ledger_state, sector_map, sectors, unmaskings
from app.documents.freezing_facts import breaches, facts
from app.documents.freezing_head import Ordered, header, now
from app.documents.freezing_records import records
from app.documents.parts import Period
from app.documents.wording import dtg
from app.mission.queries import procedures


def freeze_accountability_report(ordered: Ordered) -> AccountabilityBrief:
    """All of an accountability report. It holds codes, times and roles alone, so that no audience gets less."""
    subject = ordered.subject
    since, until = (datetime.fromisoformat(subject[key]) for key in ("since", "until"))
    only: list[int] | None = subject["sectors"]
    cutoff = now()
    found = records(since, until, only)
    places = sectors(only)
    alerts = tuple(facts(record, places.names.get(record.alert.sector_id), cutoff) for record in found)
    looks = unmaskings(since, until) if only is None else None
    withheld = [_("who looked at sealed records")] if looks is None else []
    return AccountabilityBrief(
        header=header(
            ordered,
            title=_("Response to alerts, %(begin)s to %(end)s", begin=dtg(since), end=dtg(until)),
            precedence="ROUTINE",
            withheld=tuple(withheld),
            period=Period(since, until),
        ),
        alerts=alerts,
        ledger=ledger_state(),
        breaches=breaches(found),
        unmaskings=looks,
        map=sector_map(places.drawn, [alert.sector for alert in alerts]),
        feedback_limit_hours=round(procedures()["feedback_hours"]),
    )
