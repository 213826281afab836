"""Processes that live by a clock which the test moves: libfaketime reads the time from a file at every question."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.servers import ROOT, Clone

PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


def library() -> Path:
    named = os.environ.get("VIGIL_TEST_FAKETIME")
    found = [Path(named)] if named else [p for place in PLACES for p in Path("/").glob(place[1:])]
    if not found:
        raise RuntimeError("libfaketime is missing: bin/test installs it.")
    return found[0]


class MovedClock:
    """The time that the processes see, to the second. It stands still until it is set."""

    def __init__(self, under: Path, begin: datetime) -> None:
        # By this name it is also the file that the library looks for at home, so one that can't be opened is tried again:
        # without a file it gives the machine's own time, and says nothing.
        self.file, self.now = under / ".faketimerc", begin
        self.set(begin)

    def set(self, moment: datetime) -> None:
        assert moment >= self.now
        self.now = moment.replace(microsecond=0)
        # Written over, always as long: at no moment is there none, nor half of one.
        line = self.now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") + "\n"
        there = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(there, line.encode(), 0)
        finally:
            os.close(there)

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
            "HOME": str(self.file.parent),
            # Waiting is waiting: only what day and hour it is is moved.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "TZ": "UTC",
        }  # fmt: skip


class Killable:
    """One of the house's processes, ended without warning and started again; `clock` None: the machine's."""

    def __init__(self, module: str, clone: Clone, clock: MovedClock | None, more: dict[str, str]) -> None:
        self.module = module
        plain = {k: v for k, v in os.environ.items() if not k.startswith("VIGIL_")}
        self.environment = (
            plain
            | clone.environment()
            | (clock.environment() if clock else {})
            | {"PYTHONPATH": str(ROOT)}
            | more
        )
        self.log = clone.var / f"{module}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.starts += 1

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None
