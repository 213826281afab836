"""The forecast's constants, judged on the years of the training alone: what each alternative would have said of them.

`python bench/load/forecast_constants.py EVENTS [--train-to 2013] [--over 2007-2013] [--cell-km 25,50]`

Events after the training are dropped before anything is reckoned. Each constant is changed by itself; a surface is
made for each month of the years, from the months before it. The smaller the logarithmic loss the better; it is per
event, so that sizes of cells stand beside one another. bench/README.md says what was chosen by it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.load.events_file import Events, read_events
from bench.load.forecast import history_of
from geo.metric_grid import MetricGrid
from geo.surfaces import baselines, experts, forecaster, joining
from geo.surfaces import scores as scoring
from geo.surfaces.history import History

ALTERNATIVES: tuple[tuple[ModuleType, str, tuple], ...] = (
    (forecaster, "BEGIN", tuple(np.array([1 - line, line]) for line in (0.001, 0.3, 0.5))),
    (forecaster, "REFIT", (3, 12)),
    (forecaster, "JOINED_OVER", (24, 120)),
    (joining, "PRIOR", (10.0, 100.0, 1000.0)),
    (joining, "LEVEL_PRIOR", (10.0, 100.0, 10_000.0)),
    (experts, "HOLDING", (0.001, 0.01)),
)


@dataclass(frozen=True)
class Ground:
    """A history that ends with the training, and the months that are forecast."""

    cell_km: float
    history: History
    origins: range

    @classmethod
    def of(cls, events: Events, cell_km: float, over: tuple[int, int]) -> Ground:
        first = int(events.months.min())
        grid = MetricGrid.covering(shapely.multipoints(events.places), cell_km * 1000)
        stop = (over[1] + 1) * 12 - first
        return cls(cell_km, history_of(events, grid, first, stop), range(over[0] * 12 - first, stop))

    def judged(self) -> tuple[float, float]:
        """Logarithmic loss per cell and month with an event, and average precision beside persistence's."""
        surfaces = forecaster.Forecaster(self.history)
        said = np.array([surfaces.surface(each).ravel() for each in self.origins])
        lately = np.array([baselines.persistence(self.history, each).ravel() for each in self.origins])
        happened = self.history.counts[self.origins.start : self.origins.stop].reshape(said.shape) > 0
        chance = np.where(happened, said, 1 - said)
        precision, usual = (
            scoring.average_precision(each.ravel(), happened.ravel()) for each in (said, lately)
        )
        return float(-np.log(chance).sum() / happened.sum()), precision / usual


@contextmanager
def changed(module: ModuleType, name: str, value: object) -> Iterator[None]:
    stands = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, stands)


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/load/forecast_constants.py")
    ask.add_argument("events", type=Path)
    ask.add_argument("--train-to", type=int, default=2013)
    ask.add_argument("--over", default="2007-2013")
    ask.add_argument("--cell-km", default="25,50")
    ask.add_argument("--where-prec", type=int, default=3)
    given = ask.parse_args()
    events = read_events(given.events, given.where_prec).until(given.train_to)
    from_year, to_year = (int(each) for each in given.over.split("-"))
    if to_year > given.train_to:
        ask.error("The years must not come after those of the training.")
    grounds = [Ground.of(events, float(each), (from_year, to_year)) for each in given.cell_km.split(",")]
    names = " | ".join(f"{each.cell_km:g} km: loss | precision ×" for each in grounds)
    print(f"| constant | | {names} |\n|---|--:|" + "--:|--:|" * len(grounds))

    def line(name: str, value: object) -> None:
        found = " | ".join(f"{loss:.4f} | {ratio:.3f}" for loss, ratio in (each.judged() for each in grounds))
        print(f"| {name} | {value} | {found} |", flush=True)

    line("as they stand", "")
    for module, name, values in ALTERNATIVES:
        for value in values:
            with changed(module, name, value):
                line(name, value)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"\n{error}")
