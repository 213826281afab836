"""The patrols of an exercise that plays: they are planned, drive on roads, tell where they are, and come home."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import atan2, cos, degrees, radians

from sqlalchemy import text

from app.db import db
from app.exercise.acting import Cast
from app.exercise.driving import Roads, Spot, Way, far
from app.operator import operator_connection, record_as_operator
from app.patrols import actions as patrols
from app.patrols.models import PatrolMode
from app.patrols.planning import SENT_AS, Plan, Stop
from app.patrols.queries import nearest_units, stops
from app.permissions import Role
from app.positions.actions import report_batch
from app.positions.body import MOST, CarriedFix

COMMAND = Role.FC_STAFF
STAYS = 15 * 60.0  # seconds of the exercise at a stop
LEAST, MOST_MINUTES = 20, 90  # how far a patrol of its own drives out


@dataclass
class Drive:
    """A patrol under way: one leg out and one home. `gone`: seconds of the exercise on the present leg."""

    patrol_id: int
    out: Way
    stop_id: int
    alert_id: int | None = None
    gone: float = 0.0
    stands_until: float | None = None
    home: bool = False
    last: Spot | None = field(default=None, repr=False)

    def place(self) -> Spot:
        return self.out.at(self.out.lasts - self.gone if self.home else self.gone)


class Stage:
    """`speed`: seconds of the exercise in one of the clock. `now`: seconds of the exercise since it began."""

    def __init__(self, cast: Cast, chance: random.Random, speed: float, most: int) -> None:
        self.cast, self.chance, self.speed, self.most = cast, chance, speed, most
        with operator_connection() as connection:
            self.roads = Roads(connection)
            self.places = [
                (p.name, (p.lon, p.lat))
                for p in connection.execute(
                    text("SELECT name, ST_X(place) AS lon, ST_Y(place) AS lat FROM places ORDER BY id")
                )
            ]
        self.now = 0.0
        self.drives: list[Drive] = []
        self.arrived: list[int] = []  # alerts that were reached since they were last asked for

    def go_on(self, seconds: float) -> None:
        """Let seconds of the exercise pass: move everybody, tell where they are, plan another patrol if there is room."""
        self.now += seconds
        for drive in list(self.drives):
            self.move(drive, seconds)
        self.tell(seconds)
        if len(self.drives) < self.most and self.chance.random() < seconds / 300:
            self.plan()

    def move(self, drive: Drive, seconds: float) -> None:
        if drive.stands_until is not None:
            if self.now >= drive.stands_until:
                drive.stands_until, drive.home, drive.gone = None, True, 0.0
                self.cast.does(COMMAND, lambda: patrols.leave_stop(drive.patrol_id, drive.stop_id))
            return
        drive.gone += seconds
        if drive.gone < drive.out.lasts:
            return
        drive.gone = drive.out.lasts
        if drive.home:
            self.cast.does(COMMAND, lambda: patrols.finish(drive.patrol_id))
            self.drives.remove(drive)
            return
        drive.stands_until = self.now + STAYS
        self.cast.does(COMMAND, lambda: patrols.arrive_at_stop(drive.patrol_id, drive.stop_id))
        if drive.alert_id is not None:
            self.arrived.append(drive.alert_id)

    def tell(self, seconds: float) -> None:
        """All positions of this moment in one batch; speed and course as they are in the exercise."""
        batch = list(self.fixes(seconds))
        for n in range(0, len(batch), MOST):
            part = batch[n : n + MOST]
            self.cast.does(COMMAND, lambda part=part: report_batch(part))  # type: ignore[misc]

    def fixes(self, seconds: float) -> Iterator[CarriedFix]:
        now = datetime.now(UTC)
        for drive in self.drives:
            lon, lat = drive.place()
            before, drive.last = drive.last or (lon, lat), (lon, lat)
            course = degrees(atan2((lon - before[0]) * cos(radians(lat)), lat - before[1])) % 360
            speed = far(before, (lon, lat)) * 111.195 / (seconds / 3600)
            moved = speed > 0
            yield CarriedFix(
                at=now, lon=lon, lat=lat, accuracy_metres=8, speed_kph=min(round(speed, 1), 120.0),
                course=round(course, 1) if moved else None, patrol=drive.patrol_id,
            )  # fmt: skip

    def plan(self) -> None:
        """A patrol of a unit's own: out to a place within its reach, and home."""
        name, target = self.chance.choice(self.places)
        self.cast.does(COMMAND, lambda: self.planned(name, target))

    def planned(self, name: str, target: Spot) -> None:
        found = self.way_for(target)
        if found is None or not LEAST * 60 < found[1].lasts < MOST_MINUTES * 60:
            return
        unit_id, way = found
        start = datetime.now(UTC)
        patrol = patrols.plan_patrol(
            Plan(
                unit_id=unit_id, mode=PatrolMode.VEHICLE, purpose="presence",
                task="EXERCISE: Show presence, ask about security, test the alert network.",
                planned_start=start, planned_end=start + timedelta(hours=6), stops=(Stop(name, *way.spots[-1]),),
            )
        )  # fmt: skip
        self.set_off(patrol.id, way)

    def way_for(self, target: Spot) -> tuple[int, Way] | None:
        """The nearest unit from which a road leads there, and the way. The room decides to patrol and names no rule of
        engagement: what goes out under one alone stays."""
        patrolling = [u for u in nearest_units(*target) if u.kind.lower() not in SENT_AS]
        for unit in patrolling[:4]:
            base = db.session.execute(
                text(
                    "SELECT ST_X(b.place), ST_Y(b.place) FROM units u JOIN bases b ON b.id = u.base_id WHERE u.id = :u"
                ),
                {"u": unit.id},
            ).one()
            way = self.roads.way((base[0], base[1]), target)
            if way is not None:
                return int(unit.id), way
        return None

    def set_off(self, patrol_id: int, way: Way, alert_id: int | None = None) -> None:
        """Within the transaction of its planning: an event more, and it is on the road."""
        patrols.set_off(patrol_id)
        stop_id = stops(patrol_id)[0].id
        db.session.commit()
        self.let_it_race(patrol_id)
        self.drives.append(Drive(patrol_id, way, stop_id, alert_id))

    def let_it_race(self, patrol_id: int) -> None:
        """Sixty times as fast as the clock is no impossible speed in a play of that speed."""
        with operator_connection() as connection:
            connection.execute(
                text("UPDATE tracked SET top_speed_kph = top_speed_kph * :speed WHERE patrol_id = :p"),
                {"speed": max(self.speed, 1.0), "p": patrol_id},
            )
            record_as_operator(connection, "exercise.carrier_sped_up", "tracked", patrol_id)

    def end(self) -> None:
        """Everybody is home at once: nothing that the play began stays on the road."""
        for drive in self.drives:
            self.cast.does(COMMAND, lambda drive=drive: patrols.finish(drive.patrol_id))  # type: ignore[misc]
        self.drives.clear()
