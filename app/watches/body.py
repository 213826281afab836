"""What is sent to go on watch."""

from __future__ import annotations

from app.api.bodies import Body, Id
from app.ladders.climbing import Post
from app.moments import Moment


class GoOnWatch(Body):
    """`until`: ISO 8601 with its zone, or a date-time group. Without `sector_id`: for the whole mission."""

    post: Post
    sector_id: Id | None = None
    until: Moment
    deputy: bool = False
