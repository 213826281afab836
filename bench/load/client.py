"""Browsers that look at the picture: each asks its next question as soon as the last was answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

PATIENCE = 60.0


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def fetch(port: int, path: str, headers: dict[str, str]) -> bytes:
    """One answer's body. Raises RuntimeError with the status for anything but 200 and 204."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        return ask(connection, path, headers)
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> bytes:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status not in (200, 204):
        raise RuntimeError(f"{answer.status} for {path}")
    return body


@dataclass
class Look:
    """What one server did for so many clients: seconds of each answer, bytes, faults."""

    clients: int
    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    size: int = 0
    faults: int = 0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.took)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def look(port: int, paths: Sequence[str], headers: dict[str, str], clients: int, seconds: float) -> Look:
    """`clients` at once for `seconds`, each going through the same questions from another place in them."""
    found, lock = Look(clients), threading.Lock()
    started = time.perf_counter()
    end = started + seconds

    def browse(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        at = number * len(paths) // clients
        took, size, faults = [], 0, 0
        while time.perf_counter() < end:
            before = time.perf_counter()
            try:
                size += len(ask(connection, paths[at % len(paths)], headers))
                took.append(time.perf_counter() - before)
            except (OSError, RuntimeError, http.client.HTTPException):
                faults += 1
                connection.close()
            at += 1
        connection.close()
        with lock:
            found.took += took
            found.size += size
            found.faults += faults

    threads = [threading.Thread(target=browse, args=[n]) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - started
    return found
