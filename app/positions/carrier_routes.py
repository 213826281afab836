"""Pages of carriers: what is tracked and how fresh it is, registering one, giving it a device, ending a device's key."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.db import db
from app.documents.qr_code import qr_svg
from app.errors import Invalid
from app.moments import check_moment, read_moment
from app.permissions import Permission, needs, viewer
from app.positions import queries, trackers, wording
from app.positions.forms import CarrierForm, DeviceForm, EndForm
from app.positions.models import Kind

pages = Blueprint("carriers", __name__, url_prefix="/carriers")
# OsmAnd's own words for what it fills in: latitude, longitude, time, bearing. Its speed is in m/s, where this address
# expects knots: left out, it is reckoned.
OF_OSMAND = "&lat={0}&lon={1}&timestamp={2}&bearing={6}"


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    """Vehicles, aircraft, and patrols that are not over, with their last positions."""
    return render_template(
        "positions/carriers.html", carriers=queries.registered(), patrols=queries.patrols_out(), wording=wording,
        stale_after=queries.stale_after(), may_plan=viewer().holds(Permission.PLAN_PATROLS),
    )  # fmt: skip


def offered(form: CarrierForm) -> CarrierForm:
    form.offer(queries.units())
    return form


@pages.get("/new")
@needs(Permission.PLAN_PATROLS)
def new() -> str:
    return render_template("positions/new.html", form=offered(CarrierForm(formdata=None)))


@pages.post("/new")
@needs(Permission.PLAN_PATROLS)
def register_from_form() -> BaseResponse | tuple[str, int]:
    form = offered(CarrierForm())
    if form.validate_on_submit():
        try:
            call_sign = (form.call_sign.data or "").strip()
            if not call_sign or not call_sign.isprintable():
                raise Invalid(_("Write the call sign."), fields={"call_sign": _("Write the call sign.")})
            made = trackers.register(Kind(form.kind.data), int(form.unit_id.data or 0), call_sign)
            db.session.commit()
        except Invalid as refusal:
            db.session.rollback()
            for name, words in refusal.fields.items():
                form[name].errors = [words]
        else:
            flash(_("Registered: %(call_sign)s. Give it a device next.", call_sign=call_sign))
            return redirect(url_for("carriers.page", tracked_id=made), 303)
    return render_template("positions/new.html", form=form), 422


@pages.get("/<int:tracked_id>")
@needs(Permission.READ_PATROLS)
def page(tracked_id: int) -> str:
    return rendered(tracked_id, DeviceForm(formdata=None), EndForm(formdata=None))


def rendered(tracked_id: int, device: DeviceForm, end: EndForm, ending: int | None = None) -> str:
    """`ending`: the device of which what was sent to end it could not be read."""
    file, who = queries.one(tracked_id), viewer()
    knows = trackers.knows(file.carrier.patrol_id)
    return render_template(
        "positions/page.html", file=file, wording=wording, stale_after=queries.stale_after(),
        device_form=device, end_form=end,
        ending=ending, may_give=knows and who.may(Permission.PLAN_PATROLS, file.carrier.sector_id),
        may_end=knows and who.may(Permission.SEND_PATROLS, file.carrier.sector_id),
    )  # fmt: skip


@pages.post("/<int:tracked_id>/devices")
@needs(Permission.PLAN_PATROLS)
def give_device(tracked_id: int) -> Response:
    """The device's name and key, once: the page is kept by nobody, and the key by us as a fingerprint alone."""
    trackers.taken(tracked_id, Permission.PLAN_PATROLS)
    form = DeviceForm()
    if not form.validate_on_submit():
        return make_response(rendered(tracked_id, form, EndForm(formdata=None)), 422)
    name, key = trackers.give_device(tracked_id, form.days.data or 0)
    db.session.commit()
    server = url_for("positions_api.from_phone", _external=True)
    shown: dict[str, Any] = {"name": name, "key": key, "server": f"{server}?key={key}"}
    osmand = f"{server}?id={name}&key={key}{OF_OSMAND}"
    # Ours, and without anything that a person wrote: the server's address, a name and a key that were drawn.
    code = Markup(qr_svg(osmand))  # noqa: S704
    response = make_response(
        render_template("positions/device.html", tracked_id=tracked_id, osmand=osmand, code=code, **shown)
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.post("/<int:tracked_id>/retire")
@needs(Permission.PLAN_PATROLS)
def retire(tracked_id: int) -> BaseResponse:
    trackers.retire(tracked_id)
    db.session.commit()
    flash(_("It is tracked no longer, and its call sign is free again."))
    return redirect(url_for("carriers.board"), 303)


@pages.post("/devices/<int:tracker_id>/end")
@needs(Permission.SEND_PATROLS)
def end_device(tracker_id: int) -> BaseResponse | tuple[str, int]:
    tracked_id = trackers.carrier_of(tracker_id)
    form = EndForm()
    if form.validate_on_submit():
        try:
            since = (
                read_moment(form.lost_since.data.strip()) if (form.lost_since.data or "").strip() else None
            )
            if since is not None:
                check_moment(since)
        except ValueError as error:
            form.lost_since.errors = [str(error)]
        else:
            trackers.end_device(tracker_id, since)
            db.session.commit()
            flash(_("The device’s key has ended."))
            return redirect(url_for("carriers.page", tracked_id=tracked_id), 303)
    return rendered(tracked_id, DeviceForm(formdata=None), form, tracker_id), 422
