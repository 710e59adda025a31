"""Loads a bank's whole file: it is read once, and processes make the cards of its chunks.

At no time more of the file is held than the processes work on. A process that ends, however it
ends, leaves whole chunks; those that are missing are made when the file is loaded again.
"""

from __future__ import annotations

import gzip
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import perf_counter, process_time
from typing import BinaryIO, NamedTuple, cast

from satu.cards.import_file import Allowed, HeaderFault, Import, Lines, Loaded
from satu.kernel.children import answer, children, hear

CHUNK = 2_000  # cards are made elsewhere too, and wait for a chunk's end
MAX_LINE_BYTES = 10_000
PARTS = ("parse", "check", "seal", "write")


class Order(NamedTuple):
    """What every process is told. `ready` gives it Django and the database."""

    ready: Callable[[], None]
    into: Import
    header: bytes
    allowed: Allowed
    key: bytes
    is_active: bool
    actor: str
    at: datetime


class Chunk(NamedTuple):
    """Lines of the file, the first of which has the number `first`."""

    first: int
    lines: list[bytes]


class Done(NamedTuple):
    """A chunk that is in the books: seconds by part, on the clock and of this processor."""

    first: int
    lines: int
    loaded: Loaded
    clock_s: dict[str, float]
    cpu_s: dict[str, float]


class File:
    """A file of lines, gzip if its name ends so; `done` tells how much of `size` bytes is read."""

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb")
        self.size = os.fstat(self._raw.fileno()).st_size
        packed = path.suffix == ".gz"
        self._lines = cast(BinaryIO, gzip.open(self._raw)) if packed else self._raw  # noqa: SIM115
        self.header = self._lines.readline(MAX_LINE_BYTES)
        self._next = 2

    def __enter__(self) -> File:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._raw.close()

    @property
    def done(self) -> int:
        return self._raw.tell()

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """The lines after the header. Raises HeaderFault if it meets one that has no end."""
        while lines := list(islice(iter(self._line, b""), size)):
            yield Chunk(self._next, lines)
            self._next += len(lines)

    def _line(self) -> bytes:
        line = self._lines.readline(MAX_LINE_BYTES)
        if len(line) == MAX_LINE_BYTES:
            raise HeaderFault(f"a line is longer than {MAX_LINE_BYTES:,} bytes: is this CSV?")
        return line


def run(order: Order, chunks: Iterator[Chunk], *, processes: int) -> Iterator[Done]:
    """Make the cards of all chunks; each is told when it is in the books, in the file's order.

    ProcessEnded if a process was killed, or failed and said why on standard error.
    """
    waiting: dict[int, Done] = {}
    told: list[int] = []
    with children(processes, _serve, order) as pipes:
        for pipe in pipes:
            hear(pipe)
        idle, busy = list(pipes), set[Connection]()
        while True:
            for pipe, chunk in zip(list(idle), chunks, strict=False):
                idle.remove(pipe)
                busy.add(pipe)
                told.append(chunk.first)
                pipe.send(chunk)
            if not busy:
                return
            for ready in wait(list(busy)):
                pipe = cast("Connection", ready)
                done: Done = hear(pipe)
                busy.remove(pipe)
                idle.append(pipe)
                waiting[done.first] = done
            while told and told[0] in waiting:
                yield waiting.pop(told.pop(0))


def _serve(order: Order, pipe: Connection) -> None:
    """A process' own life: it makes ready, says so, and makes the cards of chunks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked: it tells us
    order.ready()
    lines = Lines(order.header, order.allowed, order.key)
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.send("ready")
        answer(pipe, lambda chunk: make(order, lines, chunk))


def make(order: Order, lines: Lines, chunk: Chunk) -> Done:
    """Make a chunk's cards."""
    # Imported late: a process comes by this module before it is ready for Django.
    from satu.cards.importing import import_cards  # noqa: PLC0415

    watch = _Watch()
    rows = lines.read(chunk.first, chunk.lines)
    watch.lap("parse")
    loaded = import_cards(
        into=order.into,
        rows=rows,
        is_active=order.is_active,
        actor=order.actor,
        at=order.at,
        lap=watch.lap,
    )
    return Done(chunk.first, len(rows), loaded, watch.clock_s, watch.cpu_s)


class _Watch:
    """Adds up what each part of the work took."""

    def __init__(self) -> None:
        self.clock_s = dict.fromkeys(PARTS, 0.0)
        self.cpu_s = dict.fromkeys(PARTS, 0.0)
        self._clock, self._cpu = perf_counter(), process_time()

    def lap(self, part: str) -> None:
        """A part has ended, and the next begins."""
        clock, cpu = perf_counter(), process_time()
        self.clock_s[part] += clock - self._clock
        self.cpu_s[part] += cpu - self._cpu
        self._clock, self._cpu = clock, cpu
