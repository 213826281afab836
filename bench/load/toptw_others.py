"""PyVRP and VROOM as they come, on the same instances: the tasks of each team in order."""

from __future__ import annotations

import time
from datetime import timedelta

from bench.load.toptw_instances import Instance

Orders = list[list[int]]
PRIZE = 2000  # a prize of 1 beside a way of a tenth: a pure-prize objective loses six points


def pyvrp(instance: Instance, teams: int, seconds: float, seed: int) -> Orders:
    """Prize-collecting VRP with time windows; distances cost 1 a tenth."""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve

    nodes = range(len(instance.profit))
    opens, closes = (int(each) for each in instance.windows[0])
    data = ProblemData(
        locations=[Location(each, each) for each in nodes],
        clients=[
            Client(
                each,
                service_duration=int(instance.service[each]),
                tw_early=int(instance.windows[each, 0]),
                tw_late=int(instance.windows[each, 1]),
                prize=int(PRIZE * instance.profit[each]),
                required=False,
            )
            for each in nodes[1:]
        ],
        depots=[Depot(0, tw_early=opens, tw_late=closes)],
        vehicle_types=[VehicleType(teams, tw_early=opens, tw_late=closes)],
        distance_matrices=[instance.travel],
        duration_matrices=[instance.travel],
    )
    until = time.process_time() + seconds  # not the clock: others may be at work on the machine

    def over(_best: float) -> bool:
        return time.process_time() >= until

    found = solve(data, over, seed=seed, collect_stats=False, display=False)
    if not found.best.is_feasible():
        return [[] for _ in range(teams)]
    return [[act.idx for act in each if act.is_client()] for each in found.best.routes()]


def vroom(instance: Instance, teams: int, _seconds: float, _seed: int) -> Orders:
    """Its priorities go from 0 to 100, so that profits are scaled to them; its deepest exploration, one thread.
    It takes the time that it takes."""
    import vroom as theirs

    asked = theirs.Input()
    asked.set_durations_matrix("car", instance.travel.astype("uint32"))
    opens, closes = (int(each) for each in instance.windows[0])
    for team in range(teams):
        asked.add_vehicle(theirs.Vehicle(team, start=0, end=0, time_window=theirs.TimeWindow(opens, closes)))
    most = float(instance.profit.max())
    for node in range(1, len(instance.profit)):
        asked.add_job(
            theirs.Job(
                node,
                location=node,
                default_service=int(instance.service[node]),
                priority=round(100 * float(instance.profit[node]) / most),
                time_windows=[theirs.TimeWindow(*(int(each) for each in instance.windows[node]))],
            )
        )
    steps = asked.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=60)).routes
    jobs = steps[steps["type"] == "job"]
    return [[int(node) - 1 for node in jobs[jobs["vehicle_id"] == team]["id"]] for team in range(teams)]
