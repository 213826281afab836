"""Checkpoints against the published examples of the formats, and each way in which one can be wrong."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger import checkpoint

# The example key and note in the documentation of Go's sumdb/note package.
EXAMPLE_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
EXAMPLE_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
EXAMPLE_NOTE = (
    f"{EXAMPLE_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of the tlog-checkpoint specification; its key is not published.
SPECIFIED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
ROOT = bytes(range(32))


@pytest.fixture
def signer(tmp_path: Path) -> checkpoint.Signer:
    checkpoint.make_keys(tmp_path / "ledger.key", tmp_path / "ledger.pub", "vigil.example/exercise")
    return checkpoint.load_signer(tmp_path / "ledger.key")


def test_the_published_key_signs_the_published_note_byte_for_byte() -> None:
    signer = checkpoint.parse_private_key(EXAMPLE_PRIVATE)
    assert signer.public.vkey == EXAMPLE_VKEY
    assert signer.sign(EXAMPLE_TEXT) == EXAMPLE_NOTE


def test_the_specified_checkpoint_is_read() -> None:
    read = checkpoint.parse(SPECIFIED)
    assert (read.origin, read.size, read.extensions) == ("example.com/behind-the-sofa", 20852163, ())
    assert base64.b64encode(read.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert read.text == SPECIFIED.partition("\n\n")[0] + "\n"
    assert read.signatures[0].key_id.hex() == "033de0ae"


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_what_was_signed_verifies_and_says_the_same(size: int, root: bytes) -> None:
    signer = checkpoint.parse_private_key(EXAMPLE_PRIVATE)
    note = checkpoint.sign(signer, size, root, ("time 2026-11-21T05:00:00Z",))
    read = checkpoint.verify(note, signer.public)
    assert (read.origin, read.size, read.root) == ("PeterNeumann", size, root)
    assert read.time == datetime(2026, 11, 21, 5, tzinfo=UTC)


@given(st.data())
def test_no_changed_character_passes(data: st.DataObject) -> None:
    signer = checkpoint.parse_private_key(EXAMPLE_PRIVATE)
    note = checkpoint.sign(signer, 12, ROOT)
    at = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.sampled_from([c for c in "a0+/=\n —" if c != note[at]]))
    with pytest.raises(checkpoint.CheckpointError):
        checkpoint.verify(note[:at] + other + note[at + 1 :], signer.public)


def test_another_key_of_the_same_name_is_the_wrong_key(signer: checkpoint.Signer, tmp_path: Path) -> None:
    other = checkpoint.make_keys(tmp_path / "other.key", tmp_path / "other.pub", signer.public.name)
    with pytest.raises(checkpoint.WrongKey, match="not signed with the ledger's key"):
        checkpoint.verify(checkpoint.sign(signer, 1, ROOT), other)


def test_a_signature_over_another_text_is_wrong(signer: checkpoint.Signer) -> None:
    note = checkpoint.sign(signer, 1, ROOT).replace("\n1\n", "\n2\n")
    with pytest.raises(checkpoint.SignatureWrong, match="does not fit its text"):
        checkpoint.verify(note, signer.public)


def test_a_checkpoint_of_another_ledger_is_refused_though_our_key_signed_it(
    signer: checkpoint.Signer,
) -> None:
    text = checkpoint.Checkpoint("elsewhere.example", 1, ROOT).text
    with pytest.raises(checkpoint.WrongKey, match="another ledger"):
        checkpoint.verify(signer.sign(text), signer.public)


def test_a_witness_may_sign_beneath_us(signer: checkpoint.Signer) -> None:
    witness = checkpoint.parse_private_key(EXAMPLE_PRIVATE)
    note = checkpoint.sign(signer, 3, ROOT)
    both = note + witness.sign(note.partition("\n\n")[0] + "\n").rpartition("\n\n")[2]
    assert checkpoint.verify(both, signer.public).size == 3


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "no signature"),
        ("vigil\n1\n" + base64.b64encode(ROOT).decode() + "\n", "no signature"),
        (SPECIFIED.replace("20852163", "020852163"), "origin, a size and a root"),
        (SPECIFIED.replace("20852163", "-1"), "origin, a size and a root"),
        (SPECIFIED.replace("CsUY", "Cs"), "origin, a size and a root"),
        (SPECIFIED.replace("\n\n—", "\n\x07\n\n—"), "control character"),
        (SPECIFIED.replace("example.com/behind-the-sofa\n", "\n", 1), "origin, a size and a root"),
        (SPECIFIED.replace("Az3g", "Az3"), "signature line"),
        (SPECIFIED.replace("— ", "-- "), "signature line"),
        (SPECIFIED + SPECIFIED.rpartition("\n\n")[2] * 100, "too many"),
        (SPECIFIED * 1000, "too long"),
    ],
)
def test_a_malformed_checkpoint_is_refused_with_a_sentence(note: str, sentence: str) -> None:
    with pytest.raises(checkpoint.CheckpointError, match=sentence):
        checkpoint.parse(note)


def test_nothing_that_would_read_as_another_checkpoint_is_signed(signer: checkpoint.Signer) -> None:
    for size, root, extensions in ((-1, ROOT, ()), (1, b"short", ()), (1, ROOT, ("a\nb",)), (1, ROOT, ("",))):
        with pytest.raises(checkpoint.CheckpointError, match="A checkpoint needs"):
            checkpoint.sign(signer, size, root, extensions)
    for text in ("no newline", "bell\x07\n"):
        with pytest.raises(checkpoint.CheckpointError, match="ends with a newline"):
            signer.sign(text)


def test_the_private_key_is_for_its_owner_alone_and_never_replaced(tmp_path: Path) -> None:
    private, public = tmp_path / "ledger.key", tmp_path / "ledger.pub"
    key = checkpoint.make_keys(private, public, "vigil.example/exercise")
    assert private.stat().st_mode & 0o777 == 0o600
    assert checkpoint.parse_vkey(public.read_text()) == key == checkpoint.load_signer(private).public
    before = private.read_bytes()
    for taken in ((private, tmp_path / "new.pub"), (tmp_path / "new.key", public)):
        with pytest.raises(checkpoint.CheckpointError, match="never replaced"):
            checkpoint.make_keys(*taken, "vigil.example/exercise")
    assert private.read_bytes() == before
    assert not (tmp_path / "new.key").exists()
    private.chmod(0o640)
    with pytest.raises(checkpoint.CheckpointError, match="read by others"):
        checkpoint.load_signer(private)


def test_a_signer_does_not_show_its_key(signer: checkpoint.Signer, tmp_path: Path) -> None:
    secret = (tmp_path / "ledger.key").read_text().strip().rpartition("+")[2]
    assert secret not in repr(signer)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "Größe"])
def test_a_key_name_that_a_note_can_not_hold_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(checkpoint.CheckpointError, match="printable ASCII"):
        checkpoint.make_keys(tmp_path / "k", tmp_path / "p", name)


@given(st.integers(0, len(EXAMPLE_VKEY) - 1), st.sampled_from("aZ9+/"))
def test_a_mistyped_public_key_is_found(at: int, other: str) -> None:
    bent = EXAMPLE_VKEY[:at] + other + EXAMPLE_VKEY[at + 1 :]
    if bent != EXAMPLE_VKEY:
        with pytest.raises(checkpoint.CheckpointError):
            checkpoint.parse_vkey(bent)


def test_keys_are_not_taken_for_one_another() -> None:
    with pytest.raises(checkpoint.CheckpointError, match="not a private key"):
        checkpoint.parse_private_key(EXAMPLE_VKEY)
    with pytest.raises(checkpoint.CheckpointError):
        checkpoint.parse_vkey(EXAMPLE_PRIVATE)
