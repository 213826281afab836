"""How easily patrols could be foretold: what repeats itself is named with the patrols that did it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import psycopg
import pytest

from app.permissions import Role
from app.predictability.queries import meter
from app.predictability.wording import KNOWS, LEAST, spread
from geo.patrols.predictability import Spread
from tests.people import EAST, WEST, Staff, record
from tests.planning_ground import Country, one, small_country


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    made = small_country(owner, staff)
    with owner.transaction():
        for place in made.places[:3]:
            owner.execute(
                "INSERT INTO sites (place_id, sector_id, priority, visits_a_week, longest_gap_days, visit_minutes) "
                "VALUES (%s, %s, 'must', 3, 3, 30)", [place, staff.sectors[WEST]],
            )  # fmt: skip
        record(owner)
    return made


def drove(owner: psycopg.Connection, staff: Staff, unit: int, start: datetime, *lons: float) -> None:
    patrol = one(
        owner, "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, state, planned_start, planned_end, "
        "started_at, ended_at) VALUES (%s, %s, %s, 'presence', 'done', %s, %s, %s, %s)",
        [f"HAWK-{start:%j%H}", unit, staff.sectors[WEST], *[start, start + timedelta(hours=5)] * 2],
    )  # fmt: skip
    for n, lon in enumerate(lons, start=1):
        one(
            owner, "INSERT INTO patrol_stops (patrol_id, sequence, name, place, arrived_at) VALUES (%s, %s, 'EXERCISE', "
            "ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), %s)", [patrol, n, lon, start + timedelta(minutes=40 * n)],
        )  # fmt: skip


def test_a_rhythm_is_seen_and_named_and_a_draw_is_not(
    staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    drawn, today = Random(1), datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with owner.transaction():
        quiet = one(
            owner, "INSERT INTO units (code, name, call_sign, kind, base_id, sector_id, strength) VALUES "
            "('Q', 'EXERCISE other company', 'OWL', 'coy', %s, %s, 90)", [country.base, staff.sectors[WEST]],
        )  # fmt: skip
        for days_ago in range(60, 0, -1):
            day = today - timedelta(days=days_ago)
            # Every other day at seven to the second village and back over the first one.
            if days_ago % 2:
                drove(
                    owner,
                    staff,
                    country.unit,
                    day + timedelta(hours=7, minutes=drawn.randrange(20)),
                    0.2,
                    0.1,
                )
        for week in range(4):
            drove(owner, staff, quiet, today - timedelta(days=3 + 7 * week) + timedelta(hours=5 * week), 0.3)
        record(owner)
    with staff.acting(Role.SECTOR_OPS):
        found = meter()
        # Of one patrol nobody can say that it is always the same.
        assert spread(Spread(-0.0, 4.6), 1) == "too few to say"
        assert spread(Spread(-0.0, 4.6), LEAST) == "0.0 of 4.6 bits"
    hawk, owl = found.units
    assert (hawk.unit, owl.unit, owl.repeats) == ("HAWK", "OWL", 0)
    # One habit that lasts for weeks, and not one for each of them.
    (way,), (hour,) = hawk.routes, hawk.times
    assert (len(way.patrols), way.most, way) == (14, 4, hour) and hawk.hours.bits == 0
    assert owl.hours.bits == pytest.approx(2)
    assert [site.name for site in found.sites if site.times] == ["EXERCISE village 0", "EXERCISE village 1"]
    assert found.guess is not None and found.guess.within_sites is not None
    assert found.guess.within_sites > KNOWS, "every other day is easy to guess"
    page = staff.client(Role.SECTOR_OPS).get("/patrols/predictability").get_data(as_text=True)
    assert (
        "1 of 2 units repeated" in page and "50 is tossing a coin" in page and "Days can be foretold" in page
    )
    assert "set off about 07:00, 14 times, up to 4 of them in seven days" in page
    # Of another sector nothing is told, and to whoever may not read patrols nothing at all.
    elsewhere = staff.client(Role.SECTOR_OPS, EAST).get("/patrols/predictability").get_data(as_text=True)
    assert "HAWK" not in elsewhere and "No patrol set off" in elsewhere
    assert staff.client(Role.PATROL_CDR).get("/patrols/predictability").status_code == 403
