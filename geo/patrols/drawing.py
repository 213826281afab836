"""Drawing the day's plan from a mix, so that nobody can foretell it and anybody can check it afterwards.

The seed is 32 bytes from the operating system, sealed until the day is over; its commitment is published before. The
algorithm uses HMAC-SHA256 (RFC 2104) in counter mode (NIST SP 800-108) and whole numbers alone, so that ten lines of any
language do the same:

    commitment = hex of SHA256("vigil patrol draw v1" || 0x00 || seed)
    number(i)  = HMAC-SHA256(key = seed, message = "vigil patrol draw v1" || 0x00 || day || 0x00 || i) big-endian
                 day: the date as YYYY-MM-DD in ASCII. i: 8 bytes, big-endian.
    weights    = each probability times 10^12, rounded to a whole number, halves to even
    plan       = the first whose cumulative weight exceeds number(0) mod (sum of all weights)
    start of unit u = its earliest start + number(1 + u) mod (its slack + 1), in minutes; u counts from 0

A remainder favours small results by less than 2^-200: nobody can tell. Plans, their order and their probabilities must be
sealed together with the commitment (`Terms.digest`), or whoever holds the seed could choose the mix to suit the draw; and
with them which sites and units their numbers mean, or whoever keeps the list could put another site in a row of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

DOMAIN = b"vigil patrol draw v1"
SEED_BYTES = 32
WHOLE = 10**12


@dataclass(frozen=True)
class Terms:
    """What is drawn from: plans (for each unit its sites in order) with probabilities, and when units may start.

    earliest: (m,) minutes after midnight for each unit. slack: (m,) minutes by which it may start later. sites: the id of
    the site that each number in a plan means. units: (m,) the id of each unit, which stands as often as it goes out. Both
    may be left out where nothing is sealed.

    Raises:
        ValueError: no plans, numbers that don't fit one another, probabilities below 0 or not summing to 1 within 10^-6.
    """

    plans: tuple[tuple[tuple[int, ...], ...], ...]
    probabilities: tuple[float, ...]
    earliest: tuple[int, ...]
    slack: tuple[int, ...]
    sites: tuple[int, ...] = ()
    units: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.plans or len(self.plans) != len(self.probabilities):
            raise ValueError("Each plan needs its probability.")
        if min(self.probabilities) < 0 or abs(sum(self.probabilities) - 1) > 1e-6:
            raise ValueError("Probabilities lie from 0 to 1 and sum to 1.")
        units = {len(plan) for plan in self.plans} | {len(self.earliest), len(self.slack)}
        if len(units) != 1 or any(each < 0 for each in (*self.earliest, *self.slack)):
            raise ValueError("Each unit needs a route in every plan, a start and a slack of 0 or more.")
        stops = [stop for plan in self.plans for route in plan for stop in route]
        if self.sites and not 0 <= min(stops, default=0) <= max(stops, default=0) < len(self.sites):
            raise ValueError("Plans go to sites that are named.")
        if self.units and len(self.units) != len(self.earliest):
            raise ValueError("Each unit is named once.")

    @property
    def weights(self) -> tuple[int, ...]:
        return tuple(round(each * WHOLE) for each in self.probabilities)

    @property
    def digest(self) -> str:
        """Hex of SHA-256 of plans, weights, starts, slacks, sites and units as JSON without spaces, keys in order: sealed
        beside the commitment."""
        told = {
            "earliest": self.earliest,
            "plans": self.plans,
            "sites": self.sites,
            "slack": self.slack,
            "units": self.units,
            "weights": self.weights,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True)
class Drawn:
    """plan: which of the terms' plans, from 0. starts: (m,) minutes after midnight of each unit's start."""

    plan: int
    starts: tuple[int, ...]


def commitment(seed: bytes) -> str:
    """What is published of a seed before the day: 64 hexadecimal digits.

    Raises:
        ValueError: a seed that hasn't 32 bytes.
    """
    return hashlib.sha256(DOMAIN + b"\0" + _of_length(seed)).hexdigest()


def drawn(terms: Terms, seed: bytes, day: date) -> Drawn:
    """The day's plan and starts. The same seed, terms and day always give the same.

    Raises:
        ValueError: a seed that hasn't 32 bytes.
    """
    _of_length(seed)
    place = _number(seed, day, 0) % sum(terms.weights)
    chosen = bisect_right(list(accumulate(terms.weights)), place)
    starts = (
        start + _number(seed, day, 1 + unit) % (slack + 1)
        for unit, (start, slack) in enumerate(zip(terms.earliest, terms.slack, strict=True))
    )
    return Drawn(chosen, tuple(starts))


def check_drawn(
    told: Drawn, terms: Terms, seed: bytes, day: date, *, committed: str, digest: str
) -> Sequence[str]:
    """What speaks against a draw once its seed is open, as codes: seed_length, seed, terms, plan, starts; empty if it was
    fair.

    committed, digest: what was sealed before the day.
    """
    if len(seed) != SEED_BYTES:
        return ["seed_length"]
    found = []
    if not hmac.compare_digest(commitment(seed), committed):
        found.append("seed")
    if not hmac.compare_digest(terms.digest, digest):
        found.append("terms")
    right = drawn(terms, seed, day)
    if told.plan != right.plan:
        found.append("plan")
    if told.starts != right.starts:
        found.append("starts")
    return found


def _of_length(seed: bytes) -> bytes:
    if len(seed) != SEED_BYTES:
        raise ValueError("A seed has 32 bytes.")
    return seed


def _number(seed: bytes, day: date, count: int) -> int:
    message = DOMAIN + b"\0" + day.isoformat().encode() + b"\0" + count.to_bytes(8, "big")
    return int.from_bytes(hmac.digest(seed, message, "sha256"), "big")
