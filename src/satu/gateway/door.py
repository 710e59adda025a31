"""Who asks: a request's headers, its signature and its age."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from satu.gateway.clock import real_now_ms
from satu.gateway.problems import ProblemError
from satu.kernel.ids import MAX_DEVICE
from satu.wire.signing import MAX_AGE_MS, is_signed, signed_message, upload_is_signed

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PUBLIC_KEY_BYTES = 32

JSON, MSGPACK = b"application/json", b"application/msgpack"


class KnownDevice(msgspec.Struct, frozen=True):
    """A device as the door knows it."""

    id: int
    key: bytes
    public_key: bytes
    clock_offset_ms: int
    is_active: bool


class Signed(msgspec.Struct, frozen=True):
    """What a request says of itself: device, time in milliseconds, signature in hexadecimal."""

    device: int
    time_ms: int
    signature: str
    content_type: bytes
    content_encoding: bytes
    content_length: int | None

    def check_age(self) -> None:
        """ProblemError if the request's time is more than five minutes off, either way."""
        age_ms = real_now_ms() - self.time_ms
        if age_ms > MAX_AGE_MS:
            raise ProblemError("request_too_old")
        if age_ms < -MAX_AGE_MS:
            raise ProblemError("request_from_future")


def read_headers(scope: Scope) -> Signed:
    """The headers that matter; ProblemError `signature_missing` unless all three are there."""
    device = time = signature = length = b""
    content_type = content_encoding = b""
    for name, value in scope["headers"]:
        if name == b"satu-device":
            device = value
        elif name == b"satu-time":
            time = value
        elif name == b"satu-signature":
            signature = value
        elif name == b"content-type":
            content_type = value
        elif name == b"content-encoding":
            content_encoding = value
        elif name == b"content-length":
            length = value
    number = int(device) if device.isdigit() and len(device) <= 8 else 0
    if not 0 < number <= MAX_DEVICE or not (time.isdigit() and len(time) <= 15):
        raise ProblemError("signature_missing")
    if not signature.isalnum():
        raise ProblemError("signature_missing")
    return Signed(
        device=number,
        time_ms=int(time),
        signature=signature.decode("ascii", "replace"),
        content_type=content_type.partition(b";")[0].strip().lower(),
        content_encoding=content_encoding.strip().lower(),
        content_length=int(length) if length.isdigit() else None,
    )


def target_of(scope: Scope) -> str:
    """The request's target as it was sent: path and query."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    target = path + b"?" + query if query else path
    return target.decode("latin-1")


def check_single(scope: Scope, signed: Signed, device: KnownDevice, body: bytes) -> None:
    """ProblemError unless the device signed this request with its request key and may ask."""
    message = signed_message(scope["method"], target_of(scope), signed.time_ms, body)
    if not is_signed(device.key, message, signed.signature):
        raise ProblemError("signature_wrong")
    if not device.is_active:
        raise ProblemError("device_blocked")


def check_upload(scope: Scope, signed: Signed, device: KnownDevice, body: bytes) -> bytes:
    """The message that the device signed with its own key; ProblemError unless it did and may."""
    message = signed_message(scope["method"], target_of(scope), signed.time_ms, body)
    if len(device.public_key) != PUBLIC_KEY_BYTES:
        raise ProblemError("signature_wrong", "the device has no key for uploads")
    key = Ed25519PublicKey.from_public_bytes(device.public_key)
    if not upload_is_signed(key, message, signed.signature):
        raise ProblemError("signature_wrong")
    if not device.is_active:
        raise ProblemError("device_blocked")
    return message
