"""A field report is weighed: never silenced where life is in danger, always explained."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.warning import KIND_WEIGHT, NEAR_WEIGHT, Near, Sighting, Surroundings, Thresholds, weigh

KINDS = [
    "imminent_attack",
    "attack_under_way",
    "armed_group_movement",
    "military_build_up",
    "abduction",
    "arrest_raid",
    "threat_to_named_person",
    "mob_risk",
    "intercommunal_mobilisation",
    "cattle_raid",
    "looting_extortion_checkpoint",
    "crsv",
    "child_recruitment",
    "displacement",
    "siege_denied_access",
    "hate_speech",
    "eviction_land_dispute",
    "electoral_protest_violence",
    "explosive_hazard",
    "attack_on_protected_site",
    "detention_transfer",
    "medical_emergency",
    "natural_hazard",
    "observation",
    "all_quiet",
    "other",
]
# From the most to the least trusted; "cannot be judged" stands in the lower middle, not at the end.
RELIABILITY = "ABCFDE"
CREDIBILITY = (1, 2, 3, 6, 4, 5)
BANDS = ("ordinary", "elevated", "high", "extreme")
IN_DANGER = sorted(code for code, kind in KIND_WEIGHT.items() if kind.floor)

sightings = st.builds(
    Sighting,
    kind=st.sampled_from(KINDS),
    age_hours=st.floats(-48, 10_000),
    source_reliability=st.sampled_from("ABCDEF"),
    credibility=st.integers(1, 6),
    place_precision=st.integers(1, 7),
    radius_m=st.floats(0, 100_000),
)
near_things = st.builds(
    Near,
    kind=st.sampled_from(sorted(NEAR_WEIGHT)),
    metres=st.floats(0, 1e7),
    risk=st.none() | st.sampled_from(BANDS),
    intensity=st.floats(0, 1),
    count=st.integers(0, 10**9),
)
surroundings = st.lists(near_things, max_size=8).map(lambda things: Surroundings(tuple(things)))
DEFENDER = Near("defender_cell", 1_200, risk="high")


def test_the_kinds_are_the_houses_list():
    assert list(KIND_WEIGHT) == KINDS


def test_a_movement_near_a_defender_outranks_the_same_movement_far_away():
    sighting = Sighting("armed_group_movement", source_reliability="C", credibility=3)
    near = weigh(sighting, Surroundings((DEFENDER,)))
    far = weigh(sighting, Surroundings((replace(DEFENDER, metres=40_000),)))
    assert near.raise_alert
    assert near.score > far.score
    assert near.priority < far.priority


@pytest.mark.parametrize("kind", ["observation", "all_quiet"])
def test_nothing_near_and_nothing_told_raises_nothing(kind):
    weighing = weigh(Sighting(kind, source_reliability="A", credibility=1), Surroundings())
    assert (weighing.score, weighing.priority, weighing.raise_alert) == (0, None, False)


def test_all_quiet_raises_nothing_whatever_is_near():
    crowd = tuple(Near(kind, 0, intensity=1, count=1_000) for kind in NEAR_WEIGHT)
    assert weigh(Sighting("all_quiet", source_reliability="A", credibility=1), Surroundings(crowd)).score == 0


def test_a_patrols_observation_at_its_base_in_a_town_raises_nothing():
    here = (Near("patrol", 0), Near("base", 0), Near("place", 0, count=100_000))
    assert not weigh(
        Sighting("observation", source_reliability="A", credibility=1), Surroundings(here)
    ).raise_alert


def test_an_observation_beside_a_defender_and_a_threat_is_an_alert():
    here = (DEFENDER, Near("threat_area", 0, intensity=0.8))
    assert weigh(Sighting("observation"), Surroundings(here)).raise_alert


@pytest.mark.parametrize("kind", IN_DANGER)
@given(sighting=sightings, around=surroundings)
@settings(max_examples=40)
def test_danger_to_life_is_never_silenced(kind, sighting, around):
    weighing = weigh(replace(sighting, kind=kind), around)
    assert weighing.raise_alert
    assert weighing.priority in ("P1", "P2")


def test_the_kinds_in_danger_are_those_of_imminent_harm():
    assert {"imminent_attack", "attack_under_way", "abduction", "mob_risk", "threat_to_named_person"} <= set(
        IN_DANGER
    )


@pytest.mark.parametrize(
    "kind", ["imminent_attack", "attack_under_way", "abduction", "attack_on_protected_site"]
)
def test_an_unknown_caller_who_reports_an_attack_is_heard_as_p1(kind):
    assert weigh(Sighting(kind), Surroundings()).priority == "P1"


@pytest.mark.parametrize(("reliability", "credibility"), [("E", 6), ("A", 5), ("E", 5)])
def test_a_doubted_report_of_an_attack_weighs_less_but_is_heard(reliability, credibility):
    doubted = Sighting("attack_under_way", source_reliability=reliability, credibility=credibility)
    weighing = weigh(doubted, Surroundings())
    assert weighing.priority == "P2"
    assert weighing.score < weigh(Sighting("attack_under_way"), Surroundings()).score


def test_an_old_attack_is_no_longer_immediate():
    assert weigh(Sighting("attack_under_way", age_hours=1_000), Surroundings()).priority == "P2"


@given(sightings, surroundings)
def test_the_score_is_bounded_and_its_reasons_add_up(sighting, around):
    weighing = weigh(sighting, around)
    assert 0 <= weighing.score <= 100
    assert sum(reason.points for reason in weighing.reasons) == weighing.uncapped
    assert weighing.score == min(max(weighing.uncapped, 0), 100)
    assert all(isinstance(reason.points, int) for reason in weighing.reasons)
    assert weighing.raise_alert == (weighing.score >= Thresholds().minimum) == (weighing.priority is not None)


@given(sighting=sightings, around=surroundings, thing=near_things, further=st.floats(0, 1e6))
def test_the_score_never_rises_with_distance(sighting, around, thing, further):
    here = weigh(sighting, Surroundings((*around.near, thing)))
    away = weigh(sighting, Surroundings((*around.near, replace(thing, metres=thing.metres + further))))
    assert away.score <= here.score


@given(sighting=sightings, around=surroundings, worse=st.integers(0, 5), better=st.integers(0, 5))
def test_the_score_never_rises_with_a_worse_grade(sighting, around, worse, better):
    better, worse = sorted((better, worse))
    for name, order in (("source_reliability", RELIABILITY), ("credibility", CREDIBILITY)):
        good = weigh(replace(sighting, **{name: order[better]}), around)
        bad = weigh(replace(sighting, **{name: order[worse]}), around)
        assert bad.score <= good.score


@given(
    sighting=sightings,
    around=surroundings,
    metres=st.floats(0, 50_000),
    low=st.integers(0, 3),
    high=st.integers(0, 3),
)
def test_the_score_never_falls_with_a_defenders_risk(sighting, around, metres, low, high):
    low, high = sorted((low, high))
    lower = Surroundings((*around.near, Near("defender_cell", metres, risk=BANDS[low])))
    higher = Surroundings((*around.near, Near("defender_cell", metres, risk=BANDS[high])))
    assert weigh(sighting, lower).score <= weigh(sighting, higher).score
    unknown = Surroundings((*around.near, Near("defender_cell", metres)))
    assert weigh(sighting, higher).score <= weigh(sighting, unknown).score


@given(sighting=sightings, around=surroundings, older=st.floats(0, 5_000))
def test_the_score_never_rises_with_age(sighting, around, older):
    assert (
        weigh(replace(sighting, age_hours=sighting.age_hours + older), around).score
        <= weigh(sighting, around).score
    )


@given(sighting=sightings, around=surroundings, thing=near_things)
def test_one_more_thing_near_never_lowers_the_score(sighting, around, thing):
    assert weigh(sighting, around).score <= weigh(sighting, Surroundings((*around.near, thing))).score


@given(sighting=sightings, around=surroundings, order=st.randoms())
def test_weighing_is_the_same_each_time_in_any_order(sighting, around, order):
    shuffled = list(around.near)
    order.shuffle(shuffled)
    first, again = weigh(sighting, around), weigh(sighting, Surroundings(tuple(shuffled)))
    assert first.score == again.score
    assert sorted(map(str, first.reasons)) == sorted(map(str, again.reasons))
    assert [reason.points for reason in first.reasons] == [reason.points for reason in again.reasons]


def test_nearness_halves_with_each_half_distance():
    weight = NEAR_WEIGHT["defender_cell"]
    points = []
    for steps in range(3):
        near = Near("defender_cell", steps * weight.half_metres, risk="extreme")
        weighing = weigh(
            Sighting("observation", source_reliability="A", credibility=1), Surroundings((near,))
        )
        points.append(weighing.uncapped)
    assert points == [18, 9, 5]  # 36 × ½ for an observation, then halved and rounded


def test_a_report_says_why_in_words():
    weighing = weigh(
        Sighting("armed_group_movement"), Surroundings((DEFENDER, Near("haven", 300, label="H-4")))
    )
    said = weighing.sentences(cleared=True)
    assert said[0] == "Movement of an armed group is reported (+30)"
    assert "A defender's cell lies about 1 km from the reported place (+28)" in said
    assert "A safe haven, H-4, lies less than 1 km from the reported place (+17)" in said
    assert said[-1].startswith("The report is graded F6 (−")


def test_who_is_not_cleared_learns_nothing_of_defenders():
    with_defender = weigh(Sighting("abduction"), Surroundings((DEFENDER, Near("haven", 300))))
    without = weigh(Sighting("abduction"), Surroundings((Near("haven", 300),)))
    said = with_defender.sentences(cleared=False)
    assert not any("defender" in sentence or "+" in sentence or "−" in sentence for sentence in said)
    assert set(said) <= set(without.sentences(cleared=False))
    assert [reason.code for reason in with_defender.reasons if reason.protected] == ["near_defender_cell"]


@given(metres=st.floats(0, 49_000))
def test_distances_are_told_in_coarse_steps(metres):
    weighing = weigh(
        Sighting("observation", source_reliability="A", credibility=1),
        Surroundings((Near("defender_cell", metres),)),
    )
    for reason in weighing.reasons[1:]:
        told = reason.params["km"]
        step = 0.5 if told < 10 else 1.0 if told < 20 else 5.0
        assert told % step == 0
        assert abs(told - metres / 1_000) <= (1.0 if told == 0 else step / 2 + 0.5)


def test_a_coarse_place_counts_for_less():
    exact = weigh(Sighting("armed_group_movement", place_precision=1), Surroundings((DEFENDER,)))
    province = weigh(
        Sighting("armed_group_movement", place_precision=4, radius_m=80_000), Surroundings((DEFENDER,))
    )
    assert province.score < exact.score


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sighting("abduction", age_hours=float("nan")),
        lambda: Sighting("abduction", radius_m=float("inf")),
        lambda: Sighting("abduction", radius_m=-1),
        lambda: Near("haven", float("nan")),
        lambda: Near("haven", -1),
        lambda: Near("haven", 1, intensity=1.1),
        lambda: Near("haven", 1, intensity=float("nan")),
        lambda: Near("place", 1, count=-1),
        lambda: Near("defender_cell", 1, label="a name"),
        lambda: weigh(Sighting("rumour"), Surroundings()),
        lambda: weigh(Sighting("abduction", source_reliability="G"), Surroundings()),
        lambda: weigh(Sighting("abduction", credibility=7), Surroundings()),
        lambda: weigh(Sighting("abduction", place_precision=8), Surroundings()),
        lambda: weigh(Sighting("abduction"), Surroundings((Near("market", 1),))),
        lambda: weigh(Sighting("abduction"), Surroundings((Near("defender_cell", 1, risk="dire"),))),
        lambda: Thresholds(p2=80),
        lambda: Thresholds(minimum=0),
        lambda: Thresholds(reliability={"A": 0.0}),
        lambda: Thresholds(age_half_life_hours=float("nan")),
    ],
)
def test_what_cannot_be_weighed_is_refused(make):
    with pytest.raises(ValueError, match=r"\.$"):
        make()


def test_every_number_is_a_setting():
    seeds = Thresholds()
    rows = seeds.as_settings()
    assert Thresholds.from_settings(rows) == seeds
    changed = Thresholds.from_settings(
        {"near.haven.points": 60.0, "near.haven.most": 60, "p2": 40, "kinds.other.points": 30}
    )
    assert (changed.near["haven"].points, changed.p2, changed.kinds["other"].points) == (60.0, 40, 30)
    beside = Surroundings((Near("haven", 0),))
    assert weigh(Sighting("other"), beside, changed).score > weigh(Sighting("other"), beside, seeds).score
    with pytest.raises(ValueError, match="no weight of this name"):
        Thresholds.from_settings({"near.moon.points": 1})
    with pytest.raises(ValueError, match="nearness of 0 to 1"):
        Thresholds.from_settings({"kinds.other.nearness": 2})
