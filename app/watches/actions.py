"""Going on watch and ending it, always oneself. Never commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, update

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.ladders import queries as ladders
from app.ladders.climbing import Post
from app.ladders.wording import any_of
from app.ledger.actions import record
from app.messages import queries as messages
from app.mission.models import Sector
from app.mission.queries import procedures
from app.moments import read_moment
from app.permissions import Permission, viewer
from app.settings import routes_open, settings_of
from app.watches import queries
from app.watches.body import GoOnWatch
from app.watches.models import STANDS, Watch


def go_on_watch(body: GoOnWatch) -> int:
    """Begin a watch of one's own now; returns its id. Nobody goes on watch unreachable: where messages can leave the
    house, one of one's contacts was tested lately, on a way by which the ladders ring this post.

    Raises NotAllowed (not this post, not this sector), Invalid (a time that can't be), Conflict (unreachable, or on watch
    there already).
    """
    who = viewer()
    if not who.may(Permission.STAND_WATCH, body.sector_id) or who.role not in STANDS[body.post]:
        raise NotAllowed(_("This post is not yours to stand at. Choose one of your own, in your sectors."))
    if body.sector_id is not None and db.session.get(Sector, body.sector_id) is None:
        words = _("There is no such sector.")
        raise Invalid(words, fields={"sector_id": words})
    if body.post in (Post.FORCE_HEADQUARTERS, Post.HEAD_OF_MISSION) and body.sector_id is not None:
        words = _("This post is the whole mission’s.")
        raise Invalid(words, fields={"sector_id": words})
    now = datetime.now(UTC)
    until = end_of(body.until, now)
    # Twice at one instant, by a double click: the second finds the first.
    queries.one_by_one()
    ways = reachable_by(body.post)
    if any(w.post == body.post and w.sector_id == body.sector_id for w in queries.own_standing()):
        raise Conflict(_("You are on watch there already. End that watch first."), code="on_watch")
    made = db.session.execute(
        insert(Watch)
        .values(
            post=body.post.value, sector_id=body.sector_id, person_id=who.person_id, role=who.role.value,
            deputy=body.deputy, ways=ways, from_at=now, until_at=until,
        )
        .returning(Watch.id)
    ).scalar_one()  # fmt: skip
    record(
        "watches.begun", "watches", made, {"post": body.post.value, "sector": body.sector_id, "ways": ways}
    )
    return int(made)


def end_of(written: str, now: datetime) -> datetime:
    try:
        until = read_moment(written)
    except ValueError as fault:
        raise Invalid(str(fault), fields={"until": str(fault)}) from None
    hours = procedures()["watch_most_hours"]
    if not now < until <= now + timedelta(hours=hours):
        words = _("A watch ends after now and lasts %(hours)g hours at most.", hours=hours)
        raise Invalid(words, fields={"until": words})
    return until


def reachable_by(post: Post) -> list[str]:
    """The ways by which the viewer can be told: the screen, and each contact that was tested lately."""
    open_now = routes_open(settings_of(current_app))
    tested = {c.route for c in messages.own_contacts() if messages.is_fresh(c)} & open_now
    for ways in ladders.rings(post, open_now):
        if not tested & ways:
            raise Conflict(
                _(
                    "You can’t be reached: this post is rung by %(ways)s. Keep a contact for it and test it first. "
                    "Nobody goes on watch unreachable.",
                    ways=any_of(ways),
                ),
                code="unreachable",
            )
    return sorted({"screen", *tested})


def end_watch(watch_id: int) -> None:
    """End one's own watch. Raises NotFound for anybody else's, Conflict where it is over."""
    found = queries.own(watch_id)
    if found.ended_at is not None:
        raise Conflict(_("This watch is over already."), code="wrong_state")
    db.session.execute(update(Watch).where(Watch.id == found.id).values(ended_at=datetime.now(UTC)))
    record("watches.ended", "watches", found.id)
