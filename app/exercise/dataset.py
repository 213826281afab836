"""The whole exercise as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.exercise.actors import Actor, raise_actors
from app.exercise.alert_history import AlertScript, recall_alerts
from app.exercise.chance import stream
from app.exercise.country import draw_land
from app.exercise.districts import AdminArea, Sector, divide
from app.exercise.forces import Base, Unit, build_bases, raise_units
from app.exercise.havens import Haven, open_havens
from app.exercise.incidents import Incident, happen
from app.exercise.names import COUNTRY_NAME, MISSION_CODE, MISSION_NAME, Namer
from app.exercise.networks import CommunityNetwork, set_up_networks
from app.exercise.patrols import Patrol, send_patrols
from app.exercise.people import Defender, register_defenders
from app.exercise.rivers import River, draw_rivers
from app.exercise.roads import RoadLink, RoadNode, draw_roads
from app.exercise.settlements import Settlement, settle
from app.exercise.sources import Echo, SourceScript, Telling, tell
from app.exercise.threats import Threat, assess_threats


@dataclass(frozen=True)
class Dataset:
    """Everything of the exercise. Shapes WGS 84, (lon, lat), six decimals; moments aware, UTC, whole minutes.

    Records refer to each other by `code`; parents stand before their children.
    """

    seed: int
    now: datetime
    marking: str
    country_name: str
    mission_code: str
    mission_name: str
    admin_areas: tuple[AdminArea, ...]
    rivers: tuple[River, ...]
    settlements: tuple[Settlement, ...]
    road_nodes: tuple[RoadNode, ...]
    road_links: tuple[RoadLink, ...]
    sectors: tuple[Sector, ...]
    bases: tuple[Base, ...]
    units: tuple[Unit, ...]
    actors: tuple[Actor, ...]
    incidents: tuple[Incident, ...]
    threats: tuple[Threat, ...]
    defenders: tuple[Defender, ...]
    havens: tuple[Haven, ...]
    community_networks: tuple[CommunityNetwork, ...]
    patrols: tuple[Patrol, ...]
    alert_history: tuple[AlertScript, ...]
    sources: tuple[SourceScript, ...]
    tellings: tuple[Telling, ...]
    echoes: tuple[Echo, ...]


def build(seed: int, now: datetime) -> Dataset:
    """The exercise for a seed (0 or more) as it stands at `now`. No clock is read: the same two give the same bytes.

    Raises:
        ValueError: `now` without a time zone, or a negative seed.
    """
    if now.tzinfo is None:
        raise ValueError("The exercise needs a moment with its time zone.")
    now = now.astimezone(UTC).replace(second=0, microsecond=0)
    namer = Namer(stream(seed, "names"))
    land = draw_land(seed)
    rivers = draw_rivers(seed, land, namer)
    division = divide(seed, land, namer)
    areas = division.areas_of_responsibility()
    settlements = settle(seed, land, rivers, division.districts(), namer)
    roads = draw_roads(seed, land, settlements)
    actors, presence = raise_actors(seed, land, settlements, namer)
    bases = build_bases(seed, areas, settlements, presence)
    units = raise_units(seed, areas, bases)
    incidents = happen(seed, now, land, division, presence, actors, settlements, roads)
    havens = open_havens(seed, now, land, division, bases, settlements)
    patrols = send_patrols(seed, now, units, bases, settlements, roads)
    networks = set_up_networks(seed, now, division, presence, settlements)
    heard = tell(
        seed,
        networks,
        recall_alerts(seed, now, division, settlements, incidents, units, bases, havens, patrols),
    )
    return Dataset(
        seed=seed,
        now=now,
        marking="EXERCISE",
        country_name=COUNTRY_NAME,
        mission_code=MISSION_CODE,
        mission_name=MISSION_NAME,
        admin_areas=tuple(division.admin),
        rivers=tuple(rivers),
        settlements=tuple(settlements),
        road_nodes=tuple(roads.nodes),
        road_links=tuple(roads.links),
        sectors=tuple(division.sectors),
        bases=tuple(bases),
        units=tuple(units),
        actors=tuple(actors),
        incidents=tuple(incidents),
        threats=tuple(assess_threats(seed, now, land, division, actors, settlements, incidents)),
        defenders=tuple(register_defenders(seed, now, land, division, presence, settlements)),
        havens=tuple(havens),
        community_networks=tuple(networks),
        patrols=tuple(patrols),
        alert_history=heard.alerts,
        sources=heard.sources,
        tellings=heard.tellings,
        echoes=heard.echoes,
    )
