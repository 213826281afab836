"""Writes of the map: views that somebody keeps. They commit nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select

from app.db import db
from app.errors import NotAllowed, TooMany
from app.ledger.actions import record
from app.maps.models import SavedView
from app.maps.views import one
from app.permissions import viewer

MOST_VIEWS = 100
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Drawn(BaseModel):
    """Something drawn on the map: its corners (lon, lat in degrees) and what is written beside it."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["point", "line", "area"]
    at: list[tuple[Lon, Lat]] = Field(min_length=1, max_length=200)
    note: Text = ""


class ViewContent(BaseModel):
    """What a kept view brings back. `query` is the map's own query string: filters and time."""

    model_config = ConfigDict(extra="forbid")
    layers: list[Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]] = Field(max_length=40)
    query: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[\x20-\x7e]*$")] = ""
    zoom: Annotated[float, Field(ge=0, le=22, allow_inf_nan=False)]
    lon: Lon
    lat: Lat
    drawn: list[Drawn] = Field(default=[], max_length=50)


def keep_view(name: str, for_shift: bool, content: ViewContent) -> SavedView:
    """Keep a view under a name, for oneself or for the shift. TooMany for more than a hundred of one's own."""
    who = viewer()
    mine = select(func.count()).where(SavedView.owner_id == who.person_id, SavedView.removed_at.is_(None))
    if db.session.execute(mine).scalar_one() >= MOST_VIEWS:
        raise TooMany(_("You keep a hundred views already. Remove some of them first."), 60)
    stored: dict[str, Any] = content.model_dump(mode="json")
    made = SavedView(name=name, for_shift=for_shift, owner_id=who.person_id, content=stored)
    db.session.add(made)
    db.session.flush()
    record("maps.view_kept", "saved_views", made.id, {"for_shift": for_shift})
    return made


def remove_view(view_id: int) -> None:
    """Take one's own view away; NotAllowed for the view of somebody else, NotFound for one that may not be seen."""
    view = one(view_id)
    if view.owner_id != viewer().person_id:
        raise NotAllowed(_("Only who kept a view removes it."))
    view.removed_at = datetime.now(UTC)
    db.session.flush()
    record("maps.view_removed", "saved_views", view_id)
