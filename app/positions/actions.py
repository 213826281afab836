"""Positions as devices send them: late, doubled, out of order, in batches after hours without a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from flask_babel import gettext as _
from sqlalchemy import text

from app.db import db
from app.errors import Invalid, NotAllowed, NotFound
from app.mission.queries import procedures
from app.positions.body import CarriedFix, Fix, Judged, Receipt, Refused, Result, Stored
from app.positions.carriers import Carrier, named, of_patrol
from app.positions.models import Flag

# Satellites set the clocks of these devices: narrower than the grace of what people write (app/moments.py), for a
# position from ahead would look fresh for longer than it is.
DRIFT = timedelta(minutes=2)
FURTHEST_AHEAD = timedelta(days=1)
OLDEST = timedelta(days=3650)
NOTHING_ODD = Flag(0)

STORE = text("""
SELECT n, flags FROM vigil.store_positions(CAST(:carriers AS bigint[]), CAST(:ats AS timestamptz[]),
    CAST(:lons AS float8[]), CAST(:lats AS float8[]), CAST(:accuracies AS float8[]), CAST(:speeds AS real[]),
    CAST(:courses AS real[]), CAST(:late_after AS interval), CAST(:ahead_after AS interval))
""")
LATEST = text("SELECT at FROM latest_positions WHERE tracked_id = :carrier")
MONTHS_WITHOUT_ROOM = text(
    "SELECT m FROM unnest(CAST(:months AS text[])) m WHERE to_regclass('public.positions_' || m) IS NULL"
)


def store(carriers: Sequence[int], fixes: Sequence[Fix]) -> dict[int, Flag]:
    """Store fixes, each with its carrier's id; index → flags of those that are new. One statement
    (migrations/sql/0041_visits.sql), under the policies of whoever asks."""
    found = db.session.execute(
        STORE,
        {
            "carriers": array(carriers), "ats": array([f.at for f in fixes]), "lons": array([f.lon for f in fixes]),
            "lats": array([f.lat for f in fixes]), "accuracies": array([f.accuracy_metres for f in fixes]),
            "speeds": array([f.speed_kph for f in fixes]), "courses": array([f.course for f in fixes]),
            "late_after": timedelta(minutes=procedures()["position_stale_minutes"]), "ahead_after": DRIFT,
        },
    )  # fmt: skip
    return {row.n - 1: Flag(row.flags) for row in found}


def array(values: Iterable[float | datetime | None]) -> str:
    """PostgreSQL's way to write an array of numbers or times. The driver asks each value anew how it is written, which
    takes longer than all else that is done with a batch here."""
    return f"{{{','.join('NULL' if v is None else str(v) for v in values)}}}"


def report_batch(fixes: Sequence[CarriedFix]) -> Receipt:
    """Store what can be stored of a batch, and say of each fix what became of it. Never raises for a single fix."""
    carriers = named({fix.carrier() for fix in fixes})
    rooms = Rooms(fixes)
    judged: list[Judged] = []
    kept: list[int] = []
    for n, fix in enumerate(fixes):
        carrier = carriers[fix.carrier()]
        reason = carrier if isinstance(carrier, Refused) else rooms.refuses(fix)
        if reason is None and isinstance(carrier, Carrier) and not carrier.may_report:
            reason = Refused.NOT_YOURS
        judged.append(verdict("known" if reason is None else "refused", reason))
        kept += [n] if reason is None else []
    ids = [found.id for n in kept if isinstance(found := carriers[fixes[n].carrier()], Carrier)]
    for index, flags in (store(ids, [fixes[n] for n in kept]) if kept else {}).items():
        judged[kept[index]] = verdict("stored", flags=flags)
    told = [j.result for j in judged]
    return Receipt(
        stored=told.count("stored"),
        known=told.count("known"),
        refused=told.count("refused"),
        positions=judged,
    )


@cache
def verdict(result: Result, reason: Refused | None = None, flags: Flag = NOTHING_ODD) -> Judged:
    """There are a few dozen, and a batch says one of them five hundred times."""
    return Judged(result=result, reason=reason, flags=words(flags))


def words(flags: Flag) -> tuple[str, ...]:
    return tuple(str(flag.name).lower() for flag in flags)


def report_positions(patrol_id: int, fixes: Sequence[Fix]) -> Stored:
    """Store a batch of one patrol's positions; what stands already is left alone.

    Raises NotFound, NotAllowed (neither its leader nor somebody who plans there), or Invalid for the whole batch when
    a time lies in the future or in a month that is no longer kept: the fields say which.
    """
    carrier = of_patrol(patrol_id)
    if carrier is None:
        raise NotFound
    if not carrier.may_report:
        raise NotAllowed(_("Only the patrol’s leader, or who plans patrols there, reports its positions."))
    check_times(fixes)
    added = len(store([carrier.id] * len(fixes), fixes))
    latest = db.session.execute(LATEST, {"carrier": carrier.id}).scalar()
    return Stored(stored=added, known=len(fixes) - added, latest_at=latest)


def check_times(fixes: Sequence[Fix]) -> None:
    now, rooms = datetime.now(UTC), Rooms(fixes)
    wrong = {
        f"positions.{n}.at": _("This lies in the future.")
        for n, fix in enumerate(fixes)
        if fix.at > now + DRIFT
    }
    for n, fix in enumerate(fixes):
        if rooms.refuses(fix) is not None:
            wrong.setdefault(f"positions.{n}.at", _("Positions of this month are no longer kept."))
    if wrong:
        raise Invalid(
            _("Some positions can’t be kept. Nothing was stored; send the others again without them."),
            fields=wrong,
        )


class Rooms:
    """Which of these times the table has room for: those that are near enough, in a month that is kept."""

    def __init__(self, fixes: Sequence[Fix]) -> None:
        self.now = datetime.now(UTC)
        self.first, self.last = self.now - OLDEST, self.now + FURTHEST_AHEAD
        near = [fix.at for fix in fixes if self.first < fix.at < self.last]
        months = list(months_between(min(near), max(near))) if near else []
        lost = set(db.session.scalars(MONTHS_WITHOUT_ROOM, {"months": [f"{m:%Y%m}" for m in months]}))
        # A batch lies in one month or two, mostly kept: to name the month of each fix would take longer than to check it.
        self.lost = [(m, next_month(m)) for m in months if f"{m:%Y%m}" in lost]

    def refuses(self, fix: Fix) -> Refused | None:
        if fix.at >= self.last:
            return Refused.TOO_FAR_AHEAD
        if fix.at <= self.first or any(begin <= fix.at < end for begin, end in self.lost):
            return Refused.TOO_OLD
        return None


def months_between(first: datetime, last: datetime) -> Iterator[datetime]:
    """The first moment, in UTC, of each month from that of `first` to that of `last`."""
    month = first.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: datetime) -> datetime:
    return (month + timedelta(days=31)).replace(day=1)
