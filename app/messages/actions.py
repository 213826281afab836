"""Keeping one's own contacts and testing them; looking after what came in. Never commits."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.db import db
from app.errors import Conflict, Invalid, NotFound, TooMany
from app.ladders import queries as ladders
from app.ladders.climbing import Way
from app.ladders.wording import WAYS
from app.ledger.actions import record
from app.messages import queries
from app.messages.models import Contact, Message, Reply
from app.messages.words import MOST_WRONG_CODES, same_code
from app.permissions import viewer
from app.settings import routes_open, settings_of
from app.watches import queries as watches
from app.watches.models import Watch

MOST_CONTACTS = 6
MOST_TESTS_AN_HOUR = 5
MOST_TESTS_OF_ONE_AN_HOUR = 12
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
# What stands between the words of an address could give a server orders of its own.
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


def clean(route: Way, address: str) -> str:
    """A number in the international form, or an e-mail address; Invalid with a sentence."""
    if route is Way.SMS:
        found = re.sub(r"[\s().-]", "", address)
        if not NUMBER.fullmatch(found):
            sentence = _("Give the number with its country code, for example +243 99 000 0001.")
            raise Invalid(sentence, fields={"address": sentence})
        return found
    if not ADDRESS.fullmatch(address):
        sentence = _("This is not an e-mail address.")
        raise Invalid(sentence, fields={"address": sentence})
    return address


def add_contact(route: Way, address: str) -> int:
    """One's own; the same again is the same one. Raises Invalid, Conflict where there are too many."""
    who, kept = viewer(), clean(route, address)
    mine = queries.own_contacts()
    for contact in mine:
        if (contact.route, contact.address) == (route, kept):
            return contact.id
    if len(mine) >= MOST_CONTACTS:
        raise Conflict(_("You have as many contacts as there may be. Remove one first."))
    made = db.session.execute(
        insert(Contact).values(person_id=who.person_id, route=route.value, address=kept).returning(Contact.id)
    ).scalar_one()
    record("messages.contact_added", "contacts", made, {"route": route.value})
    return int(made)


def remove_contact(contact_id: int) -> None:
    """Raises Conflict where it is the last one by which a post is rung that one stands at."""
    # Two that are removed at one instant would leave none.
    watches.one_by_one()
    contact = queries.own_contact(contact_id)
    if any(is_last(contact, watch) for watch in watches.own_standing()):
        raise Conflict(
            _(
                "You are on watch and reached by this contact. Keep another one for %(way)s and test it first, or end "
                "your watch.",
                way=WAYS[contact.route],
            ),
            code="on_watch",
        )
    db.session.execute(update(Contact).where(Contact.id == contact.id).values(removed_at=datetime.now(UTC)))
    record("messages.contact_removed", "contacts", contact.id)


def is_last(contact: Contact, watch: Watch) -> bool:
    """Whether without this contact a ladder would no longer ring who stands this watch."""
    rung = {c.id: c.route for c in queries.own_contacts() if queries.rings_on(c, watch)}
    with_it, without = set(rung.values()), {route for key, route in rung.items() if key != contact.id}
    needed = ladders.rings(watch.post, routes_open(settings_of(current_app)))
    return any(ways & with_it and not ways & without for ways in needed)


def order_test(contact_id: int) -> int:
    """Have a code sent to one's contact; returns the message's id. Raises Conflict where no gateway is set up for its
    route, TooMany after five to this address or twelve in all within an hour."""
    contact = queries.own_contact(contact_id)
    if contact.route not in routes_open(settings_of(current_app)):
        raise Conflict(
            _("No gateway is set up for this: nothing can be sent. The screen alone tells."),
            code="no_gateway",
        )
    m, c = Message, Contact
    # Of the person, whichever contact they went to: removed and added again, it would be another one each time.
    lately = select(func.count(m.id)).where(
        m.person_id == contact.person_id,
        m.purpose == "test",
        m.made_at > func.now() - text("interval '1 hour'"),
    )
    to_it = lately.join(c, c.id == m.contact_id).where(c.route == contact.route, c.address == contact.address)
    if (
        db.session.execute(to_it).scalar_one() >= MOST_TESTS_AN_HOUR
        or db.session.execute(lately).scalar_one() >= MOST_TESTS_OF_ONE_AN_HOUR
    ):
        raise TooMany(_("Enough tests went out within the hour. Wait before the next."), wait=3600)
    made = db.session.execute(
        insert(m)
        .values(purpose="test", route=contact.route, person_id=viewer().person_id, contact_id=contact.id)
        .returning(m.id)
    ).scalar_one()
    db.session.execute(update(Contact).where(Contact.id == contact.id).values(test_id=made, wrong_codes=0))
    record("messages.test_ordered", "messages", made)
    return int(made)


def answer_test(contact_id: int, code: str) -> bool:
    """The code that came by the test; True where it is the right one, and the contact is tested. A wrong one is counted
    and kept, so commit in any case. Raises Conflict without a test of the last day, or after five wrong codes."""
    return try_code(queries.own_contact(contact_id, lock=True), code, datetime.now(UTC), by="page")


def waits_for_code(contact: Contact) -> bool:
    return (
        contact.test_id is not None
        and contact.wrong_codes < MOST_WRONG_CODES
        and queries.in_time(contact.test_id)
    )


def try_code(contact: Contact, code: str, now: datetime, *, by: str) -> bool:
    """The same for a contact that was locked, by page or by SMS (workers/replies.py): a code tests once, and five wrong
    ones end the test, whichever way they come."""
    if contact.test_id is None or not waits_for_code(contact):
        raise Conflict(_("No test waits for a code. Send a test first."), code="no_test")
    c = update(Contact).where(Contact.id == contact.id)
    if not same_code(code, contact.test_id):
        db.session.execute(c.values(wrong_codes=contact.wrong_codes + 1))
        record("messages.test_failed", "contacts", contact.id, {"by": by})
        return False
    db.session.execute(c.values(tested_at=now, test_id=None))
    record("messages.contact_tested", "contacts", contact.id, {"by": by})
    return True


def look_at_reply(reply_id: int) -> None:
    """Somebody has seen to what came in and could not be placed."""
    r = Reply
    done = db.session.execute(
        update(r)
        .where(r.id == reply_id, queries.replies_visible(), r.looked_at.is_(None))
        .values(looked_at=datetime.now(UTC), looked_by_id=viewer().person_id)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]
        queries.reply(reply_id)
        raise Conflict(_("Somebody has seen to this already."), code="wrong_state")
    record("messages.reply_looked_at", "replies", reply_id)


def enter_as_alert(reply_id: int, alert_id: int) -> None:
    """An alert was made of what came in. The same again changes nothing. Raises NotFound, or Conflict where somebody has
    seen to it otherwise: then no alert is raised of it either."""
    r = Reply
    asked = select(r.looked_at, r.entered_as_id).where(r.id == reply_id, queries.replies_visible())
    found = db.session.execute(asked.with_for_update()).first() or db.session.execute(asked).first()
    if found is None:
        raise NotFound
    if found.entered_as_id == alert_id:
        return
    if found.entered_as_id is not None:
        raise Conflict(
            _("Alert %(id)s was made of this SMS already.", id=found.entered_as_id), code="wrong_state"
        )
    if found.looked_at is not None:
        raise Conflict(_("Somebody has seen to this already."), code="wrong_state")
    db.session.execute(
        update(r)
        .where(r.id == reply_id)
        .values(looked_at=datetime.now(UTC), looked_by_id=viewer().person_id, entered_as_id=alert_id)
        .execution_options(synchronize_session=False)
    )
    record("messages.entered_as_alert", "replies", reply_id)


def show_sender(reply_id: int) -> str:
    """The number that a reply came from. Each look is recorded: it may be a source's."""
    found = queries.reply(reply_id)
    record("messages.sender_shown", "replies", found.id)
    sender = db.session.execute(text("SELECT vigil.sender_of(:r)"), {"r": found.id}).scalar()
    if sender is None:
        raise NotFound
    return str(sender)
