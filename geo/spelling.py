"""Words as they are compared across hands and transcriptions: 'Ouaddaï' and 'Waddai', 'Mohammed' and 'Muhamed'.

No word is turned into what it means; two that fold to the same are merely held to be spelled alike.
"""

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["alike", "folded", "in_common", "words_of"]

# Applied in this order, to letters without accents: what one language's transcription writes and another's does not.
SPELLINGS = (
    ("tch", "c"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("dj", "j"), ("dh", "d"), ("gh", "g"), ("kh", "k"),
    ("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "k"), ("q", "k"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("w", "u"),
    ("y", "i"), ("z", "s"), ("o", "u"), ("e", "i"),
)  # fmt: skip
# Too common to tell one event from another, in the languages in which reports are written down here.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """a an and are at be been by for from had has have he her his in into is it its near of on or our she some that
        the their them there they this to was we were will with who au aux avec ce ces dans de des du elle en est et il
        ils la le les leur nous ont ou par pas pour pres qui sa se ses son sont sur un une vers exercise""",
    )
)
LONGEST_COMPARED = 4000
# Two words are held for one from this share of common pairs of letters on.
SPELLED_ALIKE = 0.6


def folded(word: str) -> str:
    """Without accents, case and doubled letters, in one of the spellings; letters and digits alone."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word).casefold() if not unicodedata.combining(c))
    for written, kept in SPELLINGS:
        plain = plain.replace(written, kept)
    return re.sub(r"(\D)\1+", r"\1", "".join(c for c in plain if c.isalnum()))


def words_of(text: str) -> frozenset[str]:
    """The words that tell something, folded; of the first 4,000 characters."""
    plain = unicodedata.normalize("NFC", text[:LONGEST_COMPARED])
    found = (w for w in re.findall(r"\w+", plain) if w.casefold() not in COMMON)
    return frozenset(filter(None, map(folded, found)))


def pairs(word: str) -> frozenset[str]:
    """The word's pairs of neighbouring letters, its ends among them."""
    ended = f" {word} "
    return frozenset(ended[i : i + 2] for i in range(len(ended) - 1))


def alike(one: str, other: str) -> float:
    """0 to 1: how many pairs of letters two folded words share (Dice's measure). Numbers are the same or are not."""
    if one == other:
        return 1.0
    if one.isdigit() or other.isdigit():
        return 0.0
    first, second = pairs(one), pairs(other)
    return 2 * len(first & second) / (len(first) + len(second))


def in_common(one: str, other: str) -> float | None:
    """0 to 1: how much of the shorter text the longer one tells too; None where either tells nothing.

    Of a text of one or two words little is proved by finding them again: the share is kept below what three would give.
    """
    first, second = sorted((words_of(one), words_of(other)), key=lambda w: (len(w), sorted(w)))
    if not first:
        return None
    if first == second:
        return 1.0
    shared = sum(best(word, second) for word in first)
    # As mean of both directions a long account beside a short call would count as another event.
    return shared / max(len(first), 3)


def best(word: str, among: Iterable[str]) -> float:
    found = max((alike(word, other) for other in among), default=0.0)
    return found if found >= SPELLED_ALIKE else 0.0
