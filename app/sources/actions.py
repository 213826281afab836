"""Registering a source, grading it, saying whose words an alert holds."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from app.alerts.actions import take_step, taken
from app.alerts.models import Alert, StepKind
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.models import CommunityNetwork, Sector
from app.permissions import Permission, viewer, within
from app.sources import queries
from app.sources.body import NewSource
from app.sources.models import AlertSource, HeldBy, KnownBy, Source, SourceKind


def add(body: NewSource) -> int:
    """Returns the source's id. Raises NotAllowed outside the viewer's sectors, Invalid for a network or sector that is
    not there, Conflict where the code is taken."""
    who = viewer()
    if not who.may(Permission.KEEP_SOURCES, body.sector_id):
        raise NotAllowed(_("You keep the sources of your own sectors alone."))
    if body.sector_id is not None and db.session.get(Sector, body.sector_id) is None:
        words = _("There is no such sector.")
        raise Invalid(words, fields={"sector_id": words})
    n = CommunityNetwork
    network = select(n.id).where(n.id == body.network_id, within(Permission.READ_ALERTS, n.sector_id))
    if body.network_id is not None and db.session.execute(network).first() is None:
        words = _("There is no such network.")
        raise Invalid(words, fields={"network_id": words})
    made = stored(
        body.code, body.kind, body.sector_id, network_id=body.network_id, known_by=body.known_by.value,
        contactable=body.contactable, contact_held_by=body.contact_held_by.value,
    )  # fmt: skip
    if made is None:
        raise Conflict(_("A source of this sector has this code already."), code="code_taken")
    return made


def stored(code: str, kind: SourceKind, sector_id: int | None, **rest: object) -> int | None:
    """The new source's id, None where the code stands already."""
    new = insert_or(Source).values(
        code=code, kind=kind.value, sector_id=sector_id, added_by_id=viewer().person_id, **rest
    )
    source_id = db.session.execute(new.on_conflict_do_nothing().returning(Source.id)).scalar()
    if source_id is not None:
        record("sources.added", "sources", source_id)
    return source_id


def grade(source_id: int, given: str) -> None:
    """An officer's own grade; what the history suggests stays beside it."""
    source = queries.one(source_id)
    who = viewer()
    if not who.may(Permission.KEEP_SOURCES, source.sector_id):
        raise NotAllowed(_("You keep the sources of your own sectors alone."))
    changed = db.session.execute(
        update(Source)
        .where(Source.id == source_id)
        .values(grade=given, graded_by_id=who.person_id, graded_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound
    record("sources.graded", "sources", source_id, {"grade": given, "before": source.grade})


def say_whose_words(alert_id: int, code: str, repeats: str | None, note: str = "") -> Alert:
    """Whose words the alert holds, and whom he repeats. A code that is new is registered with it, in the
    alert's sector."""
    alert = taken(alert_id)
    if not viewer().may(Permission.KEEP_SOURCES, alert.sector_id):
        raise NotAllowed(_("You keep the sources of your own sectors alone."))
    not_itself(code, repeats)
    source_id = known(code, alert)
    repeats_id = known(repeats, alert) if repeats else None
    take_step(
        alert, StepKind.SOURCE_TOLD, note=note, details={"source": source_id, "repeats_source": repeats_id}
    )
    db.session.execute(
        insert(AlertSource).inline(),
        {
            "alert_id": alert.id, "source_id": source_id, "repeats_id": repeats_id, "by_id": viewer().person_id,
        },
    )  # fmt: skip
    alert.source_code = code
    return alert


def not_itself(code: str, repeats: str | None) -> None:
    if repeats == code:
        words = _("A source does not repeat itself. Leave this empty for what it saw or heard itself.")
        raise Invalid(words, fields={"repeats_code": words})


def known(code: str, alert: Alert) -> int:
    """The source of that code, registered now if it is new."""
    found = queries.called(code, alert.sector_id)
    if found is None:
        found = stored(
            code, SourceKind.CALLER, alert.sector_id, known_by=KnownBy.NOT_TOLD_APART.value,
            contactable=alert.source_contactable, contact_held_by=HeldBy.NOBODY.value,
        )  # fmt: skip
    if found is None:  # somebody else has registered it in this moment
        found = queries.called(code, alert.sector_id)
    if found is None:
        raise Conflict(_("This code can’t be used here. Choose another one."), code="code_taken")
    return found
