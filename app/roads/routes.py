"""Pages and API of roads' conditions."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, number
from app.db import db
from app.done import done
from app.mission.placing import Given, placed, read_place
from app.patrol_reports import wording as report_words
from app.permissions import Permission, needs, viewer
from app.roads import actions, proposed, queries, wording
from app.roads.body import ConditionBody
from app.roads.forms import ConditionForm
from app.roads.network import season_at

pages = Blueprint("roads", __name__, url_prefix="/roads")
api = Blueprint("roads_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.SEE_MAP)
def board() -> tuple[str, int]:
    """What is closed or slow now, and the roads near a place that was asked for."""
    written, found, wrong = argument("place"), [], ""
    if written.strip():
        try:
            where = placed(Given.model_validate(read_place(written)))
            found = queries.links_near(where.lon, where.lat)
        except ValidationError:  # its text repeats what was sent
            wrong = _("These are not a latitude and a longitude. Latitude comes first.")
        except ValueError as error:
            wrong = str(error)
    in_force = queries.in_force()
    page = render_template(
        "roads/board.html", conditions=in_force, proposed=proposed.proposed(in_force), links=found, written=written,
        wrong=wrong, wording=wording, report_words=report_words, season=season_at(),
        days=proposed.LOOKED_BACK.days,
    )  # fmt: skip
    return page, 422 if wrong else 200


def shown(link_id: int, form: ConditionForm, because: str = "") -> str:
    link = queries.link(link_id)
    return render_template(
        "roads/link.html", link=link, said=queries.of_link(link_id), form=form, wording=wording,
        standing={c.condition_id for c in queries.in_force() if c.id == link_id},
        may_say=viewer().may(Permission.SEND_PATROLS, link.sector_id), because=because,
    )  # fmt: skip


@pages.get("/links/<int:link_id>")
@needs(Permission.SEE_MAP)
def link(link_id: int) -> str:
    """One road; `report` and `row` of the address: what a patrol says of it, as the form's first words."""
    report = number("report")
    said = proposed.of_row(link_id, report, number("row")) if report is not None else None
    if said is None:
        return shown(link_id, ConditionForm(formdata=None))
    return shown(link_id, ConditionForm(formdata=None, data=proposed.filled_in(said)), proposed.because(said))


@pages.post("/links/<int:link_id>")
@needs(Permission.SEND_PATROLS)
def say_from_form(link_id: int) -> BaseResponse | tuple[str, int]:
    actions.link_to_change(link_id)
    form = ConditionForm()
    if done(form, lambda: actions.say(link_id, read(ConditionBody, form.as_body()))):
        flash(_("Recorded. Routes and plans from now on go by it."))
        return redirect(url_for("roads.link", link_id=link_id), 303)
    return shown(link_id, form), 422


@pages.post("/conditions/<int:condition_id>/open")
@needs(Permission.SEND_PATROLS)
def open_from_form(condition_id: int) -> BaseResponse:
    opened = actions.open_again(condition_id, request.form.get("why", "").replace("\x00", "")[:2000])
    link_id = opened.link_id
    db.session.commit()
    flash(_("Recorded: what was said of this road holds no longer."))
    return redirect(url_for("roads.link", link_id=link_id), 303)


@api.get("/roads/conditions")
@needs(Permission.SEE_MAP)
@describes("What is closed or slow now: each with its link, its cause, and how many times longer it takes.")
def list_conditions() -> Response:
    return jsonify(
        {"season": season_at().value, "conditions": [queries.as_json(c) for c in queries.in_force()]}
    )
