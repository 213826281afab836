"""Breaking a sound body in one place; and whether anything was left behind by what was refused."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from hypothesis import strategies as st

# Stands nowhere else: a refusal that holds it has repeated what was sent.
SENT = "Zwickelbrot"
# Fields that hold a time, and fields that hold a place.
MOMENTS = {
    "at", "due_at", "occurred_at", "occurred_from", "occurred_to", "planned_start", "planned_end",
    "arrive_planned", "depart_planned", "review_on", "inspected_on", "since", "until", "given_on",
}  # fmt: skip
PLACES = {"place", "centre", "stop_1"}
MARKUP = (
    f"{SENT}\"'></title></textarea></script><img src=x onerror=alert(1)><script>alert(2)</script>"
    "${alert(3)}{{7*7}}{% raw %}<!--"
)
ZONE_J = "211430JNOV26"
UNKNOWN_MGRS = ("99Z ZZ 00 00", "I0N OA 22 66", "31N BA 2 66", "31N\x00BA", "31N BA " + "1" * 30)


def nested(depth: int) -> Any:
    value: Any = 1
    for _n in range(depth):
        value = [value]
    return value


def polygon(corners: int) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[0.5, 0.5]] * corners]}


# What no field of any body takes.
IMPOSSIBLE: list[Any] = [
    math.nan, math.inf, -math.inf, f"{SENT}\x00", f"{SENT}\ud800", nested(40), {SENT: nested(40)}, polygon(20_000),
]  # fmt: skip
# What some field might take, and no other may break on.
ODD: list[Any] = [
    None, True, [], {}, [[]], [None], {SENT: SENT}, "", " ", SENT, MARKUP, SENT * 20_000, 0, -1, 1.5, 10**30, -(10**30),
    2**63, 2**31, 1e308, -0.0, "1", "NaN", "1e999", ZONE_J, "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00", "2026-11-21T14:30:00", "2026-02-30", "310000ZFEB26", "211430ZNOV26",
    "00000000-0000-0000-0000-000000000000", "\u202e\u0000"[:1], "²", "١٢", polygon(3), {"mgrs": UNKNOWN_MGRS[0]},
    {"lon": 181, "lat": 91}, {"lon": 0.5, "lat": None}, {"code": SENT}, ["x"] * 1000,
]  # fmt: skip


@dataclass(frozen=True)
class Broken:
    body: Any
    impossible: bool


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside a body, and to the body itself."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*at, key))


def put(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    """A copy of the body with another value at that place."""
    if not at:
        return value
    made = copy.deepcopy(body)
    holder = made
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = value
    return made


@st.composite
def broken(draw: st.DrawFn, body: Any) -> Broken:
    at = draw(st.sampled_from(list(places(body))))
    way = draw(st.sampled_from(("odd", "odd", "impossible", "any", "unknown key", "left out")))
    if way == "left out" and at and isinstance(at[-1], str):
        made = copy.deepcopy(body)
        holder = made
        for key in at[:-1]:
            holder = holder[key]
        del holder[at[-1]]
        return Broken(made, False)
    if way == "unknown key":
        return Broken(put(body, at, {SENT: 1, **(body if not at else {})}), isinstance(body, dict) and not at)
    if way == "any":
        return Broken(put(body, at, draw(ANY)), False)
    value = draw(st.sampled_from(IMPOSSIBLE if way == "impossible" else ODD))
    return Broken(put(body, at, value), way == "impossible")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates().map(str)
    | st.datetimes(timezones=st.timezones()).map(lambda d: d.isoformat()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def written(body: Any) -> bytes:
    """As JSON, NaN and infinities as Python writes them, lone surrogates and NUL as escapes."""
    return json.dumps(body).encode()


# That somebody came is noted, whatever he sends; and no map projection is ours.
COMINGS = {"sessions", "session_sightings", "spatial_ref_sys"}


State = dict[str, tuple[Any, ...]]


class Watch:
    """What stands in the database: how many rows each table has, and which transaction wrote the newest of them.

    Nobody else writes there: what it was after the one request is what it is before the next, and is not asked for again,
    unless `forget` says that something was written."""

    def __init__(self, owner: psycopg.Connection) -> None:
        names = owner.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
            "AND NOT relispartition ORDER BY 1"
        )
        each = [
            f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM \"{name}\""
            for (name,) in names
            if name not in COMINGS
        ]
        assert len(each) > 30
        # A hundred small tables: forking processes to count them side by side takes fifty times as long as counting.
        owner.execute("SET max_parallel_workers_per_gather = 0")
        self.owner, self.statement = owner, " UNION ALL ".join(each)
        self.last: State | None = None

    def state(self, but: frozenset[str] = frozenset()) -> State:
        """Of each table, except these."""
        if self.last is None:
            self.last = {row[0]: row[1:] for row in self.owner.execute(self.statement)}  # type: ignore[call-overload]
        return {table: held for table, held in self.last.items() if table not in but}

    def forget(self) -> None:
        self.last = None
