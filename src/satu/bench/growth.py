"""`satu bench growth`: whether a tap costs more with more cards, or with more stored postings.

Two databases, windows in turn, the second database first in every other pair: what disturbs the
machine for a while disturbs both.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any, NamedTuple

import psycopg

from satu.bench import measure, road, server
from satu.bench.measure import Process, Window
from satu.bench.road import UPLOAD, Around, Ride
from satu.bench.stage import Stage


class Side(NamedTuple):
    """One of the two databases."""

    name: str
    stage: Stage
    around: Around


class _Running(NamedTuple):
    riding: Ride
    gateway: Process
    conn: psycopg.Connection


class Cost(NamedTuple):
    """A window's cost of a tap in microseconds: of time, and of the processors' time."""

    us: float
    cpu_us: float | None


def bench(sides: Sequence[Side], *, pairs: int, seconds: float) -> dict[str, Any]:
    """Pairs of upload windows; `ratio` is the median of the second side's cost over the first's."""
    small, large = sides
    costs: dict[str, list[Cost]] = {side.name: [] for side in sides}
    with ExitStack() as stack:
        running = {side.name: _start(side, stack) for side in sides}
        promised = server.settings(running[small.name].conn)
        stored = {name: server.postings(one.conn) for name, one in running.items()}
        for number in range(pairs):
            for side in (small, large) if number % 2 == 0 else (large, small):
                one = running[side.name]
                window = road.run_window(one.riding, one.gateway, one.conn, seconds)
                costs[side.name].append(cost(window))
        closes = all(server.close(one.conn) for one in running.values())
    first, second = costs[small.name], costs[large.name]
    return {
        "ratio": ratio([one.us for one in first], [one.us for one in second]),
        "cpu_ratio": ratio([one.cpu_us for one in first], [one.cpu_us for one in second]),
        "pairs": pairs,
        "window_s": seconds,
        "sides": [
            {
                "name": side.name,
                "cards": side.stage.cards,
                "postings_before": stored[side.name],
                "us_per_tap": [round(one.us, 1) for one in costs[side.name]],
                "cpu_us_per_tap": [one.cpu_us for one in costs[side.name]],
            }
            for side in sides
        ],
        "books_close": closes,
        "settings": promised,
    }


def _start(side: Side, stack: ExitStack) -> _Running:
    riding = road.ride(UPLOAD, side.stage, side.around)
    server.calm(side.around.owner)
    gateway = stack.enter_context(side.around.gateway(None))
    conn = stack.enter_context(psycopg.connect(side.around.app, autocommit=True))
    return _Running(riding, gateway, conn)


def cost(window: Window) -> Cost:
    """What a tap of an upload cost in a window."""
    taps = len(window.sent.latencies_s) * UPLOAD.taps_a_request
    spent = window.spent
    postgres = measure.each_us(spent.postgres, taps)
    gateway = measure.each_us(spent.gateway, taps)
    cpu_us = None if postgres is None or gateway is None else round(postgres + gateway, 2)
    return Cost(window.sent.seconds / taps * 1e6, cpu_us)


def ratio(first: Sequence[float | None], second: Sequence[float | None]) -> float | None:
    """The median over pairs of the second cost over the first; None if one is not known."""
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a and b]
    return round(median(b / a for a, b in pairs), 3) if len(pairs) == len(first) else None
