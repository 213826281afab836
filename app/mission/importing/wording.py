"""Why a file as a whole can't be read, in words."""

from __future__ import annotations

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


def sentence(refused: Unreadable) -> str:
    """With what the file has instead, where that helps whoever chose."""
    facts = refused.facts
    said = str(UNREADABLE[refused.code]) % facts if facts else str(UNREADABLE[refused.code])
    return f"{said} {_('It has: %(held)s.', held=facts['held'])}" if "held" in facts else said
