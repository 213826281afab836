"""A ladder as it is sent; the page's form is read into the same."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, model_validator

from app.alerts.models import Priority
from app.api.bodies import Body, Id, Text
from app.ladders.climbing import DAY, MOST_QUIET, Post, Then, Way
from geo.warning import KIND_WEIGHT

Minute = Annotated[int, Field(ge=0, le=1439)]
KINDS = ("", *KIND_WEIGHT)
Kind = Literal[KINDS]  # type: ignore[valid-type]


class RungBody(Body):
    post: Post
    minutes: Annotated[int, Field(ge=1, le=10_080)]
    ways: Annotated[list[Way], Field(max_length=len(Way))] = [Way.SCREEN]


class SetLadder(Body):
    """`kind` empty: for all kinds without one of their own. `seen`: the id of the version that the change is made from;
    another one by now is a conflict. Quiet hours in minutes of the mission's own day."""

    kind: Kind = ""
    priority: Priority
    rungs: Annotated[list[RungBody], Field(min_length=1, max_length=len(Post))]
    then: Then
    quiet_from: Minute | None = None
    quiet_until: Minute | None = None
    reason: Text
    seen: Id | None = None

    @model_validator(mode="after")
    def sound(self) -> SetLadder:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError(_("Give both ends of the quiet hours, or none."))
        if self.priority == Priority.P1 and self.quiet_from is not None:
            raise ValueError(_("A P1 knows no quiet hours."))
        if self.priority == Priority.P1 and self.then is not Then.TELL_AGAIN:
            raise ValueError(_("A P1 is told again until somebody acts."))
        # A whole day of them would be a way to let nobody's telephone ring.
        if ((self.quiet_until or 0) - (self.quiet_from or 0)) % DAY > MOST_QUIET:
            raise ValueError(_("Quiet hours last twelve hours at most."))
        posts = list(Post)
        order = [posts.index(r.post) for r in self.rungs]
        if order != sorted(set(order)):
            raise ValueError(_("Each rung is another post, from the lowest to the highest."))
        return self
