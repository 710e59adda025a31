"""The load: prepared requests over kept-alive connections, one in flight on each. No Django.

Lean on purpose, since it shares the processors with what it measures: plain sockets, one thread,
of an answer only its status and length.
"""

from __future__ import annotations

import gc
import selectors
import socket
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple

from satu.bench.problems import BenchProblem, GatewayProblem

CHUNK = 1 << 16
PATIENCE_S = 30.0
LENGTH = b"content-length: "


class Load(NamedTuple):
    """What to send: a stream of requests a connection; the first `warm_s` are not counted."""

    host: str
    port: int
    streams: Sequence[Sequence[bytes]]
    warm_s: float
    seconds: float


class Sent(NamedTuple):
    """Requests answered in the window, and how long each took. `ran_out`: it ended early."""

    seconds: float
    latencies_s: array[float]
    ran_out: bool

    def percentile_ms(self, percent: float) -> float:
        """The latency that so many percent of the requests did not exceed."""
        ordered = sorted(self.latencies_s)
        place = min(len(ordered) - 1, int(len(ordered) * percent / 100))
        return ordered[place] * 1000 if ordered else 0.0


class _Connection:
    """One kept-alive connection; `sent_at` is when the request in flight was begun."""

    __slots__ = ("answer", "is_waiting", "requests", "rest", "sent_at", "socket", "wanted")

    def __init__(self, host: str, port: int, requests: Sequence[bytes]) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.requests: Iterator[bytes] = iter(requests)
        self.rest = memoryview(b"")
        self.answer = bytearray()
        self.wanted = 0
        self.sent_at = 0.0
        self.is_waiting = False

    def begin(self, now: float) -> bool:
        """Send the next request; False: there is none."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.sent_at = now
        self.is_waiting = True
        self.rest = memoryview(request)
        self.go_on()
        return True

    def go_on(self) -> None:
        """Send what the connection takes of the request."""
        with suppress(BlockingIOError):
            self.rest = self.rest[self.socket.send(self.rest) :]

    def is_answered(self) -> bool:
        """Take what came in; True when the answer is whole. GatewayProblem unless it is a 200."""
        part = self.socket.recv(CHUNK)
        if not part:
            raise GatewayProblem("the gateway closed a connection")
        self.answer += part
        if not self.wanted:
            end = self.answer.find(b"\r\n\r\n")
            if end < 0:
                return False
            start = self.answer.index(LENGTH) + len(LENGTH)
            length = int(self.answer[start : self.answer.index(b"\r\n", start)])
            self.wanted = end + 4 + length
        if len(self.answer) < self.wanted:
            return False
        if self.answer[9:12] != b"200":
            raise GatewayProblem(f"the gateway answered: {self.answer.decode('latin-1')[:600]}")
        self.answer.clear()
        self.wanted = 0
        self.is_waiting = False
        return True


def send(load: Load, begins: Callable[[], None], ends: Callable[[], None]) -> Sent:
    """Send until the time is over or a stream has no more; the hooks frame what is counted."""
    connections = [_Connection(load.host, load.port, stream) for stream in load.streams]
    gc.collect()
    gc.disable()
    try:
        return _run(connections, load, begins, ends)
    finally:
        gc.enable()
        for connection in connections:
            connection.socket.close()


def _run(
    connections: Sequence[_Connection],
    load: Load,
    begins: Callable[[], None],
    ends: Callable[[], None],
) -> Sent:
    latencies: array[float] = array("d")
    with selectors.DefaultSelector() as selector:
        start_at = perf_counter() + load.warm_s
        for connection in connections:
            connection.begin(perf_counter())
            selector.register(connection.socket, _interest(connection), connection)
        counting = ran_out = False
        while not ran_out:
            now = perf_counter()
            if not counting and now >= start_at:
                counting = True
                begins()
                start_at = perf_counter()
            if counting and now >= start_at + load.seconds:
                break
            for connection in _answered(selector):
                now = perf_counter()
                if counting:
                    latencies.append(now - connection.sent_at)
                ran_out |= not connection.begin(now)
        seconds = perf_counter() - start_at
        if not counting:
            raise BenchProblem("all requests were answered before the clock started")
        ends()
        _drain(selector)
    return Sent(seconds, latencies, ran_out)


def _drain(selector: selectors.DefaultSelector) -> None:
    """Take the answers still on their way, uncounted: the next window must find all stored."""
    waiting = {key.data for key in selector.get_map().values() if key.data.is_waiting}
    while waiting:
        waiting.difference_update(_answered(selector))


def _answered(selector: selectors.DefaultSelector) -> Iterator[_Connection]:
    """Wait until something moves; the connections whose answer came in whole."""
    events = selector.select(PATIENCE_S)
    if not events:
        raise GatewayProblem(f"the gateway did not answer for {PATIENCE_S:.0f} s")
    for key, event in events:
        connection = key.data
        if event & selectors.EVENT_WRITE:
            connection.go_on()
        elif connection.is_answered():
            yield connection
        if key.events != (wanted := _interest(connection)):
            selector.modify(connection.socket, wanted, connection)


def _interest(connection: _Connection) -> int:
    return selectors.EVENT_WRITE if connection.rest else selectors.EVENT_READ
