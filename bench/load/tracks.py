"""Many carriers' positions, written by the database itself, and batches that go on where they end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

CARRIERS = 500
DAYS = 90
# Each drives a loop of its own at some 30 km/h: sane positions, so that plausibility is asked and not refused.
FILL = """
INSERT INTO positions (tracked_id, at, place, accuracy_metres, speed_kph, course, flags)
SELECT t.id, %(start)s + make_interval(secs => n * %(step)s),
    ST_SetSRID(ST_MakePoint(t.lon + 0.1 * sin(n * %(step)s / 1500 + t.id),
                            t.lat + 0.1 * cos(n * %(step)s / 1500 + t.id)), 4326),
    8, 30, (n * 7) %% 360, 0
FROM (SELECT id, %(lon)s + (id %% 23) * 0.05 AS lon, %(lat)s + (id %% 19) * 0.05 AS lat
      FROM tracked WHERE kind = 'vehicle') t,
    generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
# Upkeep makes room for two months back; ninety days reach further.
ROOM = """
DO $$
DECLARE month date := date_trunc('month', now()) - interval '3 months';
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF positions FOR VALUES FROM (%L) TO (%L)',
        'positions_' || to_char(month, 'YYYYMM'), month::timestamp AT TIME ZONE 'UTC',
        (month + interval '1 month') AT TIME ZONE 'UTC');
END $$
"""
LATEST = """
INSERT INTO latest_positions (tracked_id, sector_id, at, place, speed_kph, course)
SELECT t.id, t.sector_id, p.at, p.place, p.speed_kph, p.course FROM tracked t
CROSS JOIN LATERAL (SELECT * FROM positions p WHERE p.tracked_id = t.id ORDER BY at DESC LIMIT 1) p
WHERE t.kind = 'vehicle'
"""
REGISTER = """
INSERT INTO tracked (kind, unit_id, call_sign, sector_id, top_speed_kph)
SELECT 'vehicle', u.id, 'EXERCISE BENCH ' || n, u.sector_id, 160
FROM generate_series(1, %s) n, LATERAL (
    SELECT id, sector_id FROM units ORDER BY id OFFSET n %% (SELECT count(*) FROM units) LIMIT 1) u
"""
EVENT = "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'bench.carriers', 'tracked:all', '\\x7b7d')"
Spot = tuple[float, float]  # lon, lat in degrees
Batch = list[dict[str, Any]]


def fill(owner: psycopg.Connection, count: int) -> None:
    """`count` positions of 500 vehicles over ninety days, day by day, and their latest, as the owner."""
    owner.execute(ROOM)
    with owner.transaction():
        owner.execute(EVENT)
        owner.execute(REGISTER, [CARRIERS])
    each = count // CARRIERS
    row = owner.execute("SELECT ST_X(ST_Centroid(ST_Extent(area)::geometry)), "
                        "ST_Y(ST_Centroid(ST_Extent(area)::geometry)) FROM sectors").fetchone()  # fmt: skip
    assert row
    facts = {
        "start": datetime.now(UTC) - timedelta(days=DAYS), "step": DAYS * 86_400 / each,
        "lon": row[0] - 0.5, "lat": row[1] - 0.5,
    }  # fmt: skip
    for first in range(0, each, max(each // DAYS, 1)):
        last = min(first + max(each // DAYS, 1), each) - 1
        owner.execute(FILL, facts | {"first": first, "last": last})
    owner.execute(LATEST)
    owner.execute("ANALYZE positions, latest_positions, tracked")


def batches(spots: dict[str, Spot], count: int, size: int, late: float, seed: int) -> Iterator[Batch]:
    """`count` batches of `size` fixes of twenty carriers each, a second apart, that go on from where they are and end
    before now; a share of `late` fixes lies days back, and one in a hundred is doubled."""
    rng, names = random.Random(seed), list(spots)
    clock = dict.fromkeys(names, datetime.now(UTC).timestamp() - 3_000)
    for n in range(count):
        chosen = [names[(n * 20 + k) % len(names)] for k in range(20)]
        batch: Batch = []
        for k in range(size):
            name = chosen[k % 20]
            clock[name] += 0.9
            at = clock[name] - (rng.uniform(1, 60) * 86_400 if rng.random() < late else 0)
            (lon, lat), moment = spots[name], datetime.fromtimestamp(at, UTC).isoformat()
            lon += 0.0001 * (clock[name] % 900)  # some 44 km/h
            batch.append({"call_sign": name, "at": moment, "lon": lon, "lat": lat, "accuracy_metres": 8.0})
            if rng.random() < 0.01:
                batch[-1] = batch[rng.randrange(len(batch))]
        yield batch
