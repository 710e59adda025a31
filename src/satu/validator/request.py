"""Signed requests as bytes on the wire: for readers with their own sockets and for benches.

A request is prepared and signed before it is sent, so a generator's clock measures the gateway.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from satu.validator.keys import DeviceKeys
from satu.wire.messages import Health, Tap, TapBatch
from satu.wire.signing import (
    DEVICE_HEADER,
    SIGNATURE_HEADER,
    TIME_HEADER,
    sign,
    sign_upload,
    signed_message,
)

TAPS_PATH = "/v1/taps"
UPLOADS_PATH = "/v1/tap-batches"
HEALTH_PATH = "/v1/health"
JSON: Final = "application/json"
MSGPACK: Final = "application/msgpack"

ContentType = Literal["application/json", "application/msgpack"]

_json = msgspec.json.Encoder()
_msgpack = msgspec.msgpack.Encoder()


def encode(message: Tap | TapBatch | Health, content_type: ContentType) -> bytes:
    return (_json if content_type == JSON else _msgpack).encode(message)


def signed_headers(
    keys: DeviceKeys, method: str, target: str, time_ms: int, body: bytes = b""
) -> dict[str, str]:
    """The headers that say who asks and prove it, for everything but an upload."""
    signature = sign(keys.hmac_key, signed_message(method, target, time_ms, body))
    return _headers(keys, time_ms, signature)


def upload_headers(keys: DeviceKeys, time_ms: int, body: bytes) -> dict[str, str]:
    """The headers of an upload, signed with the device's Ed25519 key."""
    message = signed_message("POST", UPLOADS_PATH, time_ms, body)
    return _headers(keys, time_ms, sign_upload(keys.private_key, message))


def _headers(keys: DeviceKeys, time_ms: int, signature: str) -> dict[str, str]:
    return {
        DEVICE_HEADER: str(keys.device),
        TIME_HEADER: str(time_ms),
        SIGNATURE_HEADER: signature,
    }


def build_request(
    host: str, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
) -> bytes:
    """One HTTP/1.1 request, ready for a kept-alive connection."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def tap_request(
    host: str, keys: DeviceKeys, tap: Tap, time_ms: int, content_type: ContentType = JSON
) -> bytes:
    """The whole request of a single tap."""
    body = encode(tap, content_type)
    headers = signed_headers(keys, "POST", TAPS_PATH, time_ms, body)
    return build_request(host, "POST", TAPS_PATH, {**headers, "Content-Type": content_type}, body)


def upload_request(
    host: str,
    keys: DeviceKeys,
    taps: Sequence[Tap],
    time_ms: int,
    content_type: ContentType = MSGPACK,
    *,
    compress: bool = False,
) -> bytes:
    """The whole request of an upload of 1 to 5,000 taps."""
    body, headers = upload_body(taps, content_type, compress=compress)
    headers |= upload_headers(keys, time_ms, body)
    return build_request(host, "POST", UPLOADS_PATH, headers, body)


def upload_body(
    taps: Sequence[Tap], content_type: ContentType, *, compress: bool
) -> tuple[bytes, dict[str, str]]:
    """An upload's body as it travels, with the headers that describe it."""
    body = encode(TapBatch(list(taps)), content_type)
    if not compress:
        return body, {"Content-Type": content_type}
    compressed = gzip.compress(body, compresslevel=6, mtime=0)
    return compressed, {"Content-Type": content_type, "Content-Encoding": "gzip"}
