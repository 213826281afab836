from __future__ import annotations

from collections import Counter
from datetime import timedelta

from app.alerts.models import (
    AlertStatus,
    Authority,
    Channel,
    NonResponseReason,
    Outcome,
    Priority,
    ResponseKind,
    StepKind,
)
from app.exercise.alert_words import ALERT_OF_INCIDENT, MOVING, OTHER_KINDS, PRIORITY, VERBATIM
from app.exercise.dataset import Dataset
from app.grading import Verification
from geo.warning_weights import KIND_WEIGHT
from tests.app.exercise import NOW


def test_codes_are_those_of_the_alerts_feature(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        for a in d.alert_history:
            assert a.kind in KIND_WEIGHT
            assert a.priority in set(Priority)
            assert a.channel in set(Channel)
            assert a.status in set(AlertStatus)
            assert a.verification in set(Verification)
            assert a.outcome in {*Outcome, None}
            assert a.authority in {*Authority, None}
            assert a.response_kind in {*ResponseKind, None}
            assert a.non_response_reason in {*NonResponseReason, None}
            assert {kind for kind, _ in a.steps()} <= set(StepKind)


def test_every_kind_of_alert_has_its_priority_and_words() -> None:
    kinds = {*ALERT_OF_INCIDENT.values(), *OTHER_KINDS}
    assert kinds == set(PRIORITY) == set(VERBATIM)


def test_steps_follow_each_other_and_never_lie_ahead(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        for a in d.alert_history:
            moments = [moment for _, moment in a.steps()]
            assert moments == sorted(moments)
            assert a.occurred_at <= a.received_at <= a.raised_at
            assert moments[-1] <= NOW
            assert a.raised_at >= NOW - timedelta(days=62)


def test_sixty_are_closed_and_six_stand_open_each_in_another_state(dataset: Dataset) -> None:
    states = Counter(a.status for a in dataset.alert_history)
    assert states.pop("closed") == 60
    assert states == Counter(["received", "acknowledged", "verified", "tasked", "responding", "on_scene"])


def test_a_refusal_has_a_reason_a_note_and_an_approval(dataset: Dataset) -> None:
    declined = [a for a in dataset.alert_history if a.decision == "decline"]
    assert len(declined) == 10
    assert len({a.non_response_reason for a in declined}) == 10
    for a in declined:
        assert a.non_response_note
        assert a.non_response_approved_at is not None
        assert a.declined_at is not None
        assert a.response_kind is None
        assert a.outcome is None


def test_a_response_has_an_authority_and_only_a_blocked_one_never_arrived(dataset: Dataset) -> None:
    answered = [a for a in dataset.alert_history if a.decision == "respond" and a.status == "closed"]
    assert len(answered) == 50
    for a in answered:
        assert a.authority
        assert a.outcome
        assert (a.departed_at is not None) == (a.response_kind in MOVING)
        if a.outcome in ("access_denied", "response_aborted"):
            assert a.departed_at
            assert a.arrived_at is None
    assert any(a.departed_at and not a.arrived_at for a in answered)


def test_an_alert_taken_too_late_was_escalated(dataset: Dataset) -> None:
    late = [a for a in dataset.alert_history if a.escalated_at]
    assert late
    assert all(
        a.acknowledged_at and a.escalated_at and a.raised_at < a.escalated_at < a.acknowledged_at
        for a in late
    )


def test_alerts_under_way_are_answered_by_patrols_under_way(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        patrols = {p.code: p for p in d.patrols}
        moving = [a for a in d.alert_history if a.status in ("responding", "on_scene")]
        assert len(moving) == 2
        for a in moving:
            patrol = patrols[a.patrol_code or ""]
            assert patrol.state == "under_way"
            assert patrol.unit_code == a.unit_code


def test_alerts_keep_their_source_without_naming_it(dataset: Dataset) -> None:
    assert {a.source_contactable for a in dataset.alert_history} == {True, False}
    assert all(a.feedback_at is None for a in dataset.alert_history if not a.source_contactable)
    assert any(a.feedback_at is None for a in dataset.alert_history if a.source_contactable and a.closed_at)
