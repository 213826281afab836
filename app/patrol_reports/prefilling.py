"""What a report says before anybody has written: from the order, the stops, the track and the leader's last report. So
that of a quiet patrol most blocks need no more than a look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select

from app.db import db
from app.patrol_orders.body import Composition
from app.patrol_orders.queries import issued
from app.patrol_reports.models import PatrolReport
from app.patrols import queries as patrols
from app.patrols.queries import PatrolFile
from app.permissions import viewer
from app.positions.models import DOUBTED
from app.words import grid
from geo import date_time_group
from geo.patrols.report_checks import Fix, track_km
from geo.sun import is_night

MOST_FIXES = 5_000
LONG = timedelta(hours=24)
# What does not change from one patrol of a leader to his next.
STAYS = {"unit": ("rank", "men", "women", "interpreters", "liaison"), "vehicles": ("vehicles", "serviceable")}


def track_of(patrol_id: int) -> list[Fix]:
    """The patrol's fixes that nobody doubts, in the order of time."""
    found = patrols.positions(patrol_id, limit=MOST_FIXES)
    return [Fix(f.at, f.lon, f.lat) for f in reversed(found) if not f.flags & DOUBTED]


def prefilled(file: PatrolFile, track: Sequence[Fix]) -> dict[str, dict[str, Any]]:
    """Code of a block → what is known of it; blocks of which nothing is known are left out."""
    p, order, last = file.patrol, issued(file.patrol.id), last_report()
    found: dict[str, dict[str, Any]] = {
        "header": {
            "duration": "long_range" if p.planned_end - p.planned_start > LONG else "short_range",
            "order": order.serial if order else _("Order of %(call_sign)s", call_sign=p.call_sign),
            "prepared_at": dtg(datetime.now(UTC)),
        },
        "unit": {"unit": p.unit_name or "", "call_sign": p.call_sign},
        "vehicles": {},
        "task": {
            "mode": p.mode, "light": light_of(track, file.stops), "task": p.task[:1000],
            "alert": _("Alert %(id)s", id=p.alert_id) if p.alert_id else "",
        },
        "route": route(file, track),
        "feedback": {"given": "not_yet" if p.alert_id else "no_alert"},
    }  # fmt: skip
    for code, names in STAYS.items():
        before = last.get(code, {})
        found[code] |= {name: before[name] for name in names if before.get(name) is not None}
    if order is not None:
        went = order.content.composition
        found["unit"] |= ordered(went)
        found["task"]["participation"] = (
            "joint" if went.state_forces else "integrated" if went.police or civilians(went) else "military"
        )
    return found


def ordered(went: Composition) -> dict[str, int]:
    """Who was to go along; a count of none says nothing that the form doesn't."""
    counts = {"civilians": civilians(went)} | {
        name: getattr(went, name) for name in ("interpreters", "liaison", "police", "state_forces")
    }
    return {name: count for name, count in counts.items() if count}


def civilians(went: Composition) -> int:
    return went.civil_affairs + went.human_rights


def last_report() -> dict[str, Any]:
    """The blocks of the report that the viewer wrote last."""
    found = db.session.execute(
        select(PatrolReport.blocks)
        .where(PatrolReport.author_id == viewer().person_id, PatrolReport.submitted_at.is_not(None))
        .order_by(PatrolReport.submitted_at.desc())
        .limit(1)
    ).scalar()
    return found or {}


def route(file: PatrolFile, track: Sequence[Fix]) -> dict[str, Any]:
    p = file.patrol
    missed = [s.name for s in file.stops if s.arrived_at is None]
    return {
        "started_at": dtg(p.started_at), "ended_at": dtg(p.ended_at),
        "km": round(track_km(track)) if len(track) > 1 else None,
        "waypoints": [
            {
                "name": s.name[:120], "place": grid(s.lon, s.lat), "arrived_at": dtg(s.arrived_at),
                "departed_at": dtg(s.departed_at),
            }
            for s in sorted((s for s in file.stops if s.arrived_at), key=lambda s: s.arrived_at)
        ],
        "deviations": _("Not reached: %(stops)s.", stops=", ".join(missed))[:1000] if missed else "",
    }  # fmt: skip


def dtg(at: datetime | None) -> str | None:
    return date_time_group.format(at) if at else None


def light_of(track: Sequence[Fix], stops: Sequence[Row[Any]]) -> str:
    """Day, night or both, by the sun where the patrol was."""
    moments = [(f.at, f.lon, f.lat) for f in track]
    moments += [(s.arrived_at, s.lon, s.lat) for s in stops if s.arrived_at]
    dark = sum(is_night(*m) for m in moments)
    return "day" if not dark else "night" if dark == len(moments) else "both"
