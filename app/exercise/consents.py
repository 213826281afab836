"""Consents of defenders: informed, specific, dated, revocable (handbook 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from app.exercise.chance import one

#: Bundles of scopes that people give together, with how common they are. 0 is a wish for nothing to be kept
#: beyond statistics; 7 (State authorities) and 9 (published by name) are rare on purpose.
_BUNDLES: tuple[tuple[tuple[int, ...], float], ...] = (
    ((0,), 0.04),
    ((1,), 0.10),
    ((1, 2), 0.16),
    ((1, 2, 3), 0.30),
    ((1, 2, 3, 4), 0.12),
    ((1, 2, 3, 5), 0.08),
    ((1, 2, 3, 6), 0.08),
    ((1, 2, 3, 8), 0.05),
    ((1, 2, 3, 4, 5, 6, 8), 0.04),
    ((1, 2, 3, 6, 10), 0.02),
    ((1, 2, 3, 7), 0.005),
    ((1, 2, 3, 4, 5, 6, 8, 9), 0.005),
)
_HOW = ("signed_form", "verbal_witnessed", "audio_recording")
_CONDITIONS = (
    "EXERCISE: Not to be shared with anybody from the home district.",
    "EXERCISE: To be asked again before each use.",
    "EXERCISE: Only through the case officer, never by phone.",
)
_UNIT = {
    4: "EXERCISE: The humanitarian coordinator's office only.",
    5: "EXERCISE: The national institution only.",
}


@dataclass(frozen=True)
class Consent:
    """scope: 0 to 10 of the handbook's 3.8. It holds from given_on until `until`, unless withdrawn_at is set."""

    scope: int
    given_on: date
    until: date
    how: str
    conditions: str
    withdrawn_at: datetime | None


def draw_consents(rng: np.random.Generator, registered: datetime, now: datetime) -> tuple[Consent, ...]:
    """A defender's consents: most in force, about one person in ten with a lapsed one, one in eleven with a
    withdrawn one."""
    share = np.array([b[1] for b in _BUNDLES])
    scopes = _BUNDLES[int(rng.choice(len(_BUNDLES), p=share / share.sum()))][0]
    given = registered.date()
    how = one(rng, _HOW)
    lapsed, withdrawn = rng.random() < 0.10, rng.random() < 0.09
    consents = []
    for scope in scopes:
        until = max(given, now.date()) + timedelta(days=int(rng.integers(40, 365)))
        if lapsed and scope == scopes[-1]:
            until = max(given + timedelta(days=1), now.date() - timedelta(days=int(rng.integers(2, 60))))
        conditions = _UNIT.get(scope) or (one(rng, _CONDITIONS) if rng.random() < 0.15 else "")
        taken_back = None
        if withdrawn and scope >= 2:
            taken_back = registered + (now - registered) * float(rng.uniform(0.4, 0.95))
            taken_back = taken_back.replace(second=0, microsecond=0)
        consents.append(Consent(scope, given, until, how, conditions, taken_back))
    return tuple(consents)
