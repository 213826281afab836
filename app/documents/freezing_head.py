"""The head of a frozen document, and the reach of the person who ordered it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, text

from app.db import db
from app.documents.parts import Audience, Checkpoint, Classification, Header, Period, Precedence
from app.ledger.models import LedgerCheckpoint
from app.mission.models import CLASSIFICATIONS
from app.mission.queries import identity
from app.permissions import ROLE_NAMES, Permission, viewer
from app.settings import settings_of

#: Changes with every change of the outline or of a rendering template.
TEMPLATE_VERSION = "2026.1"
#: The language that facts are put into words in; the brief carries it, so that rendering uses the same.
LANGUAGE = "en"


@dataclass(frozen=True)
class Ordered:
    """What is to be frozen: the document's own row, as far as freezing needs it."""

    serial: str
    kind: str
    subject: Mapping[str, Any]
    audience: Audience


def now() -> datetime:
    """The data cut-off: when the transaction began whose snapshot everything is read from."""
    found: datetime = db.session.execute(text("SELECT now()")).scalar_one()
    return found.astimezone(UTC)


def header(
    ordered: Ordered,
    *,
    title: str,
    precedence: Precedence,
    withheld: tuple[str, ...] = (),
    period: Period | None = None,
) -> Header:
    """The head of a document; what lies outside the reach of whoever ordered is among what is withheld."""
    who, mission, cutoff = viewer(), identity(), now()
    settings = settings_of(current_app)
    if Permission.READ_ALERTS not in who.anywhere():
        withheld = (_("what lies outside the sectors of the person who ordered this"), *withheld)
    return Header(
        serial=ordered.serial,
        title=title,
        classification=classification(mission.classification),
        precedence=precedence,
        exercise=mission.exercise or settings.exercise,
        mission=mission.name,
        prepared_at=cutoff,
        prepared_by_role=str(ROLE_NAMES[who.role.value]),
        data_cutoff=cutoff,
        audience=ordered.audience,
        template_version=TEMPLATE_VERSION,
        period=period,
        checkpoint=checkpoint(),
        local_offset_minutes=offset_minutes(mission.time_zone, cutoff),
        language=LANGUAGE,
        withheld=withheld,
    )


def classification(written: str) -> Classification:
    """The mission's marking; one that documents do not know is taken as the strictest, never as the mildest."""
    return cast(Classification, written) if written in CLASSIFICATIONS else "STRICTLY CONFIDENTIAL"


def offset_minutes(zone: str, at: datetime) -> int:
    try:
        offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return 0
    return int(offset.total_seconds() // 60) if offset else 0


def checkpoint() -> Checkpoint | None:
    """The ledger's newest signed head."""
    found = db.session.execute(
        select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1)
    ).scalar_one_or_none()
    return Checkpoint(found.note, found.size, found.root.hex()) if found else None
