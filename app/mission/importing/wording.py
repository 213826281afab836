"""Why a file as a whole can't be read, and why a row of it was not kept, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.mission.importing.reading import Unreadable

UNREADABLE: dict[str, LazyString] = {
    "empty": _l("The file is empty."),
    "nothing_in_it": _l("The file holds nothing."),
    "too_large": _l("The file is larger than 500 MB. Split it."),
    "too_many_rows": _l("The file holds more than a million rows. Split it."),
    "too_many_columns": _l("The file has more than 200 columns. Leave out those that are not needed."),
    "no_header": _l("The file has no header line with the columns’ names."),
    "broken_line": _l("A line of the file is no line of a table: a cell of it is too long, or never ends."),
    "no_geojson": _l("This is not a GeoJSON FeatureCollection."),
    "gdal": _l("GDAL can’t read this file. Give CSV, GeoJSON, GeoPackage, KML, GPX or a zipped Shapefile."),
    "zip_broken": _l("This is not a zip file, or it is broken."),
    "zip_too_much": _l("The zip holds too much. Send the parts of one shapefile alone."),
    "zip_encrypted": _l("The zip is encrypted. Send it without a password."),
    "zip_leads_out": _l("The zip holds a link, or a name that leads out of its folder."),
    "zip_no_shapefile": _l(
        "The zip is not a shapefile: it must hold .shp, .shx, .dbf and .prj, and nothing else."
    ),
    "no_geopackage": _l("This is not a GeoPackage."),
    "geopackage_broken": _l("This is not a GeoPackage, or it is broken."),
    "geopackage_views": _l("The GeoPackage holds views or virtual tables. Send it with plain tables alone."),
    "document_type": _l("The file declares a document type. Send it without one."),
    "kml_broken": _l("This is not a whole KML file."),
    "no_kml": _l("This is not a KML file."),
    "gpx_broken": _l("This is not a whole GPX file."),
    "no_gpx": _l("This is not a GPX file."),
    "no_layer": _l("There is no such layer in the file, or it is empty."),
    "no_column": _l("The file has no column %(missing)s."),
    "unknown_system": _l("The file’s coordinate system is not known. Convert it to WGS 84 first."),
    "no_place_on_earth": _l(
        "The file’s coordinate system has no place on Earth. Convert it to WGS 84 first."
    ),
    "broken_or_too_long": _l(
        "The file can’t be read: it is broken, or reading it takes too much time or memory."
    ),
    "kind_not_taken": _l("Files of this kind are not taken."),
    "no_driver_said": _l("Whoever starts this process says which driver it may use."),
    "gone": _l("The file is no longer there. Send it again."),
}
# Why a row was not kept. Columns stand there as they are called in files.
ROWS: dict[str, LazyString] = {
    "missing": _l("%(column)s is missing"),
    "no_number": _l("%(column)s is not a number"),
    "no_whole_number": _l("%(column)s is not a whole number"),
    "no_position": _l("longitude and latitude are missing or not numbers"),
    "position_out_of_range": _l("longitude or latitude is out of range"),
    "nul": _l("a text holds a NUL character"),
    "unread_value": _l("a value can't be read as what its column should hold"),
    # What the database refuses.
    "not_yours": _l("lies where you may not write: outside your sectors, or not yours to change"),
    "not_known": _l("refers to something that is not known (%(rule)s)"),
    "breaks_rule": _l("does not fit the rule %(rule)s"),
    "does_not_fit": _l("a value does not fit its column"),
    # Boundaries, sectors and roads.
    "no_polygon": _l("the shape is not a polygon"),
    "polygon_too_large": _l("the polygon has more than %(most)s corners: simplify it first"),
    "shape_out_of_range": _l("the shape is out of range: coordinates must be longitude and latitude"),
    "no_level": _l("level is missing, and so are columns such as adm2_pcode"),
    "level_out_of_range": _l("level must be from 0 to 5"),
    "no_such_echelon": _l("echelon must be mission, sector, battalion or company"),
    "no_line": _l("the shape is not one line"),
    "no_lines": _l("the shape is neither a line nor a group of lines"),
    "line_too_large": _l("the line has too many points: simplify it first"),
    "no_such_state": _l("state must be open, seasonal or closed"),
    # Actors and alert networks.
    "no_such_actor_kind": _l(
        "kind must be state_military, state_police, rebel_group, political_militia, identity_militia, "
        "self_defence_group, criminal_group, external_force or unknown"
    ),
    "no_yes_or_no": _l("%(column)s must be yes or no"),
    "tested_ahead": _l("tested_at lies in the future"),
    # Events of UCDP and ACLED.
    "ucdp_date": _l("a date is not written as 2009-02-20"),
    "ucdp_violence": _l("type_of_violence must be 1, 2 or 3"),
    "ucdp_precision": _l("where_prec must be from 1 to 7 and date_prec from 1 to 5"),
    "ucdp_deaths": _l("low, best or high is below zero"),
    "ucdp_order": _l("date_end lies before date_start"),
    "acled_date": _l("event_date is not written as 2026-11-21 or 21 November 2026"),
    "acled_type": _l("sub_event_type is not in ACLED's list"),
    "acled_precision": _l("geo_precision and time_precision must be from 1 to 3"),
    "acled_deaths": _l("fatalities is below zero"),
    # Incidents of other sources.
    "no_such_kind": _l("kind is not in the house list"),
    "no_such_span": _l("the end lies before the beginning, or more than a year after it"),
    "no_such_reliability": _l("source_reliability must be from A to F"),
    "no_time": _l("a time is not written as 2026-11-21 or 2026-11-21T14:30:00Z"),
    "off_the_scale": _l("%(column)s must be from 1 to %(most)s"),
    "no_count_of_people": _l("%(column)s is below zero, or more than a million"),
    "outside_your_sectors": _l("lies outside the sectors whose incidents you record"),
    "stands_otherwise": _l(
        "stands already under this number and says something else: what was recorded is not rewritten"
    ),
    # Tracks.
    "no_time_of_fix": _l("the time is missing, or not written as 2026-11-21T14:30:00Z"),
    "no_times_of_line": _l("a line needs a time for each of its points"),
    "figure_out_of_range": _l("a figure is out of range"),
    "too_far_ahead": _l("the time lies in the future"),
    "too_old": _l("positions of this month are no longer kept"),
}


def sentence(refused: Unreadable) -> str:
    """With what the file has instead, where that helps whoever chose."""
    facts = refused.facts
    said = str(UNREADABLE[refused.code]) % facts if facts else str(UNREADABLE[refused.code])
    return f"{said} {_('It has: %(held)s.', held=facts['held'])}" if "held" in facts else said


def row_words(code: str, facts: Mapping[str, str]) -> str:
    return str(ROWS[code]) % facts
