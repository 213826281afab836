from __future__ import annotations

import dataclasses
import json

import numpy as np

from app.defenders.models import CaseStatus
from app.exercise.chance import KM
from app.exercise.consents import Consent
from app.exercise.dataset import Dataset
from app.exercise.defender_words import WORK
from app.exercise.names import codenames
from app.exercise.people import Defender
from geo.risk import DefenderBand, defender_risk
from tests.app.exercise import NOW
from tests.app.exercise.canonical import plain


def test_codenames_are_two_words_and_unique(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        names = [x.codename for x in d.defenders]
        assert len(set(names)) == 80
        assert all(len(n.split()) == 2 for n in names)


def test_codenames_are_drawn_without_a_look_at_the_person() -> None:
    """They depend on the generator's state alone: the function is given nothing else."""
    assert codenames(np.random.default_rng(5), 80) == codenames(np.random.default_rng(5), 80)
    assert codenames(np.random.default_rng(5), 80) != codenames(np.random.default_rng(6), 80)


def test_no_defender_is_named_outside_the_sealed_part(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        everything = plain(d)
        for record in everything["defenders"]:
            del record["sealed"]
        open_text = json.dumps(everything)
        for defender in d.defenders:
            assert defender.sealed.name not in open_text
            assert defender.sealed.contact not in open_text
            lon, lat = defender.sealed.home.coords[0]
            assert f"[{lon}, {lat}]" not in open_text


def test_no_codename_stands_in_any_text_but_its_own_record(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        everything = plain(d)
        for record in everything["defenders"]:
            del record["codename"]
        rest = json.dumps(everything)
        assert not [x.codename for x in d.defenders if x.codename in rest]


def test_a_record_s_number_says_nothing_of_the_person_s(dataset: Dataset) -> None:
    assert all(int(x.code[1:]) != int(x.sealed.name.split()[-1]) for x in dataset.defenders)
    numbers = [int(x.sealed.name.split()[-1]) for x in dataset.defenders]
    assert numbers != sorted(numbers)
    assert len(set(numbers)) == 80


def test_identities_cannot_be_taken_for_real_ones(dataset: Dataset) -> None:
    for x in dataset.defenders:
        assert x.sealed.name.startswith("EXERCISE Person ")
        assert x.sealed.contact.startswith("EXERCISE ")


def test_homes_lie_on_land_near_a_settlement(dataset: Dataset) -> None:
    land = dataset.admin_areas[0].area
    for x in dataset.defenders:
        assert land.contains(x.sealed.home)
        assert min(s.place.distance(x.sealed.home) for s in dataset.settlements) <= 3.01 * KM


def test_a_defender_belongs_to_the_area_of_the_home(dataset: Dataset) -> None:
    areas = {s.code: s for s in dataset.sectors}
    for x in dataset.defenders:
        assert areas[x.sector_code].area.buffer(1e-5).contains(x.sealed.home)
        assert x.district_code in areas[x.sector_code].districts


def test_profiles_and_compartments_are_spread(dataset: Dataset) -> None:
    assert {p for x in dataset.defenders for p in x.profiles} == set(WORK)
    assert {x.compartment for x in dataset.defenders} == {"north", "centre", "south", "women"}
    assert all("woman_defender" in x.profiles for x in dataset.defenders if x.compartment == "women")
    assert {x.case_status for x in dataset.defenders} <= set(CaseStatus)


def band(defender: Defender) -> DefenderBand:
    a = defender.assessments[-1]
    return defender_risk(
        a.threats, a.vulnerabilities, a.capacities, death_threat=a.death_threat, imminent=a.imminent
    ).band


def test_all_bands_of_risk_occur_and_assessments_are_in_order(dataset: Dataset) -> None:
    assert {band(x) for x in dataset.defenders} == set(DefenderBand)
    for x in dataset.defenders:
        moments = [a.assessed_at for a in x.assessments]
        assert moments == sorted(moments)
        assert moments[-1] <= NOW


def in_force(consent: Consent) -> bool:
    return consent.withdrawn_at is None and consent.given_on <= NOW.date() <= consent.until


def test_consents_are_in_force_lapsed_or_withdrawn(dataset: Dataset) -> None:
    consents = [c for x in dataset.defenders for c in x.consents]
    assert {c.scope for c in consents} <= set(range(11))
    assert all(c.given_on <= c.until for c in consents)
    assert sum(in_force(c) for c in consents) > 0.7 * len(consents)
    assert 2 <= sum(any(c.until < NOW.date() for c in x.consents) for x in dataset.defenders) <= 20
    assert 2 <= sum(any(c.withdrawn_at for c in x.consents) for x in dataset.defenders) <= 20
    assert all(c.withdrawn_at is None or c.withdrawn_at < NOW for c in consents)
    assert all(x.consents for x in dataset.defenders)


def test_records_cannot_be_changed(dataset: Dataset) -> None:
    defender = dataset.defenders[0]
    assert dataclasses.is_dataclass(defender)
    assert type(defender).__dataclass_params__.frozen  # type: ignore[attr-defined]
