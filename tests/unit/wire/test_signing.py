"""Signatures of readers and of the scheme: fixed vectors, and properties."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.ids import MAX_DEVICE
from satu.wire.signing import (
    Sealed,
    device_key,
    is_signed,
    scheme_key,
    seal,
    sign,
    sign_upload,
    signed_message,
    unseal,
    upload_is_signed,
)

MASTER = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)

bodies = st.binary(max_size=200)
times = st.integers(0, 4_102_444_800_000)
devices = st.integers(1, MAX_DEVICE)


def test_the_message_is_method_target_time_and_body() -> None:
    message = signed_message("POST", "/v1/taps", 1_700_000_000_000, b'{"a":1}')
    assert message == b'POST\n/v1/taps\n1700000000000\n{"a":1}'


def test_vectors_that_other_readers_can_check_themselves_by() -> None:
    key = device_key(MASTER, 77)
    assert key == hmac.new(MASTER, b"77|1", hashlib.sha256).digest()
    message = signed_message("POST", "/v1/taps", 1_700_000_000_000, b"{}")
    assert sign(key, message) == hmac.new(key, message, hashlib.sha256).hexdigest()
    # RFC 8032, test 2.
    secret = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert sign_upload(signer, bytes.fromhex("72")) == signature


@given(devices, times, bodies)
def test_a_signature_holds_for_its_message_and_device_alone(
    device: int, time_ms: int, body: bytes
) -> None:
    key = device_key(MASTER, device)
    message = signed_message("POST", "/v1/taps", time_ms, body)
    signature = sign(key, message)
    assert is_signed(key, message, signature)
    assert not is_signed(key, message + b" ", signature)
    assert not is_signed(key, signed_message("POST", "/v1/taps", time_ms + 1, body), signature)
    assert not is_signed(device_key(MASTER, device + 1), message, signature)
    assert not is_signed(device_key(MASTER, device, 2), message, signature)


@given(times, bodies)
def test_an_upload_is_signed_by_the_device_alone(time_ms: int, body: bytes) -> None:
    message = signed_message("POST", "/v1/tap-batches", time_ms, body)
    signature = sign_upload(KEY, message)
    assert upload_is_signed(KEY.public_key(), message, signature)
    assert not upload_is_signed(OTHER.public_key(), message, signature)
    assert not upload_is_signed(KEY.public_key(), message + b"\n", signature)


@given(st.text(max_size=140))
def test_what_is_no_signature_is_refused_not_raised(signature: str) -> None:
    message = b"message"
    assert not is_signed(device_key(MASTER, 1), message, signature)
    assert not upload_is_signed(KEY.public_key(), message, signature)


@given(bodies)
def test_a_sealed_document_opens_for_its_kind_and_key_alone(content: bytes) -> None:
    key = scheme_key(MASTER)
    sealed = seal(key, "deny-list", content)
    assert unseal(key.public_key(), "deny-list", sealed) == content
    assert unseal(key.public_key(), "tariff", sealed) is None
    assert unseal(OTHER.public_key(), "deny-list", sealed) is None
    renamed = Sealed("tariff", sealed.key, sealed.content, sealed.signature)
    assert unseal(key.public_key(), "tariff", renamed) is None
    changed = Sealed("deny-list", sealed.key, content + b"x", sealed.signature)
    assert unseal(key.public_key(), "deny-list", changed) is None
