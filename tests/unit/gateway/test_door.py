"""The door's first part: headers, bodies, compression, room."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.gateway import door
from satu.gateway.clock import real_now_ms
from satu.gateway.problems import CATALOGUE, ProblemError

GOOD = [
    (b"satu-device", b"77"),
    (b"satu-time", b"1700000000000"),
    (b"satu-signature", b"ab" * 32),
    (b"content-type", b"Application/JSON; charset=utf-8"),
    (b"content-length", b"12"),
]


def code_of(
    *parts: dict[str, Any], limit: int = 10, told: int | None = None, small: bool = False
) -> str | bytes:
    """The body that the parts make, or the code of the problem. All parts must be asked for."""
    waiting = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", **waiting.pop(0)}

    async def read() -> bytes:
        if small:
            return await door.read_small_body(receive, told)
        return await door.read_body(receive, limit, told)

    try:
        body = asyncio.run(read())
        assert waiting == []
        return body
    except ProblemError as problem:
        return problem.code


def test_headers_are_read_whatever_their_order() -> None:
    for headers in (GOOD, GOOD[::-1]):
        signed = door.read_headers({"headers": headers})
        assert (signed.device, signed.time_ms, signed.signature) == (
            77,
            1_700_000_000_000,
            "ab" * 32,
        )
        assert (signed.content_type, signed.content_length) == (b"application/json", 12)


@given(
    st.sampled_from([b"satu-device", b"satu-time", b"satu-signature"]),
    st.sampled_from([b"", b"-1", b"1.5", b"x!", b"\xff", "٣".encode(), b"9" * 40 + b"!"]),
)
def test_a_header_that_is_wrong_is_a_problem(name: bytes, value: bytes) -> None:
    headers = [(known, value if known == name else good) for known, good in GOOD]
    with pytest.raises(ProblemError) as raised:
        door.read_headers({"headers": headers})
    assert raised.value.code == "signature_missing"


@pytest.mark.parametrize("number", [b"0", b"8388608", b"99999999"])
def test_a_device_has_a_number_of_23_bits(number: bytes) -> None:
    with pytest.raises(ProblemError):
        door.read_headers({"headers": [(b"satu-device", number), *GOOD[1:]]})


def test_a_request_has_five_minutes() -> None:
    def age(milliseconds: int) -> str | None:
        signed = door.Signed(1, real_now_ms() - milliseconds, "", b"", b"", None)
        try:
            signed.check_age()
        except ProblemError as problem:
            return problem.code
        return None

    assert [age(0), age(299_000), age(-299_000)] == [None, None, None]
    assert [age(301_000), age(-302_000)] == ["request_too_old", "request_from_future"]


def test_bodies_come_in_parts_and_have_a_limit() -> None:
    assert code_of({"body": b"abc"}) == b"abc"
    assert code_of({"body": b"abc", "more_body": True}, {"body": b"def"}) == b"abcdef"
    assert code_of({"body": b"abc", "more_body": True}, {"body": b"d" * 8}) == "body_too_large"
    assert code_of(told=11) == "body_too_large"
    assert code_of({"body": b"x" * 11}) == "body_too_large"
    assert code_of({"type": "http.disconnect"}) == "body_malformed"


def test_a_body_whose_length_was_told_is_not_waited_for() -> None:
    for small in (False, True):
        assert code_of({"body": b"abc", "more_body": True}, told=3, small=small) == b"abc"
        parts = [{"body": b"ab", "more_body": True}, {"body": b"c", "more_body": True}]
        assert code_of(*parts, told=3, small=small) == b"abc"


def test_a_small_body_in_one_piece_or_several() -> None:
    large = b"x" * (door.SINGLE_LIMIT + 1)
    assert code_of({"body": b"abc"}, small=True) == b"abc"
    assert code_of({"body": b"a", "more_body": True}, {"body": b"b"}, small=True) == b"ab"
    assert code_of({"body": large}, small=True) == "body_too_large"
    assert code_of(told=len(large), small=True) == "body_too_large"


@given(st.binary(max_size=2_000))
def test_gzip_comes_back_as_it_was(body: bytes) -> None:
    assert door.unpack(gzip.compress(body), b"gzip") == body
    assert door.unpack(body, b"") == door.unpack(body, b"identity") == body


@given(st.binary(max_size=100))
def test_what_is_not_gzip_is_a_problem(body: bytes) -> None:
    for wrong in (body, gzip.compress(body) + b"tail", gzip.compress(body)[:-1]):
        with pytest.raises(ProblemError) as raised:
            door.unpack(wrong, b"gzip")
        assert raised.value.code == "body_malformed"


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(ProblemError) as raised:
        door.unpack(gzip.compress(bytes(door.UPLOAD_LIMIT + 1)), b"gzip")
    assert raised.value.code == "body_too_large"


def test_uploads_have_so_much_room_and_no_more() -> None:
    room = door.UploadRoom(limit=10_000)
    first = room.take(6_000)
    with pytest.raises(ProblemError) as raised:
        room.take(5_000)
    assert raised.value.code == "busy"
    second = room.take(4_000)
    room.give_back(first)
    room.give_back(second)
    assert room.take(None) == door.UPLOAD_LIMIT  # alone, any upload has room


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_every_problem_is_whole(code: str) -> None:
    problem = ProblemError(code, "more about it")
    document, headers = problem.document(), dict(problem.all_headers())
    assert (document.code, document.status) == (code, problem.kind.status)
    assert document.detail.id.endswith(".") and document.detail.en.endswith(".")
    assert headers[b"content-type"] == b"application/problem+json"
    assert (b"www-authenticate" in headers) is (document.status == 401)
    assert (b"retry-after" in headers) is (document.status in (408, 429, 503))
