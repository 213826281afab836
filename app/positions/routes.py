"""API of positions: batches, devices' own formats, where everything was last, one carrier's day; carriers and keys."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import gettext as _
from pydantic import Field

from app.api.bodies import Body, Id, read
from app.api.schemas import describes
from app.asked import argument, moment
from app.db import db
from app.errors import Invalid, SignInFirst
from app.moments import Moment, check_moment, read_moment
from app.permissions import Permission, current_viewer, needs, open_to_all
from app.positions import carrier_routes, queries, trackers, wording
from app.positions.actions import report_batch
from app.positions.body import Batch, Fix, Name, Receipt
from app.positions.foreign import Forwarded, from_osmand
from app.positions.models import Kind
from app.sessions import bearer_token, by_device

pages = Blueprint("positions", __name__, url_prefix="/carriers")
api = Blueprint("positions_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api, carrier_routes.pages)

DEVICE = re.compile(r"[A-Za-z0-9]{1,80}")


class NewCarrier(Body):
    kind: Kind
    unit_id: Id
    call_sign: Name


class NewDevice(Body):
    days: Annotated[int, Field(ge=1, le=trackers.LONGEST.days)]


class Ended(Body):
    """`lost_since`: what the device has told from then on is doubted."""

    lost_since: Moment | None = None

    def moment(self) -> datetime | None:
        if self.lost_since is None:
            return None
        try:
            found = read_moment(self.lost_since)
            check_moment(found)
        except ValueError as error:
            raise Invalid(str(error), fields={"lost_since": str(error)}) from None
        return found


@pages.get("/<int:tracked_id>/panel")
@needs(Permission.READ_PATROLS)
def panel(tracked_id: int) -> str:
    """A vehicle or aircraft, as the map shows it beside itself."""
    return render_template(
        "positions/panel.html", file=queries.one(tracked_id), wording=wording,
        stale_after=queries.stale_after(),
    )  # fmt: skip


@api.post("/positions")
@needs(Permission.FILE_REPORTS)
@describes(
    "Report up to 500 positions of patrols, vehicles and aircraft; late, doubled and out of order is fine.",
    takes=Batch,
    gives=Receipt,
)
def add_positions() -> tuple[Response, int]:
    return answered(report_batch(read(Batch).positions))


def answered(receipt: Receipt) -> tuple[Response, int]:
    db.session.commit()
    return jsonify(receipt.model_dump(mode="json", exclude_none=True)), 201 if receipt.stored else 200


@api.get("/positions")
@needs(Permission.READ_PATROLS)
@describes("Where everything in your sectors was last; filters: kind, since (ISO 8601 with its zone).")
def latest() -> Response:
    found = queries.latest(argument("kind", 20), moment("since"))
    return jsonify(
        {"positions": [queries.as_json(c) for c in found], "truncated": len(found) == queries.MOST}
    )


@api.route("/positions/osmand", methods=["GET", "POST"])
@open_to_all
@by_device
@describes(
    "One position in OsmAnd's words (id, lat, lon, timestamp, speed in knots, …), with the device's key."
)
def from_phone() -> tuple[str, int]:
    told, secret = request.values, device_key()
    store(told.get("id") or told.get("deviceid") or "", secret, from_osmand(told))
    return "", 200


@api.post("/positions/traccar")
@open_to_all
@by_device
@describes(
    "One position as Traccar forwards it, with the device's key or a token of the server’s own.",
    takes=Forwarded,
)
def from_traccar() -> tuple[Response, int] | tuple[str, int]:
    secret = device_key()
    forwarded = read(Forwarded)
    if current_viewer.get() is None:
        store(forwarded.device.uniqueId, secret, *forwarded.fixes())
        return "", 200
    if not current_viewer.get().holds(Permission.FILE_REPORTS):  # type: ignore[union-attr]
        raise SignInFirst(_("This token does not report positions."))
    return answered(report_batch(forwarded.fixes()))


def store(name: str, secret: str, *fixes: Fix) -> None:
    if not DEVICE.fullmatch(name):
        raise SignInFirst(_("This device’s name and key do not open anything."))
    trackers.report_from_device(name, secret, fixes)
    db.session.commit()


def device_key() -> str:
    """The key from the Authorization header (Bearer, or Basic with the key as password), or the parameter `key`: OsmAnd
    can send nothing but an address, which is why nothing here or in deploy/ logs addresses."""
    token = bearer_token()
    if token is None and request.headers.get("Authorization", "").startswith("Basic "):
        try:
            pair = base64.b64decode(request.headers["Authorization"][6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        token = pair.partition(":")[2]
    found = token or request.values.get("key", "")
    if not found:
        raise SignInFirst(_("Send the device’s name and its key."))
    return found


@api.get("/tracks/<int:tracked_id>")
@needs(Permission.READ_PATROLS)
@describes("One carrier’s day (UTC; `day` as 2026-11-21, today without it) as a GeoJSON line with times.")
def track(tracked_id: int) -> Response:
    asked = argument("day", 20)
    try:
        which = date.fromisoformat(asked) if asked else datetime.now(UTC).date()
    except ValueError:
        raise Invalid(_("Give the day as 2026-11-21.")) from None
    response = jsonify(queries.day(tracked_id, which))
    response.mimetype = "application/geo+json"
    return response


@api.get("/carriers")
@needs(Permission.READ_PATROLS)
@describes("Vehicles and aircraft of your sectors, with their last positions.")
def carriers() -> Response:
    return jsonify({"carriers": [queries.as_json(c) for c in queries.registered()]})


@api.post("/carriers")
@needs(Permission.PLAN_PATROLS)
@describes("Have a vehicle or an aircraft of a unit of your sector tracked.", takes=NewCarrier)
def register() -> tuple[Response, int]:
    body = read(NewCarrier)
    made = trackers.register(body.kind, body.unit_id, body.call_sign)
    db.session.commit()
    return jsonify(queries.as_json(queries.one(made).carrier)), 201


@api.get("/carriers/<int:tracked_id>")
@needs(Permission.READ_PATROLS)
@describes("One carrier (a patrol, too) with its last position, and its devices for those who may end them.")
def carrier(tracked_id: int) -> Response:
    return jsonify(told_of(tracked_id))


def told_of(tracked_id: int) -> dict[str, Any]:
    found = queries.one(tracked_id)
    return {**queries.as_json(found.carrier), "devices": [queries.device_as_json(d) for d in found.devices]}


@api.post("/carriers/<int:tracked_id>/retire")
@needs(Permission.PLAN_PATROLS)
@describes("A vehicle or aircraft is tracked no longer; its call sign is free again.")
def retire(tracked_id: int) -> Response:
    trackers.retire(tracked_id)
    db.session.commit()
    return jsonify(told_of(tracked_id))


@api.post("/carriers/<int:tracked_id>/devices")
@needs(Permission.PLAN_PATROLS)
@describes("Give a carrier a device: its name and its key, which is shown once.", takes=NewDevice)
def give_device(tracked_id: int) -> tuple[Response, int]:
    name, secret = trackers.give_device(tracked_id, read(NewDevice).days)
    db.session.commit()
    return jsonify({"name": name, "key": secret}), 201


@api.post("/devices/<int:tracker_id>/end")
@needs(Permission.SEND_PATROLS)
@describes("End a device’s key; with `lost_since`, what it told from then on is doubted.", takes=Ended)
def end_device(tracker_id: int) -> Response:
    body = read(Ended)
    trackers.end_device(tracker_id, body.moment())
    db.session.commit()
    return jsonify({"ended": True})
