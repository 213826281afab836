"""What keepers do to a file: register, seal, place, note; and looks at what is sealed. Never commits.

Consent is in consents.py, risk in risk.py; both are named here too, so that there is one door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from geoalchemy2.shape import from_shape
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import db
from app.defenders import codenames, gate, sealing
from app.defenders.cells import around, fine_and_coarse
from app.defenders.consents import Given, add, check, give_consent, share, withdraw_consent
from app.defenders.keeping import kept_file
from app.defenders.models import Defender, DefenderCell, DefenderNote, SealedField, SealedValue, Unmasking
from app.defenders.risk import Scores, assess_risk, review_assessment
from app.defenders.wording import PROFILES
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.models import Place
from app.mission.queries import procedures
from app.permissions import Permission, viewer
from app.reasons import is_reason

DRAWS = 50

__all__ = [
    "Given", "NewDefender", "Scores", "assess_risk", "give_consent", "mark_seen", "note", "register_defender",
    "review_assessment", "seal_identity", "unmask", "withdraw_consent",
]  # fmt: skip


@dataclass(frozen=True)
class NewDefender:
    """A person as registered. `identity` is sealed at once and kept nowhere else; `lon`, `lat` (degrees) give the
    cells and are forgotten. `repr` shows neither."""

    profiles: tuple[str, ...]
    work: str
    sector_id: int
    compartment: str
    consents: tuple[Given, ...]
    identity: Mapping[SealedField, str] = field(repr=False)
    lon: float = field(repr=False)
    lat: float = field(repr=False)


def register_defender(new: NewDefender) -> int:
    """Open a file under a random codename; returns its id. Its first assessment is due today.

    Raises NotAllowed (not your sector or compartment), Invalid (no consent to keep a file, an unknown profile),
    KeyholderDown; ShapeError for a position out of range.
    """
    who = viewer()
    if not gate.keeps_file(who, new.sector_id, new.compartment):
        raise NotAllowed(_("You keep no files in this sector and compartment. Ask your supervisor."))
    if not new.profiles or not set(new.profiles) <= PROFILES.keys():
        raise Invalid(_("Choose what the person does."), fields={"profiles": _("Choose at least one.")})
    for given in new.consents:
        check(given)
    if not any(g.scope in gate.KEEPING and g.until >= gate.today() for g in new.consents):
        raise Invalid(
            _("Without the person’s consent no file may be opened."),
            fields={"scopes": _("Scope 1, 2 or 3 is needed to keep a file.")},
        )
    defender_id = open_file(new)
    for given in new.consents:
        add(defender_id, given)
    place_cells(defender_id, new.lon, new.lat)
    share(defender_id)
    seal_fields(defender_id, new.compartment, new.identity)
    # The log is read by people who see no file: that one was opened, and when, stands there, and nothing of it. So with
    # all that is done to a file; digests prove the rest.
    record("defenders.registered", "defenders", defender_id)
    return defender_id


def open_file(new: NewDefender) -> int:
    """Codenames of other compartments can't be seen, so uniqueness is asked of the constraint, by drawing again."""
    for _draw in range(DRAWS):
        made = db.session.scalar(
            insert(Defender)
            .values(
                codename=codenames.draw(), profiles=list(new.profiles), work=new.work, sector_id=new.sector_id,
                compartment=new.compartment, case_officer_id=viewer().person_id, review_on=gate.today(),
            )
            .on_conflict_do_nothing(index_elements=["codename"])
            .returning(Defender.id)
        )  # fmt: skip
        if made is not None:
            return made
    raise Conflict(_("No free codename was found. Try again."))


def place_cells(defender_id: int, lon: float, lat: float) -> None:
    """Write both cells of a place. The exact position enters no statement: it could stand in a server's log."""
    defender = db.session.get_one(Defender, defender_id)
    settings = procedures()
    west, south, east, north = around(lon, lat, settings).bounds
    x, y = func.ST_X(Place.place), func.ST_Y(Place.place)
    people = db.session.execute(
        select(x, y, Place.population)
        .where(x >= west, x < east, y >= south, y < north)
        .where(Place.population.is_not(None))
    ).tuples()
    until = select(func.max(DefenderCell.shared_until)).where(DefenderCell.defender_id == defender_id)
    shared_until = db.session.scalar(until)
    for tier, shape in fine_and_coarse(lon, lat, people, settings).items():
        values = {
            "cell": from_shape(shape, srid=4326), "compartment": defender.compartment,
            "sector_id": defender.sector_id, "risk_band": defender.risk_band, "shared_until": shared_until,
        }  # fmt: skip
        changed = db.session.execute(
            update(DefenderCell)
            .where(DefenderCell.defender_id == defender_id, DefenderCell.tier == tier.value)
            .values(**values)
            .returning(DefenderCell.id)
        ).first()
        if changed is None:
            db.session.add(DefenderCell(defender_id=defender_id, tier=tier.value, **values))
    db.session.flush()


def seal_fields(defender_id: int, compartment: str, identity: Mapping[SealedField, str]) -> None:
    for which, value in identity.items():
        sealed = sealing.seal(compartment, defender_id, which, value)
        parts = {
            "wrapped_key": sealed.wrapped_key, "nonce": sealed.nonce, "ciphertext": sealed.ciphertext,
            "compartment": compartment,
        }  # fmt: skip
        statement = insert(SealedValue).values(defender_id=defender_id, field=which.value, **parts)
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["defender_id", "field"], set_=parts)
        )


def seal_identity(
    defender_id: int, identity: Mapping[SealedField, str], position: tuple[float, float] | None
) -> None:
    """Seal these fields anew. A new home brings its `position` (lon, lat), from which the cells follow.

    Raises NotFound, NotAllowed, Conflict, Invalid, KeyholderDown.
    """
    defender = kept_file(defender_id, with_consent=True)
    if not identity or (SealedField.HOME in identity) != (position is not None):
        raise Invalid(_("Give what is to be sealed anew; a new home needs its place, and a place its home."))
    seal_fields(defender.id, defender.compartment, identity)
    if position is not None:
        place_cells(defender.id, *position)
    record(
        "defenders.identity_sealed", "defenders", defender.id, {"fields": sorted(f.value for f in identity)}
    )


def note(defender_id: int, words: str) -> int:
    """Put a dated note into the file; returns its id. Names belong into the sealed fields, not here."""
    defender = kept_file(defender_id)
    written = DefenderNote(defender_id=defender.id, by_id=viewer().person_id, note=words, details={})
    db.session.add(written)
    db.session.flush()
    record("defenders.noted", "defender_notes", written.id)
    return written.id


def unmask(defender_id: int, fields: Sequence[SealedField], reason: str) -> sealing.Opened:
    """Look at sealed fields. Whether the viewer may is the key-holder's to say, which also records a refusal; asking
    here first and refusing would leave no record of the attempt.

    Raises NotFound, NotAllowed, Conflict, Invalid, TooManyLooks, KeyholderDown.
    """
    wrong = {}
    if not fields:
        wrong["fields"] = _("Choose what you need to see, and no more.")
    if not is_reason(reason):
        wrong["reason"] = _("Say in ten characters or more why you need it. Your supervisor reads this.")
    if wrong:
        raise Invalid(_("Nothing was shown yet."), fields=wrong)
    return sealing.open_sealed(defender_id, fields, reason.strip())


def mark_seen(unmasking_id: int) -> None:
    """A supervisor has seen that somebody looked. His own looks are for another supervisor to see."""
    who = viewer()
    if not who.holds(Permission.SUPERVISE_UNMASKING):
        raise NotAllowed(_("Only supervisors do this."))
    look = db.session.scalars(select(Unmasking).where(Unmasking.id == unmasking_id).with_for_update()).first()
    if look is None:
        raise NotFound
    if look.seen_by_supervisor_at is not None:
        raise Conflict(_("A supervisor has marked this before."))
    if look.by_id == who.person_id:
        raise NotAllowed(_("This look was your own. Another supervisor must see it."))
    db.session.execute(
        update(Unmasking)
        .where(Unmasking.id == unmasking_id)
        .values(seen_by_supervisor_id=who.person_id, seen_by_supervisor_at=func.now())
    )
    record("defenders.unmasking_seen", "unmaskings", unmasking_id)


def export_recorded(count: int) -> None:
    """That files left the house in a table: how many, never which."""
    record("defenders.exported", "defenders", "register", {"count": count})
