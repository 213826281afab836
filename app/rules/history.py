"""A rule held against what has happened: what it would have seen, when and where. Reads with the viewer's own rights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _

from app.errors import Invalid
from app.rules import facts, looking, wording
from app.rules.looking import Spec, Subject, at
from app.rules.parameters import AbsenceRule, CheckInRule
from app.rules.parameters import fenced as by_fence
from app.unread import sentence
from geo.projection import ShapeError
from geo.watching.fences import Fences, into_fences
from geo.watching.lapses import Lapse, lapses

MOST_TOLD = 200


@dataclass(frozen=True)
class Firing:
    """One time that the rule would have fired. lon, lat in degrees, None where it has no place."""

    label: str
    why: str
    state: str
    opened_at: datetime
    cleared_at: datetime | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class History:
    """`since`: from when on there was something to look at; `firings`: the newest first, at most 200 of `count`."""

    since: datetime
    until: datetime
    count: int
    reds: int
    firings: list[Firing]


def held_against(spec: Spec, days: int) -> History:
    if isinstance(spec.parameters, CheckInRule) and spec.parameters.of == "protected":
        raise Invalid(
            _(
                "When people under protection were heard of is for their files alone: no rule is tried against it."
            )
        )
    until = datetime.now(UTC)
    since = until - timedelta(days=days)
    found: list[tuple[str, Lapse]] = []
    for subject in subjects(spec, since.timestamp(), until.timestamp()):
        for lapse in lapses(subject.readings, spec.parameters.bands(), ended=subject.ended):
            if lapse.cleared_at is None or lapse.cleared_at > since.timestamp():
                found.append((subject.key, lapse))
    found.sort(key=lambda pair: -pair[1].opened_at)
    called = facts.labels(key for key, _lapse in found[:MOST_TOLD])
    told = [firing(spec, key, lapse, called) for key, lapse in found[:MOST_TOLD]]
    return History(since, until, len(found), sum(lapse.red_at is not None for _k, lapse in found), told)


def firing(spec: Spec, key: str, lapse: Lapse, called: dict[str, str]) -> Firing:
    label = called.get(key, wording.serial(key))
    return Firing(
        label, wording.explained(spec.parameters, label, lapse), "red" if lapse.red_at is not None else "amber",
        at(lapse.opened_at), None if lapse.cleared_at is None else at(lapse.cleared_at), lapse.lon, lapse.lat,
    )  # fmt: skip


def subjects(spec: Spec, since: float, until: float) -> Iterator[Subject]:
    if not by_fence(spec.parameters):
        yield from looking.others(spec, {}, since, until)
    elif isinstance(spec.parameters, AbsenceRule):
        yield looking.absence(spec, looking.presence(spec, since, until), since, until)
    else:
        yield from fenced(spec, since, until)


def fenced(spec: Spec, since: float, until: float) -> Iterator[Subject]:
    try:
        area = looking.fence_of(spec)
    except ShapeError as refused:
        raise Invalid(sentence(refused)) from None
    ours = {n: c for n, c in facts.carriers(at(since)).items() if looking.watches(spec, c)}
    tracks = facts.tracks(dict.fromkeys(ours, at(since)), at(until), most=facts.MOST_FIXES)
    if area is None or not tracks:
        return
    numbers = list(tracks)
    for _fence, which, readings in into_fences(Fences([area]), list(tracks.values()), looking.reach_of(spec)):
        carrier = ours[numbers[which]]
        yield Subject(f"tracked:{carrier.id}", looking.turned(spec, readings), carrier.ended)
