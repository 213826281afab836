"""The most that one unit can collect within its shift, never at a site twice: a proven upper bound, often exact.

Walks are extended stop by stop over the minutes; of those that end at the same site, one that took no longer, collected
no less and forbids no more than another stands for both. A walk forbids only those of its sites that each later stop
remembers (ng-routes: Baldacci, Mingozzi and Roberti, Operations Research 59, 2011). Remembering few is quick and
bounds loosely, remembering all is exact. So it goes in passes that remember more and more, forwards and backwards in
turn: what a pass found bounds how any walk of the next can end, and walks that can't come to more than is looked for
are dropped.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEAREST = (2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 1 << 20)  # sites that a stop remembers, pass by pass
COMPARED = 1000  # times as many pairs of walks as walks, in one pass at most
LOOKED = 12  # walks that wait, each time
NEVER = -1e18


@njit(cache=True)
def _passed(
    worth: NDArray[np.float64],
    leaving: NDArray[np.int64],
    between: NDArray[np.int64],
    returning: NDArray[np.int64],
    stay: NDArray[np.int64],
    ending: NDArray[np.float64],
    sought: float,
    remembered: NDArray[np.uint64],
    collected: NDArray[np.float64],
    most: int,
) -> float:
    """The most that a walk collects, if it is more than `sought`; -1 where there are more than `most`.

    worth: (k,). leaving, returning: (k,) minutes from and to the base. between: (k, k). ending: (k, shift + 1) the most
    that can follow a stop when so many minutes are left. remembered: (k, words) bits of the sites that a stop remembers.
    collected: (k, shift + 1), filled with the most at the end of a stop after so many minutes or fewer.
    """
    sites, words, shift = len(worth), remembered.shape[1], ending.shape[1] - 1
    held = np.empty(most)
    forbidden = np.zeros((most, words), dtype=np.uint64)
    after = np.full(most, -1, dtype=np.int64)  # next of those that end at the same site and minute
    lesser = np.full(most, -1, dtype=np.int64)  # next of those that stand at the same site
    waiting, at_site = np.full((shift + 1, sites), -1, dtype=np.int64), np.full(sites, -1, dtype=np.int64)
    one, count, compared, best = np.uint64(1), 0, 0, 0.0
    collected[:] = NEVER
    for site in range(sites):
        minute = leaving[site] + stay[site]
        if count == most:
            return -1.0
        if minute + returning[site] <= shift and worth[site] + ending[site, shift - minute] > sought:
            held[count] = worth[site]
            forbidden[count, site >> 6] = one << np.uint64(site & 63)
            waiting[minute, site] = count
            count += 1
    new = np.zeros(words, dtype=np.uint64)
    for state in range((shift + 1) * sites):
        minute, site = state // sites, state % sites
        walk = waiting[minute, site]
        while walk >= 0:
            have = held[walk]
            above, other, worse = -1, at_site[site], False
            while other >= 0 and held[other] >= have:
                worse = True
                for word in range(words):
                    if forbidden[other, word] & ~forbidden[walk, word] != 0:
                        worse = False
                        break
                compared += 1
                if worse:
                    break
                above, other = other, lesser[other]
            if worse:
                walk = after[walk]
                continue
            lesser[walk] = other
            if above < 0:
                at_site[site] = walk
            else:
                lesser[above] = walk
            best = max(best, have)
            collected[site, minute] = max(collected[site, minute], have)
            for then in range(sites):
                if (forbidden[walk, then >> 6] >> np.uint64(then & 63)) & one:
                    continue
                ready = minute + between[site, then] + stay[then]
                if ready + returning[then] > shift:
                    continue
                gained = have + worth[then]
                if gained + ending[then, shift - ready] <= sought:
                    continue
                for word in range(words):
                    new[word] = forbidden[walk, word] & remembered[then, word]
                new[then >> 6] |= one << np.uint64(then & 63)
                worse, other = False, at_site[then]
                while other >= 0 and held[other] >= gained:
                    worse = True
                    for word in range(words):
                        if forbidden[other, word] & ~new[word] != 0:
                            worse = False
                            break
                    compared += 1
                    if worse:
                        break
                    other = lesser[other]
                if worse:
                    continue
                # Of those that wait at the same site and minute, the first few: one of both may stand for the other.
                other, looked = waiting[ready, then], 0
                while other >= 0 and looked < LOOKED:
                    less, more = held[other] >= gained, held[other] <= gained
                    for word in range(words):
                        less = less and forbidden[other, word] & ~new[word] == 0
                        more = more and new[word] & ~forbidden[other, word] == 0
                    if less or more:
                        worse = True
                        if more:
                            held[other] = gained
                            forbidden[other] = new
                        break
                    other, looked = after[other], looked + 1
                if worse:
                    continue
                if count == most or compared > COMPARED * most:
                    return -1.0
                held[count] = gained
                for word in range(words):
                    forbidden[count, word] = new[word]
                after[count], waiting[ready, then] = waiting[ready, then], count
                count += 1
            walk = after[walk]
    for site in range(sites):
        for minute in range(1, shift + 1):
            collected[site, minute] = max(collected[site, minute], collected[site, minute - 1])
    return best


@njit(cache=True)
def _forgetful(
    worth: NDArray[np.float64],
    leaving: NDArray[np.int64],
    between: NDArray[np.int64],
    returning: NDArray[np.int64],
    stay: NDArray[np.int64],
    shift: int,
) -> NDArray[np.float64]:
    """(k, shift + 1): the most at the end of a stop after so many minutes or fewer, of walks that go anywhere but
    straight back. Those may come to a site again."""
    sites = len(worth)
    first, second = np.full((sites, shift + 1), NEVER), np.full((sites, shift + 1), NEVER)
    source = np.full((sites, shift + 1), -2, dtype=np.int64)
    for site in range(sites):
        minute = leaving[site] + stay[site]
        if minute <= shift:
            first[site, minute], source[site, minute] = worth[site], -1
    for minute in range(shift + 1):
        for site in range(sites):
            if first[site, minute] == NEVER:
                continue
            for then in range(sites):
                ready = minute + between[site, then] + stay[then]
                if then == site or ready + returning[then] > shift:
                    continue
                have = first[site, minute] if source[site, minute] != then else second[site, minute]
                gained = have + worth[then]
                if gained > first[then, ready]:
                    if source[then, ready] != site:
                        second[then, ready] = first[then, ready]
                    first[then, ready], source[then, ready] = gained, site
                elif gained > second[then, ready] and source[then, ready] != site:
                    second[then, ready] = gained
    for site in range(sites):
        for minute in range(1, shift + 1):
            first[site, minute] = max(first[site, minute], first[site, minute - 1])
    return first


def most_alone(
    weights: NDArray[np.float64],
    travel: NDArray[np.int64],
    stay: NDArray[np.int64],
    shift: int,
    sought: float,
    most: int,
) -> float:
    """No route of one unit collects more than this; `sought` where it is proven that none collects more than that.

    weights: (n,); sites at or below 0 stay out. travel: (n + 1, n + 1) whole minutes, node 0 the base, i + 1 site i.
    stay: (n,) minutes, 1 or more. shift: minutes from base to base. sought: what some route collects, or any number
    above 0: the less, the longer it takes. most: walks held at once; with fewer the bound is looser.
    """
    alone = travel[0, 1:] + stay + travel[1:, 0]
    sites = np.flatnonzero((weights > 0) & (alone <= shift))
    worth, stays = weights[sites], stay[sites]
    least = float(worth.sum())
    if least <= sought:
        return sought
    leaving, returning = travel[0, sites + 1].copy(), travel[sites + 1, 0].copy()
    between = np.ascontiguousarray(travel[np.ix_(sites + 1, sites + 1)])
    order = np.argsort(between + between.T, axis=1, kind="stable")
    collected = _forgetful(worth, leaving, between, returning, stays, shift)
    for nearest in NEAREST:
        ending = _ending(collected, worth, stays)
        leaving, between, returning = returning, np.ascontiguousarray(between.T), leaving
        remembered = _bits(order[:, :nearest])
        collected = np.empty_like(ending)
        found = _passed(
            worth, leaving, between, returning, stays, ending, sought, remembered, collected, most
        )
        if found < 0:
            break
        least = min(least, max(found, sought))
        if found <= sought or nearest >= len(sites):
            break
    return least


def _ending(
    collected: NDArray[np.float64], worth: NDArray[np.float64], stay: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What follows a stop, from what came before it the other way round: (k, minutes left + 1)."""
    minutes = np.arange(collected.shape[1])
    then = np.minimum(minutes[None, :] + stay[:, None], minutes[-1])
    return np.asarray(np.take_along_axis(collected, then, axis=1) - worth[:, None])


def _bits(chosen: NDArray[np.int64]) -> NDArray[np.uint64]:
    """(k, words): the bits of the sites chosen in each row."""
    sites = len(chosen)
    found = np.zeros((sites, (sites + 63) // 64), dtype=np.uint64)
    for site, row in enumerate(chosen):
        for other in row:
            found[site, other >> 6] |= np.uint64(1) << np.uint64(other & 63)
    return found
