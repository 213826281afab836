from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from app.exercise.dataset import Dataset, build
from tests.app.exercise import NOW, SEED
from tests.app.exercise.canonical import dataset_bytes, plain

ROOT = Path(__file__).parents[3]


def test_the_same_seed_and_moment_give_the_same_bytes(dataset: Dataset) -> None:
    assert dataset_bytes(build(SEED, NOW)) == dataset_bytes(dataset)


def test_another_process_with_another_hash_seed_gives_the_same_bytes(dataset: Dataset) -> None:
    script = (
        "import hashlib; from datetime import datetime; from app.exercise.dataset import build;"
        "from tests.app.exercise.canonical import dataset_bytes;"
        f"print(hashlib.sha256(dataset_bytes(build({SEED}, datetime.fromisoformat({NOW.isoformat()!r})))).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "4242", "TZ": "Asia/Kathmandu"}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert ran.stdout.decode().strip() == hashlib.sha256(dataset_bytes(dataset)).hexdigest()


def test_another_seed_gives_another_country(dataset: Dataset, other_dataset: Dataset) -> None:
    assert dataset_bytes(other_dataset) != dataset_bytes(dataset)
    assert other_dataset.admin_areas[0].area.wkb != dataset.admin_areas[0].area.wkb
    assert {s.name for s in other_dataset.settlements} != {s.name for s in dataset.settlements}


def test_the_land_stays_where_it_is_when_time_goes_on(dataset: Dataset) -> None:
    later = build(SEED, NOW + timedelta(days=40))
    assert plain(later.admin_areas) == plain(dataset.admin_areas)
    assert plain(later.road_links) == plain(dataset.road_links)
    assert max(i.occurred_to for i in later.incidents) > NOW


def test_a_moment_in_another_zone_is_the_same_moment(dataset: Dataset) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert dataset_bytes(build(SEED, there)) == dataset_bytes(dataset)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        build(SEED, datetime(2026, 11, 21, 14, 5))


def test_the_numbers_of_things_are_those_of_the_exercise(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        assert len(d.settlements) == 300
        assert len(d.units) == 60
        assert len(d.bases) == 24
        assert len(d.defenders) == 80
        assert len(d.havens) == 25
        assert len(d.threats) == 15
        assert len(d.community_networks) == 8
        assert len(d.patrols) == 20
        assert len(d.alert_history) == 66
        assert 4850 <= len(d.incidents) <= 5150
        assert [sum(a.level == n for a in d.admin_areas) for n in (0, 1, 2)] == [1, 6, 28]
        assert sum(a.ground is not None for a in d.actors) == 7


def test_codes_are_unique_and_every_reference_finds_its_record(dataset: Dataset) -> None:
    d = dataset
    admin, sectors = {a.code for a in d.admin_areas}, {s.code for s in d.sectors}
    places, bases, units = (
        {s.code for s in d.settlements},
        {b.code for b in d.bases},
        {u.code for u in d.units},
    )
    assert len(admin) == len(d.admin_areas)
    assert len(sectors) == len(d.sectors)
    assert len(places) == 300
    assert len(units) == 60
    assert len({i.source_id for i in d.incidents}) == len(d.incidents)
    assert {r.into for r in d.rivers} <= {r.code for r in d.rivers} | {None}
    assert {s.district_code for s in d.settlements} <= admin
    assert {i.admin_code for i in d.incidents} <= admin | {None}
    assert {i.settlement_code for i in d.incidents} <= places | {None}
    placed = (d.incidents, d.bases, d.units, d.havens, d.threats, d.defenders, d.patrols, d.alert_history)
    assert {record["sector_code"] for records in placed for record in plain(records)} <= sectors
    assert {b.settlement_code for b in d.bases} <= places
    assert {u.base_code for u in d.units} <= bases
    assert {t.actor_code for t in d.threats} <= {a.code for a in d.actors}
    assert {p.unit_code for p in d.patrols} <= units
    assert {a.unit_code for a in d.alert_history} <= units | {None}
    assert {a.patrol_code for a in d.alert_history} <= {p.code for p in d.patrols} | {None}
    assert {a.haven_code for a in d.alert_history} <= {h.code for h in d.havens} | {None}
    assert {a.incident_source_id for a in d.alert_history} <= {i.source_id for i in d.incidents} | {None}


def test_parents_stand_before_their_children(dataset: Dataset) -> None:
    for records in (dataset.admin_areas, dataset.sectors, dataset.units):
        seen: set[str | None] = {None}
        for record in records:
            assert record.parent_code in seen
            seen.add(record.code)


def test_incidents_and_alerts_come_in_order_and_never_from_the_future(dataset: Dataset) -> None:
    closed = [a for a in dataset.alert_history if a.status == "closed"]
    assert all(a.raised_at <= b.raised_at for a, b in pairwise(closed))
    assert max(i.occurred_to for i in dataset.incidents) <= NOW
    assert min(i.occurred_from for i in dataset.incidents) >= NOW - timedelta(days=730)
