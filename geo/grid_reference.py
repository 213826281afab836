"""Military grid references (MGRS, WGS 84).

A reference with fewer than ten figures is a square on the ground, not a point: '36N SG 939 733' is all of a
100 m square and says nothing of where in it. So `parse` gives a cell with its corner, centre and polygon.

Source: NGA.STND.0037 (2014). Conversion is GEOTRANS through the `mgrs` package, whose 1.6 release truncates
when it writes and gives the cell's *centre* when it reads (1.5 gave the south-west corner).
"""

import math
import re
from dataclasses import dataclass

import mgrs  # type: ignore[import-untyped]
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from geo import grid_zones
from geo.refused import Refused

_LONGEST_TEXT = 40
# Maps and receivers carry a zone's grid on for about 40 km into the next zone (NGA TM 8358.1, 2-9).
_OVERLAP_KM = 40.0
# Edges of a square bend in degrees: a 100 km one by some 200 m at 45° N, a 1 km one by 2 cm.
_SEGMENTS_BY_DIGITS = {0: 32, 1: 8, 2: 2, 3: 1, 4: 1, 5: 1}
# Each third zone uses the same letters for its columns.
_COLUMNS = {1: "ABCDEFGH", 2: "JKLMNPQR", 0: "STUVWXYZ"}
_ROWS = "ABCDEFGHJKLMNPQRSTUV"

_converter = mgrs.MGRS()


class GridReferenceError(Refused):
    """A grid reference that cannot be read; the code says why."""


@dataclass(frozen=True)
class GridCell:
    """The square that a grid reference names.

    text: the reference as the house writes it, '36N SG 93989 73368'.
    south_west, centre: (lon, lat) in degrees. The corner is that of the whole square, also where a zone's
        edge cuts it; the centre always lies in `polygon`.
    polygon: degrees, (lon, lat), cut where the grid zone ends.
    digits: figures for each of easting and northing, 0 (100 km) to 5 (1 m).
    precision_m: the side of the square in metres.
    """

    text: str
    south_west: tuple[float, float]
    centre: tuple[float, float]
    polygon: Polygon
    digits: int
    precision_m: int


def format_point(lon: float, lat: float, digits: int = 5) -> str:
    """The reference of the square that holds (lon, lat), truncated to `digits` figures for each axis (0–5).

    Raises:
        GridReferenceError: coordinates out of range, or south of 80° S or north of 84° N, where MGRS uses
            another grid (UPS).
    """
    if not (math.isfinite(lon) and math.isfinite(lat) and -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise GridReferenceError("position_out_of_range")
    if not -80.0 <= lat <= 84.0:
        raise GridReferenceError("beyond_grid")
    if digits not in _SEGMENTS_BY_DIGITS:
        raise GridReferenceError("grid_figures_asked")
    # Less than a centimetre south of the equator GEOTRANS rounds the northing up to 10,000 km and writes the
    # northern square with the southern band, which names no place at all.
    northing_safe = 0.0 if -1e-7 < lat < 0.0 else lat
    return _spaced(_converter.toMGRS(northing_safe, lon, MGRSPrecision=digits), digits)


def parse(text: str) -> GridCell:
    """Read a reference in upper or lower case, with or without spaces, 0 to 10 figures.

    Raises:
        GridReferenceError: with the code of what is wrong.
    """
    zone, band, square, figures = _parts(text)
    digits = len(figures) // 2
    side = 10 ** (5 - digits)
    compact = f"{zone:02d}{band}{square}{figures}"
    try:
        _, _, middle_east, middle_north = _converter.MGRSToUTM(compact)
    except (mgrs.core.MGRSError, RuntimeWarning):
        # Where warnings are errors, GEOTRANS's doubt about the band arrives as a RuntimeWarning; where they
        # are not, `_cut_to_zone` below refuses the same references.
        raise _not_in_zone(zone, band) from None
    west, south = round(middle_east - side / 2), round(middle_north - side / 2)
    whole = _square_in_degrees(zone, band, west, south, side, _SEGMENTS_BY_DIGITS[digits])
    polygon = _cut_to_zone(whole, zone, band)
    corner = whole.exterior.coords[0]
    middle = polygon.centroid
    return GridCell(
        text=_spaced(compact, digits),
        south_west=((corner[0] + 180.0) % 360.0 - 180.0, corner[1]),
        centre=(middle.x, middle.y),
        polygon=polygon,
        digits=digits,
        precision_m=side,
    )


def _parts(text: str) -> tuple[int, str, str, str]:
    """(zone, band, 100 km square, figures) of a reference whose spelling is sound."""
    if not isinstance(text, str) or not text.strip():
        raise GridReferenceError("grid_empty")
    if len(text) > _LONGEST_TEXT:
        raise GridReferenceError("grid_too_long")
    upper = " ".join(text.upper().split())
    if not re.fullmatch(r"[0-9A-Z ]+", upper):
        raise GridReferenceError("grid_characters")
    if re.search(r"[IO]", upper):
        raise GridReferenceError("grid_i_or_o")
    if re.match(r"[ABYZ] ?[A-Z]", upper):
        raise GridReferenceError("grid_polar")
    if re.fullmatch(r"[0-9 ]+", upper):
        raise GridReferenceError("grid_zone_and_square_missing")
    if not upper[0].isdigit():
        raise GridReferenceError("grid_zone_missing")
    zone_part = re.match(r"([0-9]{1,2}) ?([A-Z])", upper)
    if zone_part is None:
        raise GridReferenceError("grid_zone_form")
    zone, band = int(zone_part[1]), zone_part[2]
    if not grid_zones.exists(zone, band):
        raise GridReferenceError("grid_no_such_zone")
    rest = re.fullmatch(r" ?([A-Z]) ?([A-Z])(?: ?([0-9 ]*))?", upper[zone_part.end() :])
    if rest is None:
        raise GridReferenceError("grid_square_missing")
    square = rest[1] + rest[2]
    if square[0] not in _COLUMNS[zone % 3] or square[1] not in _ROWS:
        raise _not_in_zone(zone, band)
    return zone, band, square, _figures(rest[3] or "")


def _figures(written: str) -> str:
    groups = written.split()
    figures = "".join(groups)
    if len(figures) > 10:
        raise GridReferenceError("grid_too_many_figures")
    if len(figures) % 2 or (len(groups) == 2 and len(groups[0]) != len(groups[1])):
        raise GridReferenceError("grid_uneven")
    if len(groups) > 2:
        raise GridReferenceError("grid_groups")
    return figures


def _square_in_degrees(zone: int, band: str, west: int, south: int, side: int, segments: int) -> Polygon:
    """The square of a UTM plane (metres) in degrees, anticlockwise from its south-west corner."""
    steps = [side * index / segments for index in range(segments)]
    ring = (
        [(west + step, float(south)) for step in steps]
        + [(float(west + side), south + step) for step in steps]
        + [(west + side - step, float(south + side)) for step in steps]
        + [(float(west), south + side - step) for step in steps]
    )
    lons, lats = grid_zones.utm(zone, band >= "N").transform(
        [x for x, _ in ring], [y for _, y in ring], direction="INVERSE"
    )
    # Within half a turn of the zone's middle: squares of zones 1 and 60 reach over the 180° meridian.
    middle = -183.0 + 6.0 * zone
    return Polygon(
        [(middle + (lon - middle + 180.0) % 360.0 - 180.0, lat) for lon, lat in zip(lons, lats, strict=True)]
    )


def _cut_to_zone(whole: Polygon, zone: int, band: str) -> Polygon:
    west, south, east, north = grid_zones.limits(zone, band)
    inside = whole.intersection(box(west, south, east, north))
    if isinstance(inside, Polygon) and inside.area > 0.0:
        return inside
    margin = _OVERLAP_KM / (111.32 * math.cos(math.radians(max(abs(south), abs(north)))))
    # 1e-6 degrees: GEOTRANS rounds within some centimetres of a square's edge, also over the edge of a band.
    carried_on = box(west - margin, south, east + margin, north)
    if whole.distance(carried_on) > 1e-6:
        raise _not_in_zone(zone, band)
    beside = whole.intersection(carried_on)
    kept = beside if isinstance(beside, Polygon) and beside.area > 0.0 else whole
    turns = -360.0 if kept.centroid.x > 180.0 else 360.0 if kept.centroid.x < -180.0 else 0.0
    return translate(kept, xoff=turns)


def _not_in_zone(zone: int, band: str) -> GridReferenceError:
    return GridReferenceError("grid_no_such_square", zone=f"{zone}{band}")


def _spaced(compact: str, digits: int) -> str:
    head = f"{compact[:3]} {compact[3:5]}"
    return head if digits == 0 else f"{head} {compact[5 : 5 + digits]} {compact[5 + digits :]}"
