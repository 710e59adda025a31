"""What comes after a request's headers: read within limits and time, or let pass."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import suppress

from satu.gateway.door import Receive
from satu.gateway.problems import ProblemError

SINGLE_LIMIT = 64 * 1024
UPLOAD_LIMIT = 8 * 1024 * 1024
PATIENCE_S = 30.0
PASSING_LIMIT = 4 * UPLOAD_LIMIT
PASSING_S = 5.0


class Body:
    """A request's body as it comes in, a piece at a time."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_ended = False

    async def small(self, told_length: int | None) -> bytes:
        """The body of a single tap; ProblemError `body_too_large`, `body_too_slow`.

        It nearly always comes with its headers; a watch is set only when it comes in pieces.
        """
        if told_length is not None and told_length > SINGLE_LIMIT:
            raise ProblemError("body_too_large")
        begun = await self._piece()
        if len(begun) != told_length and not self._is_ended:
            return await self.whole(SINGLE_LIMIT, told_length, begun)
        if len(begun) > SINGLE_LIMIT:
            raise ProblemError("body_too_large")
        return begun

    async def whole(self, limit: int, told_length: int | None, begun: bytes = b"") -> bytes:
        """All of it, after what was read; ProblemError `body_too_large`, `body_too_slow`."""
        if told_length is not None and told_length > limit:
            raise ProblemError("body_too_large")
        body = bytearray(begun)
        # The server says only in a further piece that a body has ended: its length says it before.
        while not self._is_ended and len(body) != told_length:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    body += await self._piece()
            except TimeoutError:
                raise ProblemError("body_too_slow") from None
            if len(body) > limit:
                raise ProblemError("body_too_large")
        return bytes(body)

    async def let_pass(self) -> None:
        """Take in what still comes and forget it, so that a sender is there to hear the answer.

        A connection that is closed while its other end sends loses the answer on the way; bounded,
        so that nobody is heard for ever.
        """
        passed = 0
        with suppress(TimeoutError, ProblemError):
            async with asyncio.timeout(PASSING_S):
                while not self._is_ended and passed < PASSING_LIMIT:
                    passed += len(await self._piece())

    async def _piece(self) -> bytes:
        message = await self._receive()
        self._is_ended = not message.get("more_body")
        if message["type"] == "http.disconnect":
            raise ProblemError("body_malformed")
        piece: bytes = message.get("body", b"")
        return piece


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
