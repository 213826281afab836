"""Who used the processors during a run: the client, the site, the database, the other processes, strangers."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def own_ticks(pid: int) -> int:
    """Processor time of a process and of those of its children that it has waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(each) for each in fields[11:15])


def family_ticks(pid: int) -> int:
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return own_ticks(pid) + sum(family_ticks(int(each)) for each in below)


def machine_ticks() -> int:
    """Busy time of all processors, whoever used it."""
    user, nice, system, _idle, _wait, interrupt, soft = (
        int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:8]
    )
    return user + nice + system + interrupt + soft


@dataclass(frozen=True)
class Reading:
    at: float
    machine: int
    parts: dict[str, int]

    @classmethod
    def of(cls, pids: dict[str, int]) -> Reading:
        parts = {name: family_ticks(pid) for name, pid in pids.items()}
        client = round(time.process_time() * TICK)  # without the processes that it has started
        return cls(time.monotonic(), machine_ticks(), parts | {"client": client})


def shares(before: Reading, after: Reading) -> dict[str, float]:
    """Share of the whole machine (all cores) of each part; `others` is what none of ours used."""
    whole = (after.at - before.at) * TICK * (os.cpu_count() or 1)
    found = {name: max(ticks - before.parts.get(name, 0), 0) / whole for name, ticks in after.parts.items()}
    return found | {"others": max((after.machine - before.machine) / whole - sum(found.values()), 0.0)}


def description() -> str:
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.machine(),
    )  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {platform.freedesktop_os_release()['PRETTY_NAME']}"


def keep(lines: Sequence[str], table: Path | None) -> None:
    """The lines of a result as a file, where one was named: section.py puts it into RESULTS.md."""
    if table:
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text("\n".join(lines) + "\n")
