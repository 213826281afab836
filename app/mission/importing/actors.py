"""Actors and community alert networks: what each import takes from a row, and how it is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from app.mission.importing.keeping import Importing
from app.mission.importing.reading import Row, RowRefused, first, moment, need, point
from app.mission.models import ActorKind

YES = frozenset({"yes", "y", "true", "t", "1"})
NO = frozenset({"no", "n", "false", "f", "0"})


def actor(row: Row) -> dict[str, Any]:
    kind = need(row, "kind").lower().replace(" ", "_").replace("-", "_")
    if kind not in set(ActorKind):
        raise RowRefused("no_such_actor_kind")
    return {"code": need(row, "code", "id"), "name": need(row, "name"), "kind": kind}


ACTORS = Importing(
    "actors",
    "mission.actors_imported",
    actor,
    text("""
    INSERT INTO actors (code, name, kind) VALUES (:code, :name, :kind)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind
    WHERE (actors.name, actors.kind) IS DISTINCT FROM (excluded.name, excluded.kind)"""),
)


def network(row: Row) -> dict[str, Any]:
    """A network whose channel is phone, radio, runner or what the mission calls it. A file that doesn't say whether it
    works, or when that was tested, leaves that as it stands: nobody shall rely on one that was found silent."""
    lon, lat = point(row)
    tested = first(row, "tested_at")
    tested_at = moment(tested)[0] if tested else None
    if tested_at and tested_at > datetime.now(UTC):
        raise RowRefused("tested_ahead")
    return {"code": need(row, "code", "id"), "name": need(row, "name"), "channel": need(row, "channel").lower(),
            "lon": lon, "lat": lat, "working": yes_or_no(row, "working"), "tested_at": tested_at}  # fmt: skip


def yes_or_no(row: Row, name: str) -> bool | None:
    # GeoPackage's truths come as 1.0 where some rows have none.
    written = (first(row, name) or "").lower().removesuffix(".0")
    if written and written not in YES | NO:
        raise RowRefused("no_yes_or_no", column=name)
    return written in YES if written else None


NETWORKS = Importing(
    "community_networks",
    "mission.networks_imported",
    network,
    text("""
    WITH given AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS p, CAST(:working AS boolean) AS working,
        CAST(:tested_at AS timestamptz) AS tested_at)
    INSERT INTO community_networks AS n (code, name, channel, place, sector_id, working, tested_at)
    SELECT :code, :name, :channel, given.p, areas.sector_id, coalesce(given.working, stands.working, true),
        coalesce(given.tested_at, stands.tested_at)
    FROM given CROSS JOIN vigil.areas_of(given.p) AS areas LEFT JOIN community_networks stands ON stands.code = :code
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, channel = excluded.channel, place = excluded.place,
        sector_id = excluded.sector_id, working = excluded.working, tested_at = excluded.tested_at
    WHERE (n.name, n.channel, ST_AsBinary(n.place), n.sector_id, n.working, n.tested_at) IS DISTINCT FROM
        (excluded.name, excluded.channel, ST_AsBinary(excluded.place), excluded.sector_id, excluded.working,
         excluded.tested_at)"""),
)
