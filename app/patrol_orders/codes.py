"""Codes on cards at stops: drawn, shown once, kept as a hash; whoever reads one out has stood there."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext as _
from psycopg.errors import ObjectNotInPrerequisiteState
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from app.db import db
from app.errors import Conflict
from app.ledger.actions import record
from app.patrol_orders.actions import orderable
from app.patrol_orders.models import StopCode
from app.patrols.actions import arrive_at_stop, stop_of, stops_of, taken
from app.patrols.models import CheckedIn
from app.patrols.movement import Move, after
from app.patrols.visits import refuse_unless_known
from app.permissions import Permission, viewer

# Without what is taken for another sign when it is read out or written by hand.
SIGNS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"
LENGTH = 6


@dataclass(frozen=True)
class Card:
    """What is written on the card at a stop."""

    sequence: int
    name: str
    code: str


def give_codes(patrol_id: int) -> list[Card]:
    """New codes for every stop, shown to those who order the patrol and to nobody else; the old ones end."""
    patrol = orderable(patrol_id, Permission.PLAN_PATROLS, Permission.SEND_PATROLS)
    refuse_unless_known(patrol)
    cards, rows = [], []
    for stop in stops_of(patrol.id):
        code, salt = "".join(secrets.choice(SIGNS) for _n in range(LENGTH)), secrets.token_bytes(16)
        cards.append(Card(stop.sequence, stop.name, code))
        rows.append(
            {
                "patrol_id": patrol_id, "stop_id": stop.id, "salt": salt, "code_hash": hashed(code, salt),
                "given_by_id": viewer().person_id,
            }
        )  # fmt: skip
    db.session.execute(insert(StopCode).inline(), rows)
    record("patrols.codes_given", "patrols", patrol_id, {"stops": len(rows)})
    return cards


def hashed(code: str, salt: bytes) -> bytes:
    """Slow on purpose: a code has few signs, and whoever gets hold of the table must not find it in a day."""
    read = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.scrypt(read.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32)


def check_in(patrol_id: int, code: str, at: datetime | None = None) -> bool:
    """Arrive at the stop whose card bears this code; False for a wrong one, which is counted and must be committed.

    Raises NotFound, NotAllowed, or Conflict: not under way, no codes given, or too many wrong ones.
    """
    patrol = taken(patrol_id)
    if after(Move.ARRIVE, patrol.state) is None:
        raise Conflict(_("The patrol is not under way."), code="wrong_state")
    salts = db.session.execute(text("SELECT * FROM vigil.stop_salts(:patrol)"), {"patrol": patrol_id}).all()
    if not salts:
        raise Conflict(_("No codes were given for this patrol. Check in by hand."), code="no_codes")
    found = tried(patrol_id, {row.code_id: hashed(code, bytes(row.salt)) for row in salts})
    if found is None:
        record("patrols.code_refused", "patrols", patrol_id)
        return False
    stop = stop_of(patrol, found)
    if stop.arrived_at is None or stop.arrived_by == CheckedIn.POSITION:
        arrive_at_stop(patrol_id, stop.id, at, by=CheckedIn.CODE)
    else:
        # Checked in by hand before; the code says that it was so.
        stop.arrived_by = CheckedIn.CODE.value
        db.session.flush()
        record("patrols.proved", "patrols", patrol_id, {"stop": stop.id, "at": datetime.now(UTC).isoformat()})
    return True


def tried(patrol_id: int, hashes: dict[int, bytes]) -> int | None:
    """The stop whose code that counts has this hash. The database compares, and counts the wrong ones up to ten."""
    compared = text("SELECT vigil.try_stop_code(:patrol, CAST(:ids AS bigint[]), CAST(:hashes AS bytea[]))")
    given = {"patrol": patrol_id, "ids": list(hashes), "hashes": list(hashes.values())}
    try:
        found: int | None = db.session.execute(compared, given).scalar()
    except DBAPIError as error:
        if not isinstance(error.orig, ObjectNotInPrerequisiteState):
            raise
        raise Conflict(_("Too many wrong codes were tried. Ask for new ones."), code="too_many") from None
    return found
