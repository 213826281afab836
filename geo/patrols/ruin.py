"""The compiled search: part of the tours is torn out round a place and built again, better or not too much worse.

Slack induction by string removals (Christiaens & Vanden Berghe, Transportation Science 54 (2020)) under simulated
annealing, for tasks that need not all be done. A task may be put in at a place when it is met in a window, and
what follows is then still met: each place knows the latest arrival that lets all after it be met (forward time
slack, Savelsbergh, ORSA Journal on Computing 4 (1992)), so that the test takes a constant time, with any number
of windows.

All that is compiled stands in this one file: numba's cache looks at the date of a function's own file, not of
what it calls.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.patrols.problem import Flags, Floats, Whole
from geo.patrols.sheet import Sheet

EPS = 1e-7
# As numpy's numbers: numba would compile a function anew for each one that is written out in a call.
NOWHERE, NONE = cast(int, np.int64(-1)), cast(int, np.int64(0))
Drawn = NDArray[np.uint64]


class State(NamedTuple):
    """R tours, T tasks. route: (R, T + 2) points from the tour's start to its end, with `length` (R,) tasks
    between. tour: (T,) where each stands, -1 absent. leave, late, way: (R, T + 2) for each point when it is left,
    the latest arrival that can be kept, the minutes from the point before. travel: (R,) minutes on the road
    between points."""

    route: Whole
    length: Whole
    tour: Whole
    leave: Floats
    late: Floats
    way: Floats
    travel: Floats


def empty(sheet: Sheet) -> State:
    tasks, tours = sheet.allowed.shape
    shape = (tours, tasks + 2)
    state = State(
        np.zeros(shape, dtype=np.int64), np.zeros(tours, dtype=np.int64), np.full(tasks, -1, dtype=np.int64),
        np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(tours),
    )  # fmt: skip
    state.route[:, 0] = tasks + np.arange(tours)
    state.route[:, 1] = tasks + tours + np.arange(tours)
    for tour in range(tours):
        retime(sheet, state, tour)
    return state


@njit(cache=True)
def chance(drawn: Drawn) -> float:
    """The next number in [0, 1) of a stream of its own (xorshift64*, Vigna, ACM TOMS 42 (2016)): numba's would be
    shared by all searches of a process, and one seed would not give one plan."""
    x = drawn[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    drawn[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, inline="always")
def _begin(opens: Floats, closes: Floats, task: int, arrive: float) -> float:
    """The first moment not before `arrive` at which the task may begin; inf if there is none."""
    found = np.inf
    for window in range(opens.shape[1]):
        if arrive <= closes[task, window]:
            found = max(arrive, opens[task, window])
            break
    return found


@njit(cache=True, inline="always")
def _latest(opens: Floats, closes: Floats, task: int, limit: float) -> float:
    """The latest arrival after which the task begins by `limit`; -inf if there is none."""
    found = -np.inf
    for window in range(opens.shape[1]):
        if opens[task, window] <= limit + EPS:
            found = min(closes[task, window], limit)
    return found


@njit(cache=True)
def retime(sheet: Sheet, state: State, r: int) -> bool:
    """Sets the times of tour `r`; False if it can't be kept."""
    opens, closes, leg, spent = sheet.opens, sheet.closes, sheet.leg, sheet.spent
    route, leave, late, way = state.route, state.leave, state.late, state.way
    mode, count = sheet.mode[r], state.length[r]
    leave[r, 0] = sheet.earliest[r]
    late[r, count + 1] = sheet.latest[r]
    road = 0.0
    for place in range(1, count + 1):
        task = route[r, place]
        ride = leg[mode, route[r, place - 1], task]
        begin = _begin(opens, closes, task, leave[r, place - 1] + ride)
        if begin == np.inf:
            return False
        leave[r, place] = begin + spent[mode, task]
        way[r, place] = ride
        road += ride
    # A tour without tasks stays where it is, so that its first task pays for the way there and home.
    ride = leg[mode, route[r, count], route[r, count + 1]] if count > 0 else 0.0
    way[r, count + 1] = ride
    state.travel[r] = road + ride
    if leave[r, count] + ride > sheet.latest[r] + EPS:
        return False
    limit = sheet.latest[r]
    for place in range(count, 0, -1):
        task = route[r, place]
        limit = _latest(opens, closes, task, limit - way[r, place + 1] - spent[mode, task])
        late[r, place] = limit
    return (
        count == 0
        or not sheet.limited[r]
        or lasting(sheet, state, r, NOWHERE, NOWHERE) <= sheet.duty[r] + EPS
    )


@njit(cache=True)
def lasting(sheet: Sheet, state: State, r: int, at: int, extra: int) -> float:
    """How long tour `r` takes from its latest departure that lets it be back as early as can be, with `extra` put
    in at place `at` (-1: as it stands); inf if it can't be kept."""
    opens, closes, leg, spent = sheet.opens, sheet.closes, sheet.leg, sheet.spent
    mode, more = sheet.mode[r], 1 if at >= 0 else 0
    count = state.length[r] + more
    points = np.empty(count + 2, dtype=np.int64)
    for place in range(count + 2):
        points[place] = extra if place == at else state.route[r, place - (more if place > at else 0)]
    clock = sheet.earliest[r]
    for place in range(1, count + 1):
        task = points[place]
        clock = _begin(opens, closes, task, clock + leg[mode, points[place - 1], task]) + spent[mode, task]
    back = clock + leg[mode, points[count], points[count + 1]]
    if not back < np.inf:
        return np.inf
    limit = back
    for place in range(count, 0, -1):
        task = points[place]
        limit = _latest(opens, closes, task, limit - leg[mode, task, points[place + 1]] - spent[mode, task])
    return back - (limit - leg[mode, points[0], points[1]])


@njit(cache=True)
def may_join(sheet: Sheet, state: State, task: int, r: int) -> bool:
    """Whether skills, locks and the gaps between visits of its site let the task stand in tour `r`."""
    if not sheet.allowed[task, r]:
        return False
    for k in range(sheet.kin_from[task], sheet.kin_from[task + 1]):
        other = sheet.kin[k]
        if state.tour[other] >= 0:
            apart = abs(sheet.day[r] - sheet.day[state.tour[other]])
            if apart < max(sheet.gap[task], sheet.gap[other]):
                return False
    return True


@njit(cache=True)
def rebuild(
    sheet: Sheet, state: State, absent: Whole, count: int, blink: float, drawn: Drawn, touched: Flags
) -> bool:
    """Puts absent tasks in, in their order, each where it adds the least way, passing over a place with the
    probability `blink`. False if a tour broke."""
    opens, closes, leg, into = sheet.opens, sheet.closes, sheet.leg, sheet.into
    first_of, last_of, spent_of, chained = sheet.first, sheet.last, sheet.spent, sheet.chain
    route, leave, late_at, way = state.route, state.leave, state.late, state.way
    tours, single = len(state.length), opens.shape[1] == 1
    for k in range(count):
        task = absent[k]
        best, tour, where = np.inf, NOWHERE, NOWHERE
        first, last = first_of[task], last_of[task]
        kin = sheet.kin_from[task] < sheet.kin_from[task + 1]
        for r in range(tours):
            if not sheet.allowed[task, r] or (kin and not may_join(sheet, state, task, r)):
                continue
            mode, length = sheet.mode[r], state.length[r]
            spent = spent_of[mode, task]
            low, high = 1, length + 1
            if chained[task] >= 0:
                for place in range(length, 0, -1):
                    other = route[r, place]
                    if chained[other] == chained[task]:
                        if sheet.rank[other] > sheet.rank[task]:
                            high = place
                        elif low == 1:
                            low = place + 1
            # Elsewhere than it stood counts as farther, so that tours stay as they are where that costs little.
            stray = sheet.farther if sheet.former[task] >= 0 and sheet.former[task] != r else 0.0
            for place in range(low, high + 1):
                clock = leave[r, place - 1]
                if clock > last:
                    break
                late = late_at[r, place]
                if first + spent > late:
                    continue
                ride = into[mode, task, route[r, place - 1]]
                on = leg[mode, task, route[r, place]]
                added = ride + on - way[r, place] + stray
                if added >= best:
                    continue
                arrive = clock + ride
                if arrive > last:
                    continue
                begin = max(arrive, first) if single else _begin(opens, closes, task, arrive)
                if begin + spent + on > late + EPS:
                    continue
                if blink > 0.0 and chance(drawn) < blink:
                    continue
                if sheet.limited[r] and lasting(sheet, state, r, place, task) > sheet.duty[r] + EPS:
                    continue
                best, tour, where = added, r, place
        if tour >= 0:
            touched[tour] = True
            for place in range(state.length[tour] + 1, where - 1, -1):
                route[tour, place + 1] = route[tour, place]
            route[tour, where] = task
            state.length[tour] += 1
            state.tour[task] = tour
            if not retime(sheet, state, tour):
                return False
    return True


@njit(cache=True)
def tear(
    sheet: Sheet, state: State, seed: int, touched: Flags, strings: int, longest: int, drawn: Drawn
) -> None:
    """Takes a string of tasks out of each of the `strings` tours that come nearest to the task `seed`, and marks
    them."""
    cut = 0
    for k in range(-1, sheet.near.shape[1]):
        task = seed if k < 0 else sheet.near[seed, k]
        r = state.tour[task]
        if r < 0 or touched[r]:
            continue
        count = state.length[r]
        size = 1 + int(chance(drawn) * min(longest, count))
        keep = 0  # a split string keeps some of its middle (the paper's second kind)
        if 1 < size < count and chance(drawn) < 0.5:
            keep = 1
            while size + keep < count and chance(drawn) < 0.5:
                keep += 1
        place = 1
        while state.route[r, place] != task:
            place += 1
        low = max(1, place - size - keep + 1)
        high = min(place, count - size - keep + 1)
        start = low + int(chance(drawn) * (high - low + 1))
        keep_from = start + 1 + int(chance(drawn) * (size - 1))
        place = start
        for p in range(start, count + 2):
            other = state.route[r, p]
            if p < start + size + keep and not (keep_from <= p < keep_from + keep):
                state.tour[other] = -1
            else:
                state.route[r, place] = other
                place += 1
        state.length[r] = count - size
        touched[r] = True
        cut += 1
        if cut >= strings:
            break


@njit(cache=True)
def copy(source: State, target: State, tours: Flags) -> None:
    """Makes these tours, and who stands where, the same in `target`."""
    for r in range(len(tours)):
        if tours[r]:
            target.length[r] = source.length[r]
            target.travel[r] = source.travel[r]
            for p in range(source.length[r] + 2):
                target.route[r, p] = source.route[r, p]
                target.leave[r, p] = source.leave[r, p]
                target.late[r, p] = source.late[r, p]
                target.way[r, p] = source.way[r, p]
    for task in range(len(source.tour)):
        target.tour[task] = source.tour[task]


@njit(cache=True)
def worth_of(sheet: Sheet, state: State, mu: float) -> float:
    """What the tours are worth, less `mu` for each minute of travel and the fee for each task that stands
    elsewhere than it did; -inf where more do than may."""
    total, moved = 0.0, 0
    for task in range(len(state.tour)):
        if state.tour[task] >= 0:
            total += sheet.worth[task]
        if sheet.former[task] >= 0 and sheet.former[task] != state.tour[task]:
            moved += 1
    if moved > sheet.most:
        return -np.inf
    total -= moved * sheet.fee
    for r in range(len(state.travel)):
        total -= mu * state.travel[r]
    return total


@njit(cache=True)
def anneal(
    sheet: Sheet, now: State, kept: State, best: State, drawn: Drawn, rounds: int, heat: float, mu: float,
    strings: int, longest: int, blink: float, scores: Floats,
) -> None:  # fmt: skip
    """`rounds` times tears and rebuilds `now` (`kept` is its copy) at this heat; what is better than `best` goes
    there. scores: (2,) those of `now`, with `mu` a minute, and of `best`, with next to nothing for it;
    renewed."""
    tasks, tours = sheet.allowed.shape
    absent = np.empty(tasks, dtype=np.int64)
    key = np.empty(tasks)
    touched = np.zeros(tours, dtype=np.bool_)
    everything = np.ones(tours, dtype=np.bool_)
    for _ in range(rounds):
        touched[:] = False
        seed = int(chance(drawn) * tasks)
        cuts = 1 + int(chance(drawn) * strings)
        tear(sheet, now, seed, touched, cuts, 1 + int(chance(drawn) * longest), drawn)
        fine = True
        for r in range(tours):
            if touched[r] and not retime(sheet, now, r):
                fine = False
        if fine:
            count = NONE
            how = chance(drawn)
            for task in range(tasks):
                if now.tour[task] < 0:
                    u = chance(drawn)
                    if how < 0.35:
                        key[task] = u
                    elif how < 0.7:
                        key[task] = -sheet.worth[task] * (0.3 + u)
                    elif how < 0.85:
                        key[task] = (sheet.last[task] - sheet.first[task]) * (0.5 + u) - 1e-3 * sheet.worth[
                            task
                        ]
                    else:
                        key[task] = sheet.remote[task] * (0.5 + u)
                    place = count
                    while place > 0 and key[absent[place - 1]] > key[task]:
                        absent[place] = absent[place - 1]
                        place -= 1
                    absent[place] = task
                    count += 1
            fine = rebuild(sheet, now, absent, count, blink, drawn, touched)
        score = worth_of(sheet, now, mu) if fine else -np.inf
        if score > scores[0] + heat * np.log(chance(drawn) + 1e-300):
            copy(now, kept, touched)
            scores[0] = score
            bare = worth_of(sheet, now, 1e-4 * mu)
            if bare > scores[1] + 1e-9:
                copy(now, best, everything)
                scores[1] = bare
        else:
            copy(kept, now, touched)
