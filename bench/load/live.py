"""bench/live: from the commit of an incident to its ring on the live stream and its count in the cluster, while reports
pour in; and from a commit to the officer's screen. bench/README.md says how it measures."""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import multiprocessing
import random
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import machine
import psycopg
from answering import token
from arrivals import Answers, Devices, arrive
from bodies import reports
from client import ask
from ground import ROOT, Ground, Interrupted, Refused, say, stop_on_signals
from listening import Stream, counted, session
from results import percentile

HEADING = "## bench/live"
PORT = 8191
AIM = 0.250
WARM = 160
USER = "watchkeeper_joc"
SCOPES = ("incidents:record", "incidents:read", "mission:see_map")
# Between two incidents; uneven, so that it does not keep step with the stream's own look.
LEAST_REST, MOST_REST = 0.25, 0.55
TILE = "/tiles/incidents/0/0/0.mvt"


@dataclass
class Heard:
    """Seconds from the incident's answer, which comes after its commit."""

    stream: list[float] = field(default_factory=list)
    cluster: list[float] = field(default_factory=list)
    posted: list[float] = field(default_factory=list)  # from sending to the answer
    lost: int = 0  # not on the stream, or not in the cluster, within five seconds


def incident(chance: random.Random, near: tuple[float, float]) -> bytes:
    moment = datetime.now(UTC) - timedelta(hours=chance.uniform(1, 40))
    place = {
        "lon": round(near[0] + chance.gauss(0, 0.02), 5),
        "lat": round(near[1] + chance.gauss(0, 0.02), 5),
    }
    return json.dumps({
        "kind": "killing", "occurred_from": moment.isoformat(), "place": place, "killed_low": 1, "killed_best": 2,
        "killed_high": 3, "side_a": "EXERCISE armed group", "summary": "EXERCISE: an incident of the bench.",
    }).encode()  # fmt: skip


def listen(
    ports: tuple[int, int], bearer: str, cookie: str, spots: list[tuple[float, float]], told: Connection
) -> None:
    """A process of its own: records incidents one after the other until it is told to end, and sends what it heard."""
    stream = Stream(ports[1], cookie)
    stream.start()
    chance, found = random.Random(3), Heard()
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    site = http.client.HTTPConnection("127.0.0.1", ports[0], timeout=60)
    standing = counted(ask(site, TILE, headers))
    while not told.poll():
        began = time.monotonic()
        site.request("POST", "/api/v1/incidents", incident(chance, chance.choice(spots)), headers)
        answer = site.getresponse()
        answer.read()
        committed = time.monotonic()
        if answer.status != 201:
            raise RuntimeError(f"an incident was answered by {answer.status}")
        found.posted.append(committed - began)
        standing += 1
        while (seen := counted(ask(site, TILE, headers))) < standing and time.monotonic() < committed + 5:
            pass
        in_cluster = time.monotonic() - committed
        on_stream = stream.after("incidents", began, 5.0)
        if on_stream is None or seen < standing:
            found.lost += 1
        else:
            found.cluster.append(in_cluster)
            # It may ring before the answer has come.
            found.stream.append(max(0.0, on_stream - (committed - began)))
        time.sleep(chance.uniform(LEAST_REST, MOST_REST))
    told.send(found)


async def pour(ground: Ground, rate: float, seconds: float, spots: list[tuple[float, float]]) -> Answers:
    devices = Devices(ground.port)
    sent = reports(WARM + round(rate * seconds), spots, ground.tokens(), seed=int(rate))
    await arrive(devices, sent[:WARM], 40)
    devices.answers = Answers()
    answers = await arrive(devices, sent[WARM:], rate)
    devices.close()
    return answers


def measured(ground: Ground, rate: float, seconds: float) -> tuple[Heard, Answers, dict[str, float]]:
    with psycopg.connect(ground.url("postgres")) as c:
        spots = c.execute("SELECT ST_X(place), ST_Y(place) FROM places ORDER BY id").fetchall()
    bearer, cookie = token(ground, USER, SCOPES), session(ground, USER)
    live = int(ground.environment()["VIGIL_LIVE_PORT"])
    with ground.vigil():
        here, there = multiprocessing.Pipe()
        listener = multiprocessing.Process(
            target=listen, args=((ground.port, live), bearer, cookie, spots, there)
        )
        listener.start()
        pids = {name: p.pid for name, p in ground.started.items()}
        before = machine.Reading.of(pids)
        answers = asyncio.run(pour(ground, rate, seconds, spots))
        used = machine.shares(before, machine.Reading.of(pids))
        here.send("end")
        if not here.poll(30):
            listener.terminate()
            raise Refused("The listener broke off: nothing was measured.")
        found = here.recv()
        listener.join(5)
    return found, answers, used


def page(found: Heard, answers: Answers, rate: float, seconds: float, used: dict[str, float]) -> str:
    def row(name: str, took: list[float]) -> str:
        took = sorted(took)
        p = [f"{percentile(took, share) * 1000:.0f}" for share in (50, 95, 99)]
        return f"| {name} | {len(took)} | {' | '.join(p)} | {max(took) * 1000:.0f} |"

    met = (
        max(percentile(sorted(took), 99) for took in (found.stream, found.cluster)) <= AIM and not found.lost
    )
    shares = ", ".join(f"{name} {share:.0%}" for name, share in used.items() if share >= 0.01)
    times = [took for _report, took in answers.accepted]
    return "\n".join([
        HEADING, "", f"{date.today()}, {machine.description()}. {rate:g} reports/s for {seconds:g} s beside it.", "",
        "| from the incident's answer (ms) | n | p50 | p95 | p99 | max |", "|:--|--:|--:|--:|--:|--:|",
        row("on the live stream", found.stream), row("counted in its cluster", found.cluster),
        row("(the answer itself)", found.posted), row("(reports, from their arrival)", times), "",
        f"Incidents that were not heard of, or not counted, within 5 s: {found.lost}. Reports refused: "
        f"{sum(answers.refused.values())}, given up: {len(answers.given_up)}.",
        f"Aim: p99 of 250 ms for both at 200 reports/s: {'met' if met else 'missed'}. Processors: {shares}.", "",
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/live", description=__doc__)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var", help="on a disk; bench-live/ is made in it"
    )
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    stop_on_signals()
    ground = Ground(asked.folder / "bench-live", PORT)
    try:
        ground.start_servers()
        ground.fresh_database()
        say(f"{asked.rate:g} reports/s for {asked.seconds:g} s, and incidents beside them …")
        found, answers, used = measured(ground, asked.rate, asked.seconds)
        section = page(found, answers, asked.rate, asked.seconds, used)
        print(section)
        if asked.table:
            asked.table.write_text(section)
        return 1 if found.lost or answers.given_up or answers.refused else 0
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Interrupted:
        return 130
    finally:
        ground.stop_all()


if __name__ == "__main__":
    sys.exit(main())
