"""Grid references, positions, times and shapes that can't be read: what to give instead, by the codes of `geo`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from geo.refused import Refused

REFUSED: dict[str, LazyString] = {
    "grid_empty": _l(
        "The grid reference is empty. Write zone, square and figures, for example 36N SG 93989 73368."
    ),
    "grid_too_long": _l(
        "The grid reference is too long. Write zone, square and figures, for example 36N SG 93989 73368."
    ),
    "grid_characters": _l(
        "A grid reference has letters, figures and spaces only, for example 36N SG 93989 73368."
    ),
    "grid_i_or_o": _l("A grid reference never has the letters I or O. Check for the figures 1 and 0."),
    "grid_polar": _l("Polar grid references are not read here. Give the place as latitude and longitude."),
    "grid_zone_and_square_missing": _l(
        "The zone and the two letters of the 100 km square are missing. Ask for them and write both, for example "
        "36N SG 93989 73368."
    ),
    "grid_zone_missing": _l(
        "The grid zone is missing. Ask for it and write it first, for example 36N SG 93989 73368."
    ),
    "grid_zone_form": _l(
        "The grid zone is a number from 1 to 60 and one letter, for example 36N SG 93989 73368."
    ),
    "grid_no_such_zone": _l(
        "There is no such grid zone. Zones are 1 to 60 with a letter C to X without I and O, for example "
        "36N SG 93989 73368."
    ),
    "grid_square_missing": _l(
        "The two letters of the 100 km square are missing or misplaced. Write them after the zone, for example "
        "36N SG 93989 73368."
    ),
    "grid_no_such_square": _l(
        "There is no such 100 km square in zone %(zone)s. Check the zone and the two letters after it."
    ),
    "grid_too_many_figures": _l(
        "There are more than ten figures. Write at most five for easting, five for northing."
    ),
    "grid_uneven": _l("Easting and northing need the same number of figures. Ask for the reference again."),
    "grid_groups": _l(
        "Write the figures as one group, or as easting and northing, for example 36N SG 93989 73368."
    ),
    "grid_figures_asked": _l("The number of figures is not 0 to 5. Give how many each axis shall have."),
    "beyond_grid": _l(
        "Grid references here run from 80° south to 84° north. Give this place as latitude and longitude."
    ),
    "position_too_long": _l(
        "This is too long for a position. Write latitude first, for example 4.3650, 18.5580 or 4°21'54\"N 18°33'29\"E."
    ),
    "position_hemispheres": _l("One letter of N or S and one of E or W is needed. Check the two hemispheres."),
    "position_out_of_range": _l(
        "The position is out of range: latitude runs to 90, longitude to 180. Write latitude first, for example "
        "4.3650, 18.5580 or 4°21'54\"N 18°33'29\"E."
    ),
    "position_one_hemisphere": _l(
        "Say the hemisphere of both or of neither. Write latitude first, for example 4.3650, 18.5580 or "
        "4°21'54\"N 18°33'29\"E."
    ),
    "position_unread": _l(
        "These are not a latitude and a longitude. Write latitude first, for example 4.3650, 18.5580 or "
        "4°21'54\"N 18°33'29\"E."
    ),
    "position_point_not_last": _l("Only the last of degrees, minutes and seconds has a decimal point."),
    "position_minutes": _l(
        "Minutes and seconds run to 59. Check the figures, or write decimal degrees."
    ),
    "time_unread": _l(
        "This is not a date-time group. Write day, hour, minute, zone letter, month and year, for example 211430ZNOV26."
    ),
    "time_hours": _l("Hours run from 00 to 23. Write midnight as 0000 of the day that begins."),
    "time_minutes": _l("Minutes and seconds run from 00 to 59. Check the time of the group."),
    "time_no_such_day": _l("The month has no such day. Check the day and the month of the group."),
    "time_zone_j": _l(
        "Zone J means the sender’s own local time, which is not known here. Ask for the zone and write its letter, "
        "Z for UTC."
    ),
    "time_zone_letter": _l("The time zone is one letter A to Z without J. Write Z for UTC."),
    "time_zone_missing": _l(
        "The time zone letter is missing. Ask for it and write it after the minutes, for example 211430ZNOV26."
    ),
    "time_month_missing": _l("The month is missing. Write it after the zone letter, for example 211430ZNOV26."),
    "shape_no_number": _l(
        "A position has a coordinate that is not a number. Give longitude and latitude in degrees."
    ),
    "shape_longitude": _l(
        "A longitude is outside −180 to 180. Give degrees, longitude first, then latitude."
    ),
    "shape_latitude": _l("A latitude is outside −90 to 90. Give degrees, longitude first, then latitude."),
    "shape_empty": _l("The shape is empty. Give at least one position."),
    "shape_no_geojson": _l("The shape is not a GeoJSON object. Give one with a type and coordinates."),
    "shape_no_geometry": _l("The feature has no geometry. Give one with a type and coordinates."),
    "shape_type": _l("The type of the shape is not one that is read here. Give one of %(types)s."),
    "shape_other_system": _l(
        "The shape is in a reference system other than WGS 84. Convert it to longitude and latitude."
    ),
    "shape_no_lists": _l(
        "The coordinates are not lists of numbers. Give positions as [longitude, latitude]."
    ),
    "shape_too_many": _l(
        "The shape has more than %(most)s positions. Simplify it or give it in parts."
    ),
    "shape_position": _l("A position has the wrong number of coordinates. Give [longitude, latitude]."),
    "shape_too_large": _l("A coordinate is too large. Give longitude and latitude in degrees."),
    "shape_line_short": _l("A line has fewer than two positions. Give at least two."),
    "shape_no_ring": _l("A polygon has no ring. Give its outer ring, or leave the polygon out."),
    "shape_ring_short": _l("A ring has fewer than four positions. Give at least three corners and close it."),
    "shape_ring_open": _l("A ring is not closed. Repeat its first position at its end."),
    "shape_crosses": _l(
        "A polygon crosses or touches itself. Draw it again so that its edges meet at corners only."
    ),
    "shape_hole": _l(
        "A hole of a polygon lies outside it or inside another hole. Draw the polygon again."
    ),
    "shape_flat": _l(
        "The shape has no extent or is not a proper shape. Draw it again with distinct corners."
    ),
    "shape_no_polygon": _l("The area is a polygon. Give a Polygon or a MultiPolygon."),
    "shape_distance": _l(
        "The distance is not a number of metres up to 1,000,000. Give a smaller distance."
    ),
    "shape_pole": _l(
        "The area would reach a pole, where it cannot be drawn. Give a place further from it."
    ),
    "shape_radius": _l("The radius is not a positive number of metres. Give one above 0."),
}  # fmt: skip


@contextmanager
def in_words() -> Iterator[None]:
    """What `geo` refuses within, as a ValueError with a sentence."""
    try:
        yield
    except Refused as refused:
        raise ValueError(sentence(refused)) from None


def sentence(refused: Refused) -> str:
    return str(REFUSED[refused.code]) % refused.facts if refused.facts else str(REFUSED[refused.code])
