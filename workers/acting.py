"""Acting as a person, with the rights he has now: what is done for somebody must see no more than he would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.db import ENTER, db
from app.permissions import current_viewer
from app.sessions import viewer_of


@contextmanager
def acting(person_id: int) -> Iterator[None]:
    """What follows in this transaction is done by the application's role. Who calls ends the transaction, or takes the
    role back. Raises LookupError where the account is shut."""
    found = db.session.execute(text("SELECT * FROM vigil.of_person(:p)"), {"p": person_id}).first()
    if found is None:
        raise LookupError("the account is shut")
    viewer = viewer_of(found)
    token = current_viewer.set(viewer)
    try:
        db.session.execute(text("SET LOCAL ROLE vigil_app"))
        db.session.connection().exec_driver_sql(ENTER, viewer.as_database_context())
        yield
    finally:
        current_viewer.reset(token)
