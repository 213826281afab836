"""What the database counts set at a time is what plain Python counts one alert after the other, on random histories.

The plain count reads the accountability report's facts, which were written for one alert: two ways to the same figures.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alerts.models import Outcome
from app.documents.accountability_report_brief import AlertFacts
from app.documents.freezing_facts import facts
from app.documents.freezing_records import records
from app.documents.measures import BY_ANYBODY, BY_MISSION, nearest_rank
from app.measures import queries
from app.measures.catalogue import CATALOGUE
from app.measures.models import Figure, Source
from app.measures.of_alerts import IN_TIME
from app.measures.periods import Period
from app.permissions import Role
from tests.app.measures.history import Told, tell
from tests.people import Staff

START = datetime(2024, 1, 1, tzinfo=UTC)
ALERTS = [m for m in CATALOGUE.values() if m.source is Source.ALERTS]
responses = st.sampled_from(["patrol", "state_forces_only", "joint_patrol", "shelter"])
minutes = st.integers(0, 6_000)


def step(kind: str, **details: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, int, dict[str, Any]]]:
    return st.tuples(st.just(kind), minutes, st.fixed_dictionaries(details))


steps = st.lists(st.one_of(
    *[step(kind) for kind in ("acknowledged", "immediate_action", "departed", "arrived", "non_response_approved",
                              "non_response_refused", "reopened", "note", "closed")],
    step("decided", response=responses), step("tasked", response=responses),
    step("declined", reason=st.sampled_from(["distance_time", "duplicate"])),
    step("handed_over", to=st.sampled_from(["state", "partner", "humanitarian", "other"])),
    step("outcome", outcome=st.sampled_from([o.value for o in Outcome])),
    step("feedback", told=st.booleans()),
), max_size=7)  # fmt: skip
alerts = st.builds(
    Told, at=st.integers(0, 1_439).map(lambda m: START + timedelta(minutes=m)), steps=steps.map(tuple),
    sector=st.sampled_from(["WEST", "EAST", None]), reachable=st.booleans(),
    verification=st.sampled_from(["reported", "verified", "unfounded"]),
    decide=st.none() | st.tuples(st.integers(1, 600), st.none() | st.integers(0, 1_200)),
)  # fmt: skip


def plain(found: Sequence[AlertFacts], outcomes: Sequence[str | None]) -> dict[str, Any]:
    """Numerator and denominator, parts, or (counted, missing, median, 90th percentile), each counted by hand."""
    told: dict[str, Any] = {}
    actionable = [a for a in found if a.actionable]
    nobody = [a for a in actionable if a.answered_by == "nobody"]
    reachable = [a for a in found if a.feedback_expected]
    told["actionable"] = (len(actionable), len(found))
    told["response_any"] = (sum(a.answered_by in BY_ANYBODY for a in actionable), len(actionable))
    told["response_mission"] = (sum(a.answered_by in BY_MISSION for a in actionable), len(actionable))
    told["responders"] = Counter(a.answered_by for a in actionable)
    told["outcomes"] = Counter(o for o in outcomes if o)
    justified = [a for a in nobody if a.non_response_reason and a.non_response_approver]
    told["justified_non_response"] = (len(justified), len(nobody))
    in_time = [a for a in reachable if a.feedback is not None and a.feedback <= 72 * 60]
    told["feedback"] = (len(in_time), len(reachable))
    sent = [
        (a, o) for a, o in zip(found, outcomes, strict=True)
        if (a.departed is not None or a.arrived is not None) and o and o != "false_alarm"
    ]  # fmt: skip
    told["on_time_arrival"] = (sum(a.arrived is not None and o in IN_TIME for a, o in sent), len(sent))
    own = [a for a in found if not a.handed_over]
    for code, field in (("acknowledge", "acknowledged"), ("decide", "decided"), ("depart", "departed"),
                        ("arrive", "arrived")):  # fmt: skip
        times = [getattr(a, field) for a in own if getattr(a, field) is not None]
        due = [a for a in own if a.tasked is not None or code in ("acknowledge", "decide")]
        missing = sum(getattr(a, field) is None for a in due)
        spread = (statistics.median(times), nearest_rank(times, 0.9)) if times else (None, None)
        told[f"time_to_{code}"] = (len(times), missing, *spread)
    return told


def figured(code: str, figure: Figure) -> Any:
    if code.startswith("time_to"):
        return (figure.counted, figure.missing, figure.median, figure.ninetieth)
    if code in ("responders", "outcomes"):
        return Counter({part: count for part, count in figure.parts.items() if count})
    return (int(figure.numerator), int(figure.denominator))


days = iter(range(10_000))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(alerts, max_size=12))
def test_the_database_counts_as_plain_python_does(
    staff: Staff, owner: psycopg.Connection, history: list[Told]
) -> None:
    day = timedelta(days=next(days))  # each history on a day of its own
    period = Period(START + day, START + day + timedelta(days=1))
    moved = [Told(**{**told.__dict__, "at": told.at + day}) for told in history]
    tell(owner, staff.sectors, *moved)
    with staff.acting(Role.HOM):
        totals = queries.totals(ALERTS, period)
        by_sector = queries.figures(ALERTS, period, "sector")
        every = records(period.since, period.until, None)
        for sector in (None, "WEST", "EAST"):
            wanted = [r for r in every if sector is None or r.alert.sector_id == staff.sectors[sector]]
            ended = [r.last("outcome") for r in wanted]  # type: ignore[arg-type]
            expected = plain(
                [facts(r, None, datetime.now(UTC)) for r in wanted],
                [o.details["outcome"] if o else None for o in ended],
            )
            if sector is None:
                found = totals
            else:
                found = {
                    code: next((f for f in cells if f.key == sector), Figure())
                    for code, cells in by_sector.items()
                }
            assert {code: figured(code, found[code]) for code in expected} == expected
