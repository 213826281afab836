"""Watching, live: each rule's readings against its record; what the record lacks is written, and who must know is told.

Runs in the rules' process (workers/rules.py), for the house. Judging twice writes nothing the second time: a lapse opens
once under a unique key, and so does its alert.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.db import db
from app.locks import Lock
from app.rules import facts, looking
from app.rules.looking import KnownOf, Spec, Subject, at
from app.rules.models import Rule, RuleLapse, RuleVersion, RuleWatch
from app.rules.parameters import STORED, AbsenceRule
from app.rules.parameters import fenced as by_fence
from app.rules.recording import apply, close_all
from geo.projection import ShapeError
from geo.watching.fences import Fences, Track, into_fences
from geo.watching.lapses import Known, Lapse, Reading, begin, judge

log = logging.getLogger("vigil.rules")

# What is told by a fix older than this is a matter of record.
PAGE_WITHIN = 1800.0
# Transactions that began before the last look and were committed after it.
OVERLAP = timedelta(minutes=2)
# A rule that is new, or says something else than before, looks so far back.
FIRST_LOOK = timedelta(days=1)


def enabled() -> tuple[list[Spec], set[int]]:
    """The rules that are on and can be read, and the numbers of all that are on: one that nobody can read, whoever wrote
    it there, keeps no other from watching."""
    found = db.session.execute(
        select(Rule, RuleVersion)
        .join(RuleVersion, (RuleVersion.rule_id == Rule.id) & (RuleVersion.version == Rule.version))
        .where(Rule.enabled_at.is_not(None))
        .order_by(Rule.id)
    ).all()
    specs = []
    for rule, version in found:
        try:
            specs.append(spec_of(rule, version))
        except ValueError as error:
            log.error("rule not read", extra={"rule": rule.id, "error": type(error).__name__})
    return specs, {rule.id for rule, _version in found}


def spec_of(rule: Rule, version: RuleVersion) -> Spec:
    return Spec(
        rule.id, version.version, rule.sector_id, STORED.validate_python(version.parameters),
        None if version.area is None else facts.shape_of(version.area), version.priority, version.alert_kind,
        version.name, rule.enabled_at,
    )  # fmt: skip


def known_of(rules: Sequence[int], since: datetime) -> dict[int, KnownOf]:
    """The record of each rule and subject: what is open, and what was at some time since then."""
    rows = db.session.scalars(
        select(RuleLapse).where(
            RuleLapse.rule_id.in_(rules), RuleLapse.withdrawn_at.is_(None),
            RuleLapse.cleared_at.is_(None) | (RuleLapse.cleared_at >= since),
        )
    )  # fmt: skip
    found: dict[int, KnownOf] = {rule: {} for rule in rules}
    for row in rows:
        own = found[row.rule_id].setdefault(row.subject, [])
        own.append(Known(row.id, lapse_of(row), row.paged_at is not None))
    return found


def lapse_of(row: RuleLapse) -> Lapse:
    return Lapse(
        row.opened_at.timestamp(), float(row.explanation["value"]), facts.seconds(row.amber_at),
        facts.seconds(row.red_at), facts.seconds(row.cleared_at),
    )  # fmt: skip


def watch_all(now: datetime | None = None) -> int:
    """Look once with every rule that is enabled; how many changes were written, none while another process looks. A rule
    that can't be judged is undone alone and keeps none of the others from it; on the page it stands as not having
    looked."""
    if not db.session.execute(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": Lock.RULES}).scalar():
        return 0
    moment = now or datetime.now(UTC)
    specs, on = enabled()
    close_all(on, moment)
    fenced = [s for s in specs if by_fence(s.parameters)]
    changes = at_fences(fenced, moment) if fenced else 0
    for spec in specs:
        if not by_fence(spec.parameters):
            changes += alone(spec, moment)
    return changes


def alone(spec: Spec, now: datetime) -> int:
    """One rule that is judged by tables. A rule that can't be judged is logged and leaves the others alone."""
    try:
        with db.session.begin_nested():
            since = now - looking.LOOK_BACK
            known = known_of([spec.rule_id], since - period_of(spec))[spec.rule_id]
            subjects = looking.others(spec, known, since.timestamp(), now.timestamp())
            changes = written(spec, subjects, known, now)
            came_so_far([spec], now)
            return changes
    except Exception as error:
        return not_judged(spec, error)


def at_fences(specs: Sequence[Spec], now: datetime) -> int:
    """The pass over all rules of areas: what breaks it leaves those that are judged by tables alone."""
    try:
        with db.session.begin_nested():
            return look_at_fences(specs, now)
    except Exception as error:
        return not_judged(specs[0], error)


def not_judged(spec: Spec, error: Exception) -> int:
    """The log says which rule and what kind of error. Where the database is gone nothing more can be judged: the look
    ends, and begins anew once it is back."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error
    log.error("rule not judged", extra={"rule": spec.rule_id, "error": type(error).__name__})
    return 0


def period_of(spec: Spec) -> timedelta:
    return timedelta(hours=2 * getattr(spec.parameters, "period_hours", 0))


def written(spec: Spec, subjects: Iterable[Subject], known: KnownOf, now: datetime) -> int:
    bands, count = spec.parameters.bands(), 0
    for subject in subjects:
        own = known.get(subject.key, [])
        found = judge(subject.readings, bands, own, now.timestamp(), PAGE_WITHIN, subject.ended)
        for change in found:
            apply(spec, subject, change, now)
        count += len(found)
    return count


CAME_SO_FAR = text("""
INSERT INTO rule_watches (rule_id, version, seen_until, present_at, ran_at)
SELECT r.id, r.version, :now, CAST(:present AS timestamptz), :now
FROM unnest(CAST(:rules AS bigint[]), CAST(:versions AS bigint[])) AS r (id, version)
ON CONFLICT (rule_id) DO UPDATE SET version = excluded.version, seen_until = excluded.seen_until,
    present_at = excluded.present_at, ran_at = excluded.ran_at
""")


def came_so_far(specs: Sequence[Spec], now: datetime, present: datetime | None = None) -> None:
    rules = {"rules": [s.rule_id for s in specs], "versions": [s.version for s in specs]}
    db.session.execute(CAME_SO_FAR, {**rules, "now": now, "present": present})


def look_at_fences(specs: Sequence[Spec], now: datetime) -> int:
    """All rules of areas, distances and absences in one pass over what has arrived since the last."""
    marks = {w.rule_id: w for w in db.session.scalars(select(RuleWatch))}
    standing = {s.rule_id: marks[s.rule_id] for s in specs if looked_before(s, marks.get(s.rule_id))}
    last = min(
        standing[s.rule_id].seen_until or now if s.rule_id in standing else now - FIRST_LOOK for s in specs
    )
    ours = facts.carriers(now - timedelta(days=8))
    arrived = {c: moment for c, moment in facts.arrived_since(last - OVERLAP).items() if c in ours}
    known = known_of([s.rule_id for s in specs], now - timedelta(days=8))
    wanted = {c: start_of(c, moment, ours, specs, known) for c, moment in arrived.items()}
    before = facts.last_before(wanted)
    wanted |= {c: min(wanted[c], start_of(c, b, ours, specs, known)) for c, b in before.items()}
    areas = [(s, area) for s in specs if (area := fence_of(s)) is not None]
    found: dict[int, list[Subject]] = {}
    if areas:
        fences = Fences([area for _spec, area in areas])
        for some in by_hundreds(wanted):
            for spec, subject in near(fences, [spec for spec, _area in areas], some, ours, known, now):
                found.setdefault(spec.rule_id, []).append(subject)
    # Most of a thousand areas have seen nobody and hold nothing open: nothing to judge, one statement for all of them.
    quiet = {
        spec.rule_id: spec
        for spec in specs
        if not (isinstance(spec.parameters, AbsenceRule) or spec.rule_id in found or known[spec.rule_id])
    }
    came_so_far(list(quiet.values()), now)
    return sum(
        fenced(spec, found.get(spec.rule_id, []), known[spec.rule_id], standing.get(spec.rule_id), ours, now)
        for spec in specs
        if spec.rule_id not in quiet
    )


def by_hundreds(wanted: dict[int, datetime]) -> Iterator[dict[int, datetime]]:
    """So many carriers at once that a week without a line fits into memory."""
    items = list(wanted.items())
    for start in range(0, len(items), 100):
        yield dict(items[start : start + 100])


def near(
    fences: Fences, specs: Sequence[Spec], wanted: dict[int, datetime], ours: dict[int, facts.Carrier],
    known: dict[int, KnownOf], now: datetime,
) -> Iterator[tuple[Spec, Subject]]:  # fmt: skip
    """What these carriers did at the fences that they came near, or of which the record knows them."""
    tracks = facts.tracks(wanted, now)
    numbers, told = list(tracks), set()
    reach = max(looking.reach_of(spec) for spec in specs)
    for fence, which, readings in into_fences(fences, list(tracks.values()), reach):
        spec, carrier = specs[fence], ours[numbers[which]]
        if looking.watches(spec, carrier):
            told.add((spec.rule_id, carrier.id))
            subject = Subject(f"tracked:{carrier.id}", looking.turned(spec, readings), carrier.ended)
            yield spec, subject
    for spec in specs:
        for number, track in tracks.items():
            if f"tracked:{number}" in known[spec.rule_id] and (spec.rule_id, number) not in told:
                yield spec, outside(spec, ours[number], track)


def outside(spec: Spec, carrier: facts.Carrier, track: Track) -> Subject:
    """A carrier of the record that has not come near the fence since."""
    far = -looking.reach_of(spec)
    readings = [
        Reading(float(t), -np.inf, far, float(x), float(y))
        for t, x, y in zip(track.at, track.lon, track.lat, strict=True)
    ]
    return Subject(f"tracked:{carrier.id}", looking.turned(spec, readings), carrier.ended)


def fence_of(spec: Spec) -> BaseGeometry | None:
    """A rule whose area can't be made keeps no other from it: it is without one, and the log says so."""
    try:
        return looking.fence_of(spec)
    except ShapeError:
        log.error("rule without an area", extra={"rule": spec.rule_id})
        return None


def looked_before(spec: Spec, mark: RuleWatch | None) -> bool:
    """Whether this very version has looked since it was last enabled."""
    if mark is None or mark.version != spec.version:
        return False
    return spec.since is None or mark.ran_at >= spec.since


def start_of(
    carrier: int,
    moment: datetime,
    ours: dict[int, facts.Carrier],
    specs: Sequence[Spec],
    known: dict[int, KnownOf],
) -> datetime:
    """How early fixes of this carrier are needed by any rule that watches it."""
    starts = [
        begin(moment.timestamp(), known[s.rule_id].get(f"tracked:{carrier}", []), s.parameters.bands())
        for s in specs
        if not isinstance(s.parameters, AbsenceRule) and looking.watches(s, ours[carrier])
    ]
    return at(min(starts, default=moment.timestamp()))


def fenced(
    spec: Spec, near: Sequence[Subject], known: KnownOf, mark: RuleWatch | None, ours: dict[int, facts.Carrier],
    now: datetime,
) -> int:  # fmt: skip
    """One rule's part of the pass."""
    try:
        with db.session.begin_nested():
            if isinstance(spec.parameters, AbsenceRule):
                return absent(spec, near, known, mark, now)
            told = {subject.key for subject in near}
            gone = [ending(spec, key, ours, now) for key in known if key not in told]
            changes = written(spec, [*near, *gone], known, now)
            came_so_far([spec], now)
            return changes
    except Exception as error:
        return not_judged(spec, error)


def ending(spec: Spec, key: str, ours: dict[int, facts.Carrier], now: datetime) -> Subject:
    """Something with a record of which nothing new has come: still as it was, or no longer watched."""
    carrier = ours.get(int(key.removeprefix("tracked:")))
    if carrier is None or not looking.watches(spec, carrier):
        return Subject(key, [], now.timestamp())
    return Subject(key, [], carrier.ended)


def absent(spec: Spec, near: Sequence[Subject], known: KnownOf, mark: RuleWatch | None, now: datetime) -> int:
    """No patrol in an area. The first look asks the past how long there has been none."""
    present = sorted({r.at for subject in near for r in subject.readings if r.low >= 0.0})
    if mark is None or mark.present_at is None:
        start = now.timestamp() - spec.parameters.bands().red
        present = looking.presence(spec, start, now.timestamp())
    else:
        start = mark.present_at.timestamp()
    changes = written(spec, [looking.absence(spec, present, start, now.timestamp())], known, now)
    came_so_far([spec], now, at(max([start, *present])))
    return changes
