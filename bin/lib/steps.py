"""How the steps of a start talk to the person who waits, and what happens when one fails or is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import FrameType
from typing import NoReturn

import family


class Refused(Exception):
    """Ends the command with status 1; its text is one sentence for the person."""


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal. Not an Exception: only the outermost frame may catch it."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")  # in one piece: steps may work side by side
    sys.stdout.flush()


def stop_on_signals() -> None:
    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        ignore_signals()  # what follows is the clean stop; a second Ctrl-C must not cut it short
        raise Interrupted

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means to outlive the terminal
        signal.signal(signal.SIGHUP, interrupt)


def ignore_signals() -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)


def bound(command: Sequence[str | Path], last_word: str = "KILL") -> list[str]:
    """The command, to which the kernel sends `last_word` when the process that started it dies in any way."""
    return ["setpriv", "--pdeathsig", last_word, *map(str, command)]


def run(
    what: str,
    command: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Say what is being done, do it with its output in `log`; Refused, with the last lines, if it fails."""
    say(f"{what} …")
    with log.open("ab") as sink:
        start = sink.tell()
        done = subprocess.run(
            bound(command), cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
        )
    if done.returncode < 0:
        raise Refused(f"“{what}” was interrupted.")
    if done.returncode != 0:
        with log.open("rb") as written:
            written.seek(start)
            last = written.read().decode(errors="replace").splitlines()[-15:]
        sys.stderr.write("\n".join(last) + "\n")
        raise Refused(f"“{what}” failed; its last lines stand above, all of them in {log}.")


def together(*works: Callable[[], object]) -> None:
    """Do these side by side; the first that fails, or a Ctrl-C, ends the commands of the others."""
    with ThreadPoolExecutor(len(works)) as pool:
        started = [pool.submit(work) for work in works]
        try:
            for each in as_completed(started):
                each.result()
        except BaseException:
            family.end_orphans()
            raise


def quiet_environment(**additions: str) -> dict[str, str]:
    """This environment for tools that fetch: no questions, no notices, the system's certificates."""
    return os.environ | {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "UV_SYSTEM_CERTS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        # Linked into uv's cache, a file that is given away or edited in one checkout changes in all the others.
        "UV_LINK_MODE": "copy",
        **additions,
    }
