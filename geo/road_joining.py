"""How a place that lies beside the roads comes onto them: the nearest road, in metres, and a way to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import LineString, MultiPoint
from shapely.ops import substring

from geo.projection import Plane
from geo.roads import Network, Season, ways

ACCESS = "access"
OFF_ROAD_KMH = 5.0  # on foot: nobody knows whether a car gets from the place to the road
_AT_THE_END = 1e-6  # share of a link
_ON_THE_ROAD_M = 1.0


@dataclass(frozen=True, eq=False)
class Feet:
    """Where places come onto the road, k of each.

    link: its number. share: how far along it, 0 at its first end and 1 at its second. metres: from the place to it.
    where: (k, 2) lon, lat of the point on the road.
    """

    link: NDArray[np.intp]
    share: NDArray[np.float64]
    metres: NDArray[np.float64]
    where: NDArray[np.float64]


def _drawn(network: Network) -> list[LineString]:
    return list(network.lines) or [LineString(network.nodes[pair]) for pair in network.ends]


@dataclass(frozen=True, eq=False)
class Roadside:
    """The roads as they lie on a plane, so that places can be asked for often: made once, it answers in a millisecond.

    network: whose links they are, whatever minutes they take. plane: around them. roads: (m,) on it. tree: of these.
    """

    network: Network
    plane: Plane
    roads: NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, network: Network) -> Roadside:
        """Raises ValueError: a network without links."""
        if not len(network.ends):
            raise ValueError("The network has no links.")
        drawn = _drawn(network)
        plane = Plane.around(*drawn)
        roads = np.array([plane.metres(line) for line in drawn], dtype=object)
        return cls(network, plane, roads, shapely.STRtree(roads))

    def feet(self, places: ArrayLike) -> Feet:
        """The nearest point of a road for each place (lon, lat). A closed road counts like any other: who lives by it is
        cut off, and is not moved to the next one."""
        spots = np.asarray(places, dtype=np.float64).reshape(-1, 2)
        if not len(spots):
            return Feet(np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0), np.zeros((0, 2)))
        points = shapely.get_parts(self.plane.metres(MultiPoint(spots)))
        row, link = self.tree.query_nearest(points)
        first = np.searchsorted(row, np.arange(len(spots)))  # of several as near as one another, the first
        found = link[first].astype(np.intp)
        along = shapely.line_locate_point(self.roads[found], points, normalized=True)
        feet = shapely.line_interpolate_point(self.roads[found], along, normalized=True)
        where = np.array([self.plane.degrees(foot).coords[0] for foot in feet])
        return Feet(found, np.asarray(along), np.asarray(shapely.distance(points, feet)), where)


def nearest_links(network: Network, places: ArrayLike) -> Feet:
    """The nearest point of a road for each place (lon, lat), measured on a plane around the network (`Plane`).

    Raises:
        ValueError: a network without links.
    """
    return Roadside.of(network).feet(places)


def minutes_from(
    network: Network, here: Feet, there: Feet, season: Season, off_road_kmh: float = OFF_ROAD_KMH
) -> NDArray[np.float64]:
    """(k,) minutes from one place (`here`, of one) to k others, infinite where no open road leads: what `joined` and
    `minutes_between` say, without a network that is made anew for each question."""
    cost = network.minutes(season)
    walk = 60.0 / 1000.0 / off_road_kmh
    starts, ends = network.ends[here.link[0]], network.ends[there.link]
    least = ways(network, starts, season).weight
    off, onto = _to_ends(cost, here)[0], _to_ends(cost, there)
    found = np.full(len(ends), np.inf)
    for one in (0, 1):
        for other in (0, 1):
            found = np.minimum(found, off[one] + least[one, ends[:, other]] + onto[:, other])
    along = np.abs(there.share - here.share[0])
    with np.errstate(invalid="ignore"):  # of a closed link, 0 times infinity
        straight = np.where(along > _AT_THE_END, along * cost[here.link[0]], 0.0)
    found = np.where(there.link == here.link[0], np.minimum(found, straight), found)
    beside = np.where(there.metres > _ON_THE_ROAD_M, there.metres, 0.0)
    mine = here.metres[0] if here.metres[0] > _ON_THE_ROAD_M else 0.0
    return np.asarray(found + (beside + mine) * walk)


def _to_ends(cost: NDArray[np.float64], feet: Feet) -> NDArray[np.float64]:
    """(k, 2) minutes from each place on the road to either end of its link; none where it stands at that end."""
    share = np.column_stack([feet.share, 1.0 - feet.share])
    with np.errstate(invalid="ignore"):  # of a closed link, no way along it at all is 0 times infinity
        return np.where(share > _AT_THE_END, share * cost[feet.link][:, None], 0.0)


def _part(line: LineString, begin: float, end: float) -> LineString:
    return LineString(substring(line, begin, end, normalized=True).coords)


def joined(
    network: Network, places: ArrayLike, off_road_kmh: float = OFF_ROAD_KMH
) -> tuple[Network, NDArray[np.intp]]:
    """The network with a node for each place (lon, lat), and those nodes' numbers (k,).

    A road is split where a place comes onto it; a part takes its share of metres and minutes, and `roads` tells the
    road's number in the network before. From there a straight link of class `access` leads to the place.
    """
    spots = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    if not len(spots):
        return network, np.zeros(0, dtype=np.intp)
    feet, drawn = nearest_links(network, spots), _drawn(network)
    nodes = list(network.nodes)
    foot_node = np.zeros(len(spots), dtype=np.intp)
    by_link: dict[int, list[tuple[float, int]]] = {}
    for place, (link, share) in enumerate(zip(feet.link, feet.share, strict=True)):
        if _AT_THE_END < share < 1 - _AT_THE_END:
            by_link.setdefault(int(link), []).append((float(share), place))
        else:
            foot_node[place] = network.ends[link, int(share > 0.5)]
    ends: list[tuple[int, int]] = []
    parts: list[int] = []
    shares: list[float] = []
    lines: list[LineString] = []
    for link, (first, second) in enumerate(network.ends.tolist()):
        begun, node, line = 0.0, int(first), drawn[link]
        for share, place in sorted(by_link.get(link, ())):
            if share - begun > _AT_THE_END:
                nodes.append(feet.where[place])
                ends.append((node, len(nodes) - 1))
                lines.append(_part(line, begun, share))
                parts.append(link)
                shares.append(share - begun)
                begun, node = share, len(nodes) - 1
            foot_node[place] = node
        ends.append((node, int(second)))
        lines.append(line if begun == 0.0 else _part(line, begun, 1.0))
        parts.append(link)
        shares.append(1.0 - begun)
    part, share_of = np.array(parts), np.array(shares)
    place_node = foot_node.copy()
    away = np.flatnonzero(feet.metres > _ON_THE_ROAD_M)
    for place in away.tolist():
        nodes.append(spots[place])
        place_node[place] = len(nodes) - 1
        ends.append((int(foot_node[place]), len(nodes) - 1))
        lines.append(LineString([nodes[foot_node[place]], spots[place]]))
    walk = feet.metres[away] / 1000.0 / off_road_kmh * 60.0
    return Network(
        nodes=np.array(nodes),
        ends=np.array(ends, dtype=np.intp),
        metres=np.concatenate([network.metres[part] * share_of, feet.metres[away]]),
        dry=np.concatenate([network.dry[part] * share_of, walk]),
        rainy=np.concatenate([network.rainy[part] * share_of, walk]),
        road_class=tuple(network.road_class[each] for each in parts) + (ACCESS,) * len(away),
        state=tuple(network.state[each] for each in parts) + ("open",) * len(away),
        roads=np.concatenate([network.roads[part], np.full(len(away), -1, dtype=np.intp)]),
        lines=tuple(lines),
    ), place_node
