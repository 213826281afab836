"""What is read out of a file of tiles, and what a file that can't be the base map is told."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType

from app.basemap.models import WORLD, Fault, Format, Tiles, Unsuitable
from app.basemap.slot import Slot, opened
from app.basemap.wording import FAULTS
from tests import base_maps

Make = Callable[[Path, base_maps.Tiles], Path]
both = pytest.mark.parametrize("make", [base_maps.mbtiles, base_maps.pmtiles])
again = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@both
def test_every_tile_comes_out_as_it_went_in(make: Make, tmp_path: Path) -> None:
    for tiles in (base_maps.pictures(), base_maps.vectors()):
        archive = opened(make(tmp_path / "map", tiles))
        assert {at: archive.tile(*at) for at in tiles} == tiles
        assert set(archive.every()) == set(tiles.values())


@both
def test_a_gap_is_a_gap(make: Make, tmp_path: Path) -> None:
    tiles = base_maps.pictures()
    del tiles[(2, 1, 1)], tiles[(2, 3, 0)]
    archive = opened(make(tmp_path / "map", tiles))
    assert archive.tile(2, 1, 1) is archive.tile(2, 3, 0) is archive.tile(9, 1, 1) is None
    assert archive.tile(2, 1, 2) == tiles[(2, 1, 2)]


def test_a_file_with_leaves_of_directories_is_read_through(tmp_path: Path) -> None:
    """So many tiles that the first directory only names others."""
    tiles = {
        (8, x, y): b"\x1a" + hashlib.sha256(b"%d %d" % (x, y)).digest()[: 1 + x * y % 31]
        for x in range(256)
        for y in range(0, 256, 2)
    }
    archive = opened(base_maps.pmtiles(tmp_path / "map", tiles, tile_type=TileType.MVT))
    assert archive.header["leaf_directory_length"] > 0  # type: ignore[attr-defined]
    assert all(archive.tile(*at) == data for at, data in tiles.items())
    assert archive.tile(8, 0, 1) is None


@both
def test_it_says_what_it_holds(make: Make, tmp_path: Path) -> None:
    facts = opened(make(tmp_path / "map", base_maps.vectors())).facts
    assert (facts.tiles, facts.least_zoom, facts.greatest_zoom) == (Tiles.VECTOR, 0, 2)
    assert facts.bounds == (-180, -85, 180, 85)
    assert facts.attribution == "© EXERCISE Survey & others"  # no markup
    assert facts.layers == ("water", "transportation", "place")
    assert opened(make(tmp_path / "map", base_maps.pictures())).facts.tiles == Tiles.PNG


def test_what_mbtiles_do_not_say_is_read_from_their_tiles(tmp_path: Path) -> None:
    silent = {"minzoom": None, "maxzoom": None, "bounds": None, "attribution": None, "json": None}
    tiles = base_maps.pictures([(3, 1, 1), (4, 2, 2)], "JPEG")
    facts = opened(base_maps.mbtiles(tmp_path / "map", tiles, **silent)).facts
    assert (facts.format, facts.tiles, facts.least_zoom, facts.greatest_zoom) == (
        Format.MBTILES,
        Tiles.JPEG,
        3,
        4,
    )
    assert (facts.bounds, facts.attribution, facts.layers) == (WORLD, "", ())
    odd = base_maps.mbtiles(
        tmp_path / "odd", tiles, bounds="9,9,a", json="[1]", maxzoom="many", attribution=""
    )
    assert opened(odd).facts == facts


def fault_of(path: Path) -> Fault:
    with pytest.raises(Unsuitable) as raised:
        opened(path)
    return raised.value.fault


def test_each_unsuitable_file_is_told_why(tmp_path: Path, app: Flask) -> None:
    file = tmp_path / "map"
    assert fault_of(file) is Fault.MISSING
    assert fault_of(tmp_path) is Fault.NOT_A_FILE
    os.mkfifo(tmp_path / "pipe")
    assert fault_of(tmp_path / "pipe") is Fault.NOT_A_FILE  # and nobody waits for it
    for other in (b"", b"PMTiles\x02" + bytes(200), b"GIF89a" + bytes(300)):
        file.write_bytes(other)
        assert fault_of(file) is Fault.OTHER_FORMAT
    with closing(sqlite3.connect(tmp_path / "other")) as db, db:
        db.execute("CREATE TABLE people (name text)")
    assert fault_of(tmp_path / "other") is Fault.OTHER_FORMAT
    tiles = base_maps.pictures()
    assert fault_of(base_maps.pmtiles(file, tiles, tile_type=TileType.AVIF)) is Fault.OTHER_TILES
    brotli = base_maps.pmtiles(file, base_maps.vectors(), tile_compression=Compression.BROTLI)
    assert fault_of(brotli) is Fault.OTHER_COMPRESSION
    with closing(sqlite3.connect(base_maps.mbtiles(file, tiles))) as db, db:
        db.execute("DELETE FROM tiles")
    assert fault_of(file) is Fault.EMPTY
    with app.test_request_context():
        assert len({str(FAULTS[fault]) for fault in Fault}) == len(Fault)


@both
@again
@given(cut=st.floats(0, 0.999), seed=st.integers(0, 2**32))
def test_a_damaged_file_is_refused_or_gives_what_it_can_and_never_breaks(
    make: Make, tmp_path: Path, cut: float, seed: int
) -> None:
    """Cut off anywhere, or some bytes overwritten: Unsuitable, a gap or a tile, and no other exception."""
    whole = make(tmp_path / "whole", base_maps.pictures()).read_bytes()
    at = int(len(whole) * cut)
    noise = (seed.to_bytes(5, "big") * 4)[: len(whole) - at]
    for broken in (whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
        (tmp_path / "broken").write_bytes(broken)
        try:
            archive = opened(tmp_path / "broken")
            for place in ((0, 0, 0), (1, 1, 0), (2, 3, 3)):
                archive.tile(*place)
            list(archive.every())
        except Unsuitable:
            continue


def test_the_slot_takes_up_another_file_and_notices_that_one_went_away(tmp_path: Path) -> None:
    file = tmp_path / "map"
    slot = Slot(file)
    assert slot.now().fault is Fault.MISSING
    base_maps.mbtiles(file, base_maps.pictures())
    first = slot.now()
    assert first.archive is not None
    assert slot.now() is first  # not opened again for each tile
    base_maps.pmtiles(tmp_path / "next", base_maps.vectors())
    (tmp_path / "next").replace(file)
    second = slot.now()
    assert second.archive is not None
    assert second.archive.facts.format is Format.PMTILES
    assert second.tag != first.tag
    file.unlink()
    assert slot.now().fault is Fault.MISSING
    # Who was reading goes on reading what he had.
    assert second.archive.tile(0, 0, 0) == base_maps.vector(0, 0, 0)
    assert Slot(None).now() == slot.__class__(None).now()
    assert Slot(None).now().fault is None
