"""The verifier's own Ed25519, which checks signatures where no package is installed."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.ledger.ledgers import verifier


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32), st.integers(0, 96 * 8 - 1))
@settings(deadline=None, max_examples=60)
def test_our_own_ed25519_agrees_with_the_library(message: bytes, seed: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verifier.own_ed25519_verify(public, message, signature)
    assert not verifier.own_ed25519_verify(public, message + b"x", signature)
    bent = bytearray(public + signature)
    bent[bit // 8] ^= 1 << bit % 8
    assert not verifier.own_ed25519_verify(bytes(bent[:32]), message, bytes(bent[32:]))
    above_order = signature[:32] + (int.from_bytes(signature[32:], "little") + verifier.ORDER).to_bytes(
        32, "little"
    )
    assert not verifier.own_ed25519_verify(public, message, above_order)


def test_our_own_ed25519_knows_the_vector_of_the_standard() -> None:
    """RFC 8032, 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verifier.own_ed25519_verify(public, b"\x72", signature)
    for wrong in (b"", signature[:63], signature + b"\x00"):
        assert not verifier.own_ed25519_verify(public, b"\x72", wrong)
    assert not verifier.own_ed25519_verify(public[:31], b"\x72", signature)
    assert not verifier.own_ed25519_verify(b"\xff" * 32, b"\x72", signature)
