"""bench/room: officers' browsers with the map open and live, beside the requests of a whole mission: is any page slow,
does anything grow? bench/README.md says how it measures."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import shlex
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import machine
import psycopg
from answering import DutyOfficer
from arrivals import Answers, Devices, arrive
from bodies import Report, report, reports
from ground import ROOT, Ground, Interrupted, Refused, children, say, stop_on_signals
from listening import EVENT, session
from playwright.async_api import CDPSession, Page, async_playwright
from results import percentile

HEADING = "## bench/room"
PORT = 8201
AIM = 1.0  # s a page
GROWTH = 1.15  # from the middle to the end, when all caches are warm
READERS = ("watchkeeper_joc", "hom", "sector_ops", "fc_staff", "analyst_jmac", "poc_officer")
# Everybody signs in as himself: of one person's pages the live stream serves so many, and tells older ones to ask.
COLLEAGUE = """
WITH before AS (SELECT * FROM people WHERE username = %(user)s), made AS (
    INSERT INTO people (username, name, role, password_hash, unit_id)
    SELECT %(colleague)s, name || %(n)s, role, password_hash, unit_id FROM before RETURNING id)
INSERT INTO person_sectors SELECT made.id, s.sector_id FROM made, before JOIN person_sectors s ON s.person_id = before.id
"""
TABLES = ("/alerts", "/incidents", "/patrols", "/havens", "/threats")
LAYERS = ("alerts", "incidents", "patrols", "havens", "threats", "units", "places")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--js-flags=--expose-gc",
         "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
         "--disable-background-timer-throttling"]  # fmt: skip


@dataclass
class Officer:
    map: Page
    beside: Page  # a second tab, for tables
    wire: CDPSession
    stood: float  # s until the picture stood


@dataclass
class Sizes:
    """Of one moment: PSS of the processes in MB; of the map pages together heap in MB, nodes and listeners."""

    minute: float
    processes: dict[str, float]
    heap: float
    nodes: float
    listeners: float


@dataclass
class Found:
    stood: list[float] = field(default_factory=list)
    pages: dict[str, list[float]] = field(default_factory=dict)
    answers: dict[str, list[float]] = field(default_factory=dict)
    sizes: list[Sizes] = field(default_factory=list)
    closed: int = 0  # alerts that were carried to their end meanwhile
    faults: list[str] = field(default_factory=list)
    used: dict[str, float] = field(default_factory=dict)
    slow: Counter[float] = field(default_factory=Counter)  # minute → requests that took longer than the aim
    late: list[float] = field(default_factory=list)  # s by which the client itself sent what was due


def family(pid: int) -> list[int]:
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in below for each in family(int(child)))]


def pss(pid: int) -> float:
    """MB of a process and its children, shared pages by their share."""
    total = 0
    for each in family(pid):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def mission(ground: Ground, number: int, cookies: list[str]) -> list[Report]:
    """A fifth of reports, most of which say that all is quiet; the rest are tables, layers and things."""
    chance = random.Random(8)
    with psycopg.connect(ground.url("postgres")) as c:
        spots = c.execute("SELECT ST_X(place), ST_Y(place) FROM places ORDER BY id").fetchall()
        things = [row[0] for row in c.execute(
            "SELECT '/alerts/' || id || '/panel' FROM alerts UNION ALL SELECT '/havens/' || id || '/panel' FROM havens "
            "WHERE exposure = 'public' UNION ALL (SELECT '/incidents/' || id || '/panel' FROM incidents LIMIT 200)"
        )]  # fmt: skip
        box = c.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(area) AS e FROM sectors) s"
        ).fetchone()
    assert box
    tokens, now = ground.tokens(), datetime.now(UTC)
    loud = reports(number, spots, tokens, seed=8)
    sent = []
    for n in range(number):
        if n % 5 == 0:
            filed_report = (
                loud.pop() if n % 1500 == 0
                else report(chance, now, "all_quiet", chance.choice(spots), chance.choice(tokens))
            )  # fmt: skip
            sent.append(Report(filed_report.id, filed_report.raises, {"as": "report"}, filed_report.request))
            continue
        kind = ("table", "layer", "layer", "thing")[n % 5 - 1]
        west, south = chance.uniform(box[0], box[2] - 1), chance.uniform(box[1], box[3] - 1)
        path = {
            "table": chance.choice(TABLES),
            "layer": f"/map/layers/{chance.choice(LAYERS)}.geojson?zoom=9&bbox="
            f"{west:.3f},{south:.3f},{west + 1:.3f},{south + 1:.3f}",
            "thing": chance.choice(things),
        }[kind]
        # Who may see all of it: to others some things do not exist.
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies[0]}\r\n\r\n"
        sent.append(Report(uuid4(), None, {"as": kind}, head.encode()))
    return sent


def elsewhere(ground: Ground, chromium: str) -> str:
    """A command that starts the browser behind everything else: it stands for sixteen other machines. Where the kernel
    shares processors among sessions, a process' own niceness says nothing beyond its session."""
    command = ground.checkout.var / "chromium"
    command.write_text(
        "#!/bin/sh\n[ -w /proc/self/autogroup ] && echo 19 > /proc/self/autogroup\n"
        f'exec nice -n 19 {shlex.quote(chromium)} "$@"\n'
    )
    command.chmod(0o700)
    return str(command)


def officers_of(ground: Ground, number: int) -> list[str]:
    """Cookies of so many officers, each with an account of his own and the role of one of the exercise's."""
    names = []
    with psycopg.connect(ground.url("owner")) as c:
        for n in range(number):
            user = READERS[n % len(READERS)]
            names.append(f"{user}_{n}")
            c.execute(COLLEAGUE, {"user": user, "colleague": names[-1], "n": f" {n}"})
        c.execute(EVENT)
    return [session(ground, name) for name in names]


async def come_in(browser: Any, url: str, cookie: str, found: Found) -> Officer:
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    name, _, value = cookie.partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": url}])
    page = await context.new_page()
    page.on("pageerror", lambda error: found.faults.append(f"a script broke: {error}"))
    began = time.monotonic()
    await page.goto(f"{url}/map", wait_until="commit")
    await page.wait_for_selector("body[data-picture-at]", state="attached", timeout=60_000)
    stood = time.monotonic() - began
    return Officer(page, await context.new_page(), await context.new_cdp_session(page), stood)


async def work(officer: Officer, url: str, seconds: float, found: Found, seed: int) -> None:
    """Every ten seconds or so: chooses an alert, or opens a table in his second tab."""
    chance = random.Random(seed)
    ends = time.monotonic() + seconds
    while (rest := ends - time.monotonic()) > 5:
        await asyncio.sleep(min(chance.uniform(6, 14), rest))
        began = time.monotonic()
        queue = officer.map.locator("#queue [data-alert]")
        if chance.random() < 0.5 and (shown := await queue.count()):
            path = "an alert's panel"
            item = queue.nth(chance.randrange(min(shown, 3)))
            async with officer.map.expect_response(lambda r: r.url.endswith("/panel"), timeout=20_000):
                await item.dispatch_event("click")
        else:
            path = chance.choice(TABLES)
            answer = await officer.beside.goto(url + path, wait_until="load", timeout=30_000)
            # Some roles may not read everything, and hear so.
            if answer is None or answer.status not in (200, 403, 404):
                found.faults.append(f"{path} answered {answer.status if answer else 'nothing'}")
        found.pages.setdefault(path, []).append(time.monotonic() - began)


async def weigh(ground: Ground, officers: list[Officer], minute: float) -> Sizes:
    heap = nodes = listeners = 0.0
    for officer in officers:
        await officer.wire.send("HeapProfiler.collectGarbage")
        told = {m["name"]: m["value"] for m in (await officer.wire.send("Performance.getMetrics"))["metrics"]}
        heap += told["JSHeapUsedSize"] / 1e6
        nodes += told["Nodes"]
        listeners += told["JSEventListeners"]
    ours = {name: p.pid for name, p in ground.started.items() if name not in ("postgres", "redis")}
    # In a thread: the kernel takes its time, in which requests have to go out.
    sizes = await asyncio.to_thread(lambda: {name: pss(pid) for name, pid in ours.items()})
    return Sizes(minute, sizes, heap, nodes, listeners)


def pour(port: int, requests: list[Report], rate: float) -> Answers:
    """The requests of the mission, in a process of their own: whoever drives sixteen browsers is told of each request of
    theirs, and would send these up to seconds late, for which the site would be blamed."""

    async def poured() -> Answers:
        devices = Devices(port)
        answers = await arrive(devices, requests, rate)
        devices.close()
        return answers

    return asyncio.run(poured())


async def sit(
    ground: Ground,
    mission_pool: ProcessPoolExecutor,
    browsers: int,
    rate: float,
    seconds: float,
    chromium: str,
) -> Found:
    url, found = f"http://127.0.0.1:{ground.port}", Found()
    cookies = officers_of(ground, browsers)
    requests = mission(ground, round(rate * seconds), cookies)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=elsewhere(ground, chromium), args=FLAGS)
        officers = [await come_in(browser, url, cookie, found) for cookie in cookies]
        found.stood = [o.stood for o in officers]
        pids = {name: p.pid for name, p in ground.started.items()}
        pids["requests"] = mission_pool.submit(os.getpid).result()
        ours = [pid for pid in children(os.getpid()) if pid not in pids.values()]
        pids |= {f"browsers {n}".removesuffix(" 0"): pid for n, pid in enumerate(ours)}
        before = machine.Reading.of(pids)
        for officer in officers:
            await officer.wire.send("Performance.enable")
        duty = DutyOfficer(ground)
        duty.start()
        loop = asyncio.get_running_loop()
        pouring = loop.run_in_executor(mission_pool, pour, ground.port, requests, rate)
        working = [asyncio.create_task(work(o, url, seconds, found, n)) for n, o in enumerate(officers)]
        began = time.monotonic()
        for part in (0.1, 0.5, 1.0):
            await asyncio.sleep(max(0.0, began + seconds * part - time.monotonic()))
            found.sizes.append(await weigh(ground, officers, (time.monotonic() - began) / 60))
        for done in await asyncio.gather(*working, return_exceptions=True):
            if isinstance(done, BaseException):
                found.faults.append(f"an officer's browser: {type(done).__name__}")
        answers = await pouring
        await asyncio.to_thread(duty.end)
        found.closed = duty.closed
        found.faults += [duty.fault] if duty.fault else []
        minutes = {r.id: round(n / rate / 60, 1) for n, r in enumerate(requests)}
        for report, took in answers.accepted:
            found.answers.setdefault(str(report.body["as"]), []).append(took)
            if took > AIM:
                found.slow[minutes[report.id]] += 1
        found.late = answers.late
        missing = sum(answers.refused.values()) + len(answers.given_up)
        if missing:
            found.faults.append(f"{missing} requests refused or given up: {answers.refused}")
        found.used = machine.shares(before, machine.Reading.of(pids))
        await browser.close()
    return found


def row(name: str, took: list[float]) -> str:
    took = sorted(took)
    told = [f"{percentile(took, share) * 1000:.0f}" for share in (50, 95, 99)]
    return f"| {name} | {len(took)} | {' | '.join(told)} | {took[-1] * 1000:.0f} |"


def flat(found: Found) -> bool:
    middle, end = found.sizes[1], found.sizes[2]
    whole = sum(end.processes.values()) / sum(middle.processes.values())
    return max(whole, end.heap / middle.heap, end.listeners / middle.listeners) <= GROWTH


def page(found: Found, browsers: int, rate: float, seconds: float) -> str:
    slowest = max(max(took) for took in found.answers.values())
    shares = ", ".join(f"{name} {share:.0%}" for name, share in found.used.items() if share >= 0.01)
    names = sorted({name for s in found.sizes for name in s.processes})
    sizes = [
        f"| {s.minute:.1f} | {' | '.join(f'{s.processes.get(n, 0):.0f}' for n in names)} | {s.heap / browsers:.1f} | "
        f"{s.nodes / browsers:.0f} | {s.listeners / browsers:.0f} |" for s in found.sizes
    ]  # fmt: skip
    return "\n".join([
        HEADING, "",
        f"{date.today()}, {machine.description()}. {browsers} browsers with the map open beside {rate:g} requests/s for "
        f"{seconds / 60:g} min; browsers (at the lowest priority, "
        f"since they stand for other machines), client, site and PostgreSQL on the same machine. "
        f"{found.closed} alerts came and were carried to their end.", "",
        "| (ms) | n | p50 | p95 | p99 | max |", "|:--|--:|--:|--:|--:|--:|",
        row("the map, until the picture stands", found.stood),
        *(row(f"browser: {name}", took) for name, took in sorted(found.pages.items())),
        *(row(f"request: {name}", took) for name, took in sorted(found.answers.items())),
        row("of these, until the client sent it", found.late), "",
        f"| minute | {' | '.join(f'{n}, MB' for n in names)} | heap a map, MB | nodes a map | listeners a map |",
        f"|--:|{'--:|' * (len(names) + 3)}", *sizes, "",
        f"Aim: no page over 1 s, as the site answers it: {'met' if slowest <= AIM else f'missed ({slowest:.1f} s)'}. "
        f"Memory flat (from the "
        f"middle to the end at most {GROWTH - 1:.0%} more of PSS, heap and listeners): "
        f"{'met' if flat(found) else 'missed'}. Processors: {shares}.",
        *(
            ["Slower, by the minute: " + ", ".join(f"{m} ({n})" for m, n in sorted(found.slow.items())) + ".", ""]
            if found.slow else []
        ),
        *(["Faults: " + "; ".join(sorted(set(found.faults))) + "."] if found.faults else []), "",
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/room", description=__doc__)
    parser.add_argument("--browsers", type=int, default=16)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var", help="on a disk; bench-room/ is made in it"
    )
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    stop_on_signals()
    ground = Ground(asked.folder / "bench-room", PORT)
    try:
        ground.start_servers()
        ground.fresh_database()
        with ground.vigil():
            say(f"{asked.browsers} browsers, {asked.rate:g} requests/s, {asked.seconds:g} s …")
            # Begun first, so that it does not inherit how low this process stands beside it.
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                sender = pool.submit(os.getpid).result()
                os.nice(10)  # drives the browsers: a part of the other machines
                try:
                    found = asyncio.run(
                        sit(ground, pool, asked.browsers, asked.rate, asked.seconds, asked.chromium)
                    )
                except BaseException:
                    # Whoever leaves the pool waits until its last request is sent: ten minutes in which the site stands.
                    os.kill(sender, signal.SIGTERM)
                    raise
        section = page(found, asked.browsers, asked.rate, asked.seconds)
        print(section)
        if asked.table:
            asked.table.write_text(section)
        return 1 if found.faults else 0
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Interrupted:
        return 130
    finally:
        ground.stop_all()


if __name__ == "__main__":
    sys.exit(main())
