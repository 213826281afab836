"""The states of a haven as a table (handbook 2.8), and how one leads to another."""

from __future__ import annotations

from app.havens.models import HavenState as S

MOVES: dict[S, frozenset[S]] = {
    S.CLOSED: frozenset({S.STANDBY, S.COMPROMISED}),
    S.STANDBY: frozenset({S.OPEN, S.CLOSED, S.COMPROMISED}),
    S.OPEN: frozenset({S.FULL, S.STANDBY, S.COMPROMISED}),
    S.FULL: frozenset({S.OPEN, S.COMPROMISED}),
    S.COMPROMISED: frozenset({S.CLOSED}),  # and only after an inspection
}
TAKING_IN = (S.OPEN, S.FULL)
# Nobody may be inside when a haven is stood down.
EMPTY = (S.STANDBY, S.CLOSED)


def allowed(before: str, after: str) -> bool:
    return S(after) in MOVES[S(before)]


def way_to_open(before: str) -> tuple[S, ...]:
    """The states to go through, in order, until the haven is open; empty where it is or where there is no way."""
    return {S.CLOSED: (S.STANDBY, S.OPEN), S.STANDBY: (S.OPEN,)}.get(S(before), ())
