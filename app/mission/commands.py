"""`flask mission set` and `flask import …`: whose installation this is, and a mission's own data from files, by the
operator on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from app.incidents.importing.events import importing as events_importing
from app.mission.importing import base_data
from app.mission.importing.actors import ACTORS, NETWORKS
from app.mission.importing.formats import layers, rows_of
from app.mission.importing.keeping import Importing
from app.mission.importing.looking import look, mapped
from app.mission.importing.reading import GEOMETRY, Row, Unreadable
from app.mission.importing.storing import report, run
from app.mission.importing.wording import sentence
from app.mission.models import CLASSIFICATIONS
from app.mission.naming import Unnameable, set_identity
from app.operator import operator_connection

imports = AppGroup(
    "import", help="Load a mission's data from CSV, GeoJSON, GeoPackage, KML, GPX or Shapefile files."
)
mission = AppGroup("mission", help="Whose installation this is.")
COMMANDS = (imports, mission)
# Formats without layers.
PLAIN = frozenset({".csv", ".tsv", ".txt", ".geojson", ".json"})

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))


COLUMN = click.option(
    "--column", "columns", multiple=True, metavar="OURS=THEIRS",
    help="Which column of the file is meant, such as code=PCODE; again for each. `flask import look` guesses them.",
)  # fmt: skip
LAYER = click.option("--layer", help="Which layer of the file; the first that holds something unless named.")


def read(file: Path, columns: tuple[str, ...] = (), layer: str | None = None) -> Iterator[tuple[int, Row]]:
    """The file's rows with our names for their columns."""
    pairs = [c.partition("=") for c in columns]
    if not all(ours and theirs for ours, _is, theirs in pairs):
        raise click.BadParameter("Write columns as OURS=THEIRS, such as code=PCODE.")
    mapping = {ours.lower(): theirs.lower() for ours, _is, theirs in pairs}
    return mapped(rows_of(file, layer), mapping)


def load(importing: Importing, file: Path, found: Iterable[tuple[int, Row]]) -> None:
    try:
        outcome = run(importing, file, found)
    except Unreadable as error:
        raise click.ClickException(sentence(error)) from None
    report(outcome, file)
    if outcome.refused and not outcome.stored and not outcome.unchanged:
        raise SystemExit(1)


@mission.command("set")
@click.option("--name", help="As every page and document shows it.")
@click.option("--code", help="Its short form.")
@click.option(
    "--time-zone",
    metavar="AREA/CITY",
    help="Whose days and hours plans, draws, seasons and measures count in, such as Africa/Juba; UTC until then.",
)
@click.option("--classification", type=click.Choice(CLASSIFICATIONS, case_sensitive=False),
              help="What is printed on every page and document; CONFIDENTIAL until then.")  # fmt: skip
def set_mission(**said: str | None) -> None:
    """Name the mission, its time zone and its classification, and tell what stands; what is not given stays."""
    try:
        with operator_connection() as connection:
            found, new = set_identity(
                connection, {key: word for key, word in said.items() if word is not None}
            )
    except Unnameable as error:
        raise click.ClickException(str(error)) from None
    for what in ("name", "code", "time_zone", "classification"):
        click.echo(f"{what.replace('_', ' ')}: {getattr(found, what)}")
    click.echo("exercise: " + ("yes" if found.exercise else "no"))
    if new:
        click.echo("Pages and documents say so within ten seconds.")


@imports.command("look")
@FILE
@LAYER
def look_into(file: Path, layer: str | None) -> None:
    """What a file holds, and which of its columns are probably meant; nothing is stored."""
    try:
        held = [] if file.suffix.lower() in PLAIN else layers(file)
        seen = look(rows_of(file, layer))
    except Unreadable as error:
        raise click.ClickException(sentence(error)) from None
    if held:
        click.echo(f"Layers: {', '.join(held)}")
    click.echo(f"{seen.rows} rows{'' if seen.whole else ' and more'}; shapes: {counted(seen.shapes)}")
    if seen.extent:
        click.echo("West, south, east, north: " + ", ".join(f"{x:.5f}" for x in seen.extent))
    click.echo(f"Columns and how many rows fill them: {counted(seen.columns)}")
    for row in seen.first:
        click.echo(
            "  " + "; ".join(f"{k}={v}" for k, v in row.items() if k != GEOMETRY and v not in (None, ""))
        )
    guessed = " ".join(f"--column {ours}={theirs}" for ours, theirs in seen.guesses.items() if ours != theirs)
    if guessed:
        click.echo(f"Probably: {guessed}")


def counted(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in numbers.items())


@imports.command("boundaries")
@FILE
@click.option("--as", "what", type=click.Choice(["admin", "sectors"]), default="admin",
              help="Administrative areas, or sectors and areas of responsibility.")  # fmt: skip
@COLUMN
@LAYER
def boundaries(file: Path, what: str, columns: tuple[str, ...], layer: str | None) -> None:
    """Polygons with codes, names and parents."""
    importing = base_data.SECTORS if what == "sectors" else base_data.ADMIN_AREAS
    try:
        # Parents before children, whatever the order in the file.
        found = sorted(read(file, columns, layer), key=lambda numbered: base_data.depth(numbered[1]))
    except Unreadable as error:
        raise click.ClickException(sentence(error)) from None
    load(importing, file, found)


@imports.command("places")
@FILE
@COLUMN
@LAYER
def places(file: Path, columns: tuple[str, ...], layer: str | None) -> None:
    """Settlements: code, name, kind, population, place."""
    load(base_data.PLACES, file, read(file, columns, layer))


@imports.command("roads")
@FILE
@COLUMN
@LAYER
def roads(file: Path, columns: tuple[str, ...], layer: str | None) -> None:
    """Lines with class and state; their ends become the graph's nodes."""
    load(base_data.ROADS, file, read(file, columns, layer))


@imports.command("rivers")
@FILE
@COLUMN
@LAYER
def rivers(file: Path, columns: tuple[str, ...], layer: str | None) -> None:
    """Lines with code and name."""
    load(base_data.RIVERS, file, read(file, columns, layer))


@imports.command("actors")
@FILE
@COLUMN
@LAYER
def actors(file: Path, columns: tuple[str, ...], layer: str | None) -> None:
    """Whom threats come from: code, name, kind. No threat can be assessed without one."""
    load(ACTORS, file, read(file, columns, layer))


@imports.command("networks")
@FILE
@COLUMN
@LAYER
def networks(file: Path, columns: tuple[str, ...], layer: str | None) -> None:
    """Community alert networks: code, name, channel, place, working, tested_at. No names of people."""
    load(NETWORKS, file, read(file, columns, layer))


@imports.command("units")
@FILE
@COLUMN
@LAYER
def units(file: Path, columns: tuple[str, ...], layer: str | None) -> None:
    """Units with their bases."""
    load(base_data.UNITS, file, read(file, columns, layer))


@imports.command("events")
@FILE
@click.option("--format", "source", type=click.Choice(["ucdp", "acled"]), required=True)
def events(file: Path, source: str) -> None:
    """Events of UCDP GED (CSV or GeoJSON) or of an ACLED export."""
    load(events_importing(source), file, read(file))
