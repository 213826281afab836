"""The one gate: which geometry and which fields of a defender a viewer gets, for which purpose.

Pages, GeoJSON, API and CSV ask here; documents and messages tell of no defender. Consent is a predicate of the answer,
not a warning on a page (handbook 3.8, 6.5):

- scopes 1, 2 or 3 in force: the file is kept, and those who may read files read it;
- scope 2 or 3: the cell stands on the operations picture (`defender_cells.shared_until` follows from it);
- scope 3, or 1 for the case officer: the identity may be unmasked;
- none in force: gone from everything but the file and the register of those who keep files, where it says so.

The finer cell is not so much as named in a query for a viewer without clearance: distance, count and order of rows
tell a place as well as a column does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, array

from app.db import db
from app.defenders.models import CellTier, Consent, Defender, DefenderCell, RiskBand
from app.defenders.wording import BANDS
from app.permissions import Permission, Viewer, within
from app.permissions import viewer as who_looks

KEEPING = frozenset({1, 2, 3})
SHARING = frozenset({2, 3})
IDENTITY = 3
OWN_FOLLOW_UP = 1


class Purpose(StrEnum):
    """For what one defender's facts are asked; the cells on the picture are asked for by `cells_for`."""

    REGISTER = "register"
    FILE = "file"
    EXPORT = "export"


@dataclass(frozen=True)
class Facts:
    """What stands in the register of one defender, with the consent scopes in force today. Nothing sealed."""

    id: int
    codename: str
    profiles: tuple[str, ...]
    work: str
    compartment: str
    sector_id: int
    case_status: str
    case_officer_id: int | None
    risk_band: str
    review_on: date
    registered_at: datetime
    scopes: frozenset[int]
    consent_until: date | None

    @property
    def consent_state(self) -> str:
        """What the register says: `shared`, `kept` (own follow-up only) or `ended`."""
        return "shared" if self.scopes & SHARING else "kept" if self.scopes & KEEPING else "ended"


@dataclass(frozen=True)
class Answer:
    """`fields`: names of what may be shown. `tier`: the finest cell that may be shown; None: no geometry."""

    fields: frozenset[str]
    tier: CellTier | None


NOTHING = Answer(frozenset(), None)

# After consent has ended a keeper still finds the file, to ask again or to close it: no work, no risk, no cell.
ENDED_REGISTER = frozenset({
    "id", "codename", "sector_id", "case_status", "case_officer_id", "review_on", "consent_state",
})  # fmt: skip
ENDED_FILE = ENDED_REGISTER | {"compartment", "registered_at", "consents", "notes"}
REGISTER = ENDED_REGISTER | {"profiles", "risk_band", "consent_until"}
FILE = REGISTER | ENDED_FILE | {"work", "assessments", "cells", "sealed", "check_ins"}
EXPORT = frozenset({"id", "codename", "profiles", "risk_band", "sector_id", "case_status", "review_on"})


def reads_file(viewer: Viewer, sector_id: int, compartment: str) -> bool:
    return viewer.may(Permission.READ_DEFENDERS, sector_id) and compartment in viewer.compartments


def keeps_file(viewer: Viewer, sector_id: int, compartment: str) -> bool:
    return reads_file(viewer, sector_id, compartment) and viewer.may(Permission.KEEP_DEFENDERS, sector_id)


def clearance(viewer: Viewer, sector_id: int, compartment: str) -> CellTier | None:
    """The finest tier of cell that the viewer's rights reach, consent apart."""
    if viewer.may(Permission.SEE_FINE_CELLS, sector_id) and compartment in viewer.compartments:
        return CellTier.FINE
    return CellTier.COARSE if viewer.may(Permission.SEE_COARSE_CELLS, sector_id) else None


def answer_for(viewer: Viewer, defender: Facts, purpose: Purpose) -> Answer:
    """What this viewer gets of this defender for this purpose. Taking a right away never adds to the answer."""
    reads = reads_file(viewer, defender.sector_id, defender.compartment)
    keeps = keeps_file(viewer, defender.sector_id, defender.compartment)
    tier = clearance(viewer, defender.sector_id, defender.compartment)
    kept = bool(defender.scopes & KEEPING)
    shared = bool(defender.scopes & SHARING)
    match purpose:
        case Purpose.REGISTER if reads and kept:
            return Answer(REGISTER, None)
        case Purpose.REGISTER if keeps:
            return Answer(ENDED_REGISTER, None)
        case Purpose.FILE if reads and kept:
            near = tier if keeps or shared else None
            return Answer(FILE if near else FILE - {"cells"}, near)
        case Purpose.FILE if keeps:
            return Answer(ENDED_FILE, None)
        case Purpose.EXPORT if reads and shared:
            return Answer(EXPORT, None)
    return NOTHING


def fields_for(viewer: Viewer, defender: Facts, purpose: Purpose) -> dict[str, Any]:
    """The values that may be shown. Parts that lie elsewhere (cells, assessments, consents, notes, sealed) are
    named by `answer_for(…).fields` and fetched by whoever shows them."""
    allowed = answer_for(viewer, defender, purpose).fields
    return {name: getattr(defender, name) for name in sorted(allowed) if hasattr(defender, name)}


class UnmaskRefusal(StrEnum):
    """Why an identity is not shown. Those of a file that one may not see answer as what does not exist."""

    NOT_SIGNED_IN = "not_signed_in"
    NO_SUCH_DEFENDER = "no_such_defender"
    NOT_YOUR_FILE = "not_your_file"
    NO_CONSENT = "no_consent"
    TOO_MANY = "too_many"
    NOTHING_SEALED = "nothing_sealed"
    SEAL_BROKEN = "seal_broken"


def unmask_refusal(viewer: Viewer, defender: Facts) -> UnmaskRefusal | None:
    """Why this viewer may not see this defender's identity; None if he may. Asked by the key-holder itself."""
    in_reach = viewer.may(Permission.UNMASK_DEFENDERS, defender.sector_id)
    if not in_reach or defender.compartment not in viewer.compartments:
        return UnmaskRefusal.NOT_YOUR_FILE
    own = defender.case_officer_id == viewer.person_id and OWN_FOLLOW_UP in defender.scopes
    return None if IDENTITY in defender.scopes or own else UnmaskRefusal.NO_CONSENT


def today() -> date:
    """Consent runs to the end of its last day, UTC."""
    return datetime.now(UTC).date()


def in_force(scopes: frozenset[int] | None = None) -> ColumnElement[bool]:
    """The consents of `Consent` that count today, of these scopes (all when None)."""
    now = today()
    of_scope = true() if scopes is None else Consent.scope.in_(sorted(scopes))
    return and_(of_scope, Consent.withdrawn_at.is_(None), Consent.given_on <= now, Consent.until >= now)


def consented(defender_id: Any, scopes: frozenset[int]) -> ColumnElement[bool]:
    return exists().where(Consent.defender_id == defender_id, in_force(scopes))


def in_compartment(viewer: Viewer, compartment: Any) -> ColumnElement[bool]:
    return compartment.in_(sorted(viewer.compartments)) if viewer.compartments else false()


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The files that this viewer reads: the first wall, whatever the policies say."""
    return and_(
        within(Permission.READ_DEFENDERS, Defender.sector_id, viewer),
        in_compartment(viewer, Defender.compartment),
    )


def cells_for(viewer: Viewer) -> Select[Any]:
    """The cells of the operations picture: `cell` (polygon, WGS 84), `tier`, `risk_band` (the worst inside), `defenders`
    (how many), `defender_ids` and `codenames` (of those whose files the viewer reads; else NULL).

    Equal cells are one row, so that nobody learns who shares a cell.
    """
    c = DefenderCell
    coarse = and_(
        c.tier == CellTier.COARSE.value,
        not_(func.ST_IsEmpty(c.cell)),  # where too few people live to hide among, operations see nothing
        within(Permission.SEE_COARSE_CELLS, c.sector_id, viewer),
    )
    which: ColumnElement[bool] = coarse
    if viewer.compartments and viewer.holds(Permission.SEE_FINE_CELLS):
        cleared = and_(
            within(Permission.SEE_FINE_CELLS, c.sector_id, viewer), in_compartment(viewer, c.compartment)
        )
        # One tier of each defender: two would tell more together than either.
        which = or_(and_(c.tier == CellTier.FINE.value, cleared), and_(coarse, not_(cleared)))
    knows = viewer.holds(Permission.READ_DEFENDERS)
    ids: Any = literal(None).cast(ARRAY(BigInteger))
    codenames: Any = literal(None).cast(ARRAY(Text))
    if knows:
        known = Defender.id.is_not(None)
        ids = func.array_agg(aggregate_order_by(Defender.id, Defender.id)).filter(known)
        codenames = func.array_agg(aggregate_order_by(Defender.codename, Defender.id)).filter(known)
    worst = func.max(case({b.value: n for n, b in enumerate(RiskBand, start=1)}, value=c.risk_band))
    query = select(
        c.cell.label("cell"),
        c.tier.label("tier"),
        array([b.value for b in RiskBand])[worst].label("risk_band"),
        func.count().label("defenders"),
        ids.label("defender_ids"),
        codenames.label("codenames"),
    ).where(c.shared_until > func.now(), which)
    if knows:
        query = query.outerjoin(Defender, and_(Defender.id == c.defender_id, readable(viewer)))
    return query.group_by(c.cell, c.tier).order_by(c.tier, func.ST_XMin(c.cell), func.ST_YMin(c.cell), c.cell)


class Box(Protocol):
    """The part of the world that a picture shows: degrees, lon/lat."""

    @property
    def west(self) -> float: ...
    @property
    def south(self) -> float: ...
    @property
    def east(self) -> float: ...
    @property
    def north(self) -> float: ...


MOST_CELLS = 3000


def layer(box: Box) -> str:
    """The viewer's cells in that part of the world as a GeoJSON FeatureCollection, built by the database.

    Properties: `title` (the line that hovering shows), `url` of the panel where a file may be read, `tier`,
    `risk_band`, `defenders` (how many), `defender_ids` and `codenames` or null.
    """
    inner = cells_for(who_looks())
    envelope = func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, 4326)
    found = inner.where(func.ST_Intersects(DefenderCell.cell, envelope)).limit(MOST_CELLS).subquery()
    c = found.c
    # format() of PostgreSQL fills these in: the sentence is the translator's, the figures are the database's.
    title = _("Defenders: %(n)s · %(band)s", n="%1$s", band="%2$s")
    band = case({code: str(words) for code, words in BANDS.items()}, value=c.risk_band)
    panel = func.concat("/defenders/panel?ids=", func.array_to_string(c.defender_ids, ","))
    properties = func.jsonb_build_object(
        "title", func.format(title, c.defenders, band), "tier", c.tier, "risk_band", c.risk_band,
        "url", case((func.cardinality(c.defender_ids) > 0, panel)), "defenders", c.defenders,
        "defender_ids", c.defender_ids, "codenames", c.codenames,
    )  # fmt: skip
    geometry = func.ST_AsGeoJSON(c.cell, 5).cast(JSONB)
    feature = func.jsonb_build_object("type", "Feature", "geometry", geometry, "properties", properties)
    collection = func.jsonb_build_object(
        "type", "FeatureCollection", "total", func.coalesce(func.sum(c.defenders), 0),
        "truncated", func.count() >= MOST_CELLS,
        "features", func.coalesce(func.jsonb_agg(feature), func.jsonb_build_array()),
    )  # fmt: skip
    return str(db.session.scalar(select(collection.cast(Text)).select_from(found)))
