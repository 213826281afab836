"""Acting as one of the exercise's accounts: with its rights, through the same actions, one transaction for each act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from sqlalchemy import text

from app.db import db
from app.errors import Refusal
from app.operator import operator_connection
from app.permissions import Role, Viewer, current_viewer
from app.sessions import viewer_of

Answer = TypeVar("Answer")


def refuse_a_real_mission() -> None:
    """Stop unless the database itself says that this is an exercise, whatever a setting says."""
    with operator_connection() as connection:
        exercise = connection.execute(text("SELECT exercise FROM mission_identity WHERE id = 1")).scalar()
    if exercise is not True:
        raise click.ClickException("This is not the exercise: nothing is played in a real mission.")


class Cast:
    """The exercise's accounts by role, with the rights that they have when the play begins."""

    def __init__(self) -> None:
        self.viewers: dict[Role, Viewer] = {}
        with operator_connection() as connection:
            for role in Role:
                person = connection.execute(
                    text(
                        "SELECT id FROM people WHERE username = :u AND name LIKE 'EXERCISE %' AND disabled_at IS NULL"
                    ),
                    {"u": role.value},
                ).scalar()
                if person is not None:
                    found = connection.execute(text("SELECT * FROM vigil.of_person(:p)"), {"p": person}).one()
                    self.viewers[role] = viewer_of(found)
        if not self.viewers:
            raise click.ClickException(
                "The exercise's accounts are not there: load it first (flask exercise load)."
            )

    @contextmanager
    def as_role(self, role: Role) -> Iterator[None]:
        """What follows is done by this account. The caller commits; what is not committed is undone."""
        token = current_viewer.set(self.viewers[role])
        try:
            yield
        finally:
            db.session.rollback()
            current_viewer.reset(token)

    def does(self, role: Role, act: Callable[[], Answer]) -> Answer | None:
        """One act, committed; None if it was refused: somebody else may have acted meanwhile."""
        if role not in self.viewers:
            return None
        with self.as_role(role):
            try:
                done = act()
                db.session.commit()
            except Refusal:
                return None
            return done
