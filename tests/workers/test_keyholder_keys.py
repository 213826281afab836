"""The keys: what was sealed opens in its own place, with its own compartment's key, and nowhere else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workers.keyholder_keys import Keys, NoSuchCompartment, SealBroken, Standing

HERE = Standing("sealed_values", "ciphertext", "1/name", "north")


def test_what_was_sealed_opens_in_its_place_alone(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    sealed = keys.seal(HERE, b"somebody")
    keys.seal(Standing("sealed_values", "ciphertext", "1/name", "women"), b"another key")
    assert keys.open(HERE, *sealed) == b"somebody"
    for other in (
        Standing("sealed_values", "ciphertext", "2/name", "north"),
        Standing("sealed_values", "ciphertext", "1/home", "north"),
        Standing("sealed_values", "wrapped_key", "1/name", "north"),
        Standing("elsewhere", "ciphertext", "1/name", "north"),
        Standing("sealed_values", "ciphertext", "1/name", "women"),
        Standing("sealed_values", "ciphertext", "1/name", "nowhere"),
    ):
        with pytest.raises(SealBroken):
            keys.open(other, *sealed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plaintext=st.binary(min_size=1, max_size=400),
    part=st.integers(0, 2),
    at=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
def test_a_flipped_bit_anywhere_is_found(
    tmp_path: Path, plaintext: bytes, part: int, at: int, bit: int
) -> None:
    keys = Keys(tmp_path / "keys")
    sealed = list(keys.seal(HERE, plaintext))
    bent = bytearray(sealed[part])
    bent[at % len(bent)] ^= 1 << bit
    sealed[part] = bytes(bent)
    with pytest.raises(SealBroken):
        keys.open(HERE, *sealed)


def test_the_same_value_never_seals_alike(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    assert len({keys.seal(HERE, b"x") for _ in range(20)}) == 20


def test_keys_are_files_that_only_their_account_reads(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    keys.seal(HERE, b"x")
    path = tmp_path / "keys" / "north.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    (tmp_path / "keys").chmod(0o755)
    with pytest.raises(PermissionError):
        Keys(tmp_path / "keys")


@pytest.mark.parametrize("name", ["", "../north", "north/../../x", "North", "a" * 33, "north\n"])
def test_a_compartment_s_name_can_t_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoSuchCompartment):
        Keys(tmp_path / "keys").seal(Standing("t", "c", "r", name), b"x")
    assert list((tmp_path / "keys").iterdir()) == []
