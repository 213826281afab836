"""How a patrol moves, as a table: which act is allowed in which state and where it leads; and the order of its times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.patrols.models import PatrolState as S


class Move(StrEnum):
    SET_OFF = "set_off"
    PAUSE = "pause"
    RESUME = "resume"
    ARRIVE = "arrive"
    LEAVE = "leave"
    FINISH = "finish"
    ABANDON = "abandon"


MOVES: dict[Move, dict[S, S]] = {
    Move.SET_OFF: {S.PLANNED: S.UNDER_WAY},
    Move.PAUSE: {S.UNDER_WAY: S.PAUSED},
    Move.RESUME: {S.PAUSED: S.UNDER_WAY},
    Move.ARRIVE: {S.UNDER_WAY: S.UNDER_WAY},
    Move.LEAVE: {S.UNDER_WAY: S.UNDER_WAY},
    Move.FINISH: {S.UNDER_WAY: S.DONE, S.PAUSED: S.DONE},
    Move.ABANDON: dict.fromkeys((S.PLANNED, S.UNDER_WAY, S.PAUSED), S.ABANDONED),
}
OUT = (S.UNDER_WAY, S.PAUSED)
ENDED = (S.DONE, S.ABANDONED)


def after(move: Move, state: str) -> S | None:
    """The state after this move, or None where it is not allowed."""
    return MOVES[move].get(S(state))


def possible(state: str) -> list[Move]:
    return [move for move in Move if after(move, state) is not None]


@dataclass(frozen=True)
class StopTimes:
    arrived_at: datetime | None
    departed_at: datetime | None


def latest_time(started_at: datetime | None, stops: Iterable[StopTimes]) -> datetime | None:
    """The last thing that is known of a patrol: nothing that is told later may lie before it."""
    known = [started_at, *(t for s in stops for t in (s.arrived_at, s.departed_at))]
    return max((t for t in known if t is not None), default=None)
