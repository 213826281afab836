"""Ten million positions: ingestion with plausibility on, where everything was last, one unit's day; before and after a
month is dropped. bench/README.md says how it measures."""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import machine
import psycopg
import tracks
from ground import COMMANDS, ROOT, Ground, Interrupted, Refused, say, stop_on_signals
from results import percentile, spread

HEADING = "## bench/positions"
BATCH = 500
LATEST_AIM, DAY_AIM, RATE_AIM = 0.050, 0.100, 20_000
SCOPES = ("patrols:plan", "patrols:read", "reports:file")
PORT = 8171
MOST_A_SECOND = 50_000  # fixes that are made ready for each second
STORE = (
    "SELECT count(*) FROM vigil.store_positions(%s::bigint[], %s::timestamptz[], %s::float8[], %s::float8[], "
    "%s::float8[], %s::real[], %s::real[], '1 hour', '2 minutes')"
)

T = TypeVar("T")


@dataclass
class Part:
    """What was measured with so many positions in the table; times in seconds, rates in fixes a second."""

    name: str
    rows: int
    latest: list[float]
    day: list[float]
    by_statement: float
    by_site: float


class Sender:
    """One device or gateway with a connection of its own."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status not in (200, 201):
            raise Refused(f"{method} {path.partition('?')[0]} answered {answer.status}.")
        return told


def timed(act: Callable[[], Any], times: int) -> list[float]:
    took = []
    for _n in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return took


def names_and_ids(ground: Ground) -> list[tuple[str, int]]:
    with psycopg.connect(ground.url("postgres")) as c:
        return c.execute(
            "SELECT call_sign, id FROM tracked WHERE call_sign LIKE 'EXERCISE BENCH %' ORDER BY id"
        ).fetchall()


def spots(ground: Ground) -> dict[str, tracks.Spot]:
    """Call sign → where it is now (lon, lat): what is sent goes on from there."""
    with psycopg.connect(ground.url("postgres")) as c:
        found = c.execute(
            "SELECT call_sign, ST_X(place), ST_Y(place) FROM latest_positions JOIN tracked t ON t.id = tracked_id "
            "WHERE call_sign LIKE 'EXERCISE BENCH %' ORDER BY t.id"
        )
        return {name: (lon, lat) for name, lon, lat in found}


def share_of(all_spots: dict[str, tracks.Spot], n: int, clients: int) -> dict[str, tracks.Spot]:
    return dict(list(all_spots.items())[n::clients])


def rows(ground: Ground) -> int:
    with psycopg.connect(ground.url("postgres")) as c:
        row = c.execute("SELECT count(*) FROM positions").fetchone()
    assert row
    return int(row[0])


def reads(ground: Ground, token: str, chance: random.Random) -> tuple[list[float], list[float]]:
    """Through the site: token, permission, policies, JSON. Each day is another carrier's."""
    sender, carriers = Sender(ground.port, token), names_and_ids(ground)
    everywhere = json.loads(sender.ask("GET", "/api/v1/positions?kind=vehicle"))["positions"]
    if len(everywhere) != tracks.CARRIERS:
        raise Refused(f"{len(everywhere)} carriers were told of instead of {tracks.CARRIERS}.")
    latest = timed(lambda: sender.ask("GET", "/api/v1/positions?kind=vehicle"), 200)

    def day() -> None:
        _name, carrier = chance.choice(carriers)
        which = datetime.now(UTC).date() - timedelta(days=chance.randrange(1, 28))
        told = json.loads(sender.ask("GET", f"/api/v1/tracks/{carrier}?day={which}"))
        if told["geometry"] is None:
            raise Refused("A day without a track was told.")

    timed(day, 20)
    return latest, timed(day, 200)


def by_statement(ground: Ground, seconds: float, clients: int, seed: int) -> float:
    """Fixes a second that the statement alone stores, as the application's role under its policies, a commit a batch."""
    carriers = dict(names_and_ids(ground))

    def arrays(batch: tracks.Batch) -> list[Any]:
        return [
            [carriers[f["call_sign"]] for f in batch], [f["at"] for f in batch], [f["lon"] for f in batch],
            [f["lat"] for f in batch], [f["accuracy_metres"] for f in batch], [None] * BATCH, [None] * BATCH,
        ]  # fmt: skip

    def send(made: list[Any], ends: float) -> int:
        stored = 0
        with psycopg.connect(ground.url("app")) as c:
            for batch in made:
                if time.monotonic() > ends:
                    break
                c.execute(
                    "SELECT vigil.enter('1', 'patrols:plan,patrols:read,people:own_account', '', '', '')"
                )
                row = c.execute(STORE, batch).fetchone()
                c.commit()
                assert row
                stored += row[0]
        return stored

    return sent_by(ground, made(ground, seconds, clients, seed, arrays), seconds, send)


def by_site(ground: Ground, token: str, seconds: float, clients: int, seed: int) -> float:
    """Fixes a second through the site: JSON, checks, an answer for each fix."""

    def send(made: list[bytes], ends: float) -> int:
        sender, stored = Sender(ground.port, token), 0
        for batch in made:
            if time.monotonic() > ends:
                break
            told = json.loads(sender.ask("POST", "/api/v1/positions", batch))
            if told["refused"]:
                raise Refused(f"{told['refused']} fixes of a batch were refused.")
            stored += told["stored"]
        return stored

    bodies = made(ground, seconds, clients, seed, lambda batch: json.dumps({"positions": batch}).encode())
    return sent_by(ground, bodies, seconds, send)


def made(
    ground: Ground, seconds: float, clients: int, seed: int, of: Callable[[tracks.Batch], T]
) -> list[list[T]]:
    """What each sender sends, made before the clock starts: in a mission the devices do that."""
    everywhere, count = spots(ground), round(seconds * MOST_A_SECOND / BATCH / clients)
    return [
        [of(b) for b in tracks.batches(share_of(everywhere, n, clients), count, BATCH, 0.02, seed + n)]
        for n in range(clients)
    ]


def sent_by(
    ground: Ground, made: list[list[T]], seconds: float, send: Callable[[list[T], float], int]
) -> float:
    """Runs the senders beside each other; what they were told was stored must stand."""
    before, began = rows(ground), time.monotonic()
    with ThreadPoolExecutor(len(made)) as pool:
        told = sum(pool.map(send, made, [began + seconds] * len(made)))
    took = time.monotonic() - began
    stands = rows(ground) - before
    if stands != told:
        raise Refused(f"{told} positions were told to be stored, and {stands} stand.")
    return told / took


def measured(name: str, ground: Ground, token: str, seconds: float, clients: int, seed: int) -> Part:
    count = rows(ground)
    say(f"{name}: {count:,} positions; reading …")
    latest, day = reads(ground, token, random.Random(seed))
    say(f"  latest {' '.join(spread(latest))} ms, day {' '.join(spread(day))} ms; storing …")
    statement = by_statement(ground, seconds, clients, seed * 1000)
    site = by_site(ground, token, seconds, clients, seed * 1000 + 500)
    say(f"  {statement:,.0f} fixes/s by the statement, {site:,.0f} through the site")
    return Part(name, count, latest, day, statement, site)


def drop_oldest(ground: Ground) -> float:
    """Drop the oldest month as the worker does; how long it took, in seconds."""
    with psycopg.connect(ground.url("worker"), autocommit=True) as c:
        first = datetime.now(UTC).date().replace(day=1)
        oldest = date(first.year + (first.month - 4) // 12, (first.month - 4) % 12 + 1, 1)
        after = (oldest + timedelta(days=32)).replace(day=1)
        began = time.perf_counter()
        dropped = c.execute(
            "SELECT vigil.drop_positions_before(%s)", [datetime(after.year, after.month, 1, tzinfo=UTC)]
        )
        if [r[0] for r in dropped] != [f"{oldest:%Y%m}"]:
            raise Refused("The oldest month was not dropped alone.")
        return time.perf_counter() - began


def token_of(ground: Ground, user: str) -> str:
    command = [
        COMMANDS / "flask",
        "tokens",
        "create",
        "--user",
        user,
        *(w for s in SCOPES for w in ("--scope", s)),
    ]
    made = subprocess.run(
        command, cwd=ROOT, env=ground.environment(), check=True, capture_output=True, text=True
    )
    return made.stdout.strip().splitlines()[-1]


def page(parts: list[Part], dropped: float, clients: int, filled: float) -> str:
    spreads = "p50 | p95 | p99 | max"
    head = (
        f"| | positions | latest of each {spreads} | a day {spreads} | fixes/s, statement | fixes/s, site |"
    )
    lines = [
        HEADING, "", f"- {date.today().isoformat()}, {machine.description()}",
        f"- {tracks.CARRIERS} carriers, batches of {BATCH}, {clients} senders; the table was filled in {filled:.0f} s; "
        f"the oldest month was dropped in {dropped * 1000:.0f} ms",
        "", head, "|---|" + "--:|" * 11,
    ]  # fmt: skip
    for p in parts:
        lines.append(
            f"| {p.name} | {p.rows:,} | {' | '.join(spread(p.latest))} | {' | '.join(spread(p.day))} "
            f"| {p.by_statement:,.0f} | {p.by_site:,.0f} |"
        )
    worst_latest = max(percentile(sorted(p.latest), 99) for p in parts)
    worst_day = max(percentile(sorted(p.day), 99) for p in parts)
    rate, site = min(p.by_statement for p in parts), min(p.by_site for p in parts)
    met = {True: "met", False: "missed"}
    lines += [
        "",
        f"Aims (p99 through the site): latest under {LATEST_AIM * 1000:.0f} ms: {met[worst_latest < LATEST_AIM]}; a day "
        f"under {DAY_AIM * 1000:.0f} ms: {met[worst_day < DAY_AIM]}; {RATE_AIM:,} fixes/s: by the statement "
        f"{met[rate >= RATE_AIM]}, through the site {met[site >= RATE_AIM]}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/positions", description=__doc__)
    parser.add_argument("--positions", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var", help="on a disk; bench-positions/ is made in it"
    )
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    stop_on_signals()
    ground = Ground(asked.folder / "bench-positions", PORT)
    try:
        ground.start_servers()
        ground.fresh_database()
        say(f"Writing {asked.positions:,} positions …")
        began = time.monotonic()
        owner = ground.url("owner")
        with psycopg.connect(owner, autocommit=True) as connection:
            tracks.fill(connection, asked.positions)
        filled = time.monotonic() - began
        ground.cluster.execute("CHECKPOINT")
        token = token_of(ground, "fc_staff")
        with ground.vigil():
            parts = [measured("all months", ground, token, asked.seconds, asked.clients, 1)]
            dropped = drop_oldest(ground)
            parts.append(measured("oldest month dropped", ground, token, asked.seconds, asked.clients, 2))
        section = page(parts, dropped, asked.clients, filled)
        print(section)
        if asked.table:
            asked.table.write_text(section)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Interrupted:
        return 130
    finally:
        ground.stop_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
