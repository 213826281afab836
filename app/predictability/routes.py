"""The meter: how easily patrols could be foretold. Whoever reads it knows where to wait for one: no export, no API."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.asked import number
from app.mission.queries import sectors_for
from app.permissions import Permission, needs
from app.predictability import queries, wording

pages = Blueprint("predictability", __name__, url_prefix="/patrols/predictability")
BLUEPRINTS = (pages,)


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    return render_template(
        "predictability/board.html", meter=queries.meter(number("sector")), days=queries.DAYS, wording=wording,
        filters=[{"name": "sector", "label": _("Sector"), "kind": "select",
                  "options": sectors_for(Permission.READ_PATROLS)}],
    )  # fmt: skip
