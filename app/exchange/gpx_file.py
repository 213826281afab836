"""Tracks of patrols as GPX 1.1: where each was, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

from sqlalchemy import ColumnElement, Row, func, select

from app.db import db
from app.exchange.kml_file import escaped
from app.exchange.tables import BATCH, MOST, Marking
from app.mission.models import Unit
from app.patrols.models import Patrol
from app.patrols.visits import known
from app.permissions import Permission, within
from app.positions.models import DOUBTED, LatestPosition, Position, Tracked


def fixes(where: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[Row[Any]]]:
    """(patrol_id, call_sign, state, at, lon, lat) of the patrols that this viewer reads, track by track."""
    asked = (
        select(
            Patrol.id, Patrol.call_sign, Patrol.state, Position.at, func.ST_X(Position.place).label("lon"),
            func.ST_Y(Position.place).label("lat"),
        )
        .join(Tracked, Tracked.patrol_id == Patrol.id)
        .join(Position, Position.tracked_id == Tracked.id)
        .outerjoin(Unit, Unit.id == Patrol.unit_id)
        .outerjoin(LatestPosition, LatestPosition.patrol_id == Patrol.id)
        .where(
            within(Permission.READ_PATROLS, Patrol.sector_id), known(), Position.flags.op("&")(DOUBTED.value) == 0, *where
        )
        .order_by(Patrol.id, Position.at)
        .limit(MOST + 1)
    )  # fmt: skip
    yield from db.session.execute(asked, execution_options={"yield_per": BATCH}).partitions(BATCH)


def write(where: Sequence[ColumnElement[bool]], marking: Marking, file: IO[bytes]) -> int:
    """One track for each patrol, of one segment. Returns how many points."""
    file.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Vigil" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<metadata><name>{escaped(marking.words)}</name><desc>{escaped(marking.mission)}</desc></metadata>\n".encode()
    )
    count, track = 0, None
    for batch in fixes(where):
        for fix in batch:
            if fix.id != track:
                file.write(b"</trkseg></trk>\n" if track is not None else b"")
                name, state = escaped(fix.call_sign), escaped(fix.state)
                file.write(
                    f"<trk><name>{name}</name><cmt>{escaped(marking.words)}</cmt><type>{state}</type><trkseg>\n".encode()
                )
                track = fix.id
            at = fix.at.isoformat().replace("+00:00", "Z")
            file.write(f'<trkpt lat="{fix.lat:.7f}" lon="{fix.lon:.7f}"><time>{at}</time></trkpt>\n'.encode())
            count += 1
    file.write(b"</trkseg></trk>\n" if track is not None else b"")
    file.write(b"</gpx>\n")
    return count
