"""What comes after the headers: pieces, limits, compression, room, and what is let pass."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.gateway import body as bodies
from satu.gateway.body import SINGLE_LIMIT, UPLOAD_LIMIT, Body, UploadRoom, unpack
from satu.gateway.problems import ProblemError


def code_of(
    *parts: dict[str, Any], limit: int = 10, told: int | None = None, small: bool = False
) -> str | bytes:
    """The body that the parts make, or the code of the problem. All parts must be asked for."""
    waiting = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", **waiting.pop(0)}

    async def read() -> bytes:
        if small:
            return await Body(receive).small(told)
        return await Body(receive).whole(limit, told)

    try:
        body = asyncio.run(read())
        assert waiting == []
        return body
    except ProblemError as problem:
        return problem.code


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
    large = b"x" * (SINGLE_LIMIT + 1)
    assert code_of({"body": b"abc"}, small=True) == b"abc"
    assert code_of({"body": b"a", "more_body": True}, {"body": b"b"}, small=True) == b"ab"
    assert code_of({"body": large}, small=True) == "body_too_large"
    assert code_of(told=len(large), small=True) == "body_too_large"


@given(st.binary(max_size=2_000))
def test_gzip_comes_back_as_it_was(body: bytes) -> None:
    assert unpack(gzip.compress(body), b"gzip") == body
    assert unpack(body, b"") == unpack(body, b"identity") == body


@given(st.binary(max_size=100))
def test_what_is_not_gzip_is_a_problem(body: bytes) -> None:
    for wrong in (body, gzip.compress(body) + b"tail", gzip.compress(body)[:-1]):
        with pytest.raises(ProblemError) as raised:
            unpack(wrong, b"gzip")
        assert raised.value.code == "body_malformed"


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(ProblemError) as raised:
        unpack(gzip.compress(bytes(UPLOAD_LIMIT + 1)), b"gzip")
    assert raised.value.code == "body_too_large"


def test_uploads_have_so_much_room_and_no_more() -> None:
    room = UploadRoom(limit=10_000)
    first = room.take(6_000)
    with pytest.raises(ProblemError) as raised:
        room.take(5_000)
    assert raised.value.code == "busy"
    second = room.take(4_000)
    room.give_back(first)
    room.give_back(second)
    assert room.take(None) == UPLOAD_LIMIT  # alone, any upload has room


def passed(*parts: dict[str, Any], first_read: int = 0) -> int:
    """How many parts of a body are asked for until it has passed, after some were read."""
    waiting = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        if not waiting:
            await asyncio.sleep(3600)
        return {"type": "http.request", **waiting.pop(0)}

    async def read() -> None:
        body = Body(receive)
        for _ in range(first_read):
            await body.small(1)
        await body.let_pass()

    asyncio.run(read())
    return len(parts) - len(waiting)


def test_a_refused_body_passes_to_its_end_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    more, last = {"body": b"x", "more_body": True}, {"body": b"x"}
    assert passed(more, more, last) == 3
    assert passed(last, first_read=1) == 1  # it had ended: asking again would wait for ever
    assert passed(more, last, first_read=1) == 2
    assert passed(more, {"type": "http.disconnect"}) == 2
    monkeypatch.setattr(bodies, "PASSING_LIMIT", 3)
    assert passed(*[more] * 9) == 3
    monkeypatch.setattr(bodies, "PASSING_S", 0.01)
    assert passed(more) == 1
