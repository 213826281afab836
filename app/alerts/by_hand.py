"""An alert by hand: what a hotline, a community network or a radio told the watchkeeper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID, uuid4

from flask_babel import gettext as _
from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import select

from app.alerts import steps
from app.alerts.models import BY_RULE, Alert, Channel, Indicators, Priority, StepKind
from app.alerts.raising import Reported, look_around, weigh_and_raise
from app.api.bodies import Body, Text
from app.db import db
from app.errors import Conflict, NotAllowed
from app.field_reports.body import ahead_of
from app.grading import Credibility, Reliability
from app.ledger.actions import record
from app.mission.placing import Given, areas_of, placed
from app.moments import Moment, check_moment, read_moment
from app.permissions import Permission, viewer, within
from app.sources.actions import not_itself, say_whose_words
from app.sources.body import Code
from geo.warning import KIND_WEIGHT


def told_by_somebody(channel: Channel) -> Channel:
    """For what people send: no word of theirs comes from a rule. Raises ValueError with a sentence."""
    if channel in BY_RULE:
        raise ValueError(_("Rules that watch use this channel alone. Name the one by which you were told."))
    return channel


class AlertByHand(Body):
    """The whole entry. The words as they came stand apart from their coding; without a time it is happening now."""

    id: UUID | None = None  # chosen by the sender, so that sending twice raises once
    kind: Literal[tuple(KIND_WEIGHT)]  # type: ignore[valid-type]
    priority: Priority
    channel: Annotated[Channel, AfterValidator(told_by_somebody)]
    verbatim: Annotated[Text, Field(min_length=1)]
    place: Given
    occurred_at: Moment | None = None
    source_reliability: Reliability = "F"
    credibility: Credibility = 6
    source_code: Code | None = None
    repeats_code: Code | None = None
    source_contactable: bool = True
    indicators: Indicators = []

    @model_validator(mode="after")
    def happened(self) -> AlertByHand:
        when = self.moment()
        if when is not None:
            check_moment(when, ahead_of(self.kind))
        if self.repeats_code and not self.source_code:
            raise ValueError(_("Say whose words these are, too."))
        return self

    def moment(self) -> datetime | None:
        """In UTC, None for now. Raises ValueError with a sentence."""
        return read_moment(self.occurred_at) if self.occurred_at else None


# Who may say whose words an alert holds. From others the code stands on the alert until one of these says so.
KEEPS = (Permission.READ_ALERTS, Permission.HANDLE_ALERTS, Permission.KEEP_SOURCES)


def keep_as_said(alert_id: int, code: str, repeats: str, now: datetime) -> None:
    """Whom the source repeats, on the chain beside the alert's code, for whoever names the source later. The code stands
    in the step's details and not in the log: who reads that need not read sources."""
    not_itself(code, repeats)
    steps.add(alert_id, StepKind.NOTE, now, by=viewer(), details={"repeats_code": repeats})
    record(f"alerts.{StepKind.NOTE.value}", "alerts", alert_id)


def raise_by_hand(body: AlertByHand) -> tuple[int | None, bool]:
    """Returns the alert's id and whether it is new. The id is None for one who may raise alerts but not read them."""
    where = placed(body.place)
    around = areas_of(where.lon, where.lat)
    if not viewer().may(Permission.RAISE_ALERTS, around.sector_id):
        raise NotAllowed(
            _("That place lies outside your sectors. Pass the warning to the operations centre.")
        )
    now = datetime.now(UTC)
    key = f"hand:{body.id or uuid4()}"
    raised = weigh_and_raise(
        Reported(
            key=key, kind=body.kind, channel=body.channel.value,
            occurred_at=body.moment() or now, received_at=now,
            lon=where.lon, lat=where.lat, radius_metres=where.radius_metres, place_precision=where.precision,
            date_precision=1, source_reliability=body.source_reliability, credibility=body.credibility,
            place_as_given=where.as_given, admin_code=around.admin_code, sector_id=around.sector_id,
            report_id=None, verbatim=body.verbatim, source_contactable=body.source_contactable,
            source_code=body.source_code, indicators=tuple(i.value for i in body.indicators),
        ),
        look_around(where.lon, where.lat, now),
        at_least=body.priority,
    )  # fmt: skip
    if raised is not None:
        if body.source_code and all(viewer().may(p, around.sector_id) for p in KEEPS):
            say_whose_words(raised, body.source_code, body.repeats_code)
        elif body.source_code and body.repeats_code:
            keep_as_said(raised, body.source_code, body.repeats_code, now)
        return raised, True
    # Under an id that stands in another sector nothing is raised, and nothing of what stands there is told.
    standing = db.session.execute(
        select(Alert.id, Alert.verbatim).where(
            Alert.alert_key == key, within(Permission.READ_ALERTS, Alert.sector_id)
        )
    ).first()
    if standing is not None and standing.verbatim != body.verbatim:
        raise Conflict(_("Another alert was raised under this id. Look at it and raise a new one."))
    return (standing.id if standing else None), False
