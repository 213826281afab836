"""The exercise's sources: codes that tell nothing, histories that grade, and words that are repeated."""

from __future__ import annotations

from collections import Counter

from app.exercise.dataset import Dataset
from app.sources.models import HeldBy, KnownBy, SourceKind
from geo.sources import History, Saying, independent, suggested_grade


def test_codes_are_those_of_the_sources_feature_and_name_nothing(
    dataset: Dataset, other_dataset: Dataset
) -> None:
    for d in (dataset, other_dataset):
        codes = [s.code for s in d.sources]
        assert len(codes) == len(set(codes)) > 5
        for s in d.sources:
            assert (
                s.kind in set(SourceKind) and s.known_by in set(KnownBy) and s.contact_held_by in set(HeldBy)
            )
            assert s.code.startswith("EX-") and len(s.code) == 7
        networks = {n.code: n.sector_code for n in d.community_networks}
        assert all(networks[s.network_code] == s.sector_code for s in d.sources if s.network_code)


def test_every_alert_that_somebody_told_has_a_source_that_its_sector_knows(dataset: Dataset) -> None:
    sources = {s.code: s for s in dataset.sources}
    alerts = {a.code: a for a in (*dataset.alert_history, *(e.alert for e in dataset.echoes))}
    assert {t.alert_code for t in dataset.tellings} == {a.code for a in alerts.values() if a.source_code}
    for t in dataset.tellings:
        alert = alerts[t.alert_code]
        assert alert.source_code == t.source_code != t.repeats_code
        assert sources[t.source_code].sector_code in (None, alert.sector_code)
    assert not [a for a in alerts.values() if a.source_code and a.channel in ("patrol", "military_observer")]


def test_histories_suggest_more_than_one_grade(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        found = {a.code: a.verification for a in d.alert_history}
        own = [(t.source_code, found.get(t.alert_code)) for t in d.tellings if t.repeats_code is None]
        counted = Counter(own)
        grades = {
            s.code: suggested_grade(History(counted[s.code, "verified"], counted[s.code, "unfounded"]))
            for s in d.sources
        }
        assert "A" in grades.values() and len(set(grades.values())) > 2


def test_what_one_repeats_from_the_other_counts_once(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        (leader,) = {e.leader_code for e in d.echoes}
        group = {leader, *(e.alert.code for e in d.echoes)}
        sayings = [Saying(t.source_code, t.repeats_code) for t in d.tellings if t.alert_code in group]
        assert (len(sayings), independent(sayings)) == (3, 2)
        for e in d.echoes:
            assert e.alert.acknowledged_at and e.alert.acknowledged_at < d.now
