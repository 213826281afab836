"""The forecast bench reads UCDP's columns, and what it tells of a month does not depend on what came after."""

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely

from bench.load.events_file import Events, read_events
from bench.load.forecast import history_of
from geo.metric_grid import MetricGrid
from geo.surfaces.forecaster import Forecaster

MONTHS, ORIGIN = 34, 30  # of 2001 to 2003
SIDES = ("Invented Front", "Invented Army", "Invented Front, Invented Guard")


def rows() -> list[dict]:
    drawn = np.random.default_rng(5)
    found = []
    for month in np.sort(drawn.integers(0, MONTHS, 160)):
        day = drawn.integers(1, 29)
        lon, lat = (20, 6) if drawn.random() < 0.4 else drawn.uniform((19, 5), (21, 7))
        found.append(
            {
                "date_start": f"{2001 + month // 12}-{month % 12 + 1:02}-{day:02}",
                "where_prec": drawn.integers(1, 5),
                "longitude": lon,
                "latitude": lat,
                "best": drawn.integers(0, 9),
                "type_of_violence": drawn.integers(1, 4),
                "side_a": SIDES[drawn.integers(0, 3)],
                "side_b": "Civilians",
            }
        )
    return found


def with_future_shuffled() -> list[dict]:
    """Who struck where, and how hard: dealt anew among the events of the months from the origin on."""
    told = rows()
    line = f"{2001 + ORIGIN // 12}-{ORIGIN % 12 + 1:02}"
    later = [row for row in told if row["date_start"] >= line]
    dealt = np.random.default_rng(1).permutation(len(later))
    shuffled = [
        {**later[other], "date_start": row["date_start"]} for row, other in zip(later, dealt, strict=True)
    ]
    return [row for row in told if row["date_start"] < line] + shuffled


def read(told: list[dict], folder: Path) -> Events:
    file = folder / "events.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, told[0].keys())
        writer.writeheader()
        writer.writerows(told)
    return read_events(file, 3)


def surface(events: Events) -> np.ndarray:
    grid = MetricGrid.covering(shapely.box(19, 5, 21, 7), 30_000)
    history = history_of(events, grid, 2001 * 12, ORIGIN + 2)
    return Forecaster(history).surface(ORIGIN)


def test_another_future_in_the_file_changes_no_bit_of_the_forecast(tmp_path: Path) -> None:
    told = surface(read(rows(), tmp_path))
    assert np.array_equal(surface(read(with_future_shuffled(), tmp_path)), told)
    emptied = [row for row in rows() if row["date_start"] < "2003-07"]
    assert np.array_equal(surface(read(emptied, tmp_path)), told)


def test_until_keeps_nothing_of_what_came_after(tmp_path: Path) -> None:
    whole = read(rows(), tmp_path)
    early = [row for row in rows() if row["date_start"] < "2003"]
    kept, alone = whole.until(2002), read(early, tmp_path)
    for name in ("places", "months", "days_left", "deaths", "kinds", "actors"):
        assert np.array_equal(getattr(kept, name), getattr(alone, name)), name
    assert len(kept.months) < len(whole.months)
    with pytest.raises(ValueError, match="up to 1999"):
        whole.until(1999)


def test_sides_are_told_apart_and_civilians_are_nobody(tmp_path: Path) -> None:
    events = read([{**row, "where_prec": 1} for row in rows()], tmp_path)
    front = [row["side_a"] for row in rows()].index("Invented Front")
    guard = [row["side_a"] for row in rows()].index("Invented Front, Invented Guard")
    of = {event: set(events.actors[events.actors[:, 0] == event][:, 1]) for event in (front, guard)}
    assert len(of[front]) == 2, "the side and the pair"
    assert len(of[guard]) == 3, "two sides and the pair"
    assert len(of[front] & of[guard]) == 1


def test_a_file_that_names_no_sides_has_no_actors(tmp_path: Path) -> None:
    bare = [{name: row[name] for name in row if not name.startswith("side")} for row in rows()]
    assert read(bare, tmp_path).actors.shape == (0, 2)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="where_prec"):
        read([{"name": "EXERCISE"}], tmp_path)
