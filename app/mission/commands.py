"""`flask import …`: a mission's own data from files, by the operator on the server."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.incidents.importing.events import importing as events_importing
from app.mission.importing import base_data
from app.mission.importing.reading import Row, Unreadable, rows
from app.mission.importing.storing import Importing, report, run

imports = AppGroup("import", help="Load a mission's data from CSV, GeoJSON or GeoPackage files.")
COMMANDS = (imports,)

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))


def load(importing: Importing, file: Path, found: list[tuple[int, Row]] | None = None) -> None:
    try:
        outcome = run(importing, file, found if found is not None else rows(file))
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    report(outcome, file)
    if outcome.refused and not outcome.stored and not outcome.unchanged:
        raise SystemExit(1)


@imports.command("boundaries")
@FILE
@click.option("--as", "what", type=click.Choice(["admin", "sectors"]), default="admin",
              help="Administrative areas, or sectors and areas of responsibility.")  # fmt: skip
def boundaries(file: Path, what: str) -> None:
    """Polygons with codes, names and parents."""
    importing = base_data.SECTORS if what == "sectors" else base_data.ADMIN_AREAS
    try:
        # Parents before children, whatever the order in the file.
        found = sorted(rows(file), key=lambda numbered: depth(numbered[1]))
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    load(importing, file, found)


def depth(row: Row) -> int:
    level = str(row.get("level") or row.get("admin_level") or row.get("echelon") or "").lower()
    ladder = ("mission", "sector", "battalion", "company")
    if level in ladder:
        return ladder.index(level)
    if level.isdigit():
        return int(level)
    return max((int(k[3]) for k in row if k.startswith("adm") and k.endswith("_pcode") and row[k]), default=0)


@imports.command("places")
@FILE
def places(file: Path) -> None:
    """Settlements: code, name, kind, population, place."""
    load(base_data.PLACES, file)


@imports.command("roads")
@FILE
def roads(file: Path) -> None:
    """Lines with class and state; their ends become the graph's nodes."""
    load(base_data.ROADS, file)


@imports.command("units")
@FILE
def units(file: Path) -> None:
    """Units with their bases."""
    load(base_data.UNITS, file)


@imports.command("events")
@FILE
@click.option("--format", "source", type=click.Choice(["ucdp", "acled"]), required=True)
def events(file: Path, source: str) -> None:
    """Events of UCDP GED (CSV or GeoJSON) or of an ACLED export."""
    load(events_importing(source), file)
