"""Writing documents: freeze what the document says, with the rights of whoever ordered it; render; store.

The frozen brief is stored before anything is rendered, and everything is rendered from what is stored: a worker that
was killed half way is followed by one that writes the same bytes. Progress is a row that the page polls.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from app.db import db
from app.documents.brief import Brief, thaw
from app.documents.freezing import Ordered, freeze_document
from app.documents.models import Document, DocumentFile, DocumentState
from app.documents.parts import Audience
from app.documents.render_docx import render_docx
from app.documents.render_page import render_page
from app.documents.render_pdf import render_pdf
from app.documents.shelf_words import STEPS, serial
from app.errors import NotAllowed, NotFound
from app.ledger.actions import record
from workers.runtime import acting_for

log = logging.getLogger("vigil.documents")

RENDERERS: tuple[tuple[str, Callable[[Brief], bytes]], ...] = (
    ("page", lambda brief: render_page(brief).encode()),
    ("pdf", render_pdf),
    ("docx", render_docx),
)


def render(document_id: str) -> None:
    """Write one document; nothing where it is ready already. What cannot be written is marked as failed, with a
    reason from a list: whoever ordered it decides whether to order it again."""
    number = int(document_id)
    try:
        write(number)
    except OperationalError:
        raise  # the database is away: the outbox tries again by itself
    except Exception as error:
        db.session.rollback()
        fail(number, reason_of(error))
        log.error("document failed", extra={"document": number, "error": type(error).__name__})


def write(document_id: int) -> None:
    document = begin(document_id)
    if document is None:
        return
    if document.brief is None:
        keep_brief(document_id, frozen_for(document))
    # What the database holds, and not what was sent to it.
    kept = db.session.execute(select(Document.brief).where(Document.id == document_id)).scalar_one()
    db.session.rollback()
    if kept is None:
        raise RuntimeError("the brief that was stored is gone")
    brief = thaw(kept)
    files = {}
    for name, renderer in RENDERERS:
        files[name] = renderer(brief)
        progress(document_id, name)
    store(document_id, hashlib.sha256(kept).hexdigest(), files)


def begin(document_id: int) -> Document | None:
    """Take the document; None where there is nothing to do."""
    document = db.session.execute(
        select(Document).where(Document.id == document_id).with_for_update()
    ).scalar_one_or_none()
    if document is None or document.state == DocumentState.READY:
        db.session.rollback()
        return None
    document.state = DocumentState.BEING_WRITTEN.value
    document.started_at = datetime.now(UTC)
    document.failure = None
    document.step = "frozen" if document.brief else "reading"
    document.progress = STEPS[document.step][0]
    db.session.commit()
    # Loaded again, and then apart from the session: what follows reads in a transaction of its own.
    db.session.refresh(document)
    db.session.expunge(document)
    db.session.rollback()
    return document


def frozen_for(document: Document) -> bytes:
    """The brief's bytes, read in one snapshot that cannot write, with the rights that the person has now."""
    ordered = Ordered(
        serial(document.id, document.ordered_at),
        document.kind,
        document.subject,
        cast(Audience, document.audience),
    )
    db.session.connection(
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with acting_for(document.ordered_by_id):
        return freeze_document(ordered)


def keep_brief(document_id: int, frozen: bytes) -> None:
    """Store the brief unless one stands already: the first is the one that the document says."""
    db.session.execute(
        update(Document)
        .where(Document.id == document_id, Document.brief.is_(None))
        .values(
            brief=frozen,
            brief_hash=hashlib.sha256(frozen).digest(),
            step="frozen",
            progress=STEPS["frozen"][0],
        )
    )
    db.session.commit()


def progress(document_id: int, step: str) -> None:
    db.session.execute(
        update(Document).where(Document.id == document_id).values(step=step, progress=STEPS[step][0])
    )
    db.session.commit()


def store(document_id: int, brief_hash: str, files: dict[str, bytes]) -> None:
    """The files, the state and the event with their digests: one transaction."""
    digests = {name: hashlib.sha256(content).digest() for name, content in files.items()}
    rows = [
        {"document_id": document_id, "format": name, "content": content, "sha256": digests[name]}
        for name, content in files.items()
    ]
    db.session.execute(insert(DocumentFile).on_conflict_do_nothing(), rows)
    db.session.execute(
        update(Document)
        .where(Document.id == document_id)
        .values(
            state=DocumentState.READY.value,
            step="ready",
            progress=100,
            failure=None,
            ready_at=datetime.now(UTC),
        )
    )
    details = {"brief": brief_hash} | {name: digest.hex() for name, digest in digests.items()}
    record("documents.ready", "documents", document_id, details)
    db.session.commit()


def reason_of(error: Exception) -> str:
    """A code of app/documents/shelf_words.py: nothing of the error's own text, which may hold what was read."""
    if isinstance(error, NotFound):
        return "subject_gone"
    if isinstance(error, NotAllowed) or type(error) is LookupError:
        return "no_account"
    if isinstance(error, BaseTimeoutException):
        return "too_long"
    return "unexpected"


def fail(document_id: int, reason: str) -> None:
    db.session.execute(
        update(Document)
        .where(Document.id == document_id, Document.state != DocumentState.READY)
        .values(state=DocumentState.FAILED.value, failure=reason)
    )
    record("documents.failed", "documents", document_id, {"reason": reason})
    db.session.commit()
