"""An evacuation as `geo.evacuation.problem.Problem`: havens and their rules, roads as they hold now, escorts.

Who may not know of a haven plans without it, and so does whoever did not ask for restricted ones: what is left over,
and for want of how many places, is then the same as if it did not exist. Places that another order in force gives
away are not free (promises.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, func, or_, select

from app.db import db
from app.errors import Conflict, Invalid
from app.evacuations import area
from app.evacuations.body import PlanBody
from app.evacuations.models import Evacuation
from app.evacuations.promises import taken
from app.havens import queries as havens
from app.havens.by_road import inside_threats
from app.havens.models import OPENLY_KNOWN, Haven, HavenState
from app.havens.register_models import HavenRecord, MedicalLevel
from app.mission.models import Place
from app.roads.network import ground, said, season_at, threatened_links
from geo.evacuation.problem import Escort, Group, Problem
from geo.evacuation.problem import Haven as Shelter
from geo.road_joining import joined
from geo.roads import slowed

# Vehicles that a road bears in an hour in a column under escort: house values, by class.
BEARS = {"main": 120, "secondary": 60, "track": 30}
OTHERS_BEAR = 20
# How many times as long a road under threat is taken to be when ways are chosen, beside being slower.
AVOID = 3.0
WAVES, HORIZON = 12, 48 * 60.0
# So many at most are weighed for each place, so that a plan is answered at once.
MOST_HAVENS = 200
WAITING = (HavenState.STANDBY.value, HavenState.CLOSED.value)


@dataclass(frozen=True, eq=False)
class Gathered:
    """places, shelters, units: rows in the order of the problem's groups, havens and escorts. waiting: havens that could
    be opened, at `waiting_nodes`. exposed: open havens that were left out, since they lie in an active threat's area;
    farther: how many others were, since there were too many."""

    problem: Problem
    places: list[Row[Any]]
    shelters: list[Row[Any]]
    units: list[Row[Any]]
    waiting: list[Row[Any]]
    waiting_nodes: NDArray[np.intp]
    exposed: list[Row[Any]]
    farther: int


def gathered(evacuation: Evacuation, asked: PlanBody) -> Gathered:
    """Raises Invalid (people at a place or vehicles of a unit that are none of this evacuation's, nobody to bring) or
    Conflict (no roads)."""
    at = {place.id: place for place in area.places_of(evacuation)}
    wanted = [group for group in asked.groups if group.people]
    going = [escort for escort in asked.escorts if escort.vehicles]
    if not wanted:
        words = _("Nobody is to be brought away. Say how many people are at the places.")
        raise Invalid(words, fields={"groups": words})
    known_units = {unit.id: unit for unit in area.units([e.unit_id for e in going])}
    refuse_strangers(asked, at, known_units)
    places, units = [at[g.place_id] for g in wanted], [known_units[e.unit_id] for e in going]
    known = candidates(area.middle(evacuation), evacuation.restricted)
    exposed = inside_threats([h.id for h in known])
    safe = [h for h in known if h.id not in exposed]
    shelters = [h for h in safe[:MOST_HAVENS] if h.state == HavenState.OPEN.value]
    waiting = [h for h in safe[:MOST_HAVENS] if h.state in WAITING]
    base = ground()
    if not len(base.network.ends):
        raise Conflict(_("The mission has no roads yet, so nobody can be sent by one."), code="no_roads")
    closed, factor = said()
    rows = [*places, *shelters, *units, *waiting]
    whole, nodes = joined(
        slowed(base.network, closed=closed, factor=factor), [(row.lon, row.lat) for row in rows]
    )
    avoid = np.ones(len(base.link_ids))
    avoid[base.rows_of(np.array(threatened_links(), dtype=np.int64))] = AVOID
    of_groups, of_shelters, of_units, of_waiting = np.split(
        nodes, np.cumsum([len(places), len(shelters), len(units)])
    )
    records = records_of([h.id for h in shelters])
    promised = taken([h.id for h in shelters], evacuation.id)
    problem = Problem(
        network=whole,
        groups=tuple(
            Group(
                code=str(g.place_id), node=int(node), people=g.people, danger=g.danger, wounded=g.wounded,
                children=g.people * asked.children_percent // 100,
                without_transport=g.people * asked.without_transport_percent // 100, community=g.community or "",
                cannot_walk=(g.people - g.wounded) * asked.cannot_walk_percent // 100,
            )
            for g, node in zip(wanted, of_groups, strict=True)
        ),
        havens=tuple(
            Shelter(
                code=str(h.id), node=int(node), places=max(h.free - promised.get(h.id, 0), 0),
                medical_level=medical(records.get(h.id)), holds=holds(records.get(h.id)),
                step_free=is_step_free(records.get(h.id)),
            )
            for h, node in zip(shelters, of_shelters, strict=True)
        ),
        escorts=tuple(
            Escort(
                code=str(e.unit_id), node=int(node), people=e.seats * 2, seats=e.seats, vehicles=e.vehicles,
                waves=WAVES, ready=float(e.ready_minutes),
            )
            for e, node in zip(going, of_units, strict=True)
        ),
        vehicles_an_hour=np.array([BEARS.get(each, OTHERS_BEAR) for each in whole.road_class], dtype=np.int64),
        avoid=np.where(whole.roads >= 0, avoid[whole.roads], 1.0),
        apart=apart(records.values()),
        season=season_at(),
        horizon=HORIZON,
    )  # fmt: skip
    left_out = [h for h in known if h.id in exposed and h.state == HavenState.OPEN.value]
    farther = max(0, len(safe) - MOST_HAVENS)
    return Gathered(problem, places, shelters, units, waiting, of_waiting, left_out, farther)


def refuse_strangers(asked: PlanBody, at: Mapping[int, Row[Any]], units: Mapping[int, Row[Any]]) -> None:
    """Raises Invalid for people at a place that does not lie in the area, or no longer, and for vehicles of a unit that
    has no base or may not be read: who is left out without a word is looked for by nobody."""
    fields = {}
    strange = [g.place_id for g in asked.groups if g.people and g.place_id not in at]
    places = db.session.execute(select(Place.id, Place.name).where(Place.id.in_(strange or [0])))
    named = {place.id: place.name for place in places}
    for n, group in enumerate(asked.groups):
        if group.people and group.place_id not in at:
            name = named.get(group.place_id)
            fields[f"groups.{n}.place_id"] = (
                _("%(name)s does not lie in the area of this evacuation, or no longer. Leave it out.", name=name)
                if name else _("There is no such place in the area of this evacuation. Leave it out.")
            )  # fmt: skip
    for n, escort in enumerate(asked.escorts):
        unit = units.get(escort.unit_id)
        if escort.vehicles and (unit is None or unit.base_id is None):
            fields[f"escorts.{n}.unit_id"] = (
                _("%(name)s has no base to set out from. Leave it out.", name=unit.call_sign)
                if unit else _("There is no such unit, or none that you may send. Leave it out.")
            )  # fmt: skip
    if fields:
        raise Invalid(" ".join(dict.fromkeys(fields.values())), fields=fields)


def candidates(middle: ColumnElement[Any], restricted: bool) -> list[Row[Any]]:
    """Havens that the viewer may know of and that have or could have places, the open ones first, then the nearest to the
    middle; restricted ones only where they were asked for."""
    found = havens.rows().where(
        or_(
            Haven.state == HavenState.OPEN.value,
            (Haven.state.in_(WAITING)) & (Haven.capacity_night > 0),
        )
    )
    if not restricted:
        found = found.where(Haven.exposure.in_(OPENLY_KNOWN))
    distance = func.ST_Distance(func.geography(Haven.place), func.geography(middle))
    return list(db.session.execute(found.order_by(Haven.state != HavenState.OPEN.value, distance, Haven.id)))


def records_of(ids: Sequence[int]) -> dict[int, HavenRecord]:
    """The record in force of each of these havens that has one."""
    found = db.session.execute(
        select(HavenRecord)
        .where(HavenRecord.haven_id.in_(ids))
        .distinct(HavenRecord.haven_id)
        .order_by(HavenRecord.haven_id, HavenRecord.id.desc())
    ).scalars()
    return {record.haven_id: record for record in found}


def medical(record: HavenRecord | None) -> int:
    """0 none (or not known) to 4: wounded go where at least first aid is given."""
    return (
        list(MedicalLevel).index(MedicalLevel(record.medical_level)) if record and record.medical_level else 0
    )


def is_step_free(record: HavenRecord | None) -> bool:
    """Whether a wheelchair gets in, as far as is on record."""
    return record is not None and "step_free" in record.accessibility


# A haven that refuses a community holds somebody from whom that community must be apart.
REFUSES = "refuses "


def holds(record: HavenRecord | None) -> frozenset[str]:
    return frozenset(REFUSES + code for code in record.groups_refused) if record else frozenset()


def apart(records: Any) -> frozenset[frozenset[str]]:
    """Pairs that must not share a haven. What one haven keeps apart is apart in all: it tells who endangers whom."""
    pairs: set[frozenset[str]] = set()
    for record in records:
        pairs |= {frozenset(pair.split("/")) for pair in record.do_not_mix}
        pairs |= {frozenset((code, REFUSES + code)) for code in record.groups_refused}
    return frozenset(pairs)
