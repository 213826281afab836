"""The page on which the rest of a day is confirmed after a patrol was sent to an alert."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.db import db
from app.errors import Invalid
from app.one_at_a_time import compute_alone
from app.permissions import Permission, needs
from app.replanning import actions
from app.replanning.day import ON_SCENE, answering, day_of
from app.replanning.repairing import proposed

pages = Blueprint("replanning", __name__, url_prefix="/patrols")
BLUEPRINTS = (pages,)
MOST_STOPS = 100


@pages.get("/<int:patrol_id>/rest-of-day")
@needs(Permission.SEND_PATROLS)
def page(patrol_id: int) -> str:
    """What the patrol leaves behind that turns aside for this one, and who could do it."""
    compute_alone()
    day = day_of(patrol_id)
    return render_template(
        "replanning/page.html", answer=answering(patrol_id), day=day, rest=proposed(day) if day else None,
        on_scene=round(ON_SCENE),
    )  # fmt: skip


@pages.post("/<int:patrol_id>/rest-of-day")
@needs(Permission.SEND_PATROLS)
def confirm(patrol_id: int) -> Response:
    """Fields `stop`: "stop-patrol" for each stop, patrol 0 where it is called off."""
    answering(patrol_id)
    compute_alone()
    actions.confirm(patrol_id, read(request.form.getlist("stop")))
    db.session.commit()
    flash(_("The rest of the day is changed. Tell the patrols; an order in force needs its next version."))
    return redirect(url_for("patrols.page", patrol_id=patrol_id), 303)


def read(given: list[str]) -> dict[int, int]:
    said = {}
    for one in given[:MOST_STOPS]:
        stop, dash, patrol = one.partition("-")
        if not dash or not all(
            part.isascii() and part.isdecimal() and len(part) < 19 for part in (stop, patrol)
        ):
            raise Invalid(
                _("This form can’t be read. Open the page again."), fields={"stop": _("Not readable.")}
            )
        said[int(stop)] = int(patrol)
    return said
