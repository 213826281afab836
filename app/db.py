"""The database: one metadata, one session a request, and the viewer's context in every transaction.

Row level security asks who is looking. `after_begin` tells it, transaction-locally, so that a pooled
connection can't carry one viewer's rights into another's request. Without a viewer no row is visible.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import BigInteger, DateTime, MetaData, Text, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, SessionTransaction, mapped_column

from app.permissions import Viewer, current_viewer


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class RoomSession(Session):
    """The request's session; its transactions carry the viewer."""


def id_by_lot(table: str) -> Mapped[int]:
    """The number of rows of which some stay hidden: drawn by the database, so that no gap tells of one."""
    return mapped_column(
        server_default=text(f"vigil.id_by_lot('{table}')"), primary_key=True, autoincrement=False
    )


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": RoomSession})

# One statement for all of it: this runs in each transaction, before anything else.
ENTER = "SELECT vigil.enter(%s, %s, %s, %s, %s)"


@lru_cache(maxsize=4096)
def context_of(viewer: Viewer) -> tuple[str, str, str, str, str]:
    """What ENTER takes. A viewer with other rights is another viewer, so what is kept can't grow stale."""
    return viewer.as_database_context()


@event.listens_for(RoomSession, "after_begin")
def tell_the_database_who_looks(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    viewer = current_viewer.get()
    if viewer is not None:
        connection.exec_driver_sql(ENTER, context_of(viewer))
