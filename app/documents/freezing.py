"""Freezing: a document that was ordered, from the database to its brief's bytes.

Runs in the worker with the rights of the person who ordered (workers/runtime.py, acting_for): every read is narrowed
to them by `within` and once more by the policies. Nothing of a defender is read: a document travels further than the
consent that was given. The points of a weighing are left out too;
of its reasons only the sentences that every reader of the alert may see.
"""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from app.documents.brief import freeze
from app.documents.freezing_head import LANGUAGE, Ordered
from app.documents.kinds import kind_of
from app.errors import NotAllowed

__all__ = ["Ordered", "freeze_document"]


def freeze_document(ordered: Ordered) -> bytes:
    """The canonical bytes of the brief. Raises NotFound for a subject that is gone or may not be read any more,
    NotAllowed where the person may not order documents any more."""
    kind = kind_of(ordered.kind)
    if not kind.orderable():
        raise NotAllowed(_("Your role does not order documents of this kind."))
    with force_locale(LANGUAGE):
        return freeze(kind.freeze(ordered))
