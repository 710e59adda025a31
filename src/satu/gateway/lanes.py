"""Lanes: where taps wait for a database connection and travel in batches.

A card's single taps always take the same lane, and so do its uploaded ones: batches of one gateway
seldom hold the same card. A free lane takes all that has queued at once; there is no timer: under
load batches grow by themselves. Single taps keep to two lanes, so that their batches are worth a
commit; uploads fill any number.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import msgspec
import psycopg
import structlog

from satu.gateway import log as logs
from satu.gateway.clock import Clock
from satu.gateway.link import Link, TimedConnection, within
from satu.gateway.metrics import Metrics
from satu.gateway.problems import ProblemError
from satu.taps.road import Road
from satu.taps.tap import Answer, Arrival

MAX_BATCH = 512
SINGLE_LANES = 2
UPLOADS_SHARE = 128  # of a batch, so that a flood of single taps does not starve uploads
DATABASE_PATIENCE_S = 20.0
ATTEMPTS = 3

log = structlog.get_logger()


class Ticket:
    """One request's taps on their way: `done` gets the answers, in order."""

    __slots__ = ("answers", "done", "left", "since")

    def __init__(self, taps: int, done: asyncio.Future[list[Answer]], since: float) -> None:
        self.answers: list[Answer | None] = [None] * taps
        self.left = taps
        self.done = done
        self.since = since

    def answer(self, place: int, answer: Answer) -> None:
        self.answers[place] = answer
        self.left -= 1
        if self.left == 0 and not self.done.done():
            self.done.set_result(self.answers)  # type: ignore[arg-type]

    def fail(self, code: str) -> None:
        if not self.done.done():
            self.done.set_exception(ProblemError(code))


class Waiting(msgspec.Struct, frozen=True):
    """A tap in a queue: what arrived, whose request it is, its place in that."""

    arrival: Arrival
    ticket: Ticket
    place: int


class Lane:
    """One connection's queues. `serve` runs until cancelled."""

    def __init__(
        self, link: Link, road: Callable[[], Road], clock: Clock, metrics: Metrics
    ) -> None:
        self._link = link
        self._road = road
        self._clock = clock
        self._metrics = metrics
        self._wake = asyncio.Event()
        self.singles: deque[Waiting] = deque()
        self.uploads: deque[Waiting] = deque()

    @property
    def is_up(self) -> bool:
        return self._link.is_up

    def wake(self) -> None:
        self._wake.set()

    async def serve(self) -> None:
        while True:
            connection = self._link.connection
            if connection is None:
                connection = await self._link.open()
            self._wake.clear()
            batch = self.take()
            if batch:
                await self._travel(connection, batch)
            else:
                await self._wake.wait()

    def take(self) -> list[Waiting]:
        """Singles first, but some room is kept for uploads, and what is over goes to either."""
        kept = min(UPLOADS_SHARE, len(self.uploads))
        batch = _popped(self.singles, MAX_BATCH - kept)
        batch += _popped(self.uploads, MAX_BATCH - len(batch))
        return batch

    async def _travel(self, connection: TimedConnection, batch: list[Waiting]) -> None:
        """Send a batch down the road and answer it; if the database leaves, fail all that waits."""
        self._metrics.batch_taps.observe(len(batch))
        self._metrics.lane_wait.observe(perf_counter() - min(w.ticket.since for w in batch))
        try:
            await self._answer(connection, batch)
        except psycopg.OperationalError as error:
            self._metrics.failures.labels("database_away").inc()
            log.warning("batch_failed", taps=len(batch), **logs.of_error(error))
            if connection.closed:
                await self._link.drop()
                batch += _popped(self.singles, len(self.singles))
                batch += _popped(self.uploads, len(self.uploads))
            for waiting in batch:
                waiting.ticket.fail("database_away")
        except Exception as error:
            await self._one_by_one(connection, batch, error)

    async def _answer(self, connection: TimedConnection, batch: Sequence[Waiting]) -> None:
        started = perf_counter()
        arrivals = [waiting.arrival for waiting in batch]
        answers = await self._attempts(connection, arrivals)
        assert len(answers) == len(batch)
        self._metrics.travel.observe(perf_counter() - started)
        self._metrics.answered(answers)
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.ticket.answer(waiting.place, answer)

    async def _attempts(
        self, connection: TimedConnection, arrivals: Sequence[Arrival]
    ) -> list[Answer]:
        """Travel; what the database gave up (a deadlock, a lock not had in time) travels again.

        So does, once, what met a connection that was lost: an idle lane learns only from its next
        batch that the database had left, when it may be back. Travelling again is safe: what was
        committed answers as a repeat.
        """
        for attempt in range(1, ATTEMPTS + 1):
            waited = connection.waited_s
            try:
                with within(connection, DATABASE_PATIENCE_S):
                    answers = await self._road().travel(
                        connection, arrivals, now_ms=self._clock.now_ms()
                    )
                self._metrics.database.observe(connection.waited_s - waited)
                return answers
            except psycopg.OperationalError:
                if attempt == ATTEMPTS or (connection.closed and attempt > 1):
                    raise
                again = await self._link.reopen() if connection.closed else connection
                if again is None:
                    raise
                connection = again
                self._metrics.failures.labels("tried_again").inc()
        raise AssertionError("unreachable")

    async def _one_by_one(
        self, connection: TimedConnection, batch: list[Waiting], error: Exception
    ) -> None:
        """One tap met a fault of ours: let the others travel without it."""
        self._metrics.failures.labels("internal_error").inc()
        log.error("batch_broken", taps=len(batch), **logs.of_error(error))
        if len(batch) == 1:
            batch[0].ticket.fail("internal_error")
            return
        for waiting in batch:
            await self._travel(connection, [waiting])


def _popped(queue: deque[Waiting], most: int) -> list[Waiting]:
    return [queue.popleft() for _ in range(min(most, len(queue)))]


class Lanes:
    """All lanes of a gateway, and the door to them: it refuses what would wait too long."""

    def __init__(
        self,
        url: str,
        *,
        road: Callable[[], Road],
        clock: Clock,
        metrics: Metrics,
        lanes: int,
        queued_singles: int,
        queued_uploads: int,
    ) -> None:
        self._lanes = [
            Lane(Link(url, f"lane-{number}"), road, clock, metrics)
            for number in range(1, lanes + 1)
        ]
        self._queued_singles = queued_singles
        self._queued_uploads = queued_uploads
        self._uploaded = 0
        metrics.queued.labels("single").set_function(self.waiting_singles)
        metrics.queued.labels("upload").set_function(self.waiting_uploads)
        metrics.database_up.set_function(lambda: sum(lane.is_up for lane in self._lanes))

    @property
    def are_up(self) -> bool:
        return all(lane.is_up for lane in self._lanes)

    def waiting_singles(self) -> int:
        return sum(len(lane.singles) for lane in self._lanes)

    def waiting_uploads(self) -> int:
        return sum(len(lane.uploads) for lane in self._lanes)

    async def serve(self) -> None:
        """Run all lanes until cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(lane.serve())

    def _of(self, arrival: Arrival, lanes: Sequence[Lane]) -> Lane:
        lane = lanes[hash(arrival.tap.token) % len(lanes)]
        if not lane.is_up:
            raise ProblemError("database_away")
        return lane

    @contextmanager
    def room_for(self, taps: int) -> Iterator[None]:
        """Room for an upload, from before it is kept until it is answered; ProblemError `busy`."""
        # An empty gateway takes any upload, or a small limit would shut the door for good.
        if self._uploaded and self._uploaded + taps > self._queued_uploads:
            raise ProblemError("busy")
        self._uploaded += taps
        try:
            yield
        finally:
            self._uploaded -= taps

    async def one(self, arrival: Arrival) -> Answer:
        """Send one tap; ProblemError `busy`, `database_away` or `internal_error`."""
        lanes = self._lanes[:SINGLE_LANES]
        lane = self._of(arrival, lanes)
        if len(lane.singles) * len(lanes) >= self._queued_singles:
            raise ProblemError("busy")
        ticket = Ticket(1, asyncio.get_running_loop().create_future(), perf_counter())
        lane.singles.append(Waiting(arrival, ticket, 0))
        lane.wake()
        return (await ticket.done)[0]

    async def many(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        """Send an upload that has room; one answer a tap, in order.

        ProblemError `database_away` or `internal_error`, for the whole.
        """
        lanes = [self._of(arrival, self._lanes) for arrival in arrivals]
        done: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        ticket = Ticket(len(arrivals), done, perf_counter())
        for place, (lane, arrival) in enumerate(zip(lanes, arrivals, strict=True)):
            lane.uploads.append(Waiting(arrival, ticket, place))
        for lane in set(lanes):
            lane.wake()
        return await done
