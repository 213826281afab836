"""The tree against the recursive definition of RFC 9162 and the reference tree of its authors."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger import merkle

REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
NODES = {
    "0": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "1": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "4": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "2-3": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "4-5": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "6-7": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0-3": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4-7": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
}
REFERENCE_HASHES = [merkle.leaf_hash(body) for body in REFERENCE_LEAVES]

hashes = st.lists(
    st.integers(0, 2**32).map(lambda n: merkle.leaf_hash(str(n).encode())), min_size=1, max_size=70
)


def mth(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """RFC 9162, 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


@pytest.mark.parametrize("size", range(9))
def test_the_reference_tree_has_the_published_roots(size: int) -> None:
    assert merkle.root_of(REFERENCE_HASHES[:size]).hex() == REFERENCE_ROOTS[size]
    assert merkle.Tree(REFERENCE_HASHES).root(size).hex() == REFERENCE_ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "nodes"),
    [(0, 1, []), (0, 8, ["1", "2-3", "4-7"]), (5, 8, ["4", "6-7", "0-3"])],
)
def test_the_reference_tree_has_the_published_inclusion_proofs(
    index: int, size: int, nodes: list[str]
) -> None:
    proof = merkle.inclusion_proof(REFERENCE_HASHES, index, size)
    assert [node.hex() for node in proof] == [NODES[name] for name in nodes]


@pytest.mark.parametrize(
    ("old", "new", "nodes"),
    [(1, 1, []), (1, 8, ["1", "2-3", "4-7"]), (6, 8, ["4-5", "6-7", "0-3"]), (2, 5, ["2-3", "4"])],
)
def test_the_reference_tree_has_the_published_consistency_proofs(
    old: int, new: int, nodes: list[str]
) -> None:
    proof = merkle.consistency_proof(REFERENCE_HASHES, old, new)
    assert [node.hex() for node in proof] == [NODES[name] for name in nodes]


@given(hashes)
@settings(deadline=None, max_examples=40)
def test_frontier_and_tree_give_the_root_of_the_definition_at_every_size(leaves: list[bytes]) -> None:
    frontier, tree = merkle.Frontier(), merkle.Tree(leaves)
    for size, leaf in enumerate(leaves, 1):
        frontier.append(leaf)
        frontier = merkle.Frontier.load(frontier.dump())
        assert frontier.size == size
        assert frontier.root() == tree.root(size) == mth(leaves[:size])


@given(hashes, st.data())
@settings(deadline=None, max_examples=150)
def test_an_inclusion_proof_is_that_of_the_definition_and_holds_for_nothing_else(
    leaves: list[bytes], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(leaves, index, size), mth(leaves[:size])
    assert proof == path(index, leaves[:size])
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    other = merkle.leaf_hash(b"another entry")
    assert not merkle.verify_inclusion(other, index, size, proof, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, other], root)
    assert not merkle.verify_inclusion(leaves[index], index, size, proof, other)
    assert not merkle.verify_inclusion(leaves[index], size, size, proof, root)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        assert not merkle.verify_inclusion(leaves[index], index, size, proof[:at] + proof[at + 1 :], root)
        bent = [*proof[:at], other, *proof[at + 1 :]]
        assert not merkle.verify_inclusion(leaves[index], index, size, bent, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, [*proof[:at], b"short"], root)


@given(hashes, st.data())
@settings(deadline=None, max_examples=150)
def test_a_consistency_proof_is_that_of_the_definition_and_holds_for_nothing_else(
    leaves: list[bytes], data: st.DataObject
) -> None:
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, new))
    proof = merkle.consistency_proof(leaves, old, new)
    old_root, new_root, other = mth(leaves[:old]), mth(leaves[:new]), merkle.leaf_hash(b"another history")
    assert proof == subproof(old, leaves[:new], True)
    assert merkle.verify_consistency(old, new, proof, old_root, new_root)
    assert not merkle.verify_consistency(old, new, proof, other, new_root)
    assert not merkle.verify_consistency(old, new, proof, old_root, other)
    assert not merkle.verify_consistency(old, new, [*proof, other], old_root, new_root)
    assert not merkle.verify_consistency(new + 1, new, proof, old_root, new_root)
    if proof:
        assert not merkle.verify_consistency(old, new, proof[:-1], old_root, new_root)
        assert not merkle.verify_consistency(old, new, [other, *proof[1:]], old_root, new_root)


def test_every_tree_is_consistent_with_the_empty_one_and_with_itself_alone() -> None:
    root = merkle.root_of(REFERENCE_HASHES)
    assert merkle.consistency_proof(REFERENCE_HASHES, 0, 8) == []
    assert merkle.verify_consistency(0, 8, [], merkle.EMPTY_ROOT, root)
    assert not merkle.verify_consistency(0, 8, [], root, root)
    assert merkle.verify_consistency(8, 8, [], root, root)
    assert not merkle.verify_consistency(8, 8, [], root, merkle.EMPTY_ROOT)


def test_a_node_can_not_be_passed_off_as_a_leaf() -> None:
    left, right = REFERENCE_HASHES[:2]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


def test_a_kept_edge_that_does_not_fit_its_size_is_refused() -> None:
    frontier = merkle.Frontier()
    for leaf in REFERENCE_HASHES[:5]:
        frontier.append(leaf)
    for bent in (b"", b"\x00", frontier.dump()[:-1], frontier.dump() + bytes(32), b"\xff" * 8):
        with pytest.raises(ValueError, match="does not fit"):
            merkle.Frontier.load(bent)


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 9), (0, 0)])
def test_proofs_beyond_the_tree_are_refused(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="proof needs"):
        merkle.Tree(REFERENCE_HASHES).inclusion_proof(index, size)
    with pytest.raises(ValueError, match="proof needs"):
        merkle.Tree(REFERENCE_HASHES).consistency_proof(9, 8 if size == 9 else size)


def test_only_hashes_of_32_bytes_enter_a_tree() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        merkle.Frontier().append(b"entry")
    with pytest.raises(ValueError, match="32 bytes"):
        merkle.Tree([b"entry"])
    with pytest.raises(ValueError, match="fewer leaves"):
        merkle.Tree(REFERENCE_HASHES).root(9)
