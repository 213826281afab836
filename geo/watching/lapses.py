"""Rules that watch: from readings of one thing under one rule to lapses: calm → amber → red → all clear.

A reading is an interval: the value is in a band only when `low` is, and out of it only when `high` is; between,
nothing changes. Larger is worse throughout: metres into an area (negative outside), seconds without a patrol,
incidents within a period. Times are seconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

# Late points are judged anew with what stands around them, as far back as this.
FURTHEST_BACK = 7 * 86_400.0


class Reading(NamedTuple):
    """What one look told: the value is surely at least `low` and at most `high`. lon, lat in degrees where it was."""

    at: float
    low: float
    high: float
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Bands:
    """From which value on a rule is red, and amber if it has such a band; below `clear` it has recovered.

    `dwell` and `recover`: seconds for which it must hold before it counts. `crossing`: only what was not yet in the band
    when it was first seen (entering, leaving). Raises ValueError where the bands are not in order.
    """

    red: float
    clear: float
    amber: float | None = None
    dwell: float = 0.0
    recover: float = 0.0
    crossing: bool = False

    def __post_init__(self) -> None:
        if not self.clear <= self.first <= self.red:
            raise ValueError("the bands are not in order: clear, amber, red")

    @property
    def first(self) -> float:
        """Where a lapse begins."""
        return self.red if self.amber is None else self.amber

    @property
    def reach(self) -> float:
        """How far around a point, in seconds, its neighbours decide what it means."""
        return 2 * max(self.dwell, self.recover) + 600.0


@dataclass(frozen=True)
class Lapse:
    """One firing, with what explains it. `opened_at`: since when it was surely so; `amber_at` and `red_at`: when it
    had held long enough to count; `cleared_at`: when it had surely been over for long enough. value, lon and lat: of
    the reading that brought its present band."""

    opened_at: float
    value: float
    amber_at: float | None = None
    red_at: float | None = None
    cleared_at: float | None = None
    lon: float | None = None
    lat: float | None = None

    @property
    def open(self) -> bool:
        return self.cleared_at is None

    @property
    def fired_at(self) -> float:
        return min(t for t in (self.amber_at, self.red_at) if t is not None)

    def meets(self, other: Lapse) -> bool:
        """Whether the two have a moment in common."""
        mine = float("inf") if self.cleared_at is None else self.cleared_at
        theirs = float("inf") if other.cleared_at is None else other.cleared_at
        return self.opened_at <= theirs and other.opened_at <= mine


class Held:
    """Since when something has been surely so. A doubtful reading neither begins nor ends it; but what is sure again only
    after doubts of more than `doubts` seconds begins anew."""

    def __init__(self, doubts: float) -> None:
        self.doubts = doubts
        self.since: float | None = None
        self._last: float | None = None
        self._doubted = False

    def take(self, at: float, surely: bool, surely_not: bool) -> float | None:
        """For how many seconds it has held, by this reading itself; None where this reading does not say so."""
        if surely_not:
            self.since = None
        if not surely:
            self._doubted = True
            return None
        too_long = self._doubted and self._last is not None and at - self._last > self.doubts
        if self.since is None or too_long:
            self.since = at
        self._last, self._doubted = at, False
        return at - self.since


class Watch:
    """The state machine of one thing under one rule. Takes readings in the order of their times."""

    def __init__(self, bands: Bands, lapse: Lapse | None = None) -> None:
        self.bands = bands
        self.lapse = lapse
        self._armed: bool | None = True if lapse or not bands.crossing else None
        self._rest()

    def _rest(self) -> None:
        self._first, self._red = Held(self.bands.dwell + 600.0), Held(self.bands.dwell + 600.0)
        self._clear = Held(self.bands.recover + 600.0)

    def take(self, reading: Reading) -> Lapse | None:
        """The lapse that ends with this reading; what is open stands in `lapse`."""
        at, low, high = reading.at, reading.low, reading.high
        bands, first = self.bands, self.bands.first
        if self._armed is None:
            self._armed = low < first  # already in it when first seen: nothing was entered
        if not self._armed:
            self._armed = high < bands.clear
            return None
        held = self._first.take(at, low >= first, high < first)
        red = self._red.take(at, low >= bands.red, high < bands.red)
        clear = self._clear.take(at, high < bands.clear, low >= bands.clear)
        if held is not None:
            self._worsen(reading, held, red)
        if self.lapse is None or clear is None or clear < bands.recover:
            return None
        ended = replace(self.lapse, cleared_at=at)
        self.lapse = None
        self._rest()
        return ended

    def _worsen(self, reading: Reading, held: float, red: float | None) -> None:
        at, reddens = reading.at, red is not None and red >= self.bands.dwell
        if self.lapse is None and held >= self.bands.dwell:
            amber_at = None if reddens else at
            self.lapse = Lapse(at - held, reading.low, amber_at, lon=reading.lon, lat=reading.lat)
        if self.lapse is not None and self.lapse.red_at is None and reddens:
            self.lapse = replace(self.lapse, red_at=at, value=reading.low, lon=reading.lon, lat=reading.lat)


def in_order(readings: Iterable[Reading]) -> list[Reading]:
    """By time, each moment once: of two told for one moment the first told stands."""
    found: dict[float, Reading] = {}
    for reading in readings:
        found.setdefault(reading.at, reading)
    return [found[at] for at in sorted(found)]


def lapses(
    readings: Iterable[Reading], bands: Bands, standing: Lapse | None = None, ended: float | None = None
) -> list[Lapse]:
    """Every lapse of these readings, whatever their order. `standing`: open when they begin. `ended`: from then on
    the thing is no longer watched (a patrol is back): what is open then is over."""
    watch = Watch(bands, standing)
    found = []
    for reading in in_order(readings):
        if ended is not None and reading.at >= ended:
            break
        over = watch.take(reading)
        if over is not None:
            found.append(over)
    if watch.lapse is not None:
        found.append(watch.lapse if ended is None else replace(watch.lapse, cleared_at=ended))
    return found


@dataclass(frozen=True)
class Known:
    """A lapse of the record; `paged` once somebody has been told of it."""

    id: int
    lapse: Lapse
    paged: bool = False


@dataclass(frozen=True)
class Change:
    """What a record lacks: a new lapse (`id` None), other times or another band of one that stands, or that one never was
    (`lapse` None). `page`: it is red, it is still so, and nobody has been told."""

    id: int | None
    lapse: Lapse | None
    page: bool = False


def begin(earliest: float, known: Sequence[Known], bands: Bands) -> float:
    """From when on readings are needed to judge one that was made at `earliest`: never from the middle of what makes
    a known lapse begin or end, since half of it would tell another story. Where the last reading before that lies still
    further back, ask again with it, once: what it was the end of counts too."""
    start = earliest - bands.reach
    marks = sorted(
        (m for k in known for m in (k.lapse.opened_at, k.lapse.amber_at, k.lapse.red_at, k.lapse.cleared_at)
         if m is not None),
        reverse=True,
    )  # fmt: skip
    for mark in marks:
        if start < mark <= start + bands.reach:
            start = mark - bands.reach
    return max(start, earliest - FURTHEST_BACK)


def judge(
    readings: Sequence[Reading], bands: Bands, known: Sequence[Known], now: float, page_within: float,
    ended: float | None = None,
) -> list[Change]:  # fmt: skip
    """What the record of one thing under one rule lacks, given readings since `begin()`.

    What arrives late, doubled or out of order changes the record and nothing else: only what is so now, by a reading that
    is at most `page_within` seconds old, is worth paging somebody for. Judging twice changes nothing the second time.
    """
    told = in_order(readings)
    if not told:
        gone = [k for k in known if k.lapse.open] if ended is not None else []
        return [Change(k.id, replace(k.lapse, cleared_at=ended)) for k in gone]
    start, newest = told[0].at, told[-1].at
    before = [k for k in known if k.lapse.fired_at <= start]
    at_start = next((k for k in before if k.lapse.cleared_at is None or k.lapse.cleared_at > start), None)
    standing = replace(at_start.lapse, cleared_at=None) if at_start else None
    if standing is not None and standing.red_at is not None and standing.red_at > start:
        standing = replace(standing, red_at=None)
    found = lapses(told, bands, standing, ended)
    fresh = now - newest <= page_within
    unmatched = [k for k in known if k not in before or k is at_start]
    changes = []
    for lapse in found:
        match = next((k for k in unmatched if k.lapse.meets(lapse)), None)
        if match is not None:
            unmatched.remove(match)
        page = lapse.red_at is not None and lapse.open and fresh and not (match and match.paged)
        if match is None:
            changes.append(Change(None, lapse, page))
        elif page or times(match.lapse) != times(lapse):
            changes.append(Change(match.id, lapse, page))
    return changes + [Change(k.id, None) for k in unmatched]


def times(lapse: Lapse) -> tuple[float | None, ...]:
    return (lapse.opened_at, lapse.amber_at, lapse.red_at, lapse.cleared_at)
