"""Forces, havens, threats, networks, patrols."""

from __future__ import annotations

from collections import Counter

from app.exercise.chance import KM
from app.exercise.dataset import Dataset
from app.havens.models import Exposure, HavenKind, HavenState
from app.patrols.models import PatrolMode, PatrolState
from geo.warning_weights import KIND_WEIGHT
from tests.app.exercise import NOW


def test_every_echelon_and_base_type_is_there(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        kinds = Counter(u.kind for u in d.units)
        assert kinds["fhq"] == 1
        assert kinds["shq"] == 3
        assert kinds["bn"] == 9
        assert set(kinds) == {"fhq", "shq", "bn", "coy", "pl", "unmo_ts", "fpu", "qrf", "avn", "med", "eng"}
        assert len({b.kind for b in d.bases}) == 7


def test_every_area_of_responsibility_has_a_battalion_in_a_base_of_its_own(dataset: Dataset) -> None:
    bases = {b.code: b for b in dataset.bases}
    for area in (s for s in dataset.sectors if s.echelon == "battalion"):
        battalion = next(u for u in dataset.units if u.kind == "bn" and u.sector_code == area.code)
        assert bases[battalion.base_code].sector_code == area.code
        assert area.area.buffer(1.5 * KM).contains(bases[battalion.base_code].place)


def test_reaction_forces_have_a_notice_to_move_and_call_signs_are_unique(dataset: Dataset) -> None:
    assert all(u.notice_to_move_minutes in (15, 30, 60) for u in dataset.units if u.kind == "qrf")
    assert len({u.call_sign for u in dataset.units}) == 60


def test_havens_are_of_every_kind_and_hold_no_more_than_their_state_says(dataset: Dataset) -> None:
    assert {h.kind for h in dataset.havens} == set(HavenKind)
    assert {h.state for h in dataset.havens} <= set(HavenState)
    assert {h.exposure for h in dataset.havens} == set(Exposure)
    assert "compromised" in {h.state for h in dataset.havens}
    for h in dataset.havens:
        assert h.capacity_night <= h.capacity_day
        if h.state == "full":
            assert h.occupancy >= h.capacity_night
        elif h.state == "open":
            assert 0 < h.occupancy < h.capacity_night or h.capacity_night <= 2
        else:
            assert h.occupancy == 0


def test_a_secret_haven_s_name_does_not_say_where_it_is(dataset: Dataset) -> None:
    names = {s.name for s in dataset.settlements}
    for h in dataset.havens:
        if h.exposure in ("secret", "need_to_know"):
            assert not [n for n in names if n in h.name]
        if h.kind in ("safe_house", "shelter_gbv", "relocation_inside", "relocation_abroad"):
            assert h.exposure == "secret"


def test_threats_have_an_area_on_land_and_some_reviews_are_overdue(dataset: Dataset) -> None:
    land = dataset.admin_areas[0].area.buffer(1e-5)
    for t in dataset.threats:
        assert t.kind in KIND_WEIGHT
        assert land.contains(t.area)
        assert not t.area.is_empty
        assert 0 <= t.intent <= 4
        assert 0 <= t.capability <= 4
        assert 1 <= t.residual_likelihood <= t.likelihood <= 5
        assert 1 <= t.residual_impact <= t.impact <= 5
    assert 3 <= sum(t.review_on < NOW.date() for t in dataset.threats) <= 6


def test_community_networks_stand_apart_and_some_do_not_answer(dataset: Dataset) -> None:
    assert {n.working for n in dataset.community_networks} == {True, False}
    places = [n.place for n in dataset.community_networks]
    assert min(a.distance(b) for a in places for b in places if a is not b) >= 20 * KM
    assert all(0 < n.women <= n.focal_points for n in dataset.community_networks)


def test_patrols_are_in_every_state_and_their_times_agree_with_it(
    dataset: Dataset, other_dataset: Dataset
) -> None:
    for d in (dataset, other_dataset):
        assert {p.state for p in d.patrols} == set(PatrolState)
        assert {p.mode for p in d.patrols} <= set(PatrolMode)
        for p in d.patrols:
            assert p.planned_start < p.planned_end
            assert (p.started_at is None) == (p.state == "planned")
            assert (p.ended_at is None) == (p.state in ("planned", "under_way", "paused"))
            assert (p.abandoned_reason is None) == (p.state != "abandoned")
            assert (p.state == "planned") == (p.planned_start > NOW)
            assert bool(p.fixes) == (p.state in ("under_way", "paused"))
            for s in p.stops:
                assert s.arrive_planned <= s.depart_planned
                assert s.arrived_at is None or s.arrived_at <= NOW
            if p.state == "done":
                assert all(s.departed_at for s in p.stops)


def test_fixes_are_recent_follow_each_other_and_keep_a_possible_speed(dataset: Dataset) -> None:
    for p in dataset.patrols:
        moments = [f.at for f in p.fixes]
        assert moments == sorted(moments)
        if moments:
            assert (NOW - moments[-1]).total_seconds() <= 11 * 60
        for a, b in zip(p.fixes, p.fixes[1:], strict=False):
            hours = (b.at - a.at).total_seconds() / 3600
            assert a.place.distance(b.place) / KM <= 90 * hours
