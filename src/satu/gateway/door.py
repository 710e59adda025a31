"""Who asks, and what they sent: signatures, bodies and their limits."""

from __future__ import annotations

import asyncio
import zlib
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

SINGLE_LIMIT = 64 * 1024
UPLOAD_LIMIT = 8 * 1024 * 1024
BODY_PATIENCE_S = 30.0
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


async def read_small_body(receive: Receive, told_length: int | None) -> bytes:
    """The body of a single tap; ProblemError `body_too_large`, `body_too_slow`.

    It nearly always comes with its headers; a watch is set only when it comes in pieces.
    """
    if told_length is not None and told_length > SINGLE_LIMIT:
        raise ProblemError("body_too_large")
    message = await receive()
    body: bytes = message.get("body", b"")
    if len(body) != told_length and message.get("more_body"):
        return await read_body(receive, SINGLE_LIMIT, told_length, body)
    if len(body) > SINGLE_LIMIT:
        raise ProblemError("body_too_large")
    return body


async def read_body(
    receive: Receive, limit: int, told_length: int | None, begun: bytes = b""
) -> bytes:
    """The whole body, after what of it was read; ProblemError `body_too_large`, `body_too_slow`."""
    if told_length is not None and told_length > limit:
        raise ProblemError("body_too_large")
    body = bytearray(begun)
    is_whole = False
    # The server says only in a further message that a body has ended: its length says it before.
    while not is_whole and len(body) != told_length:
        message = await _receive(receive)
        body += message.get("body", b"")
        if len(body) > limit:
            raise ProblemError("body_too_large")
        is_whole = not message.get("more_body")
    return bytes(body)


async def _receive(receive: Receive) -> MutableMapping[str, Any]:
    try:
        async with asyncio.timeout(BODY_PATIENCE_S):
            message = await receive()
    except TimeoutError:
        raise ProblemError("body_too_slow") from None
    if message["type"] == "http.disconnect":
        raise ProblemError("body_malformed")
    return message


def unpack(body: bytes, encoding: bytes) -> bytes:
    """The body without its compression, never larger than an upload may be."""
    if encoding in (b"", b"identity"):
        return body
    if encoding != b"gzip":
        raise ProblemError("content_encoding_unknown")
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = inflater.decompress(body, UPLOAD_LIMIT + 1)
    except zlib.error:
        raise ProblemError("body_malformed", "not gzip") from None
    if len(plain) > UPLOAD_LIMIT:
        raise ProblemError("body_too_large")
    if not inflater.eof or inflater.unused_data:
        raise ProblemError("body_malformed", "gzip is cut short or has a tail")
    return plain


class UploadRoom:
    """Bounds the bytes of uploads held at once, so that many large ones cannot fill the memory."""

    def __init__(self, limit: int = 4 * UPLOAD_LIMIT) -> None:
        self._limit = limit
        self._taken = 0

    def take(self, told_length: int | None) -> int:
        """Keep room for a body (length None: not told); ProblemError `busy` if there is none."""
        needed = UPLOAD_LIMIT if told_length is None else min(told_length, UPLOAD_LIMIT)
        if self._taken and self._taken + needed > self._limit:
            raise ProblemError("busy")
        self._taken += needed
        return needed

    def give_back(self, taken: int) -> None:
        self._taken -= taken
