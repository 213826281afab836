"""Pages and API of the sites to protect."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, number, page_number
from app.db import db
from app.done import done
from app.errors import Invalid
from app.mission.placing import read_place
from app.permissions import Permission, needs, viewer
from app.sites import actions, queries, wording
from app.sites.body import SiteBody
from app.sites.forms import NewSiteForm, SiteForm

pages = Blueprint("sites", __name__, url_prefix="/sites")
api = Blueprint("sites_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


def asked_for() -> queries.Filters:
    given = {f: argument(f) for f in ("priority", "state", "search", "sort")}
    return queries.Filters(**given, sector=number("sector"))


@pages.get("")
@needs(Permission.READ_PATROLS)
def table() -> str:
    found, total = queries.table(asked_for(), page_number())
    return render_template(
        "sites/table.html", sites=found, total=total, page=page_number(), page_size=queries.PAGE, filters=asked_for(),
        wording=wording, may_plan=viewer().holds(Permission.PLAN_PATROLS),
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.PLAN_PATROLS)
def new() -> str:
    return render_template("sites/edit.html", form=NewSiteForm(formdata=None), site=None, wording=wording)


@pages.post("/new")
@needs(Permission.PLAN_PATROLS)
def set_from_form() -> BaseResponse | tuple[str, int]:
    form = NewSiteForm()
    if done(form, lambda: actions.set_site(code_of(form.place.data or ""), read(SiteBody, form.as_body()))):
        flash(_("The place stands on the list of sites to protect."))
        return redirect(url_for("sites.table"), 303)
    return render_template("sites/edit.html", form=form, site=None, wording=wording), 422


def code_of(written: str) -> str:
    """The code of a place of the mission. Raises Invalid with a sentence."""
    try:
        found = read_place(written)
    except ValueError as error:
        raise Invalid(str(error), fields={"place": str(error)}) from None
    if "code" not in found:
        words = _("Give the name or the code of a place of the mission.")
        raise Invalid(words, fields={"place": words})
    return str(found["code"])


@pages.get("/<int:site_id>")
@needs(Permission.READ_PATROLS)
def page(site_id: int) -> str:
    site = queries.one(site_id)
    form = SiteForm(formdata=None)
    form.fill(site)
    return render_template("sites/edit.html", form=form, site=site, wording=wording, may=may_change(site))


def may_change(site: object) -> bool:
    sector_id: int | None = getattr(site, "sector_id", None)
    return viewer().may(Permission.PLAN_PATROLS, sector_id) and getattr(site, "dropped_at", None) is None


@pages.post("/<int:site_id>")
@needs(Permission.PLAN_PATROLS)
def change_from_form(site_id: int) -> BaseResponse | tuple[str, int]:
    actions.taken(site_id)
    form = SiteForm()
    if done(form, lambda: actions.change_site(site_id, read(SiteBody, form.as_body()))):
        flash(_("The site is changed. Plans from now on follow it."))
        return redirect(url_for("sites.page", site_id=site_id), 303)
    site = queries.one(site_id)
    return render_template(
        "sites/edit.html", form=form, site=site, wording=wording, may=may_change(site)
    ), 422


@pages.post("/<int:site_id>/drop")
@needs(Permission.PLAN_PATROLS)
def drop(site_id: int) -> BaseResponse:
    actions.drop_site(site_id, request.form.get("why", "").replace("\x00", "")[:2000])
    db.session.commit()
    flash(_("The place is off the list. Its record stays."))
    return redirect(url_for("sites.table"), 303)


@api.get("/sites")
@needs(Permission.READ_PATROLS)
@describes(
    "Sites to protect of your sectors; filters: priority, state (over, dropped), search, sort, sector, page."
)
def list_sites() -> Response:
    found, total = queries.table(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "sites": [queries.as_json(s) for s in found]})
