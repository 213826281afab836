"""Pages of the register and of one file. Addresses and titles hold ids, never a codename and never a name."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.asked import page_number
from app.db import db
from app.defenders import (
    actions,
    api_routes,
    change_routes,
    check_in_routes,
    check_ins,
    gate,
    queries,
    wording,
)
from app.defenders.asked import asked_for
from app.defenders.blueprints import ID, api, pages
from app.defenders.export import as_csv
from app.defenders.file import file
from app.defenders.forms import BareForm, NoteForm, UnmaskForm
from app.defenders.models import SealedField
from app.errors import Refusal
from app.exchange.tables import Marking
from app.mission import queries as mission
from app.permissions import Permission, needs, role_words, viewer
from app.settings import settings_of

BLUEPRINTS = (pages, api)
# Imported so that their routes join `pages` and `api`.
FILLED_BY = (change_routes, check_in_routes, api_routes)

# How long a name stands on the screen.
SHOWN_SECONDS = 60


@pages.get("")
@needs(Permission.READ_DEFENDERS)
def register() -> str:
    """The register, overdue reviews first."""
    lines, total, page_count = queries.register(asked_for(), page_number())
    return render_template(
        "defenders/register.html", lines=lines, total=total, page=page_number(), pages=page_count,
        filters=asked_for(), counts=queries.counts(), unseen=queries.unseen(), sectors=queries.sectors(),
        may_keep=viewer().holds(Permission.KEEP_DEFENDERS), wording=wording, bare=BareForm(formdata=None),
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.READ_DEFENDERS)
def export() -> BaseResponse:
    """The register as CSV: what consent lets leave, recorded in the ledger."""
    found = queries.export(asked_for())
    actions.export_recorded(len(found))
    db.session.commit()
    return as_csv(found, Marking.of(mission.identity(), settings_of(current_app).exercise))


@pages.get("/panel")
@needs(Permission.READ_DEFENDERS)
def panel() -> str:
    """The defenders of one cell of the picture, for the side panel."""
    wanted = [
        int(part)
        for part in request.args.get("ids", "")[:4000].split(",")
        if part.isascii() and part.isdigit()
    ]
    found = queries.lines([n for n in wanted if n < 2**63])
    return render_template("defenders/panel.html", lines=found, wording=wording)


@pages.get(f"/<{ID}:defender_id>")
@needs(Permission.READ_DEFENDERS)
def page(defender_id: int) -> str:
    return shown(defender_id)


def shown(defender_id: int, **forms: Any) -> str:
    found = file(defender_id)
    return render_template(
        "defenders/page.html", file=found, d=found.fields, wording=wording, bare=BareForm(formdata=None),
        note_form=forms.get("note_form") or NoteForm(formdata=None),
        unmask_form=forms.get("unmask_form") or UnmaskForm(formdata=None), shown_seconds=SHOWN_SECONDS,
        standing=check_ins.standing(defender_id), today=gate.today(), viewer_id=viewer().person_id,
    )  # fmt: skip


@pages.post(f"/<{ID}:defender_id>/unmask")
@needs(Permission.UNMASK_DEFENDERS)
def unmask(defender_id: int) -> BaseResponse | str | tuple[str, int]:
    """Show sealed fields on the answer to this very request: they stand at no address, so that neither history nor
    a link nor going back brings them again."""
    form = UnmaskForm()
    if form.validate_on_submit():
        try:
            opened = actions.unmask(
                defender_id, [SealedField(f) for f in form.fields.data or ()], form.reason.data or ""
            )
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            form.tell(refusal)
        else:
            answer = BaseResponse(
                render_template(
                    "defenders/unmasked.html", defender_id=defender_id, values=opened.values,
                    unmasking_id=opened.unmasking_id, wording=wording, seconds=SHOWN_SECONDS,
                ),
                mimetype="text/html",
            )  # fmt: skip
            # Without scripts too the page goes after its time.
            answer.headers["Refresh"] = (
                f"{SHOWN_SECONDS}; url={url_for('defenders.page', defender_id=defender_id)}"
            )
            return answer
    return shown(defender_id, unmask_form=form), 422


@pages.get("/unmaskings")
@needs(Permission.SUPERVISE_UNMASKING)
def unmaskings() -> str:
    rows, total, page_count = queries.unmaskings(page_number())
    return render_template(
        "defenders/unmaskings.html", rows=rows, total=total, page=page_number(), pages=page_count,
        unseen=queries.unseen(), wording=wording, bare=BareForm(formdata=None), keepers=queries.keepers(),
        me=viewer().person_id, words_of_role=role_words,
    )  # fmt: skip


@pages.post(f"/unmaskings/<{ID}:unmasking_id>/seen")
@needs(Permission.SUPERVISE_UNMASKING)
def seen(unmasking_id: int) -> BaseResponse:
    actions.mark_seen(unmasking_id)
    db.session.commit()
    flash(_("Marked as seen."))
    return redirect(url_for("defenders.unmaskings"), 303)
