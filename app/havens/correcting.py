"""A haven's name, kind or place that was entered wrongly: corrected with a reason, and what stood before is kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, insert, literal, or_, select

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.havens.actions import note_change, taken, tell_log
from app.havens.body import Correction
from app.havens.entering import ALWAYS_HIDDEN, exact, point, refuse_twice
from app.havens.models import OPENLY_KNOWN, Haven, HavenCorrection, HavenKind, HavenState
from app.havens.queries import visible
from app.havens.register import of
from app.mission.placing import Placed, areas_of
from app.outbox import later
from app.permissions import Permission, viewer
from app.reasons import reason_given

# Nearer than this it is the same place, said with other figures.
SAME_METRES = 1.0
# How far a correction has moved its haven, in metres.
METRES = func.ST_Distance(func.geography(HavenCorrection.place), func.geography(HavenCorrection.place_before))
MOVED = METRES > SAME_METRES
# What stands in the history of a haven's changes; the reason in words stands with the correction.
REASON = "corrected"


def correct(haven_id: int, body: Correction) -> int:
    """The correction's id; in force at once. Raises Conflict (corrected since by somebody else, compromised, or a haven
    of this name stands there), NotAllowed (a place outside one's sectors) or Invalid (nothing is other than it was, no
    reason, a place too coarse or in no sector, a kind that is never openly known)."""
    haven = taken(haven_id)
    why = reason_given(body.why, "why")
    if body.seen is not None and body.seen != count(haven.id):
        raise Conflict(
            _(
                "Somebody else has just corrected this haven. Look at it as it stands, then correct what is left."
            ),
            code="changed_meanwhile",
        )
    if haven.state == HavenState.COMPROMISED.value:
        raise Conflict(
            _("This haven is compromised: it is neither renamed nor moved until it is closed."),
            code="wrong_state",
        )
    there = None if body.place is None else elsewhere(haven, exact(body.place))
    name, kind = body.name or haven.name, HavenKind(body.kind or haven.kind)
    changed = {"name": name != haven.name, "kind": kind != haven.kind, "place": there is not None}
    if not any(changed.values()):
        raise Invalid(_("Nothing was changed: the haven is called this and stands there already."))
    if changed["kind"]:
        check_kind(haven, kind)
    if there is not None:
        check_sector(haven, kind, there)
    place = literal(haven.place, Haven.place.type) if there is None else point(there)
    if changed["name"] or changed["place"]:
        refuse_twice(name, place, but=haven.id)
    who = viewer()
    written: int = db.session.execute(
        insert(HavenCorrection)
        .values(
            haven_id=haven.id, by_id=who.person_id, by_role=who.role.value, why=why, name=name, kind=kind.value,
            place=place,
        )
        .returning(HavenCorrection.id)
    ).scalar_one()  # fmt: skip
    # The row is what has changed the haven.
    db.session.refresh(haven)
    # Its heads were counted when they were: `changed_at` stays.
    note_change(haven, haven.state, REASON)
    # Not what it was and is called, nor where: the log is read by others than the register.
    details = {"haven": haven.id, "fields": sorted(field for field, other in changed.items() if other)}
    tell_log("havens.corrected", "haven_corrections", written, haven, details)
    if haven.exposure in OPENLY_KNOWN and (changed["name"] or changed["place"]):
        later("workers.havens.tell_corrected", haven.id)
    return written


def elsewhere(haven: Haven, there: Placed) -> Placed | None:
    """The place, or None where the haven stands there: at that point, or in the square that was given."""
    here = func.ST_Distance(func.geography(Haven.place), func.geography(point(there))) <= SAME_METRES
    if there.extent is not None:
        here = or_(here, func.ST_Covers(func.ST_GeomFromText(there.extent, 4326), Haven.place))
    return None if db.session.execute(select(here).where(Haven.id == haven.id)).scalar_one() else there


def check_kind(haven: Haven, kind: HavenKind) -> None:
    if kind in ALWAYS_HIDDEN and haven.exposure in OPENLY_KNOWN:
        words = _("A haven of this kind is on no shared map. Close this one, and have the new one entered.")
        raise Invalid(words, fields={"kind": words})


def check_sector(haven: Haven, kind: HavenKind, there: Placed) -> None:
    sector_id = areas_of(there.lon, there.lat).sector_id
    if sector_id is None and haven.sector_id is not None and kind is not HavenKind.RELOCATION_ABROAD:
        words = _(
            "This place lies in none of the mission’s sectors. Look at the figures again; latitude comes first."
        )
        raise Invalid(words, fields={"place": words})
    if not viewer().may(Permission.KEEP_HAVENS, sector_id):
        raise NotAllowed(_("This place lies outside the sectors whose havens you keep."))


def count(haven_id: int) -> int:
    """How many corrections this haven has had. Their ids are given to nobody: gaps in them would tell that havens were
    corrected which few may know of."""
    had = select(func.count()).where(HavenCorrection.haven_id == haven_id)
    return db.session.execute(had).scalar_one()


def corrections(haven_id: int) -> list[Row[Any]]:
    """The newest first, as far as the viewer may know of the haven: each with where it stood and stands, in degrees, how
    far these lie apart (metres), and whether that is another place."""
    c = HavenCorrection
    return list(
        db.session.execute(
            of(c, haven_id)
            .with_only_columns(
                c.at, c.by_role, c.why, c.name, c.name_before, c.kind, c.kind_before,
                func.ST_X(c.place).label("lon"), func.ST_Y(c.place).label("lat"),
                func.ST_X(c.place_before).label("lon_before"), func.ST_Y(c.place_before).label("lat_before"),
                METRES.label("metres"), MOVED.label("moved"),
            )
        )
    )  # fmt: skip


def as_json(haven_id: int) -> list[dict[str, Any]]:
    return [
        {
            "at": c.at.isoformat(), "by_role": c.by_role, "why": c.why,
            "before": {"name": c.name_before, "kind": c.kind_before, "place": {"lon": c.lon_before, "lat": c.lat_before}},
            "after": {"name": c.name, "kind": c.kind, "place": {"lon": c.lon, "lat": c.lat}},
        }
        for c in corrections(haven_id)
    ]  # fmt: skip


def moved_at(haven_ids: Collection[int]) -> dict[int, datetime]:
    """Of these havens, those whose place was corrected, and when it was last."""
    c = HavenCorrection
    asked = (
        select(c.haven_id, func.max(c.at))
        .join(Haven, Haven.id == c.haven_id)
        .where(c.haven_id.in_(haven_ids), MOVED, visible())
        .group_by(c.haven_id)
    )
    return {row[0]: row[1] for row in db.session.execute(asked)}
