"""The Merkle tree of the ledger, as RFC 9162 (section 2.1) has it: roots, inclusion and consistency proofs.

A leaf hashes as SHA-256(0x00 || body), a node as SHA-256(0x01 || left || right); the two prefixes keep a node
from being passed off as a leaf. All hashes are 32 bytes; indices count from 0; a size is a number of leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _fold(peaks: Sequence[bytes]) -> bytes:
    """One root over complete subtrees that stand in a row, the largest first."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class Frontier:
    """The right edge of a growing tree: enough to append and to know the root, in O(log n) memory."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, hashed_leaf: bytes) -> None:
        """`hashed_leaf` is what `leaf_hash` gave. ValueError when it is not 32 bytes."""
        if len(hashed_leaf) != HASH_BYTES:
            raise ValueError("A leaf hash has 32 bytes.")
        rest = self.size
        while rest & 1:
            hashed_leaf = node_hash(self._peaks.pop(), hashed_leaf)
            rest >>= 1
        self._peaks.append(hashed_leaf)
        self.size += 1

    def root(self) -> bytes:
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT

    def dump(self) -> bytes:
        """Eight bytes of size, big-endian, then the peaks from the largest to the smallest."""
        return self.size.to_bytes(8, "big") + b"".join(self._peaks)

    @classmethod
    def load(cls, kept: bytes) -> Frontier:
        """What `dump` gave. ValueError when the bytes do not fit the size that they name."""
        frontier = cls()
        frontier.size = int.from_bytes(kept[:8], "big")
        if len(kept) != 8 + HASH_BYTES * frontier.size.bit_count():
            raise ValueError("The kept edge of the ledger's tree does not fit the size that it names.")
        frontier._peaks = [kept[at : at + HASH_BYTES] for at in range(8, len(kept), HASH_BYTES)]
        return frontier


class Tree:
    """A whole tree with every complete subtree kept: O(n) to build, O(log n) for a root or a proof.

    Each level is one bytearray, since a million separate bytes objects would take twice the memory.
    """

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self.size = 0
        for hashed_leaf in hashes:
            self.append(hashed_leaf)

    def append(self, hashed_leaf: bytes) -> None:
        if len(hashed_leaf) != HASH_BYTES:
            raise ValueError("A leaf hash has 32 bytes.")
        self._levels[0] += hashed_leaf
        self.size += 1
        level, count, node = 0, self.size, hashed_leaf
        while not count & 1:
            node = node_hash(bytes(self._levels[level][-2 * HASH_BYTES : -HASH_BYTES]), node)
            level, count = level + 1, count >> 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node

    def _subtree(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]); `start` is a multiple of the largest power of two within the range."""
        peaks = []
        while start < end:
            level = (end - start).bit_length() - 1
            at = (start >> level) * HASH_BYTES
            peaks.append(bytes(self._levels[level][at : at + HASH_BYTES]))
            start += 1 << level
        return _fold(peaks)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves. ValueError beyond the tree."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError("The tree has fewer leaves than that.")
        return self._subtree(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[0:size]) of RFC 9162, 2.1.3.1, the sibling of the leaf first."""
        if not 0 <= index < size <= self.size:
            raise ValueError("A proof needs index < size ≤ leaves in the tree.")
        proof, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        return proof[::-1]

    def consistency_proof(self, old_size: int, new_size: int) -> list[bytes]:
        """PROOF(old_size, D[0:new_size]) of RFC 9162, 2.1.4.1; empty from size 0 and between equal sizes."""
        if not 0 <= old_size <= new_size <= self.size:
            raise ValueError("A proof needs old size ≤ new size ≤ leaves in the tree.")
        if old_size == 0:
            return []
        proof, start, end = [], 0, new_size
        while end != old_size:
            middle = start + _split(end - start)
            if old_size <= middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        if start:  # the old tree is no subtree of the new one: its last part has to be told
            proof.append(self._subtree(start, end))
        return proof[::-1]


def _split(count: int) -> int:
    """The largest power of two below `count`, for count > 1."""
    return 1 << ((count - 1).bit_length() - 1)


def root_of(hashes: Iterable[bytes]) -> bytes:
    frontier = Frontier()
    for hashed_leaf in hashes:
        frontier.append(hashed_leaf)
    return frontier.root()


def inclusion_proof(hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    return Tree(hashes[:size]).inclusion_proof(index, size)


def consistency_proof(hashes: Sequence[bytes], old_size: int, new_size: int) -> list[bytes]:
    return Tree(hashes[:new_size]).consistency_proof(old_size, new_size)


def verify_inclusion(hashed_leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2. The root must come from a signed checkpoint: an unsigned one proves nothing."""
    if not 0 <= index < size or any(len(node) != HASH_BYTES for node in proof):
        return False
    at, last, built = index, size - 1, hashed_leaf
    for node in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            built = node_hash(node, built)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            built = node_hash(built, node)
        at, last = at >> 1, last >> 1
    return last == 0 and built == root


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """RFC 9162, 2.1.4.2, with the two cases around it: nothing before, and nothing since."""
    if not 0 <= old_size <= new_size or any(len(node) != HASH_BYTES for node in proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not proof:
        return False
    nodes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, node)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
