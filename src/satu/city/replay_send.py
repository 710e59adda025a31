"""Sends taps to a gateway over kept-alive connections, in order and many at a time. No Django.

Two taps that follow each other in a city are of different readers: so each tap is a request of
its own, on a plain socket. What a busy or returning gateway needs is waited for here.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from satu.validator.client import TRY_AGAIN, GatewayAwayError, GatewayRefusedError
from satu.validator.keys import DeviceKeys
from satu.validator.request import MSGPACK, tap_request
from satu.wire.messages import Decision, Problem, Tap

# What waits together is written together: the more taps are under way, the less each costs. Half
# of the files that a program may open here (256 on some machines) leave room for the rest.
CONNECTIONS = min(384, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
ATTEMPTS = 60
PAUSE_S = 0.5

_decision = msgspec.msgpack.Decoder(Decision)


class Tally(NamedTuple):
    """What became of taps that were sent. The four outcomes sum to `sent`."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    repeats: int = 0
    quarantined: int = 0

    def plus(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def kind_of(decision: Decision) -> str:
    """The outcome as a field of Tally. A repeat is a repeat whatever its stored decision was."""
    if decision.repeat:
        return "repeats"
    if decision.accepted:
        return "accepted"
    return "quarantined" if decision.code.startswith("quarantined_") else "refused"


async def send_all(
    address: str,
    taps: Iterable[tuple[DeviceKeys, Tap]],
    *,
    now_ms: Callable[[], int],
    answered: Callable[[int], None],
    connections: int = CONNECTIONS,
) -> Tally:
    """Send every tap, begun in the given order; `answered` is told how many were.

    Raises GatewayRefusedError for what will never be taken, GatewayAwayError for a gateway that
    stays away: what was answered until then is in the books, all of it can be sent again.
    """
    waiting = iter(taps)
    totals: list[Tally] = []
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(_work(Connection(address), waiting, now_ms, answered, totals))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    total = Tally()
    for part in totals:
        total = total.plus(part)
    return total


async def _work(
    connection: Connection,
    waiting: Iterator[tuple[DeviceKeys, Tap]],
    now_ms: Callable[[], int],
    answered: Callable[[int], None],
    totals: list[Tally],
) -> None:
    kinds: Counter[str] = Counter()
    try:
        for keys, tap in waiting:
            kinds[kind_of(await connection.tap(keys, tap, now_ms))] += 1
            answered(1)
    finally:
        totals.append(Tally(kinds.total(), **kinds))
        connection.close()


class Connection:
    """One kept-alive connection to the gateway; one request at a time."""

    def __init__(self, address: str) -> None:
        where = urlsplit(address)
        assert where.hostname and where.port
        self.host, self.port = where.hostname, where.port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def tap(self, keys: DeviceKeys, tap: Tap, now_ms: Callable[[], int]) -> Decision:
        """Send a tap until it is answered, each time signed anew."""
        last = "no attempt"
        for _ in range(ATTEMPTS):
            request = tap_request(f"{self.host}:{self.port}", keys, tap, now_ms(), MSGPACK)
            try:
                status, body = await self._exchange(request)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.close()
                last = type(error).__name__
            else:
                if status == 200:
                    return _decision.decode(body)
                if status not in TRY_AGAIN:
                    raise GatewayRefusedError(status, _problem(body))
                last = str(status)
            await asyncio.sleep(PAUSE_S)
        raise GatewayAwayError(f"no answer after {ATTEMPTS} attempts; last: {last}")

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length or b"0"))
        if b"connection: close" in head:
            self.close()
        return int(head[9:12]), body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _problem(body: bytes) -> Problem | None:
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return None
