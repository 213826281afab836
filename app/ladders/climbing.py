"""How an alert climbs its ladder: values in, values out; the only clock is the one that is handed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Of the day, in minutes.
DAY = 24 * 60
MOST_QUIET = 12 * 60


class Post(StrEnum):
    """The echelons that an alert climbs, from below; which of them, when and how a mission sets."""

    DUTY_OFFICER = "duty_officer"
    SECTOR = "sector"
    FORCE_HEADQUARTERS = "force_headquarters"
    HEAD_OF_MISSION = "head_of_mission"


class Way(StrEnum):
    """How somebody is told. The screen tells always: the alert stands on the board of everybody who may see it."""

    SCREEN = "screen"
    SMS = "sms"
    EMAIL = "email"


# Those by which a message leaves the house, to a contact of its own.
LEAVING = (Way.SMS, Way.EMAIL)


class Then(StrEnum):
    """What follows the last rung when nobody has acted in its time."""

    TELL_AGAIN = "tell_again"
    STAY = "stay"


@dataclass(frozen=True)
class Rung:
    """Whose turn it is, how long they have, and by which ways they are told. The first rung's time is its clock's."""

    post: str
    minutes: int
    ways: frozenset[Way]


@dataclass(frozen=True)
class Turn:
    """One turn on the ladder: which rung, the how-manieth time that it is told again (0: the first)."""

    rung: int
    again: int


@dataclass(frozen=True)
class Ladder:
    """The rungs in order (at least one). Quiet hours in minutes of the mission's own day, or none."""

    rungs: tuple[Rung, ...]
    then: Then
    quiet_from: int | None = None
    quiet_until: int | None = None

    def rung(self, number: int) -> Rung:
        """A ladder that was shortened meanwhile has its last rung for whoever stood higher."""
        return self.rungs[min(number, len(self.rungs) - 1)]

    def from_owner(self, owner: str) -> int:
        """The owner's own rung, or the lowest where he stands on none."""
        return next((n for n, rung in enumerate(self.rungs) if rung.post == owner), 0)

    def first_at(self, posts: Collection[str], start: int) -> int:
        """The first rung from `start` up at one of these posts; `start` where there is none: whoever comes to
        stand at one of them meanwhile is met on the way up."""
        return next((n for n, rung in enumerate(self.rungs) if n >= start and rung.post in posts), start)

    def after(self, turn: Turn) -> Turn | None:
        """The turn that follows one that ran out, or None where the ladder ends and the alert stays with its owner."""
        if turn.rung + 1 < len(self.rungs):
            return Turn(turn.rung + 1, 0)
        if self.then is Then.STAY:
            return None
        return Turn(len(self.rungs) - 1, turn.again + 1)

    def may_ring_from(self, moment: datetime, zone: str) -> datetime:
        """When a telephone may ring that is to ring at `moment` (aware): then, or at the end of the quiet hours."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return moment
        try:
            local = moment.astimezone(ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            return moment  # a zone that nobody knows silences no telephone
        minute = local.hour * 60 + local.minute
        into = (minute - self.quiet_from) % DAY
        if into >= (self.quiet_until - self.quiet_from) % DAY:
            return moment
        morning = local.replace(
            hour=self.quiet_until // 60, minute=self.quiet_until % 60, second=0, microsecond=0
        )
        if morning <= local:
            morning += timedelta(days=1)
        return max(moment, morning.astimezone(moment.tzinfo))


def next_due(due_at: datetime, now: datetime, minutes: int, on_time: timedelta) -> datetime:
    """When the next turn ends. What ran out on time is counted from its time, so that nothing drifts; what was found
    late, after the house had been down, from now, so that those told next have all of theirs."""
    begun = due_at if now - due_at <= on_time else now
    return begun + timedelta(minutes=minutes)


def as_rung(row: Mapping[str, Any]) -> Rung:
    return Rung(str(row["post"]), int(row["minutes"]), frozenset(Way(w) for w in row["ways"]))


def as_ladder(
    rungs: Sequence[Mapping[str, Any]], then: str, quiet_from: int | None, quiet_until: int | None
) -> Ladder:
    return Ladder(tuple(map(as_rung, rungs)), Then(then), quiet_from, quiet_until)
