"""What a file is before GDAL sees it. GDAL tries every driver that it has on whatever it is given, whatever its name:
a VRT that is called .gpkg would have it read other files, or other hosts. So what a file says that it is, it must be, and
one driver alone may open it (workers/reading_apart.py)."""

from __future__ import annotations

import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from app.mission.importing.reading import Unreadable

LARGEST_UNPACKED = 1024 * 1024 * 1024
# A shapefile packs to a tenth; what unpacks to a hundred times its size was made to.
MOST_PACKED = 100
MOST_MEMBERS = 200
OF_A_SHAPEFILE = frozenset(
    {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qmd", ".xml", ".txt"}
)
# Ending → GDAL's drivers that may open it; none for what we read ourselves.
DRIVERS: dict[str, tuple[str, ...]] = {
    ".csv": (), ".tsv": (), ".txt": (), ".geojson": (), ".json": (), ".gpkg": ("GPKG",), ".kml": ("LIBKML", "KML"),
    ".gpx": ("GPX",), ".zip": ("ESRI Shapefile",),
}  # fmt: skip
CHUNK = 1024 * 1024


def check_content(path: Path) -> None:
    """Raises Unreadable where a file is not what its ending says, or holds what could reach beyond it."""
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise Unreadable("empty")
    if suffix == ".zip":
        check_zip(path)
    elif suffix == ".gpkg":
        check_package(path)
    elif suffix in (".kml", ".gpx"):
        check_markup(path, suffix[1:])


def check_zip(path: Path) -> None:
    """One shapefile: no links, no way out of the folder, no archive in the archive, nothing that swells."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = [m for m in packed.infolist() if not m.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable("zip_broken") from None
    unpacked, size = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if len(members) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED or unpacked > MOST_PACKED * max(size, 1024):
        raise Unreadable("zip_too_much")
    if any(m.flag_bits & 1 for m in members):
        raise Unreadable("zip_encrypted")
    if any(leads_out(m) for m in members):
        raise Unreadable("zip_leads_out")
    endings = {PurePosixPath(m.filename).suffix.lower() for m in members}
    if ".shp" not in endings or not endings <= OF_A_SHAPEFILE:
        raise Unreadable("zip_no_shapefile")


def leads_out(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    # What made the zip may have been a Unix system: then the upper half of the attributes is the file's mode.
    mode = member.external_attr >> 16
    special = mode != 0 and stat.S_IFMT(mode) not in (0, stat.S_IFREG)
    return name.is_absolute() or ".." in name.parts or "\\" in member.filename or special


def check_package(path: Path) -> None:
    """A GeoPackage with tables alone. A view can call GDAL's functions when it is read; a virtual table a module."""
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\x00":
            raise Unreadable("no_geopackage")
    try:
        with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro&immutable=1", uri=True)) as inside:
            found = inside.execute("SELECT type, coalesce(sql, '') FROM sqlite_master").fetchall()
    except sqlite3.Error:
        raise Unreadable("geopackage_broken") from None
    for kind, said in found:
        virtual = "virtual" in said.lower().split("(")[0] and "rtree" not in said.lower()
        if kind == "view" or (kind == "table" and virtual):
            raise Unreadable("geopackage_views")


def check_markup(path: Path, root: str) -> None:
    """XML whose outermost element is `root`, without a document type: entities swell, and fetch."""
    seen: list[str] = []

    def begins(name: str, _attributes: dict[str, str]) -> None:
        if not seen:
            seen.append(name.rpartition(":")[2].lower())

    def has_a_type(*_said: object) -> None:
        raise Unreadable("document_type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    parser.StartDoctypeDeclHandler = has_a_type
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError:
        raise Unreadable(f"{root}_broken") from None
    if seen != [root]:
        raise Unreadable(f"no_{root}")
