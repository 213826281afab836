from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import measures
from app.documents.accountability_report_brief import AlertFacts

AT = datetime(2026, 11, 1, tzinfo=UTC)


def alert(by: str, **facts: object) -> AlertFacts:
    return AlertFacts("ALR", "attack", "P1", AT, by, **facts)  # type: ignore[arg-type]


ALERTS = (
    alert("mission", acknowledged=2, tasked=10, departed=23, arrived=64, feedback=335),
    alert("joint", acknowledged=4, tasked=12, departed=30, feedback=4321),
    alert("state", acknowledged=100, handed_over=True, feedback_expected=False),
    alert("community", acknowledged=6),
    alert("nobody", acknowledged=9, non_response_reason="distance", non_response_approver="commander"),
    alert("nobody", non_response_reason="distance"),
    alert("nobody", actionable=False, acknowledged=3),
    alert("open", acknowledged=50, late=("acknowledged",)),
)


def test_any_actor_and_mission_are_two_rates_over_the_same_actionable_alerts():
    anybody, mission = measures.response_rates(ALERTS)
    assert (anybody.value_text, anybody.basis) == ("57 %", "4 of 7 actionable alerts")
    assert (mission.value_text, mission.basis) == ("29 %", "2 of 7 actionable alerts")


def test_a_non_response_needs_reason_and_approver_to_be_justified():
    figure = measures.justified_non_response(ALERTS)
    assert (figure.value_text, figure.basis) == ("50 %", "1 of 2 non-responses")


def test_feedback_counts_only_in_time_and_only_where_the_source_can_be_reached():
    figure = measures.feedback_rate(ALERTS, 72)
    assert (figure.numerator, figure.denominator, figure.value_text) == (1, 7, "14 %")


def test_times_leave_out_what_was_handed_over_and_say_what_is_missing():
    spread = measures.spread(ALERTS, "acknowledged")
    # 2 3 4 6 9 50: the hundred minutes of the State's alert are not the mission's.
    assert (spread.counted, spread.missing, spread.late) == (6, 1, 1)
    assert (spread.median_text, spread.p90_text) == ("5 min", "50 min")


def test_arrival_is_missing_only_where_somebody_was_sent():
    spread = measures.spread(ALERTS, "arrived")
    assert (spread.counted, spread.missing, spread.median_text) == (1, 1, "1 h 04 min")


def test_no_alerts_give_words_and_no_division():
    assert [f.value_text for f in measures.response_rates(())] == ["none", "none"]
    assert measures.spread((), "decided").median_text == "–"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_percentile_is_an_observed_time_with_its_share_at_or_below(values, quantile):
    found = measures.nearest_rank(values, quantile)
    assert found in values
    assert sum(v <= found for v in values) >= quantile * len(values) - 1e-9
    assert sum(v < found for v in values) < quantile * len(values) + 1e-9


def test_a_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no values"):
        measures.nearest_rank([], 0.5)
