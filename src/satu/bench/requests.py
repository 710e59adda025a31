"""Prepared requests: what riders' taps are on the wire, encoded and signed. No Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from satu.bench.rides import Crowd, Journey, Touch, touches
from satu.services.rules import Rules
from satu.validator.keys import DeviceKeys
from satu.validator.request import tap_request, upload_request
from satu.wire.messages import Decided, Tap

OVERLAP = 4_000  # taps of others between two of a card, over all connections


class Readers:
    """The readers of a bench, each with its own next sequence."""

    def __init__(self, keys: Sequence[DeviceKeys], sequences: Sequence[int]) -> None:
        self._keys = keys
        self._sequences = list(sequences)

    def keys(self, place: int) -> DeviceKeys:
        return self._keys[place % len(self._keys)]

    def tap(self, place: int, touch: Touch, decided: Decided) -> Tap:
        """A touch of a card as the reader at `place` tells it."""
        place %= len(self._keys)
        sequence = self._sequences[place]
        self._sequences[place] = sequence + 1
        step = touch.step
        return Tap(
            sequence=sequence,
            at_ms=touch.at_ms,
            token=str(touch.card),
            point=step.point,
            direction=step.direction,
            route=step.route,
            decided=decided,
        )


class Plan(NamedTuple):
    """How much to prepare: `requests` on each of `streams` connections, for riders of a day on.

    `time_ms` is the time that the requests are signed with.
    """

    cards: int
    streams: int
    requests: int
    taps_a_request: int
    day: date
    host: str
    time_ms: int


Tell = Callable[[int], None]


def uploads(
    plan: Plan, rules: Rules, pool: Sequence[Journey], readers: Readers, random: Random, tell: Tell
) -> list[list[bytes]]:
    """Signed uploads of taps that were decided at the gate; a card's taps stay on one stream."""
    streams: list[list[bytes]] = []
    place = 0
    for taps in _riders(plan, rules, pool, random):
        stream = []
        for _ in range(plan.requests):
            place += 1
            batch = [readers.tap(place, next(taps), "open") for _ in range(plan.taps_a_request)]
            stream.append(upload_request(plan.host, readers.keys(place), batch, plan.time_ms))
            tell(plan.taps_a_request)
        streams.append(stream)
    return streams


def singles(
    plan: Plan, rules: Rules, pool: Sequence[Journey], readers: Readers, random: Random, tell: Tell
) -> list[list[bytes]]:
    """Signed single taps that ask; a card's taps stay on one stream, as at one gate after another.

    Each stream has readers of its own.
    """
    streams: list[list[bytes]] = []
    for share, taps in enumerate(_riders(plan, rules, pool, random)):
        stream = []
        for number in range(plan.requests):
            place = share + number % 4 * plan.streams
            tap = readers.tap(place, next(taps), "ask")
            stream.append(tap_request(plan.host, readers.keys(place), tap, plan.time_ms))
        tell(plan.requests)
        streams.append(stream)
    return streams


def _riders(
    plan: Plan, rules: Rules, pool: Sequence[Journey], random: Random
) -> Iterator[Iterator[Touch]]:
    def start_ms(day: int) -> int:
        return rules.calendar.start_ms(plan.day + timedelta(days=day))

    # A card must be home before its next day begins, also where cards are few.
    gap = min(OVERLAP, plan.cards // 8) // plan.streams
    for share in range(plan.streams):
        crowd = Crowd(plan.cards, share, plan.streams, gap)
        yield touches(crowd, pool, start_ms, random)
