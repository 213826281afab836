"""The register of a haven: its record (each edit a new version), inspections, what was counted in its stores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select

from app.db import db
from app.errors import Invalid
from app.havens import states
from app.havens.actions import set_capacities, taken, tell_log
from app.havens.models import Haven, HavenState, OfHaven
from app.havens.queries import visible
from app.havens.register_models import HavenInspection, HavenRecord, HavenStock
from app.permissions import viewer
from app.reasons import reason_given

# What stands in a version beside its own fields.
KEPT = {"id", "haven_id", "at", "by_id", "by_role", "why"}
FIELDS = tuple(c.name for c in HavenRecord.__table__.columns if c.name not in KEPT)
# What a haven always has.
CAPACITIES = ("capacity_day", "capacity_night")
STOCKS = tuple(c.name for c in HavenStock.__table__.columns if c.name not in KEPT)


def write_record(haven_id: int, why: str, fields: Mapping[str, Any]) -> int:
    """A new version of the whole record (its id); other places for the night may make a full haven open, or an open one
    full. Raises Invalid where the reason is none or nothing has changed."""
    haven = taken(haven_id)
    why = reason_given(why, "why")
    fields = {**fields, **{name: getattr(haven, name) for name in CAPACITIES if fields.get(name) is None}}
    changed = changed_fields(haven, latest_record(haven.id), fields)
    if not changed:
        raise Invalid(_("Nothing was changed: the record stands as it is."))
    if changed & set(CAPACITIES):
        set_capacities(haven, fields["capacity_day"], fields["capacity_night"], why)
    version = add(HavenRecord, haven.id, {**fields, "why": why})
    details = {"haven": haven.id, "fields": sorted(changed)}
    tell_log("havens.record_written", "haven_records", version, haven, details)
    return version


def changed_fields(haven: Haven, before: HavenRecord | None, fields: Mapping[str, Any]) -> set[str]:
    """Which fields another version would change; an empty list says the same as none."""

    def plain(value: Any) -> Any:
        return None if value == [] else value

    def stood(field: str) -> Any:
        return getattr(haven if field in CAPACITIES else before, field, None)

    return {f for f in FIELDS if plain(stood(f)) != plain(fields.get(f))}


def inspect(
    haven_id: int, on: date, post: str, finding: str, found: str, next_due: date | None = None
) -> int:
    """An inspection that took place (its id). Raises Invalid for a day that can't be, or nothing said of it."""
    haven = taken(haven_id)
    found = reason_given(found, "found")
    if on > datetime.now(UTC).date():
        raise Invalid(_("An inspection is written down once it was."), fields={"inspected_on": _("Not yet.")})
    if next_due is not None and next_due <= on:
        raise Invalid(_("The next inspection comes after this one."), fields={"next_due": _("Later.")})
    written = add(
        HavenInspection, haven.id,
        {"inspected_on": on, "post": post, "finding": finding, "found": found, "next_due": next_due},
    )  # fmt: skip
    if haven.inspected_on is None or haven.inspected_on < on:
        haven.inspected_on = on
    haven.changed_at = datetime.now(UTC)
    db.session.flush()
    details = {"haven": haven.id, "finding": finding, "post": post}
    tell_log("havens.inspected", "haven_inspections", written, haven, details)
    return written


def count_stocks(haven_id: int, amounts: Mapping[str, Any]) -> int:
    """What was counted just now (its id). Raises Invalid where nothing was."""
    haven = taken(haven_id)
    counted = {name: amounts.get(name) for name in STOCKS}
    if all(amount is None for amount in counted.values()):
        raise Invalid(_("Say what was counted: one amount at least."))
    written = add(HavenStock, haven.id, counted)
    tell_log("havens.stocks_counted", "haven_stocks", written, haven, {"haven": haven.id})
    return written


def add(model: type[OfHaven], haven_id: int, values: Mapping[str, Any]) -> int:
    who = viewer()
    row = {"haven_id": haven_id, "by_id": who.person_id, "by_role": who.role.value, **values}
    written = insert(model).values(row).returning(model.id)
    return int(db.session.execute(written).scalar_one())


def latest_record(haven_id: int) -> HavenRecord | None:
    return db.session.scalars(of(HavenRecord, haven_id).limit(1)).first()


def records(haven_id: int, limit: int = 50) -> list[HavenRecord]:
    """The versions, newest first."""
    return list(db.session.scalars(of(HavenRecord, haven_id).limit(limit)))


def inspections(haven_id: int, limit: int = 20) -> list[HavenInspection]:
    found = of(HavenInspection, haven_id).order_by(None)
    return list(
        db.session.scalars(
            found.order_by(HavenInspection.inspected_on.desc(), HavenInspection.id.desc()).limit(limit)
        )
    )


def latest_stock(haven_id: int) -> HavenStock | None:
    return db.session.scalars(of(HavenStock, haven_id).limit(1)).first()


def of(model: Any, haven_id: int) -> Any:
    """Rows about one haven that the viewer may know of, newest first."""
    return (
        select(model)
        .join(Haven, Haven.id == model.haven_id)
        .where(model.haven_id == haven_id, visible())
        .order_by(model.id.desc())
    )


def faults(
    found: HavenRecord | None, inspected: HavenInspection | None, state: str, moved_at: datetime | None
) -> list[str]:
    """Codes of what the register itself asks for (wording.FAULTS): nothing about people, today's date at hand. moved_at:
    when the haven's place was corrected last."""
    today, asked = datetime.now(UTC).date(), []
    if found is None:
        asked.append("no_record")
    elif len([way for way in found.ways if way["use"] != "in"]) < 2:
        asked.append("one_way_out")
    if found is not None and found.ways and moved_at is not None and found.at < moved_at:
        asked.append("ways_from_elsewhere")
    if found is not None and found.agreement_until is not None and found.agreement_until < today:
        asked.append("agreement_ended")
    if inspected is not None and inspected.next_due is not None and inspected.next_due < today:
        asked.append("inspection_due")
    if inspected is not None and inspected.finding == "unfit" and HavenState(state) in states.TAKING_IN:
        asked.append("unfit")
    return asked


def as_json(haven_id: int) -> dict[str, Any]:
    """The newest version's fields by name; empty where there is none."""
    found = latest_record(haven_id)
    if found is None:
        return {}
    told = {field: getattr(found, field) for field in FIELDS}
    until = found.agreement_until
    return told | {
        "agreement_until": until.isoformat() if until else None,
        "written_at": found.at.isoformat(),
    }
