"""Who rides in a bench: random cards on a city's real routes, each card's taps in order. Pure.

Journeys overlap as in a peak: while one card is on its way, thousands of others tap. A card makes
one journey a service day; when all have ridden, the next day begins.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from math import gcd
from random import Random
from typing import NamedTuple

from satu.city.simulate import JOURNEYS, MINUTE_MS
from satu.city.simulate_city import Leg, SimulatedCity
from satu.kernel.days import HOUR_MS
from satu.services.rules import Rules
from satu.wire.messages import Direction

POOL = 4_000  # different journeys
PEAK_TAPS_S = 100  # of Jakarta
CITY_METRES_S = 6.0
CHANGE_MS = 5 * MINUTE_MS
BEGINS_MS = 2 * HOUR_MS  # after the service day's own beginning: 06:00 in Jakarta


class Step(NamedTuple):
    """A tap of a journey, `after_ms` from its beginning."""

    after_ms: int
    point: str
    route: str
    direction: Direction


class Touch(NamedTuple):
    """A card held to a reader."""

    card: int
    at_ms: int
    step: Step


Journey = tuple[Step, ...]


def journeys(rules: Rules, random: Random, count: int = POOL) -> list[Journey]:
    """Journeys of one to three rides, by bus and by rail as people of the city make them."""
    city = SimulatedCity(rules)
    kinds = random.choices(list(JOURNEYS), list(JOURNEYS.values()), k=count)
    return [_steps(legs) for kind in kinds if (legs := city.legs(random, kind))]


def _steps(legs: Sequence[Leg]) -> Journey:
    steps: list[Step] = []
    at_ms = 0
    for leg in legs:
        steps.append(Step(at_ms, leg.start.code, leg.route, "entry"))
        at_ms += MINUTE_MS + round(leg.metres / CITY_METRES_S * 1000)
        steps.append(Step(at_ms, leg.end.code, leg.route, "exit"))
        at_ms += CHANGE_MS
    return tuple(steps)


class Crowd(NamedTuple):
    """Cards that ride: `share` of `shares` of all, `gap` taps of others between two of one."""

    cards: int
    share: int
    shares: int
    gap: int


def touches(
    crowd: Crowd,
    pool: Sequence[Journey],
    start_ms: Callable[[int], int],
    random: Random,
) -> Iterator[Touch]:
    """Taps without end. `start_ms(n)` is the instant at which the n-th service day begins."""
    cards = range(1 + crowd.share, crowd.cards + 1, crowd.shares)
    stride = _stride(len(cards), random)
    first = random.randrange(len(cards))
    riding: list[tuple[int, int, int, Journey, int, int]] = []
    position = rider = 0
    while True:
        if riding and riding[0][0] <= position:
            _, number, place, journey, card, begun_ms = heapq.heappop(riding)
        else:
            number, place, journey = rider, 0, random.choice(pool)
            card = cards[(first + rider * stride) % len(cards)]
            day = start_ms(rider // len(cards)) + BEGINS_MS
            begun_ms = day + position * crowd.shares * 1000 // PEAK_TAPS_S
            rider += 1
        step = journey[place]
        yield Touch(card, begun_ms + step.after_ms, step)
        position += 1
        if place + 1 < len(journey):
            due = position + random.randint(crowd.gap // 2, crowd.gap * 3 // 2)
            heapq.heappush(riding, (due, number, place + 1, journey, card, begun_ms))


def _stride(cards: int, random: Random) -> int:
    """A step that visits every card once before it visits one again."""
    while True:
        stride = random.randrange(1, cards + 1)
        if gcd(stride, cards) == 1:
            return stride
