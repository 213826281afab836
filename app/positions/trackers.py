"""Devices that tell where one carrier is: their keys, what they send, and what is done when one is lost.

A phone may be captured with its key in it. So the key opens one door: it adds positions of one carrier, to the second
and for the last week, shows nothing and says nothing of what is stored; it works with the device's name alone, ends by
itself, and is ended by whoever sits in the room, who also says since when what came from it is not believed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import insert, select, text, update

from app.cookies import hash_secret, new_secret
from app.db import db
from app.errors import Invalid, NotAllowed, NotFound, SignInFirst
from app.ledger.actions import in_words, record
from app.mission.models import Unit
from app.patrols.models import Patrol
from app.patrols.visits import is_known
from app.permissions import Permission, viewer, within
from app.positions.actions import DRIFT, Rooms, store
from app.positions.body import Fix
from app.positions.carriers import visible
from app.positions.models import Kind, Tracked, Tracker

LONGEST = timedelta(days=90)
OLDEST = timedelta(days=7)
# Easily read out over the radio: no letter or figure that is taken for another.
LETTERS = "ACDEFHJKLMNPRTUVWXY34679"


def register(kind: Kind, unit_id: int, call_sign: str) -> int:
    """Have a vehicle or aircraft of a unit tracked; its id. Raises NotAllowed, or Invalid where the kind, the unit or
    the call sign can't be used."""
    if kind is Kind.PATROL:
        raise Invalid(
            _("Patrols are tracked by themselves."), fields={"kind": _("Choose a vehicle or an aircraft.")}
        )
    unit = db.session.execute(select(Unit.id, Unit.sector_id).where(Unit.id == unit_id)).first()
    if unit is None:
        raise Invalid(_("There is no such unit."), fields={"unit_id": _("There is no such unit.")})
    if not viewer().may(Permission.PLAN_PATROLS, unit.sector_id):
        raise NotAllowed(_("You register vehicles and aircraft of your own sector’s units only."))
    made = db.session.execute(
        text(
            "INSERT INTO tracked (kind, unit_id, call_sign, sector_id, top_speed_kph) "
            "VALUES (:kind, :unit, :call_sign, :sector, vigil.top_speed(:kind, '')) ON CONFLICT DO NOTHING RETURNING id"
        ),
        {"kind": kind.value, "unit": unit.id, "call_sign": call_sign, "sector": unit.sector_id},
    ).scalar()
    if made is None:
        taken = _("This call sign is in use.")
        raise Invalid(taken, fields={"call_sign": taken})
    record("positions.carrier_registered", "tracked", made, {"kind": kind.value, "unit": unit.id})
    return int(made)


def retire(tracked_id: int) -> None:
    """A vehicle or aircraft is tracked no longer. Raises NotFound or NotAllowed."""
    tracked = taken(tracked_id, Permission.PLAN_PATROLS)
    if tracked.kind == Kind.PATROL or tracked.retired_at is not None:
        raise NotFound
    db.session.execute(update(Tracked).where(Tracked.id == tracked_id).values(retired_at=datetime.now(UTC)))
    record("positions.carrier_retired", "tracked", tracked_id)


def taken(tracked_id: int, *needed: Permission) -> Tracked:
    """What is tracked, for whoever deals with its devices; NotFound where the viewer may not see it, NotAllowed without
    one of the permissions there, or where it is a visit of which he may not know."""
    tracked = db.session.execute(select(Tracked).where(Tracked.id == tracked_id, visible())).scalar()
    if tracked is None:
        raise NotFound
    if not any(viewer().may(p, tracked.sector_id) for p in needed):
        raise NotAllowed(_("Devices are given out by those who plan patrols in this sector."))
    # A device of one's own would tell positions that nobody sent; ending one at the right moment would make a visit
    # silent, and the watch's alert says where it was last.
    if not knows(tracked.patrol_id):
        raise NotAllowed(
            _("The devices of this patrol are for its leader’s and its orderer’s hands. Ask them.")
        )
    return tracked


def give_device(tracked_id: int, days: int) -> tuple[str, str]:
    """A new device of a carrier: its name and its key, which is shown once. Raises NotFound, NotAllowed or Invalid."""
    tracked = taken(tracked_id, Permission.PLAN_PATROLS)
    if tracked.retired_at is not None:
        raise NotFound
    lasts = timedelta(days=days)
    if not timedelta(0) < lasts <= LONGEST:
        raise Invalid(_("A device’s key lasts from a day to ninety."), fields={"days": _("From 1 to 90.")})
    name, secret = "".join(secrets.choice(LETTERS) for _n in range(8)), new_secret()
    made = db.session.execute(
        insert(Tracker).returning(Tracker.id),
        {
            "tracked_id": tracked_id, "name": name, "key_hash": hash_secret(secret),
            "created_by_id": viewer().person_id, "expires_at": datetime.now(UTC) + lasts,
        },
    ).scalar_one()  # fmt: skip
    record("positions.device_given", "trackers", made, {"tracked": tracked_id, "days": days})
    return name, secret


def knows(patrol_id: int | None) -> bool:
    """Whether the viewer may know where this patrol goes; what is tracked otherwise, he may."""
    patrol = db.session.get(Patrol, patrol_id) if patrol_id is not None else None
    return patrol is None or is_known(patrol)


def carrier_of(tracker_id: int) -> int:
    """The carrier of a device whose key the viewer may end. Raises NotFound or NotAllowed."""
    found = db.session.execute(
        select(Tracker.tracked_id)
        .join(Tracked, Tracked.id == Tracker.tracked_id)
        .where(Tracker.id == tracker_id, within(Permission.SEND_PATROLS, Tracked.sector_id))
    ).scalar()
    if found is None:
        raise NotFound
    taken(found, Permission.SEND_PATROLS)
    return int(found)


def end_device(tracker_id: int, lost_since: datetime | None = None) -> None:
    """End a device's key. With `lost_since`, what it has told since is doubted and its carrier stands where it was.

    Raises NotFound or NotAllowed.
    """
    tracked_id = carrier_of(tracker_id)
    ended = db.session.execute(
        update(Tracker)
        .where(Tracker.id == tracker_id, Tracker.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC), lost_since=lost_since)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound
    details: dict[str, object] = {"tracked": tracked_id}
    if lost_since is not None:
        details["lost_since"] = in_words(lost_since)
        db.session.execute(
            text("SELECT vigil.distrust_since(:device, :since)"),
            {"device": tracker_id, "since": lost_since},
        )
    record("positions.device_ended", "trackers", tracker_id, details)


def report_from_device(name: str, secret: str, fixes: Sequence[Fix]) -> int:
    """Store what a device sends; how many were new. What can't be kept is passed over in silence: a device would send it
    again for ever, and behind it nothing else. Raises SignInFirst for a key that does not open."""
    carrier = db.session.execute(
        text("SELECT vigil.enter_device(:hash, :name)"), {"hash": hash_secret(secret), "name": name[:80]}
    ).scalar()
    if carrier is None:
        raise SignInFirst(_("This device’s name and key do not open anything."))
    now = datetime.now(UTC)
    # To the second, so that one key can't fill the disk; none from ahead, which would stand in the way of what is true
    # when that second comes.
    kept = [f.model_copy(update={"at": f.at.replace(microsecond=0)}) for f in fixes]
    rooms = Rooms(kept)
    kept = [f for f in kept if now - OLDEST < f.at <= now + DRIFT and rooms.refuses(f) is None]
    return len(store([carrier] * len(kept), kept)) if kept else 0
