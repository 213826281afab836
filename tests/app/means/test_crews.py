"""A unit's people and vehicles bind how many patrols of a plan it sends, and whether by night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.errors import Invalid
from app.permissions import Role
from app.plans.frozen import freeze
from app.plans.ground import ground_of
from app.plans.wording import at_once, left_out
from tests.people import WEST, Staff
from tests.planning_ground import Country, small_country
from tests.planning_officer import MEANS, means, post, site


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def frozen(staff: Staff) -> dict[str, Any]:
    """The ground of tomorrow's plan, as it is kept."""
    with staff.acting(Role.SECTOR_OPS):
        return freeze(ground_of(staff.sectors[WEST], datetime.now(UTC).date() + timedelta(days=1), 1))


def words(ground: dict[str, Any]) -> list[str]:
    return [at_once(each) for each in ground["short"]]


def hours(ground: dict[str, Any]) -> list[tuple[float, float]]:
    return list(zip(ground["tours"]["earliest"], ground["tours"]["latest"], strict=True))


def test_a_unit_sends_as_many_patrols_as_it_has_people_for_and_the_plan_says_so(
    staff: Staff, officer: FlaskClient, country: Country
) -> None:
    site(officer, "V2")
    means(officer, country, tours_a_day="3")
    unknown = frozen(staff)
    assert len(unknown["units"]) == 3 and unknown["short"] == [] and "short" not in unknown["about"][0]
    page = f"/means/units/{country.unit}"
    assert "is not known" in officer.get(page).get_data(as_text=True)
    means(officer, country, tours_a_day="3", people_a_day="26")  # twelve on each
    bound = frozen(staff)
    assert len(bound["units"]) == 2
    with staff.acting(Role.SECTOR_OPS):
        assert words(bound) == ["people for 2 patrols at once, of 3"]
        fact = bound["about"][0]
        assert "HAWK would send more" in left_out(fact, "worth_less_than_what_stands", False, False)
        # Where none of its patrols gets there, one more wouldn't either.
        assert "HAWK" not in left_out(fact, "out_of_reach", False, False)
    assert "people for 2 patrols at once, of 3" in officer.get(page).get_data(as_text=True)


def test_the_mission_s_least_counts_where_a_unit_would_go_with_fewer(
    staff: Staff, officer: FlaskClient, country: Country
) -> None:
    site(officer, "V2")
    means(officer, country, going="foot", crew="3", tours_a_day="3", people_a_day="9")  # eight on foot
    assert len(frozen(staff)["units"]) == 1
    means(officer, country, going="vehicle", crew="3", tours_a_day="3", people_a_day="12")  # six in vehicles
    assert len(frozen(staff)["units"]) == 2


def test_vehicles_bind_who_drives_and_nobody_who_walks(
    staff: Staff, officer: FlaskClient, country: Country
) -> None:
    site(officer, "V2")
    means(officer, country, tours_a_day="2", vehicles="3")
    assert len(frozen(staff)["units"]) == 1
    with staff.acting(Role.SECTOR_OPS):
        assert words(frozen(staff)) == ["vehicles for 1 patrol at once, of 2"]
    means(officer, country, going="foot", tours_a_day="2", vehicles="0")
    assert len(frozen(staff)["units"]) == 2


def test_who_has_too_few_people_for_the_night_is_out_by_day_alone(
    staff: Staff, officer: FlaskClient, country: Country
) -> None:
    site(officer, "V2", night_percent="100")
    means(
        officer,
        country,
        crew="6",
        tours_a_day="2",
        people_a_day="16",
        shift_from="04:00",
        shift_until="23:00",
    )
    ground = frozen(staff)
    assert hours(ground) == [(240.0, 1380.0), (360.0, 1080.0)]  # ten by night, six by day
    assert ground["about"][0]["night"] and ground["about"][0]["short"] == ["HAWK"]
    assert "at_home" not in ground["about"][0]
    with staff.acting(Role.SECTOR_OPS):
        assert words(ground) == ["people for 2 patrols at once; 1 of them by night"]
    # A shift of the night alone: nobody goes out in the little daylight that is left of it.
    means(
        officer, country, crew="6", tours_a_day="2", people_a_day="9", shift_from="17:30", shift_until="06:30"
    )
    with pytest.raises(Invalid) as refused:
        frozen(staff)
    assert "people and vehicles enough" in refused.value.sentence


def test_people_and_vehicles_of_a_day_are_read_from_the_form_and_may_stay_unknown(
    officer: FlaskClient, country: Country, owner: psycopg.Connection
) -> None:
    page = f"/means/units/{country.unit}"
    for entry in ({"people_a_day": "-1"}, {"people_a_day": "5001"}, {"vehicles": "many"}):
        assert post(officer, page, {**MEANS, **entry}).status_code == 422, entry
    means(officer, country, people_a_day="0", vehicles="4")
    kept = "SELECT people_a_day, vehicles FROM unit_means"
    assert owner.execute(kept).fetchall() == [(0, 4)]
    means(officer, country, people_a_day="", vehicles="")
    assert owner.execute(kept).fetchall() == [(None, None)]
