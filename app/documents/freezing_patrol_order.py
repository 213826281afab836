"""The brief of a patrol order: the version in force when it was ordered, with its stops, legs and a sketch."""

from __future__ import annotations

import shapely
from flask_babel import gettext as _

from app.documents.freezing_head import Ordered, header
from app.documents.freezing_map import around_box
from app.documents.map_view_brief import ViewMap, ViewMark
from app.documents.patrol_order_brief import OrderedStop, PatrolOrderBrief
from app.documents.picture_words import fit_to_page
from app.due_diligence import queries as due_diligence
from app.errors import NotFound
from app.patrol_orders import queries, wording
from app.patrol_orders.figures import legs_of, line_of
from app.patrol_orders.queries import Version
from app.patrols import queries as patrols
from app.patrols import wording as patrol_words
from app.patrols.visits import VISIT
from app.permissions import role_words
from app.words import grid
from geo.grid_lines import step_for


def freeze_patrol_order(ordered: Ordered) -> PatrolOrderBrief:
    """NotFound where the patrol may not be read any more."""
    file = patrols.one(int(ordered.subject["patrol_id"]))
    version = queries.one(file.patrol.id, int(ordered.subject["version"]))
    if not version.row.known:
        raise NotFound
    return brief_of(ordered, file, version)


def brief_of(ordered: Ordered, file: patrols.PatrolFile, version: Version) -> PatrolOrderBrief:
    patrol, order, row = file.patrol, version.content, version.row
    sealed = patrol.purpose == VISIT
    legs = legs_of(version, file)
    tasks = {task.stop: task for task in order.tasks}
    composition = order.composition.model_dump()
    return PatrolOrderBrief(
        header=header(
            ordered, title=_("Patrol order %(serial)s", serial=version.serial), precedence="ROUTINE",
            withheld=(_("names of persons"), _("what stands on the sealed instruction sheet")),
        ),
        order_serial=version.serial,
        call_sign=patrol.call_sign,
        unit=patrol.unit_name or "",
        commander_post=order.commander_post,
        purpose=wording.sealed() if sealed else str(patrol_words.PURPOSES.get(patrol.purpose, patrol.purpose)),
        mode=str(patrol_words.MODES[patrol.mode]),
        task=wording.sealed() if sealed else patrol.task,
        start=patrol.planned_start,
        back=patrol.planned_end,
        people=tuple((str(words), str(composition[part])) for part, words in wording.COMPOSITION.items()),
        vehicles=order.vehicles,
        weapons=order.weapons,
        stops=tuple(
            OrderedStop(
                number=s.sequence, name=s.name, mgrs=grid(s.lon, s.lat), km=round(leg.metres / 1000, 1),
                minutes=None if leg.planned is None else round(leg.planned / 60), arrive=s.arrive_planned,
                leave=s.depart_planned, task=tasks[s.sequence].task if s.sequence in tasks else "",
                to_meet=tuple(str(wording.TO_MEET[role]) for role in tasks[s.sequence].meet)
                if s.sequence in tasks else (),
            )
            for s, leg in zip(file.stops, legs, strict=False)
        ),
        home_km=round(legs[-1].metres / 1000, 1),
        straight=row.straight,
        alternate_route=order.alternate_route,
        pace=tuple((str(words), getattr(order.pace, way)) for way, words in wording.PACE.items()),
        lost_comms_minutes=order.lost_comms_minutes,
        hazards=tuple(str(wording.HAZARDS[hazard]) for hazard in order.hazards),
        hazards_note=order.hazards_note,
        deconfliction=order.deconfliction,
        treatment=order.medical.treatment,
        evacuation=order.medical.evacuation,
        landing_site=order.medical.landing_site,
        reserve=order.reserve.unit,
        reserve_notice_minutes=order.reserve.notice_minutes,
        rules_of_engagement=order.rules_of_engagement,
        actions_on=tuple((str(words), getattr(order.actions_on, e)) for e, words in wording.ACTIONS_ON.items()),
        sealed_sheet=order.sealed_sheet,
        joint=joint(version),
        risk=str(wording.RISKS[order.risk]),
        risk_signed_by=order.risk_signed_by,
        written_by_role=role_words(row.written_by_role),
        written_at=row.written_at,
        approved_by_role=role_words(row.approved_by_role),
        approved_at=row.approved_at,
        map=sketch(file, version),
    )  # fmt: skip


def joint(version: Version) -> str:
    """With whom of the State's forces, under which decision; empty where it is the mission's own alone."""
    if not version.row.joint:
        return ""
    found = due_diligence.one(version.row.clearance_id)
    number = _("decision %(number)s of due diligence", number=version.row.clearance_id)
    return f"{found.recipient}; {number}" if found else number


def sketch(file: patrols.PatrolFile, version: Version) -> ViewMap:
    """The stops by their numbers, on roads and districts."""
    stops = shapely.multipoints([(s.lon, s.lat) for s in file.stops])
    west, south, east, north = shapely.union_all([line_of(version), stops]).bounds
    room = max(east - west, north - south, 0.05) / 8
    extent = fit_to_page(ViewMap((west - room, south - room, east + room, north + room))).extent
    land, areas, roads, marks = around_box(extent)
    return ViewMap(
        extent=extent, land=land, areas=areas, roads=roads, marks=marks,
        events=tuple(ViewMark("patrol", str(s.sequence), s.lon, s.lat) for s in file.stops),
        grid_step=step_for(extent),
    )  # fmt: skip
