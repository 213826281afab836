"""bench/alerts: from the moment a field report arrives to the answer that it is stored and its alert stands."""

from __future__ import annotations

import argparse
import asyncio
import gc
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import database_check
import kills
import ladders
import machine
import psycopg
import queued
from arrivals import Answers, Devices, arrive
from bodies import Report, reports
from counting import count
from crowd import grow
from ground import EXERCISE, ROOT, Ground, Interrupted, Refused, say, stop_on_signals
from results import QueueRun, Run, page

RATES = (50, 200, 500)  # reports/s
KILL_RATE = 200
QUEUE_RATES = (5, 50)
QUEUE_SECONDS = 20.0
# Not counted. The second time faster than the site can: all its threads, their connections and statements are used then.
WARM_RATE, WARM_REPORTS = 40, 160
BURST_RATE, BURST_REPORTS, BREATH = 400, 480, 2.0  # …, s
SAMPLED = 50  # after each so many answers another connection looks whether the alert stands already


@dataclass
class Looks:
    """Looks at the database in the moment after an answer: the alert has to stand by then."""

    url: str
    database: psycopg.AsyncConnection[tuple[int]] | None = None
    answered: int = 0
    looked: int = 0
    missing: int = 0

    async def look(self, report: Report) -> None:
        self.answered += 1
        if self.answered % SAMPLED or not report.raises:
            return
        try:
            if self.database is None or self.database.closed:
                self.database = await psycopg.AsyncConnection.connect(self.url, autocommit=True)
            found = await self.database.execute("SELECT 1 FROM alerts WHERE report_id = %s", [report.id])
            stands = await found.fetchone() is not None
        except psycopg.OperationalError:
            return  # PostgreSQL was killed in this moment; what was lost by it is counted at the end
        self.looked += 1
        self.missing += not stands

    async def close(self) -> None:
        if self.database is not None:
            await self.database.close()


async def drive(
    ground: Ground, sent: list[Report], rate: float, disturb: str
) -> tuple[Answers, Looks, dict[str, float]]:
    looks, devices = Looks(ground.url("postgres")), Devices(ground.port)
    await arrive(devices, sent[:WARM_REPORTS], WARM_RATE)
    if len(devices.answers.accepted) != WARM_REPORTS:
        raise Refused(
            f"The site does not take the reports ({devices.answers.refused}); see {ground.checkout.log}."
        )
    # As autovacuum does within the first minute of a table that was empty: plans are then those of a running mission.
    ground.cluster.execute("ANALYZE", "vigil")
    await arrive(devices, sent[WARM_REPORTS : WARM_REPORTS + BURST_REPORTS], BURST_RATE)
    await asyncio.sleep(BREATH)
    devices.answers, devices.after_answer = Answers(), looks.look
    gc.collect()
    gc.freeze()  # the client's own collections would show in the last percentile
    measured = sent[WARM_REPORTS + BURST_REPORTS :]
    disturbed = None
    if disturb:
        halfway = len(measured) / rate / 2
        disturbed = asyncio.get_running_loop().create_task(kills.at(halfway, ground, disturb))
    parts = {name: process.pid for name, process in ground.started.items()}
    before = machine.Reading.of(parts)
    answers = await arrive(devices, measured, rate)
    if disturbed:
        await disturbed
    now = {name: process.pid for name, process in ground.started.items()}
    after = machine.Reading.of(now)
    # What was killed took its processor time with it; what came in its place began at none.
    before.parts.update({name: 0 for name in parts if now.get(name) != parts[name]})
    devices.close()
    await looks.close()
    return answers, looks, machine.shares(before, after)


def site_run(ground: Ground, rate: float, seconds: float, disturb: str = "") -> Run:
    ground.fresh_database()
    number = WARM_REPORTS + BURST_REPORTS + round(rate * seconds)
    sent = reports(number, places(ground), ground.tokens(), seed=int(rate))
    with ground.vigil():
        say(f"{rate:g} reports/s for {seconds:g} s{', kill -9 of ' + disturb if disturb else ''} …")
        answers, looks, shares = asyncio.run(drive(ground, sent, rate, disturb))
        left = ladders.settle(ground)
        climbed = ladders.climb(ground) if disturb == kills.LAST else None
    counted = count(ground.url("postgres"), [report for report, _ in answers.accepted])
    run = Run(rate, seconds, disturb, answers, counted, looks.looked, looks.missing, shares, left, climbed)
    say(run.in_words())
    return run


def queue_run(ground: Ground, rate: float, seconds: float) -> QueueRun:
    ground.fresh_database()
    with psycopg.connect(ground.url("postgres")) as connection:
        person = connection.execute("SELECT id FROM people WHERE username = 'patrol_cdr'").fetchone()
    assert person is not None
    sent = reports(round(rate * seconds), places(ground), ground.tokens(), seed=int(rate))
    ground.launch_worker(Path(queued.__file__))
    try:
        say(f"the same work as RQ jobs: {rate:g} reports/s for {seconds:g} s …")
        queued.wait_for_worker(ground.settings["VIGIL_REDIS_URL"])
        took = queued.enqueue_all(ground.settings["VIGIL_REDIS_URL"], sent, rate, person[0])
    finally:
        ground.stop(["queue"])
    run = QueueRun(rate, seconds, took, count(ground.url("postgres"), sent))
    say(run.in_words())
    return run


def places(ground: Ground) -> list[tuple[float, float]]:
    with psycopg.connect(ground.url("postgres")) as connection:
        return connection.execute("SELECT ST_X(place), ST_Y(place) FROM places ORDER BY id").fetchall()


def conditions(ground: Ground) -> list[str]:
    """The server's settings that decide whether a commit is on disk, as the server tells them."""
    with psycopg.connect(ground.url("postgres"), dbname=EXERCISE) as connection:
        told = dict(connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)",
                                       [["fsync", "synchronous_commit", "full_page_writes"]]).fetchall())  # fmt: skip
        version = connection.execute(
            "SELECT current_setting('server_version'), postgis_lib_version()"
        ).fetchone()
    if set(told.values()) != {"on"}:
        raise Refused(f"PostgreSQL may lose a commit here: {told}.")
    assert version is not None
    return [
        f"{date.today().isoformat()}, {machine.description()}",
        f"PostgreSQL {version[0]}, PostGIS {version[1]}, {', '.join(f'{name} {told[name]}' for name in sorted(told))}",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/alerts", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each run (60)")
    parser.add_argument(
        "--rates", default=",".join(map(str, RATES)), help="reports/s, by commas (50,200,500)"
    )
    parser.add_argument("--only", choices=("check", "site", "kills", "queue"), help="one part of it")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var", help="on a disk; bench-alerts/ is made in it"
    )
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep the folder (kept anyway after a fault): the next start need not load anew",
    )
    parser.add_argument("--table", type=Path, help="write the table into this file, too")
    asked = parser.parse_args()
    stop_on_signals()
    ground, runs, queue_runs, checked, sound = None, [], [], None, False
    place = asked.folder.absolute() / "bench-alerts"
    try:
        ground = Ground(place, asked.port)
        ground.start_servers()
        conditions_then = conditions(ground)
        grow(ground)
        parts = [asked.only] if asked.only else ["check", "site", "kills", "queue"]
        if "check" in parts:
            ground.fresh_database()
            checked = database_check.measure(ground, places(ground))
        if "site" in parts:
            runs += [site_run(ground, float(rate), asked.seconds) for rate in asked.rates.split(",")]
        if "kills" in parts:
            runs += [site_run(ground, KILL_RATE, asked.seconds, what) for what in kills.KILLS]
        if "queue" in parts:
            queue_runs = [queue_run(ground, rate, min(asked.seconds, QUEUE_SECONDS)) for rate in QUEUE_RATES]
        sound = all(not run.faults for run in [*runs, *queue_runs])
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except Interrupted:
        return 130
    finally:
        if ground:
            ground.stop_all()
            if not asked.keep and sound:
                shutil.rmtree(place, ignore_errors=True)
    written = page(conditions_then, checked, runs, queue_runs)
    print("\n" + written)
    if asked.table:
        asked.table.write_text(written)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
