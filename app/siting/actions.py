"""Asking for a siting, trying a change of one, and taking its table out. The search is the work of workers/siting.py."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, current_app
from flask_babel import gettext as _
from sqlalchemy import Row, func, insert, update

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.exchange.csv_file import answer, cell
from app.exchange.tables import Marking
from app.ledger.actions import record
from app.mission.queries import identity
from app.permissions import Permission, knows_restricted, viewer
from app.settings import settings_of
from app.siting import queries
from app.siting.body import ChangeBody, StudyBody
from app.siting.ground import counting
from app.siting.models import MOST_SITES, SitingStudy
from app.solves import queries as solves
from app.solves.actions import ask_for, stop
from app.solves.models import SolveKind


def may_ask(sector_id: int | None) -> bool:
    """Who keeps havens or plans patrols there, and reads what a study stands on."""
    who = viewer()
    asks = who.may(Permission.KEEP_HAVENS, sector_id) or who.may(Permission.PLAN_PATROLS, sector_id)
    return asks and who.may(Permission.READ_HAVENS, sector_id) and who.may(Permission.READ_THREATS, sector_id)


def ask(body: StudyBody) -> int:
    """Have sites looked for; the study's id. Raises NotAllowed outside the viewer's sectors and for restricted havens
    without clearance, Invalid where there is nothing to look for."""
    if not may_ask(body.sector_id):
        raise NotAllowed(_("You don’t place havens in this sector."))
    if body.restricted and not knows_restricted():
        raise NotAllowed(_("Restricted havens count for those alone who are cleared to know of them."))
    stand = [int(h.id) for h in counting(body.sector_id, body.haven_states, body.restricted)]
    if not body.new_sites and not stand:
        words = _("No existing haven counts: ask for one new site at least.")
        raise Invalid(words, fields={"new_sites": words})
    return stored(body.model_dump(mode="json") | {"haven_ids": stand})


def search_again(study_id: int) -> None:
    """Have sites looked for anew where the search ended without an answer. Raises NotFound, NotAllowed, Conflict."""
    study = to_act_on(study_id)
    if study.answer is not None:
        raise Conflict(_("There is an answer already."), code="answered")
    ask_for(SolveKind.SITING, study_id, study.sector_id)


def try_change(study_id: int, body: ChangeBody) -> int:
    """Another study from this one's sites, but for the change; its id. Raises as `to_change`, Conflict
    where a haven that counts stands elsewhere since, and Invalid where the change doesn't fit."""
    was = to_change(study_id)
    if moved := queries.moved_since(was):
        raise Conflict(
            _(
                "Since this was asked, the place of havens that count was corrected: %(names)s. Ask anew.",
                names=", ".join(moved),
            ),
            code="stale",
        )
    open_now = {site["ref"]: site for site in was.answer["sites"]}
    fixed = [ref for ref, site in open_now.items() if not site["existing"]]
    rooms, haven_ids = dict(was.rooms), list(was.haven_ids)
    if body.close:
        if body.close not in open_now:
            raise refused("close", _("This site is not open."))
        fixed = [ref for ref in fixed if ref != body.close]
        haven_ids = [n for n in haven_ids if f"haven:{n}" != body.close]
        rooms.pop(body.close, None)
    if body.add:
        allowed = {ref for ref, _name, why_not in was.answer["candidates"] if not why_not}
        if body.add not in allowed or body.add in open_now:
            raise refused("add", _("No new site may open there."))
        fixed.append(body.add)
    if body.enlarge:
        if was.room is None:
            raise refused("enlarge", _("This study counts no capacities."))
        if body.enlarge not in {*fixed, *(f"haven:{n}" for n in haven_ids)}:
            raise refused("enlarge", _("This site is not open."))
        rooms[body.enlarge] = body.people
    if len(fixed) > MOST_SITES or not (fixed or haven_ids):
        raise refused(
            "add" if fixed else "close",
            _("One site at least stays open, and %(most)s new ones at most.", most=MOST_SITES),
        )
    same = (
        "sector_id",
        "goal",
        "seasons",
        "minutes",
        "room",
        "threat_km",
        "two_ways",
        "haven_states",
        "restricted",
    )
    return stored(
        {name: getattr(was, name) for name in same}
        | {
            "new_sites": len(fixed),
            "haven_ids": haven_ids,
            "fixed": fixed,
            "rooms": rooms,
            "parent_id": was.id,
        }
    )


def to_change(study_id: int) -> Row[Any]:
    """The study. Raises NotFound; NotAllowed to those who place no havens there; Conflict before there is an answer."""
    found = to_act_on(study_id)
    if found.answer is None:
        raise Conflict(_("There is no answer yet from which to go on."), code="no_answer")
    return found


def withdraw(study_id: int) -> None:
    """Put a study aside; its search ends. Raises NotFound, NotAllowed, Conflict where somebody was there before."""
    to_act_on(study_id)
    gone = db.session.execute(
        update(SitingStudy)
        .where(SitingStudy.id == study_id, SitingStudy.withdrawn_at.is_(None))
        .values(withdrawn_at=func.now(), withdrawn_by_id=viewer().person_id)
        .returning(SitingStudy.id)
        .execution_options(synchronize_session=False)
    ).first()
    if gone is None:
        raise Conflict(put_aside(), code="withdrawn")
    record("siting.withdrawn", "siting_studies", study_id)
    under_way = solves.latest(SolveKind.SITING, study_id)
    if under_way is not None and solves.is_open(under_way):
        stop(under_way.id)


def to_act_on(study_id: int) -> Row[Any]:
    """The study. Raises NotFound; NotAllowed to those who place no havens there; Conflict where it was put aside."""
    found = queries.one(study_id)
    if not may_ask(found.sector_id):
        raise NotAllowed(_("You don’t place havens in this sector."))
    if found.withdrawn_at is not None:
        raise Conflict(put_aside(), code="withdrawn")
    return found


def put_aside() -> str:
    return _("This study was put aside.")


def refused(field: str, words: str) -> Invalid:
    return Invalid(words, fields={field: words})


def stored(values: dict[str, Any]) -> int:
    values |= {"asked_by_id": viewer().person_id}
    made = int(db.session.execute(insert(SitingStudy).returning(SitingStudy.id), [values]).scalar_one())
    # What for, and neither where nor which havens: entries of the ledger outlive who was cleared for what.
    record("siting.asked", "siting_studies", made, {"goal": values["goal"]})
    ask_for(SolveKind.SITING, made, values["sector_id"])
    return made


COLUMNS = (
    "place_code", "name", "people", "within_minutes", "served", "site", "dry_before", "dry_after", "rainy_before",
    "rainy_after", "lon", "lat", "marking",
)  # fmt: skip


def export(study: Row[Any]) -> Response:
    """The table of places as a file. Recorded before it is sent. Raises Conflict before there is an answer."""
    if study.answer is None:
        raise Conflict(_("There is no answer yet."), code="no_answer")
    marking = Marking.of(identity(), settings_of(current_app).exercise)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for p in study.answer["places"]:
        minutes = [each for season in ("dry", "rainy") for each in p["minutes"].get(season, [None, None])]
        row = (
            p["code"],
            p["name"],
            p["people"],
            p["near"],
            p["served"],
            p["site"],
            *minutes,
            p["lon"],
            p["lat"],
            marking.words,
        )
        writer.writerow([cell(value) for value in row])
    record("siting.exported", "siting_studies", study.id, {"count": len(study.answer["places"])})
    # With a mark of its order, which spreadsheets want.
    return answer(
        out.getvalue().encode("utf-8-sig"), f"siting-{study.id}{'-EXERCISE' if marking.exercise else ''}.csv"
    )
