"""Sends uploads to a gateway over kept-alive connections, in order and many at a time. No Django.

A replay has hundreds of thousands of small uploads, each of another device: so each is one
prepared request on a plain socket. What a busy or returning gateway needs is waited for here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from satu.validator.client import TRY_AGAIN, GatewayAwayError, GatewayRefusedError
from satu.validator.keys import DeviceKeys
from satu.validator.request import upload_request
from satu.wire.messages import BatchResult, Decision, Problem, Tap

CONNECTIONS = 48
ATTEMPTS = 60
PAUSE_S = 0.5

Upload = tuple[DeviceKeys, Sequence[Tap]]

_results = msgspec.msgpack.Decoder(BatchResult)


class Tally(NamedTuple):
    """What became of taps that were sent. The four outcomes sum to `sent`."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    repeats: int = 0
    quarantined: int = 0

    def plus(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def tally(decisions: Iterable[Decision]) -> Tally:
    """Count decisions. A repeat is a repeat whatever its stored decision was."""
    kinds = Counter(_kind(decision) for decision in decisions)
    return Tally(kinds.total(), **kinds)


def _kind(decision: Decision) -> str:
    if decision.repeat:
        return "repeats"
    if decision.accepted:
        return "accepted"
    return "quarantined" if decision.code.startswith("quarantined_") else "refused"


async def send_all(
    address: str,
    uploads: Iterable[Upload],
    *,
    now_ms: Callable[[], int],
    answered: Callable[[int], None],
    connections: int = CONNECTIONS,
) -> Tally:
    """Send every upload, begun in the given order; `answered` is told how many taps were.

    Raises GatewayRefusedError for what will never be taken, GatewayAwayError for a gateway that
    stays away: what was answered until then is in the books, all of it can be sent again.
    """
    waiting = iter(uploads)
    totals: list[Tally] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_work(Connection(address), waiting, now_ms, answered, totals))
    total = Tally()
    for part in totals:
        total = total.plus(part)
    return total


async def _work(
    connection: Connection,
    waiting: Iterator[Upload],
    now_ms: Callable[[], int],
    answered: Callable[[int], None],
    totals: list[Tally],
) -> None:
    done = Tally()
    try:
        for keys, taps in waiting:
            decisions = await connection.upload(keys, taps, now_ms)
            assert len(decisions) == len(taps)
            done = done.plus(tally(decisions))
            answered(len(taps))
    finally:
        totals.append(done)
        connection.close()


class Connection:
    """One kept-alive connection to the gateway; one request at a time."""

    def __init__(self, address: str) -> None:
        where = urlsplit(address)
        assert where.hostname and where.port
        self.host, self.port = where.hostname, where.port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def upload(
        self, keys: DeviceKeys, taps: Sequence[Tap], now_ms: Callable[[], int]
    ) -> list[Decision]:
        """Send an upload until it is answered, each time signed anew; one decision a tap."""
        last = "no attempt"
        for _ in range(ATTEMPTS):
            request = upload_request(f"{self.host}:{self.port}", keys, taps, now_ms())
            try:
                status, headers, body = await self._exchange(request)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.close()
                last = type(error).__name__
            else:
                if status == 200:
                    return _results.decode(body).results
                if status not in TRY_AGAIN:
                    raise GatewayRefusedError(status, _problem(body))
                last = f"{status} {headers.get('retry-after', '')}"
            await asyncio.sleep(PAUSE_S)
        raise GatewayAwayError(f"no answer after {ATTEMPTS} attempts; last: {last}")

    async def _exchange(self, request: bytes) -> tuple[int, Mapping[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), headers, body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _problem(body: bytes) -> Problem | None:
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return None
