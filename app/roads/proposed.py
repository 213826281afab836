"""What approved patrol reports say of roads, as long as nobody has said it of the road itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from app.patrol_reports import wording as report_words
from app.patrol_reports.queries import RoadProposal, road_proposals
from app.permissions import Permission, viewer
from app.roads import queries
from app.roads.models import Cause, Condition

# A road changes; what was seen longer ago says little of it.
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Proposed:
    """`link`: the road that lies nearest to the place; none where the place can't be read or no road is near."""

    said: RoadProposal
    link: Row[Any] | None

    @property
    def may_say(self) -> bool:
        return self.link is not None and viewer().may(Permission.SEND_PATROLS, self.link.sector_id)


def proposed(in_force: Sequence[Row[Any]]) -> list[Proposed]:
    """What waits for an officer, newest first; in_force: what is said of roads now."""
    said = road_proposals(datetime.now(UTC) - LOOKED_BACK)
    nearest = queries.nearest_links([p.place for p in said])
    links = {row.id: row for row in queries.some({link_id for link_id in nearest if link_id is not None})}
    there = [None if link_id is None else links.get(link_id) for link_id in nearest]
    return list(waiting(said, there, in_force, queries.last_said(links)))


def waiting(
    said: Sequence[RoadProposal], links: Sequence[Row[Any] | None], in_force: Sequence[Row[Any]],
    last_said: Mapping[int, datetime],
) -> Iterable[Proposed]:  # fmt: skip
    """Without what a later patrol saw otherwise, what an officer has said something of since, and what is so already."""
    closed = {c.id for c in in_force if c.condition == Condition.CLOSED}
    hindered = {c.id for c in in_force}
    newest: dict[tuple[int, str], int] = {}
    for each, link in zip(said, links, strict=True):
        if link is None:
            if each.trafficability != "green":
                yield Proposed(each, None)
            continue
        if newest.setdefault((link.id, each.vehicle), each.report_id) != each.report_id:
            continue
        if link.id in last_said and last_said[link.id] > each.sent_at:
            continue
        is_so = {
            "red": link.state == "closed" or link.id in closed,
            "amber": link.state == "closed" or link.id in hindered,
            "green": link.id not in hindered,
        }
        if not is_so[each.trafficability]:
            yield Proposed(each, link)


def of_row(link_id: int, report_id: int | None, row: int | None) -> RoadProposal | None:
    """The row of a report with which somebody comes to a road's form; none where it waits there no longer."""
    asked = [
        p.said for p in proposed(queries.in_force())
        if p.link is not None and (p.link.id, p.said.report_id, p.said.row) == (link_id, report_id, row)
    ]  # fmt: skip
    return asked[0] if asked else None


def because(said: RoadProposal) -> str:
    """The reason that stands in the form; without the patrol's remarks, since whoever sees the map reads reasons."""
    return _(
        "Patrol report %(report)s: %(what)s. %(state)s, %(vehicle)s.", report=said.report_id,
        what=report_words.said(said.what), state=report_words.said(said.trafficability),
        vehicle=report_words.said(said.vehicle),
    )  # fmt: skip


def filled_in(said: RoadProposal) -> dict[str, str]:
    """First values of the form. How many times longer a slow road takes, the officer says."""
    broken = said.what in ("bridge", "ford")
    return {
        "condition": Condition.CLOSED.value if said.trafficability == "red" else Condition.SLOWED.value,
        "cause": Cause.BRIDGE.value if broken else Cause.OTHER.value,
        "reason": because(said),
    }
