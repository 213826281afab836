"""What is killed halfway, with kill -9, and how it comes back: as the supervisor brings it back, a moment later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from ground import Ground

REDIS_AWAY = 3.0  # s
WORKERS_AWAY = 1.0
# What serves requests is killed by itself; whoever opens names has no part in a report.
SPARED = ("web", "live", "keyholder")


async def kill_web_worker(ground: Ground) -> None:
    ground.kill_web_worker()


async def kill_redis(ground: Ground) -> None:
    ground.kill_redis()
    await asyncio.sleep(REDIS_AWAY)
    ground.launch_redis()


async def kill_workers(ground: Ground) -> None:
    killed = [name for name in ground.processes() if name not in SPARED]
    for name in killed:
        ground.kill(name)
    await asyncio.sleep(WORKERS_AWAY)
    for name in killed:
        ground.launch_again(name)


async def kill_postgres(ground: Ground) -> None:
    gone = ground.kill_postgres()
    while any(Path(f"/proc/{pid}").exists() for pid in gone):
        await asyncio.sleep(0.02)
    ground.launch_postgres()


KILLS: dict[str, Callable[[Ground], Awaitable[None]]] = {
    "a web worker": kill_web_worker,
    "Redis": kill_redis,
    "all other workers": kill_workers,
    "PostgreSQL": kill_postgres,
}
# After this one the ladders are looked at, too, while the clocks' process is killed again and again.
LAST = "all other workers"


async def at(seconds: float, ground: Ground, what: str) -> None:
    await asyncio.sleep(seconds)
    await KILLS[what](ground)
