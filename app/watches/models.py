"""Who is on watch, at which post, from when until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.ladders.climbing import Post
from app.permissions import Role

FIELD = frozenset({Role.SECTOR_OPS, Role.BN_OPS, Role.HEAD_OF_OFFICE, Role.UNPOL_OPS})
# Who may stand at which post: those whose own post it is in the mission's order.
STANDS: dict[Post, frozenset[Role]] = {
    Post.DUTY_OFFICER: FIELD | {Role.WATCHKEEPER_JOC, Role.POC_OFFICER, Role.FC_STAFF},
    Post.SECTOR: FIELD,
    Post.FORCE_HEADQUARTERS: frozenset({Role.FC_STAFF}),
    Post.HEAD_OF_MISSION: frozenset({Role.HOM}),
}


class Watch(Base):
    """Without a sector it is the whole mission's. `ways`: by which the person could be reached when it began."""

    __tablename__ = "watches"
    __table_args__ = (
        one_of("post", Post),
        CheckConstraint("until_at > from_at", name="forwards"),
        CheckConstraint("until_at <= from_at + interval '7 days'", name="ends"),
        Index("ix_watches_standing", "post", "sector_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    post: Mapped[str]
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    # Told when the one on watch refuses or can't be reached.
    deputy: Mapped[bool] = mapped_column(server_default=text("false"))
    ways: Mapped[list[str]] = mapped_column(ARRAY(Text))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    begun_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ended_at: Mapped[datetime | None]
