"""Keeping the list of sites to protect. Each change is one ledger event; what was set stands in the row, and its digest
proves it: the log is read by more people than plan patrols."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, text

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.models import Place
from app.permissions import Permission, viewer
from app.reasons import reason_given
from app.sites.body import SiteBody
from app.sites.models import Site


def set_site(place_code: str, body: SiteBody) -> Site:
    """Put a place on the list. Raises Invalid for an unknown place, NotAllowed outside the viewer's sectors, Conflict
    where it stands on the list already."""
    place = db.session.execute(select(Place.id).where(Place.code == place_code)).first()
    if place is None:
        raise Invalid(_("No place has this code."), fields={"place": _("No place has this code.")})
    sector_id = db.session.execute(
        text("SELECT vigil.sector_at(place) FROM places WHERE id = :id"), {"id": place.id}
    ).scalar()
    if not viewer().may(Permission.PLAN_PATROLS, sector_id):
        raise NotAllowed(_("This place lies outside the sectors whose patrols you plan."))
    # Two who put it there at one instant: the second finds the first.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("sites"), place.id)))
    standing = select(Site.id).where(Site.place_id == place.id, Site.dropped_at.is_(None))
    if db.session.execute(standing).first():
        raise Conflict(_("This place stands on the list already. Change it there."), code="stands_already")
    site = Site(place_id=place.id, sector_id=sector_id)
    write(site, body)
    db.session.add(site)
    db.session.flush()
    record("sites.set", "sites", site.id)
    return site


def change_site(site_id: int, body: SiteBody) -> Site:
    """Set a site's figures anew. Raises as `taken`."""
    site = taken(site_id)
    write(site, body)
    db.session.flush()
    record("sites.changed", "sites", site.id)
    return site


def drop_site(site_id: int, why: str) -> Site:
    """Take a place off the list; its row stays, with the reason."""
    site = taken(site_id)
    site.dropped_why = reason_given(why, "why")
    site.dropped_at = datetime.now(UTC)
    site.set_by_id = viewer().person_id
    db.session.flush()
    record("sites.dropped", "sites", site.id)
    return site


def write(site: Site, body: SiteBody) -> None:
    for name, value in body.model_dump(mode="json").items():
        setattr(site, name, value)
    site.set_by_id, site.set_at = viewer().person_id, datetime.now(UTC)


def taken(site_id: int) -> Site:
    """The site, locked; NotFound if the viewer may not read it, NotAllowed if he may not change it, Conflict if it was
    taken off the list."""
    who = viewer()
    site = db.session.get(Site, site_id)
    if site is None or not who.may(Permission.READ_PATROLS, site.sector_id):
        raise NotFound
    if not who.may(Permission.PLAN_PATROLS, site.sector_id):
        raise NotAllowed(_("Your role may read this site and may not change it."))
    # The database lets nobody lock a row that was dropped.
    asked = select(Site).where(Site.id == site_id).with_for_update().execution_options(populate_existing=True)
    if db.session.execute(asked).scalar_one_or_none() is None or site.dropped_at is not None:
        raise Conflict(_("This place was taken off the list. Put it on the list anew."), code="dropped")
    return site
