"""How good is the forecast of where the next events will be, beside simple ones? bench/README.md says how it measures."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.load.events_file import Events, read_events
from bench.load.machine import description, keep
from geo.metric_grid import MetricGrid, counted
from geo.surfaces import baselines
from geo.surfaces import scores as scoring
from geo.surfaces.forecaster import Forecaster
from geo.surfaces.history import History

SHARES = (0.01, 0.05, 0.10)
FORECAST, PERSISTENCE = "Vigil", "persistence of 4 months"
FRESH_DAYS = 12.0  # in which an event's part in `History.fresh` halves
AIMS = "Aim: average precision at least 1.25 × persistence, 2.5 points more at 5 %, calibration error at most 0.01"


@dataclass(frozen=True)
class Run:
    """Scores and probabilities by name, each (months, cells), and what happened."""

    scores: dict[str, NDArray[np.float64]]
    probabilities: dict[str, NDArray[np.float64]]
    events: NDArray[np.float64]


def history_of(events: Events, grid: MetricGrid, first: int, months: int) -> History:
    shape = (months, grid.size)
    whole = (months, grid.rows, grid.columns)
    cells, periods = grid.cells_of(events.places), events.months - first
    kinds = tuple(
        counted(cells[events.kinds == kind], periods[events.kinds == kind], shape).reshape(whole)
        for kind in (1, 2, 3)
    )
    event, actor = events.actors.T
    by = np.column_stack([periods[event], cells[event], actor])
    by = by[(by[:, 0] >= 0) & (by[:, 0] < months) & (by[:, 1] >= 0)]
    return History(
        counted(cells, periods, shape).reshape(whole),
        counted(cells, periods, shape, np.log1p(events.deaths)).reshape(whole),
        ((first + np.arange(months + 1)) % 12) / 12.0,
        kinds,
        fresh=counted(cells, periods, shape, 0.5 ** (events.days_left / FRESH_DAYS)).reshape(whole),
        struck_by=by,
    )


def forecast_all(history: History, start: int, stop: int, seed: int) -> Run:
    """One surface for each month from `start` until before `stop`, each from the months before it."""
    forecaster = Forecaster(history, seed)
    scores: dict[str, list] = {FORECAST: [], PERSISTENCE: [], "all history": [], "kernel density": []}
    chances: dict[str, list] = {FORECAST: [], PERSISTENCE: [], "climatology": []}
    bandwidth = 1.0
    for origin in range(start, stop):
        if (origin - start) % 12 == 0:
            bandwidth = baselines.best_bandwidth(history, origin)
        surface = forecaster.surface(origin).ravel()
        scores[FORECAST].append(surface)
        scores[PERSISTENCE].append(baselines.persistence(history, origin).ravel())
        scores["all history"].append(baselines.all_history(history, origin).ravel())
        scores["kernel density"].append(baselines.kernel_density(history, origin, bandwidth).ravel())
        chances[FORECAST].append(surface)
        chances[PERSISTENCE].append(baselines.persistence_probability(history, origin).ravel())
        chances["climatology"].append(baselines.climatology(history, origin).ravel())
        print(f"\r{origin - start + 1} of {stop - start} months", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return Run(
        {name: np.array(each) for name, each in scores.items()},
        {name: np.array(each) for name, each in chances.items()},
        history.counts[start:stop].reshape(stop - start, -1),
    )


def table(run: Run, cells: NDArray[np.bool_]) -> list[str]:
    """The table over these cells."""
    events = run.events[:, cells]
    happened = (events > 0).ravel()
    lines = [
        "| | hit rate at 1 % | 5 % | 10 % | average precision | calibration error, bands of equal width | "
        "of equal count | Brier | skill beside climatology | beside persistence |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    errors = {name: scoring.brier(p[:, cells].ravel(), happened) for name, p in run.probabilities.items()}
    found: dict[str, tuple[float, float]] = {}
    for name in dict.fromkeys([*run.scores, *run.probabilities]):
        parts = [name]
        if name in run.scores:
            scores = run.scores[name][:, cells]
            rates = [scoring.hit_rate(list(scores), list(events), share) for share in SHARES]
            precision = scoring.average_precision(scores.ravel(), happened)
            found[name] = rates[1], precision
            parts += [f"{each:.3f}" for each in (*rates, precision)]
        else:
            parts += ["-"] * 4
        if name in run.probabilities:
            probability = run.probabilities[name][:, cells].ravel()
            for equal in ("width", "count"):
                parts.append(
                    f"{scoring.calibration_error(scoring.calibration(probability, happened, equal=equal)):.4f}"
                )
            parts.append(f"{errors[name]:.5f}")
            parts += [
                f"{scoring.skill(errors[name], errors[each]):.3f}" for each in ("climatology", PERSISTENCE)
            ]
        else:
            parts += ["-"] * 5
        lines.append("| " + " | ".join(parts) + " |")
    gain, ratio = found[FORECAST][0] - found[PERSISTENCE][0], found[FORECAST][1] / found[PERSISTENCE][1]
    lines += ["", f"Beside persistence: {100 * gain:+.1f} points at 5 %, average precision × {ratio:.2f}."]
    return lines


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/forecast")
    ask.add_argument("events", type=Path, help="events in UCDP's columns: GeoJSON or CSV")
    ask.add_argument("--cell-km", type=float, default=25.0)
    ask.add_argument("--train-to", type=int, default=2013)
    ask.add_argument("--test", default="2014-2022", help="years, as 2014-2022")
    ask.add_argument("--where-prec", type=int, default=3, help="coarsest where_prec that counts")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--table", type=Path)
    given = ask.parse_args()
    began = time.monotonic()
    events = read_events(given.events, given.where_prec)
    from_year, to_year = (int(each) for each in given.test.split("-"))
    if from_year <= given.train_to:
        ask.error("The years of the test must come after those of the training.")
    first = int(events.months.min())
    start, stop = from_year * 12 - first, (to_year + 1) * 12 - first
    if not ((events.months >= from_year * 12) & (events.months < first + stop)).any():
        raise ValueError("The file holds no event in the years of the test.")
    grid = MetricGrid.covering(shapely.multipoints(events.places), given.cell_km * 1000)
    history = history_of(events, grid, first, stop)
    run = forecast_all(history, start, stop, given.seed)
    known = grown(history.counts[: (given.train_to + 1) * 12 - first].sum(axis=0) > 0).ravel()
    hull = grid.touching(shapely.convex_hull(shapely.multipoints(events.places)))
    lines = [
        "## bench/forecast",
        "",
        f"{time.strftime('%Y-%m-%d')}, {description()}. {given.events.name}: {len(events.months)} events "
        f"({events.left_out} left out), cells of {given.cell_km:g} km, {stop - start} months of {given.test}, "
        f"{time.monotonic() - began:.0f} s in all.",
    ]
    for title, cells in (
        ("where something happened before the test, and beside it", known),
        ("all in the hull", hull),
    ):
        happened = int((run.events[:, cells] > 0).sum())
        lines += ["", f"Cells {title}: {int(cells.sum())}, with an event in {happened} cell-months.", ""]
        lines += table(run, cells)
    lines += ["", AIMS + "."]
    print("\n".join(lines))
    keep(lines, given.table)
    return 0


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells of a mask and the four that share a side with each."""
    wide = np.pad(mask, 1)
    return wide[1:-1, 1:-1] | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"\n{error}")
