"""Reading a file that somebody sent in a process of its own: without the database, without keys, with one driver of GDAL,
and with little memory and time. What breaks there breaks nothing here.

The process writes lines of JSON: first what the file is, then a row each with its shape as WKB. The reading itself is
that of the operator's command (app/mission/importing/formats.py).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import shapely

from app.mission.importing.formats import layers, rows_of, system_of
from app.mission.importing.guarding import DRIVERS
from app.mission.importing.reading import GEOMETRY, Row, Unreadable

MOST_MEMORY = 2 * 1024**3  # bytes of addresses; a file of 64 MB takes up to a fifth of it
MOST_SECONDS = 120  # of the processor; an import of a million rows takes some 60
LONGEST = 600  # of the clock, in which the database also stores what was read
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Read:
    """`rows`: (number, row) with shapes in lon/lat. Ends early, raising Unreadable, where the process was stopped."""

    layers: list[str]
    layer: str | None
    system: str | None
    rows: Iterator[tuple[int, Row]]


@contextmanager
def reading(path: Path, layer: str | None = None) -> Iterator[Read]:
    """The file's rows, read apart. Raises Unreadable; the process ends with the block."""
    process = subprocess.Popen(  # noqa: S603 - our own module; its arguments pass no shell
        [sys.executable, "-m", "workers.reading_apart", str(path), *([layer] if layer else [])],
        cwd=ROOT, env=surroundings() | one_driver(path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    clock = threading.Timer(LONGEST, process.kill)
    clock.daemon = True
    clock.start()
    try:
        assert process.stdout is not None
        told = line_of(process.stdout)
        yield Read(told["layers"], told["layer"], told["system"], rows(process.stdout))
    finally:
        clock.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def surroundings() -> dict[str, str]:
    """All that the process knows of us: nothing that opens anything."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LD_LIBRARY_PATH", "PYTHONPYCACHEPREFIX")
        if name in os.environ
    }
    return kept | {
        "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
        # Each thread of these would take addresses of its own.
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1", "GDAL_CACHEMAX": "64",
        # Even a driver that is allowed fetches nothing: no ending is one that may be fetched.
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "GDAL_HTTP_PROXY": "http://127.0.0.1:9", "PROJ_NETWORK": "OFF",
    }  # fmt: skip


def one_driver(path: Path) -> dict[str, str]:
    """Settings that leave GDAL the drivers for this ending alone. It takes the list of the others once, when it is
    loaded."""
    drivers = DRIVERS.get(path.suffix.lower())
    if not drivers:
        return {}
    return {"OGR_SKIP": ",".join(sorted(every_driver() - set(drivers))), "VIGIL_ONE_DRIVER": "1"}


@cache
def every_driver() -> frozenset[str]:
    """The names of all drivers, asked once, and apart: this process holds the database, and loads no GDAL."""
    asked = "import json, pyogrio; print(json.dumps(sorted(pyogrio.list_drivers())))"
    told = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", asked], cwd=ROOT, env=surroundings(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=True,
    )  # fmt: skip
    return frozenset(json.loads(told.stdout))


def line_of(file: IO[bytes]) -> dict[str, Any]:
    line = file.readline()
    if not line.endswith(b"\n"):
        raise Unreadable("broken_or_too_long")
    found: dict[str, Any] = json.loads(line)
    if "unreadable" in found:
        raise Unreadable(found["unreadable"], **found["facts"])
    return found


def rows(file: IO[bytes]) -> Iterator[tuple[int, Row]]:
    while True:
        told = line_of(file)
        if "n" not in told:
            return  # the last line: the file was read to its end
        # A coordinate that is no number is a fault of its row, which is told later, and no warning of ours.
        with np.errstate(invalid="ignore"):
            shape = shapely.from_wkb(told["shape"]) if told["shape"] else None
        yield told["n"], {**told["row"], GEOMETRY: shape}


# From here on: inside the process.


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(**said: Any) -> None:
    sys.stdout.write(json.dumps(said, default=str) + "\n")


def main(path: Path, layer: str | None = None) -> None:
    drivers = DRIVERS.get(path.suffix.lower())
    try:
        if drivers is None:
            raise Unreadable("kind_not_taken")
        if drivers and "VIGIL_ONE_DRIVER" not in os.environ:
            raise Unreadable("no_driver_said")
        limit()
        held = layers(path) if drivers else []
        layer = layer or (held[0] if held else None)
        tell(layers=held, layer=layer, system=system_of(path, layer))
        for number, row in rows_of(path, layer):
            shape = row.pop(GEOMETRY, None)
            tell(n=number, row=row, shape=shapely.to_wkb(shape, hex=True) if shape is not None else None)
        tell(end=True)
    except Unreadable as error:
        tell(unreadable=error.code, facts=error.facts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
