"""`flask basemap check FILE`: whether a file can be the base map, before it becomes it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click
from flask.cli import AppGroup

from app.basemap.models import Fault, Tiles, Unsuitable, packed, unpacked
from app.basemap.queries import suitable
from app.basemap.slot import Slot
from app.basemap.wording import FAULTS, TILES

basemap = AppGroup("basemap", help="The mission's own base map: a file of PMTiles or MBTiles.")
COMMANDS = (basemap,)
MOST = 10_000  # tiles looked at; a whole country at all zooms is millions


@basemap.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Says what FILE holds, and reads up to ten thousand of its tiles."""
    held = Slot(file).now()
    try:
        if held.archive is None:
            raise Unsuitable(held.fault or Fault.MISSING)
        archive = held.archive
        looked_at = 0
        for data in islice(archive.every(), MOST):
            if not suitable(data, archive.facts):
                raise Unsuitable(Fault.OTHER_TILES)
            if archive.facts.tiles is Tiles.VECTOR and packed(data):
                unpacked(data)
            looked_at += 1
    except Unsuitable as unsuitable:
        raise click.ClickException(str(FAULTS[unsuitable.fault])) from None
    facts = archive.facts
    click.echo(
        f"{facts.format.value}, {TILES[facts.tiles]}, zoom {facts.least_zoom} to {facts.greatest_zoom}"
    )
    click.echo("west, south, east, north: " + ", ".join(f"{side:.4f}" for side in facts.bounds))
    click.echo(f"attribution: {facts.attribution or 'none'}")
    if facts.layers:
        click.echo(f"layers: {', '.join(facts.layers)}")
    click.echo(f"for other programs, once it is the base map: /basemap/{held.tag}/file")
    click.echo(f"{looked_at} tiles read, none damaged")
