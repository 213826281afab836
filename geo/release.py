"""Which cells of tables that belong together may leave the house, so that no subtraction gives a small one back.

A quarter's figures are published as one block: its total, the totals of its months, and for each way of dividing it
(by sector, by kind, …) the cells of the quarter and of its months. A cell that is hidden is hidden in the quarter and in
all its months, with the same others, so that all that is ever told of the hidden ones is their sum. (Hundepool et al.,
Statistical Disclosure Control, 2012, chapter 4: primary and complementary suppression of linked tables.)
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Counts = Sequence[int]
# Fewer people, or acts, than this could be told apart.
SMALLEST_CELL = 5


def is_small(counts: Counts, smallest: int = SMALLEST_CELL) -> bool:
    """Whether one of a cell's counts is of so few that they could be told apart; none at all is not few."""
    return any(0 < count < smallest for count in counts)


def safe_together(group: Sequence[Counts], smallest: int = SMALLEST_CELL) -> bool:
    """Whether the sums of hidden cells, which the totals give back, tell of none of them.

    Each count must be spread over at least two of the cells and add up to at least `smallest`, or be nowhere.
    """
    for values in zip(*group, strict=True):
        among = [value for value in values if value]
        if among and (len(among) < 2 or sum(among) < smallest):
            return False
    return True


def hidden_cells(
    cells: Mapping[Key, Counts], always: Collection[Key] = (), smallest: int = SMALLEST_CELL
) -> frozenset[Key]:
    """The cells of one division to hide beside its published total, in each row of the block alike.

    cells: for each key its counts, the same ones in the same order: of the quarter, or of each of its months. always:
    keys that are hidden whatever they count. The smallest cells join until the hidden ones protect each other; where
    all together do not, all are hidden, the empty ones too, so that nobody knows which holds the rest.

    Raises:
        ValueError: a negative count, or cells with different numbers of counts.
    """
    lengths = {len(counts) for counts in cells.values()}
    if len(lengths) > 1:
        raise ValueError("All cells need the same counts.")
    if any(count < 0 for counts in cells.values() for count in counts):
        raise ValueError("A count cannot be negative.")
    filled = {key: counts for key, counts in cells.items() if any(counts)}
    hidden = {key for key, counts in filled.items() if key in always or is_small(counts, smallest)}
    if not hidden:
        return frozenset()
    for key in sorted(filled.keys() - hidden, key=lambda key: (sum(filled[key]), repr(key))):
        if safe_together([filled[each] for each in hidden], smallest):
            break
        hidden.add(key)
    if not safe_together([filled[key] for key in hidden], smallest):
        return frozenset(cells)
    return frozenset(hidden)
