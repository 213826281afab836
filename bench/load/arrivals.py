"""An open loop: reports arrive at fixed times, whether or not the ones before them were answered.

Latency counts from the moment at which a report was to arrive, so that a client which is held up, waits for a
connection or sends again can't hide it (Tene, "coordinated omission"). A device whose connection fails or that is
told 5xx sends the same report under the same UUID again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bodies import Report

CONNECTIONS = 64  # devices; each keeps its connection while the server does
ANSWER_PATIENCE = 10.0
WAITS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 5.0)  # s before each further try


@dataclass
class Answers:
    """Per report: (report, s from its intended arrival to its answer). Times are monotonic."""

    accepted: list[tuple[Report, float]] = field(default_factory=list)
    again: int = 0  # answered 200: an earlier try had been stored though its answer was lost
    refused: dict[int, int] = field(default_factory=dict)  # 4xx by status
    given_up: list[Report] = field(default_factory=list)
    retries: int = 0
    late: list[float] = field(default_factory=list)  # s from intended arrival to when the client took it up
    seconds: float = 0.0


class Broken(Exception):
    """The connection ended before the answer."""


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[int] | None = None
        self.received = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.open = transport, True

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        if self.answer and not self.answer.done():
            self.answer.set_exception(Broken())

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found or self.answer is None:
            return
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) < int(fields[b"content-length"]):
            return
        self.received = b""
        if fields.get(b"connection") == b"close":
            self.close()
        if not self.answer.done():
            self.answer.set_result(int(head[9:12]))

    async def ask(self, request: bytes) -> int:
        """The status of the answer. Raises Broken."""
        if not self.open or self.transport is None:
            raise Broken
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        try:
            async with asyncio.timeout(ANSWER_PATIENCE):
                return await self.answer
        except TimeoutError:
            self.close()
            raise Broken from None
        finally:
            self.answer = None

    def close(self) -> None:
        self.open = False
        if self.transport is not None:
            self.transport.close()


class Devices:
    def __init__(self, port: int, after_answer: Callable[[Report], Awaitable[None]] | None = None) -> None:
        self.port = port
        self.after_answer = after_answer
        self.free: deque[Connection | None] = deque([None] * CONNECTIONS)
        self.room = asyncio.Semaphore(CONNECTIONS)
        self.answers = Answers()

    async def send(self, report: Report, due: float) -> None:
        self.answers.late.append(time.monotonic() - due)
        for wait in (*WAITS, None):
            try:
                status = await self.attempt(report)
            except (Broken, OSError):
                status = 503
            if status < 500:
                break
            if wait is None:
                self.answers.given_up.append(report)
                return
            self.answers.retries += 1
            await asyncio.sleep(wait)
        if status not in (200, 201):
            self.answers.refused[status] = self.answers.refused.get(status, 0) + 1
            return
        self.answers.again += status == 200
        self.answers.accepted.append((report, time.monotonic() - due))
        if self.after_answer:
            await self.after_answer(report)

    async def attempt(self, report: Report) -> int:
        async with self.room:
            connection = self.free.popleft()
            try:
                if connection is None or not connection.open:
                    loop = asyncio.get_running_loop()
                    _, connection = await loop.create_connection(Connection, "127.0.0.1", self.port)
                return await connection.ask(report.request)
            finally:
                self.free.append(connection if connection and connection.open else None)

    def close(self) -> None:
        for connection in self.free:
            if connection:
                connection.close()


async def arrive(devices: Devices, reports: list[Report], rate: float) -> Answers:
    """Send report i at the time start + i / rate, come what may; return when all are answered or given up."""
    under_way = set()
    start = time.monotonic() + 0.1
    for i, report in enumerate(reports):
        due = start + i / rate
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(devices.send(report, due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    if under_way:
        await asyncio.wait(under_way)
    devices.answers.seconds = time.monotonic() - start
    return devices.answers
