"""Lets a simulated city ride through a gateway, at a multiple of real time. Called by `satu demo`.

Readers that wait for an answer send single taps; offline buses send signed uploads late. Who is
refused at the gate does not ride on: the rest of that trip is not sent.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from time import monotonic

from satu.city.replay_send import Connection
from satu.city.simulate import Event
from satu.validator.client import ReaderClient, new_http
from satu.validator.keys import DeviceKeys
from satu.wire.messages import Decision

CONNECTIONS = 32
QUEUED = 60  # taps that wait for a connection; then the city's clock waits too


class CityClock:
    """City time that runs `speed` times as fast as real time, from an instant on."""

    def __init__(self, start_ms: int, speed: float) -> None:
        self._start_ms = start_ms
        self._speed = speed
        self._began = monotonic()

    def now_ms(self) -> int:
        return self._start_ms + round((monotonic() - self._began) * 1000 * self._speed)

    def seconds_until(self, at_ms: int) -> float:
        """Real seconds until the city's clock shows an instant; negative if it has."""
        return (at_ms - self.now_ms()) / 1000 / self._speed


class Rides:
    """What became of the taps so far: by outcome's code, repeats included."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.refused_trips: set[int] = set()
        self.skipped = 0

    def answered(self, trip: int, decision: Decision) -> None:
        self.outcomes[decision.code] += 1
        if not decision.accepted:
            self.refused_trips.add(trip)

    @property
    def taps(self) -> int:
        return self.outcomes.total()

    @property
    def accepted(self) -> int:
        return self.outcomes["accepted"]


async def ride(
    address: str,
    events: Sequence[Event],
    keys: Mapping[str, DeviceKeys],
    clock: CityClock,
    rides: Rides,
    now_ms: Callable[[], int],
    connections: int = CONNECTIONS,
) -> None:
    """Send a day's events, each when the city's clock shows its time; returns when all are.

    However fast the clock runs, a trip's taps stay on one connection, so that each is answered
    before the next is sent, and so do a bus's uploads follow each other.
    """
    queues: list[asyncio.Queue[Event]] = [asyncio.Queue(QUEUED) for _ in range(connections)]
    rides.refused_trips.clear()  # trips are numbered anew each day
    async with new_http(connections=4) as http, asyncio.TaskGroup() as tasks:
        workers = [
            tasks.create_task(_answer_singles(Connection(address), queue, keys, rides, now_ms))
            for queue in queues
        ]
        uploads: dict[str, asyncio.Task[None]] = {}
        for send_ms, due in groupby(events, key=lambda event: event.send_ms):
            await asyncio.sleep(max(0.0, clock.seconds_until(send_ms)))
            for device, sent in groupby(due, key=lambda event: event.device):
                kept = list(sent)
                if kept[0].mode == "offline":
                    if device in uploads:
                        await uploads[device]
                    client = ReaderClient(address, keys[device], http=http, now_ms=now_ms)
                    uploads[device] = tasks.create_task(_upload(client, kept, rides))
                    continue
                for event in kept:
                    await queues[event.trip % connections].put(event)
        for queue in queues:
            await queue.join()
        for worker in workers:
            worker.cancel()


async def _answer_singles(
    connection: Connection,
    singles: asyncio.Queue[Event],
    keys: Mapping[str, DeviceKeys],
    rides: Rides,
    now_ms: Callable[[], int],
) -> None:
    try:
        while True:
            event = await singles.get()
            if event.trip in rides.refused_trips:
                rides.skipped += 1
            else:
                decision = await connection.tap(keys[event.device], event.tap, now_ms)
                rides.answered(event.trip, decision)
            singles.task_done()
    finally:
        connection.close()


async def _upload(client: ReaderClient, kept: Sequence[Event], rides: Rides) -> None:
    decisions = await client.upload([event.tap for event in kept])
    for event, decision in zip(kept, decisions, strict=True):
        rides.answered(event.trip, decision)
