"""Requests made ready beforehand are what the door reads."""

from __future__ import annotations

import gzip

import msgspec
import pytest

from satu.validator.keys import simulated_keys
from satu.validator.request import JSON, MSGPACK, ContentType, tap_request, upload_request
from satu.wire.messages import Tap, TapBatch
from satu.wire.signing import is_signed, signed_message, upload_is_signed

MASTER = b"m" * 32
KEYS = simulated_keys(77, MASTER)
TAP = Tap(sequence=5, at_ms=1_700_000_000_000, token="12", point="A")
TIME = 1_700_000_000_500


def parsed(request: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert int(headers["Content-Length"]) == len(body)
    assert headers["Host"] == "gate:8001"
    assert (headers["Satu-Device"], headers["Satu-Time"]) == ("77", str(TIME))
    return first, headers, body


@pytest.mark.parametrize("content_type", [JSON, MSGPACK])
def test_a_single_tap(content_type: ContentType) -> None:
    first, headers, body = parsed(tap_request("gate:8001", KEYS, TAP, TIME, content_type))
    assert first == "POST /v1/taps HTTP/1.1"
    assert headers["Content-Type"] == content_type
    message = signed_message("POST", "/v1/taps", TIME, body)
    assert is_signed(KEYS.hmac_key, message, headers["Satu-Signature"])
    library = msgspec.json if content_type == JSON else msgspec.msgpack
    assert library.decode(body, type=Tap) == TAP


@pytest.mark.parametrize("compress", [False, True])
def test_an_upload_is_signed_as_it_travels(compress: bool) -> None:
    request = upload_request("gate:8001", KEYS, [TAP, TAP], TIME, compress=compress)
    first, headers, body = parsed(request)
    assert first == "POST /v1/tap-batches HTTP/1.1"
    message = signed_message("POST", "/v1/tap-batches", TIME, body)
    assert upload_is_signed(KEYS.private_key.public_key(), message, headers["Satu-Signature"])
    plain = gzip.decompress(body) if compress else body
    assert ("Content-Encoding" in headers) is compress
    assert msgspec.msgpack.decode(plain, type=TapBatch).taps == [TAP, TAP]


def test_simulated_keys_are_the_same_each_time_and_never_shown() -> None:
    again, other = simulated_keys(77, MASTER), simulated_keys(78, MASTER)
    assert (again.hmac_key, again.public_key) == (KEYS.hmac_key, KEYS.public_key)
    assert other.hmac_key != KEYS.hmac_key and other.public_key != KEYS.public_key
    assert repr(KEYS) == "DeviceKeys(device=77)"
