"""`flask exercise play`: patrols drive, reports come, the room answers; nothing of it touches a real mission."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from threading import Event
from types import FrameType

from app.exercise.acting import Cast, refuse_a_real_mission
from app.exercise.room import Room
from app.exercise.stage import Stage

TICK = 1.0  # seconds of the clock


def play(
    *, speed: float, minutes: float | None, seed: int, patrols: int, say: Callable[[str], None], stop: Event
) -> Room:
    """Play until `stop` is set or the minutes (of the clock) are over. Raises ClickException in a real mission."""
    refuse_a_real_mission()
    cast, chance = Cast(), random.Random(seed)  # noqa: S311 - a play, drawn from a seed
    stage = Stage(cast, chance, speed, patrols)
    room = Room(cast, stage, chance)
    ends = time.monotonic() + 60 * minutes if minutes is not None else float("inf")
    say(f"The exercise plays at {speed:g} times the clock. Ctrl-C ends it.")
    told = time.monotonic()
    try:
        while not stop.is_set() and time.monotonic() < ends:
            began = time.monotonic()
            stage.go_on(speed * TICK)
            room.go_on(speed * TICK)
            if began - told > 30:
                told = began
                say(in_words(room))
            stop.wait(max(0.0, TICK - (time.monotonic() - began)))
    finally:
        stage.end()
    say("The exercise has ended. " + in_words(room))
    return room


def in_words(room: Room) -> str:
    return (
        f"{room.stage.now / 60:.0f} minutes played: {len(room.stage.drives)} patrols on the road, "
        f"{room.reports} reports, {room.raised} alerts, {room.closed} of them closed."
    )


def stopped_by_signals() -> Event:
    """Set by Ctrl-C and by whoever ends the process: what is being done is done to its end first."""
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    return stop
