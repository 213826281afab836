"""A haven that is new to the register: closed, empty, with its first record and a code of its own."""

from __future__ import annotations

import secrets
from typing import Any

from flask_babel import gettext as _
from geoalchemy2 import Geometry
from sqlalchemy import cast, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.havens.body import Entered
from app.havens.models import OPENLY_KNOWN, Exposure, Haven, HavenChange, HavenKind, HavenState
from app.havens.queries import visible
from app.havens.register import FIELDS, changed_fields, write_record
from app.havens.tokens import DIGITS
from app.ledger.actions import record
from app.mission.placing import Given, Placed, areas_of, placed
from app.permissions import Permission, knows_restricted, viewer
from app.reasons import reason_given

# Of these the place itself is what must not be known (handbook 2.8).
ALWAYS_HIDDEN = (HavenKind.SAFE_HOUSE, HavenKind.SHELTER_GBV)
# Half the diagonal of a square of 100 metres: a haven is a gate that people find, not a district.
COARSEST_METRES = 71
SAME_PLACE_METRES = 500
TRIES = 200


def enter(body: Entered) -> int:
    """Its id. Raises NotAllowed (outside one's sectors, or restricted without clearance), Invalid (a place too coarse, a
    kind that is never openly known) or Conflict (a haven of this name stands there already)."""
    why = reason_given(body.why, "why")
    there, who = exact(body.place), viewer()
    sector_id = areas_of(there.lon, there.lat).sector_id
    if not who.may(Permission.KEEP_HAVENS, sector_id):
        raise NotAllowed(_("This place lies outside the sectors whose havens you keep."))
    check_exposure(body.kind, body.exposure)
    refuse_twice(body.name, point(there))
    haven_id = written(
        {
            "name": body.name, "kind": body.kind.value, "place": point(there), "sector_id": sector_id,
            "capacity_day": body.capacity_day, "capacity_night": body.capacity_night, "exposure": body.exposure.value,
            "state": HavenState.CLOSED.value,
        }
    )  # fmt: skip
    closed = HavenState.CLOSED.value
    db.session.execute(
        insert(HavenChange).inline(),
        {"haven_id": haven_id, "from_state": closed, "to_state": closed, "occupancy": 0, "reason": why,
         "by_id": who.person_id},
    )  # fmt: skip
    # Nor its kind, some of which are always hidden: the log is read by others than the register.
    record("havens.entered", "havens", haven_id)
    first = body.model_dump(include=set(FIELDS), mode="python")
    if changed_fields(db.session.get_one(Haven, haven_id), None, first):
        write_record(haven_id, why, first)
    return haven_id


def exact(place: Given) -> Placed:
    """Raises Invalid for a place that is too coarse."""
    there = placed(place)
    if there.radius_metres > COARSEST_METRES:
        words = _("Give the place to 100 metres: a grid reference of six digits or more.")
        raise Invalid(words, fields={"place": words})
    return there


def point(there: Placed) -> Any:
    return cast(func.ST_SetSRID(func.ST_MakePoint(there.lon, there.lat), 4326), Geometry)


def refuse_twice(name: str, here: Any, but: int | None = None) -> None:
    """Conflict where another haven of this name, as far as the viewer may know, stands there."""
    # Twice at one instant, by a double click: the second one finds the first.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("havens"), 0)))
    near = func.ST_DWithin(func.geography(Haven.place), func.geography(here), SAME_PLACE_METRES)
    same = select(Haven.code).where(
        visible(), func.lower(Haven.name) == name.lower(), near, Haven.id.is_distinct_from(but)
    )
    if stands := db.session.execute(same.limit(1)).scalar():
        raise Conflict(
            _("A haven of this name stands there already: %(code)s.", code=stands), code="stands_already"
        )


def check_exposure(kind: HavenKind, exposure: Exposure) -> None:
    if kind in ALWAYS_HIDDEN and exposure in OPENLY_KNOWN:
        words = _("A haven of this kind is on no shared map. Choose “need to know” or “secret”.")
        raise Invalid(words, fields={"exposure": words})
    if exposure not in OPENLY_KNOWN and not knows_restricted():
        raise NotAllowed(
            _(
                "Havens that few may know of are entered by those few. Tell them of it; enter nothing of it here."
            )
        )


def written(values: dict[str, object]) -> int:
    """The id of the row, under a code that is drawn by lot.

    The next number, or one that somebody chose and found taken, would tell of a haven that he may not know of.
    """
    for _try in range(TRIES):
        drawn = "H" + "".join(secrets.choice(DIGITS) for _n in range(3))
        one = (
            insert_or_not(Haven).values(**values, code=drawn).on_conflict_do_nothing(index_elements=["code"])
        )
        made: int | None = db.session.execute(one.returning(Haven.id)).scalar_one_or_none()
        if made is not None:
            return made
    raise Conflict(_("No code was free. Try again."), code="no_code")
