"""From a brief to the outline that all three formats print: every word and figure is settled here."""

from __future__ import annotations

from contextlib import nullcontext

from flask import has_app_context
from flask_babel import force_locale
from flask_babel import gettext as _

from app.documents.blocks import Outline, with_texts
from app.documents.brief import Brief, fingerprint
from app.documents.kinds import kind_of
from app.documents.parts import Header
from app.documents.wording import dtg, dtg_and_local, printable, whole


def _head(header: Header) -> tuple[tuple[str, str], ...]:
    offset = header.local_offset_minutes
    audience = {"command": _("Command"), "protection": _("Protection"), "auditor": _("Auditor")}
    rows = [
        (_("Mission"), header.mission),
        (_("Serial"), header.serial),
        (_("Classification"), header.classification),
        (_("Precedence"), header.precedence),
        (_("Prepared"), dtg_and_local(header.prepared_at, offset)),
        (_("Prepared by"), header.prepared_by_role),
        (_("Approved by"), header.approver or _("Not yet approved")),
        (_("Audience"), audience[header.audience]),
    ]
    if header.period is not None:
        rows.append((_("Period covered"), f"{dtg(header.period.begin)} – {dtg(header.period.end)}"))
    rows.append((_("Data cut-off"), dtg_and_local(header.data_cutoff, offset)))
    withheld = "; ".join(header.withheld) if header.withheld else _("Nothing")
    rows.append((_("Withheld from this audience"), withheld))
    return tuple(rows)


def _origin(brief: Brief) -> tuple[tuple[str, str], ...]:
    rows = [(_("SHA-256 of the brief"), fingerprint(brief)), (_("Template"), brief.header.template_version)]
    checkpoint = brief.header.checkpoint
    if checkpoint is None:
        rows.append(
            (_("Ledger checkpoint"), _("None: the ledger had no signed checkpoint at the data cut-off"))
        )
    else:
        rows.append((_("Ledger entries"), whole(checkpoint.size)))
        rows.append((_("Ledger root hash"), checkpoint.root_hex))
    return tuple(rows)


def outline(brief: Brief) -> Outline:
    """The document's words in the brief's language, whatever locale the reader or the worker has."""
    with force_locale(brief.header.language) if has_app_context() else nullcontext():
        return _outline(brief)


def _outline(brief: Brief) -> Outline:
    header = brief.header
    kind = kind_of(brief.kind)
    made = Outline(
        kind_title=str(kind.title),
        title=header.title,
        serial=header.serial,
        marking=header.classification,
        exercise="EXERCISE EXERCISE EXERCISE" if header.exercise else "",
        subtitle=f"{header.mission} · {header.precedence} · {dtg(header.prepared_at)}",
        head=_head(header),
        sections=kind.sections(brief),
        origin=_origin(brief),
        checkpoint_note=header.checkpoint.note.strip() if header.checkpoint else "",
        checkpoint_alt=_("QR code of the ledger checkpoint whose text stands beside it"),
        language=header.language,
        labels={
            "page": _("Page"),
            "of": _("of"),
            "origin": _("Where this document comes from"),
            "origin_text": _(
                "Rendered from a frozen brief. Whoever holds the brief can render this document again and "
                "compare it; the checkpoint proves what the ledger held at the data cut-off."
            ),
            "note": _("Signed checkpoint"),
            "code_points": _(
                "Characters that the fonts at hand cannot draw are written as code points, such as [U+1230]. "
                "The page and the DOCX file carry them as typed."
            ),
        },
    )
    return with_texts(made, printable)
