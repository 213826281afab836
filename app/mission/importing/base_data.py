"""Boundaries, sectors, places, roads, rivers and units: what each import takes from a row, and how it is stored."""

# ruff: noqa: E501 - SQL reads better in long lines

from __future__ import annotations

import re
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from app.mission.importing.keeping import Importing
from app.mission.importing.reading import GEOMETRY, Row, RowRefused, first, need, number, point
from app.mission.models import Echelon, RoadState

MOST_VERTICES = 200_000
# Metres a minute by class of road, where a file gives no time.
PACE = {"main": 1000.0, "secondary": 667.0, "track": 333.0}


def multipolygon(row: Row) -> str:
    found = row.get(GEOMETRY)
    if (
        not isinstance(found, BaseGeometry)
        or found.geom_type not in ("Polygon", "MultiPolygon")
        or found.is_empty
    ):
        raise RowRefused("no_polygon")
    if shapely.get_num_coordinates(found) > MOST_VERTICES:
        raise RowRefused("polygon_too_large", most=str(MOST_VERTICES))
    if not within_the_world(found):
        raise RowRefused("shape_out_of_range")
    mended = found if found.is_valid else shapely.make_valid(found)
    parts = [g for g in getattr(mended, "geoms", [mended]) if g.geom_type in ("Polygon", "MultiPolygon")]
    merged = shapely.unary_union(parts)
    return (MultiPolygon([merged]) if isinstance(merged, Polygon) else merged).wkt


def within_the_world(found: BaseGeometry) -> bool:
    """Whether all of it lies in degrees. A coordinate that is no number has no bounds, and fails each comparison."""
    if not np.isfinite(shapely.get_coordinates(found)).all():
        return False
    west, south, east, north = found.bounds
    return bool(west >= -180 and east <= 180 and south >= -90 and north <= 90)


def admin_area(row: Row) -> dict[str, Any]:
    """Columns code, name, level, parent; or those of COD-AB files: adm2_pcode, adm2_en, adm1_pcode."""
    level = first(row, "level", "admin_level")
    if level is None:
        levels = [int(m[1]) for k in row if (m := re.fullmatch(r"adm(\d)_pcode", k)) and first(row, k)]
        if not levels:
            raise RowRefused("no_level")
        n = max(levels)
        names = [k for k in row if re.fullmatch(rf"adm{n}_(?!pcode|ref|alt)\w+", k)]
        code, name, parent = (
            need(row, f"adm{n}_pcode"),
            need(row, *names) if names else "",
            first(row, f"adm{n - 1}_pcode"),
        )
    else:
        n = number(row, "level" if first(row, "level") else "admin_level")
        code, name, parent = (
            need(row, "code", "pcode"),
            need(row, "name"),
            first(row, "parent", "parent_code"),
        )
    if not 0 <= n <= 5:
        raise RowRefused("level_out_of_range")
    return {"code": code, "name": name or code, "level": n, "parent": parent, "area": multipolygon(row)}


ADMIN_AREAS = Importing("admin_areas", "mission.boundaries_imported", admin_area, text("""
    INSERT INTO admin_areas (code, name, level, parent_code, area)
    VALUES (:code, :name, :level, :parent, ST_GeomFromText(:area, 4326))
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level,
        parent_code = excluded.parent_code, area = excluded.area
    WHERE (admin_areas.name, admin_areas.level, admin_areas.parent_code, ST_AsBinary(admin_areas.area))
        IS DISTINCT FROM (excluded.name, excluded.level, excluded.parent_code, ST_AsBinary(excluded.area))"""))  # fmt: skip


def depth(row: Row) -> int:
    """How far down the ladder an area stands: parents must be stored before their children."""
    level = str(row.get("level") or row.get("admin_level") or row.get("echelon") or "").lower()
    ladder = ("mission", "sector", "battalion", "company")
    if level in ladder:
        return ladder.index(level)
    if level.isdigit():
        return int(level)
    return max((int(k[3]) for k in row if k.startswith("adm") and k.endswith("_pcode") and row[k]), default=0)


def sector(row: Row) -> dict[str, Any]:
    echelon = need(row, "echelon", "level").lower()
    if echelon not in set(Echelon):
        raise RowRefused("no_such_echelon")
    return {"code": need(row, "code"), "name": need(row, "name"), "echelon": echelon,
            "parent": first(row, "parent", "parent_code"), "area": multipolygon(row)}  # fmt: skip


SECTORS = Importing("sectors", "mission.sectors_imported", sector, text("""
    INSERT INTO sectors (code, name, echelon, parent_id, area)
    VALUES (:code, :name, :echelon, (SELECT id FROM sectors WHERE code = :parent), ST_GeomFromText(:area, 4326))
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, echelon = excluded.echelon,
        parent_id = excluded.parent_id, area = excluded.area
    WHERE (sectors.name, sectors.echelon, sectors.parent_id, ST_AsBinary(sectors.area))
        IS DISTINCT FROM (excluded.name, excluded.echelon, excluded.parent_id, ST_AsBinary(excluded.area))"""))  # fmt: skip


def place(row: Row) -> dict[str, Any]:
    lon, lat = point(row)
    population = first(row, "population", "pop")
    return {"code": need(row, "code", "pcode", "id"), "name": need(row, "name"),
            "kind": first(row, "kind", "type", "place") or "village", "lon": lon, "lat": lat,
            "population": number(row, "population" if first(row, "population") else "pop") if population else None}  # fmt: skip


PLACES = Importing("places", "mission.places_imported", place, text("""
    INSERT INTO places (code, name, kind, population, place, admin_code)
    SELECT :code, :name, :kind, CAST(:population AS bigint), here.p, areas.admin_code
    FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS p) AS here, vigil.areas_of(here.p) AS areas
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, population = excluded.population,
        place = excluded.place, admin_code = excluded.admin_code
    WHERE (places.name, places.kind, places.population, ST_AsBinary(places.place))
        IS DISTINCT FROM (excluded.name, excluded.kind, excluded.population, ST_AsBinary(excluded.place))"""))  # fmt: skip


def check_line(line: BaseGeometry) -> None:
    if shapely.get_num_coordinates(line) > MOST_VERTICES:
        raise RowRefused("line_too_large")
    if not within_the_world(line):
        raise RowRefused("shape_out_of_range")


def road(row: Row) -> dict[str, Any]:
    """A line; its ends become the graph's nodes. Class: main, secondary, track, or OpenStreetMap's highway."""
    line = row.get(GEOMETRY)
    if isinstance(line, BaseGeometry) and line.geom_type == "MultiLineString":
        line = shapely.line_merge(line)
    if not isinstance(line, BaseGeometry) or line.geom_type != "LineString" or line.is_empty:
        raise RowRefused("no_line")
    check_line(line)
    given = (first(row, "class", "road_class", "highway", "fclass") or "secondary").lower()
    road_class = {"trunk": "main", "primary": "main", "motorway": "main", "tertiary": "secondary"}.get(
        given, given
    )
    if road_class not in PACE:
        road_class = "track"
    state = (first(row, "state") or "open").lower()
    if state not in set(RoadState):
        raise RowRefused("no_such_state")
    metres = first(row, "metres", "length_m", "length")
    minutes = first(row, "minutes", "duration", "time_min")
    (x1, y1), (x2, y2) = line.coords[0][:2], line.coords[-1][:2]
    return {"code": need(row, "code", "id", "osm_id", "fid"), "road_class": road_class, "state": state,
            "line": shapely.force_2d(line).wkt, "metres": float(metres) if metres else None,
            "minutes": float(minutes) if minutes else None, "pace": PACE[road_class],
            "from_code": f"{x1:.5f},{y1:.5f}", "to_code": f"{x2:.5f},{y2:.5f}"}  # fmt: skip


ROADS = Importing("road_links", "mission.roads_imported", road, text("""
    WITH given AS (SELECT ST_GeomFromText(:line, 4326) AS line),
    nodes AS (
        INSERT INTO road_nodes (code, place)
        SELECT :from_code, ST_StartPoint(line) FROM given
        UNION SELECT :to_code, ST_EndPoint(line) FROM given WHERE :from_code <> :to_code
        ON CONFLICT (code) DO UPDATE SET code = excluded.code RETURNING id, code)
    INSERT INTO road_links (code, from_node_id, to_node_id, road_class, state, metres, minutes, line)
    SELECT :code, (SELECT id FROM nodes WHERE code = :from_code), (SELECT id FROM nodes WHERE code = :to_code),
        :road_class, :state, coalesce(:metres, ST_Length(geography(line))),
        coalesce(:minutes, coalesce(:metres, ST_Length(geography(line))) / :pace), line FROM given
    ON CONFLICT (code) DO UPDATE SET road_class = excluded.road_class, state = excluded.state,
        metres = excluded.metres, minutes = excluded.minutes, line = excluded.line,
        from_node_id = excluded.from_node_id, to_node_id = excluded.to_node_id
    WHERE (road_links.road_class, road_links.state, road_links.metres, road_links.minutes, ST_AsBinary(road_links.line))
        IS DISTINCT FROM (excluded.road_class, excluded.state, excluded.metres, excluded.minutes,
                          ST_AsBinary(excluded.line))"""))  # fmt: skip


def river(row: Row) -> dict[str, Any]:
    """A line, or a group of lines. Many have no name in files: the code stands for it."""
    line = row.get(GEOMETRY)
    kinds = ("LineString", "MultiLineString")
    if not isinstance(line, BaseGeometry) or line.geom_type not in kinds or line.is_empty:
        raise RowRefused("no_lines")
    check_line(line)
    code = need(row, "code", "id", "osm_id", "fid")
    return {"code": code, "name": first(row, "name") or code, "line": shapely.force_2d(line).wkt}


RIVERS = Importing(
    "rivers",
    "mission.rivers_imported",
    river,
    text("""
    INSERT INTO rivers (code, name, line) VALUES (:code, :name, ST_Multi(ST_GeomFromText(:line, 4326)))
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, line = excluded.line
    WHERE (rivers.name, ST_AsBinary(rivers.line)) IS DISTINCT FROM (excluded.name, ST_AsBinary(excluded.line))"""),
)


def unit(row: Row) -> dict[str, Any]:
    """A unit at its base: columns code, name, kind, call_sign, parent, base, base_name, base_kind, lon/lat, strength,
    notice_to_move_minutes."""
    lon, lat = point(row)
    strength, notice = first(row, "strength"), first(row, "notice_to_move_minutes", "ntm")
    return {"code": need(row, "code"), "name": need(row, "name"), "kind": need(row, "kind", "echelon"),
            "call_sign": first(row, "call_sign") or need(row, "code"), "parent": first(row, "parent"),
            "base": first(row, "base") or f"BASE-{need(row, 'code')}", "lon": lon, "lat": lat,
            "base_name": first(row, "base_name", "base") or need(row, "name"),
            "base_kind": first(row, "base_kind") or "COB", "strength": int(float(strength)) if strength else None,
            "notice": int(float(notice)) if notice else None}  # fmt: skip


UNITS = Importing("units", "mission.units_imported", unit, text("""
    WITH here AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS p),
    covering AS (SELECT areas.sector_id AS id FROM here, vigil.areas_of(here.p) AS areas),
    base AS (
        INSERT INTO bases (code, name, kind, place, sector_id)
        SELECT :base, :base_name, :base_kind, p, (SELECT id FROM covering) FROM here
        ON CONFLICT (code) DO UPDATE SET place = excluded.place, sector_id = excluded.sector_id RETURNING id)
    INSERT INTO units (code, name, call_sign, kind, parent_id, base_id, sector_id, strength, notice_to_move_minutes)
    SELECT :code, :name, :call_sign, :kind, (SELECT id FROM units WHERE code = :parent), base.id,
        (SELECT id FROM covering), CAST(:strength AS bigint), CAST(:notice AS bigint) FROM base
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, call_sign = excluded.call_sign, kind = excluded.kind,
        parent_id = excluded.parent_id, base_id = excluded.base_id, sector_id = excluded.sector_id,
        strength = excluded.strength, notice_to_move_minutes = excluded.notice_to_move_minutes
    WHERE (units.name, units.call_sign, units.kind, units.parent_id, units.base_id, units.strength)
        IS DISTINCT FROM (excluded.name, excluded.call_sign, excluded.kind, excluded.parent_id, excluded.base_id,
                          excluded.strength)"""))  # fmt: skip
