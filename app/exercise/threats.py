"""Current threats: an actor with intent and capability against a population in an area (handbook 2.4, 2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from app.exercise.actors import ARMY, POLICE, UNKNOWN, Actor
from app.exercise.chance import GRID, KM, multi_polygon, on_grid, one, stream, weighted
from app.exercise.country import Land
from app.exercise.districts import Division
from app.exercise.incidents import Incident
from app.exercise.noise import blob
from app.exercise.settlements import Settlement

THREATS = 15

#: Kind of actor → (code of the threat, target, most likely course, most dangerous course).
_COURSES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "rebel_group": (
        ("imminent_attack", "EXERCISE: Villages that refused to pay.",
         "EXERCISE: Night raids on single villages for food and recruits.",
         "EXERCISE: A massed attack on the market town on market day."),
        ("abduction", "EXERCISE: Traders and teachers on the road.",
         "EXERCISE: Abductions for ransom at improvised checkpoints.",
         "EXERCISE: The abduction of a whole school class."),
        ("armed_group_movement", "EXERCISE: Displaced people in the open country.",
         "EXERCISE: Small groups cross towards the river and extort passage.",
         "EXERCISE: Two columns join and cut the road for weeks."),
    ),
    "identity_militia": (
        ("cattle_raid", "EXERCISE: Herders with large herds near the river.",
         "EXERCISE: Raids at dawn, and revenge within days.",
         "EXERCISE: A revenge march of several hundred men on three villages."),
        ("intercommunal_mobilisation", "EXERCISE: The smaller community in mixed villages.",
         "EXERCISE: Burnt fields and beatings along the boundary.",
         "EXERCISE: The whole community is driven out."),
    ),
    "self_defence_group": (
        ("looting_extortion_checkpoint", "EXERCISE: Travellers and returnees.",
         "EXERCISE: Levies at checkpoints and beatings of those who can't pay.",
         "EXERCISE: Summary killings of people accused of helping the other side."),
    ),
    "criminal_group": (
        ("looting_extortion_checkpoint", "EXERCISE: Traders on the main road.",
         "EXERCISE: Robberies at dusk on market days.",
         "EXERCISE: Abduction of aid workers for ransom."),
    ),
    "state_military": (
        ("military_build_up", "EXERCISE: People accused of feeding the rebels.",
         "EXERCISE: Searches and arbitrary arrests during an operation.",
         "EXERCISE: Shelling of villages taken for rebel camps."),
    ),
    "state_police": (
        ("arrest_raid", "EXERCISE: Journalists and organisers of protests.",
         "EXERCISE: Arrests without charge before the anniversary.",
         "EXERCISE: Live fire on a crowd."),
    ),
    "unknown": (
        ("threat_to_named_person", "EXERCISE: People who work for human rights in the area.",
         "EXERCISE: Anonymous threats and night visits.",
         "EXERCISE: Targeted killings."),
        ("mob_risk", "EXERCISE: Strangers and people accused of sorcery.",
         "EXERCISE: Rumours lead to beatings.",
         "EXERCISE: A lynching that spreads to other quarters."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Threat:
    """intent, capability 0–4; likelihood, impact 1–5, inherent and residual. area: WGS 84, on land."""

    code: str
    name: str
    actor_code: str
    target: str
    kind: str
    area: MultiPolygon
    sector_code: str
    intent: int
    capability: int
    likelihood: int
    impact: int
    residual_likelihood: int
    residual_impact: int
    vulnerable: bool
    protected: bool
    confidence: str
    most_likely_course: str
    most_dangerous_course: str
    opened_at: datetime
    review_on: date


def assess_threats(seed: int, now: datetime, land: Land, division: Division, actors: Sequence[Actor],
                   settlements: Sequence[Settlement], incidents: Sequence[Incident]) -> list[Threat]:  # fmt: skip
    """15 threats where the last 90 days were worst for each actor; four reviews are overdue."""
    rng = stream(seed, "threats")
    by_code, by_settlement = {a.code: a for a in actors}, {s.code: s for s in settlements}
    area_of = {d: a.code for a in division.areas_of_responsibility() for d in a.districts}
    groups = [a.code for a in actors if a.ground is not None]
    recent = [i for i in incidents if (now - i.occurred_from).days <= 90 and i.settlement_code]
    threats: list[Threat] = []
    for n, code in enumerate([*groups, *groups[:4], ARMY, POLICE, UNKNOWN, UNKNOWN][:THREATS]):
        actor = by_code[code]
        own = [i for i in recent if i.side_a == actor.name and i.kind != "demonstration"] or recent
        beside = by_settlement[one(rng, own).settlement_code or settlements[0].code]
        radius = float(rng.uniform(9, 24)) * KM
        shape = Polygon(blob(rng, np.array(beside.place.coords[0]), radius, 0.35)).buffer(0)
        area = multi_polygon(on_grid(shapely.intersection(shape, land.whole, grid_size=GRID)))
        kind, target, likely, dangerous = _COURSES[actor.kind][n % len(_COURSES[actor.kind])]
        likelihood, impact = int(rng.integers(2, 6)), int(rng.integers(2, 6))
        protected = bool(rng.random() < 0.35)
        overdue = n % 4 == 1
        review = now.date() + timedelta(
            days=-int(rng.integers(1, 20)) if overdue else int(rng.integers(1, 28))
        )
        opened = (now - timedelta(days=float(rng.uniform(5, 160)))).replace(minute=0, second=0, microsecond=0)
        threats.append(Threat(
            f"T{n + 1:02d}", f"{actor.name} around {beside.name}", code, target, kind, area,
            area_of[beside.district_code], int(rng.integers(1, 5)), int(rng.integers(1, 5)), likelihood, impact,
            max(1, likelihood - int(rng.integers(0, 3))), max(1, impact - int(rng.integers(0, 2))),
            bool(rng.random() < 0.5), protected, weighted(rng, {"low": 3, "moderate": 5, "high": 2}, 1)[0],
            likely, dangerous, opened, review,
        ))  # fmt: skip
    return threats
