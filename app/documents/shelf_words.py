"""Words for documents on the site: kinds, audiences, states, the steps of writing and why one failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.documents import kinds

KINDS: dict[str, LazyString] = {code.value: kind.title for code, kind in kinds.KINDS.items()}

AUDIENCES: dict[str, LazyString] = {
    "command": _l("Command"),
    "protection": _l("Protection"),
    "auditor": _l("Auditor"),
}

STATES: dict[str, LazyString] = {
    "ordered": _l("Ordered"),
    "being_written": _l("Being written"),
    "ready": _l("Ready"),
    "failed": _l("Failed"),
}

# Code of a step → (progress in percent when it is done, what is being done from then on).
STEPS: dict[str, tuple[int, LazyString]] = {
    "reading": (5, _l("Reading the facts")),
    "frozen": (20, _l("Facts frozen; writing the page")),
    "page": (40, _l("Page written; writing the PDF")),
    "pdf": (70, _l("PDF written; writing the Word file")),
    "docx": (90, _l("Word file written; storing")),
    "ready": (100, _l("Ready")),
}

FAILURES: dict[str, LazyString] = {
    "subject_gone": _l("What it is about is not there, or whoever ordered it may no longer read it."),
    "no_account": _l("The account that ordered it has no rights to order documents any more."),
    "too_long": _l("Writing it took too long and was stopped. Order a shorter period, or order it again."),
    "unexpected": _l(
        "It could not be written. Nothing is lost; order it again, and tell the operator if it fails."
    ),
}

FORMATS = {"page": _l("Page"), "pdf": _l("PDF"), "docx": _l("Word")}


def serial(document_id: int, ordered_at: datetime) -> str:
    """DOC-2026-00012: how a document is called; nothing of what it is about."""
    return f"DOC-{ordered_at.astimezone(UTC).year}-{document_id:05d}"


def about(kind: str, subject: Mapping[str, Any]) -> str:
    """What a document is about, as `documents.subject` holds it."""
    return kinds.kind_of(kind).named(subject)


def step_words(state: str, step: str) -> str:
    if state == "ordered":
        return _("Waiting for a worker")
    return str(STEPS[step][1]) if step in STEPS else ""


def failure_words(failure: str | None) -> str:
    return str(FAILURES.get(failure or "", FAILURES["unexpected"]))
