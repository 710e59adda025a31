"""`satu bench viewers`: whether people who watch the live page slow the gateway.

Windows of single taps on one gateway, in turn without viewers and with them, as many pairs as are
asked for; every other pair begins with the viewers, so that what disturbs the machine for a while
disturbs both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from statistics import median
from typing import Any, NamedTuple

import psycopg

from satu.bench import measure, road, server, usage
from satu.bench.measure import Process, Window
from satu.bench.problems import BenchProblem
from satu.bench.road import SINGLE, Around
from satu.bench.stage import Stage

SETTLE_S = 3.0  # until the viewers have begun and ask at the pace they are told
END_S = 60.0


class Page(NamedTuple):
    """The web that viewers look at: one that is started, and a cookie that lets them in."""

    web: Callable[[], AbstractContextManager[Process]]
    cookie: Callable[[], str]


class Viewed(NamedTuple):
    """What the viewers of a window saw; `web_cpu` is how many processors answering took."""

    answers: int
    p50_ms: float
    p95_ms: float
    web_cpu: float


def bench(
    stage: Stage, around: Around, page: Page, *, viewers: int, pairs: int, seconds: float
) -> dict[str, Any]:
    """`ratio`: the median over the pairs of a tap's time with viewers over that without."""
    riding = road.ride(SINGLE, stage, around)
    calmed = server.calm(around.owner)
    alone: list[Window] = []
    watched: list[Window] = []
    looks: list[Viewed] = []
    with (
        psycopg.connect(around.app, autocommit=True) as conn,
        around.gateway(None) as gateway,
        page.web() as web,
    ):
        promised = server.settings(conn)
        cookie = page.cookie()

        def one(is_watched: bool) -> None:
            if not is_watched:
                alone.append(road.run_window(riding, gateway, conn, seconds))
                return
            with _watching(web, cookie, viewers, looks):
                watched.append(road.run_window(riding, gateway, conn, seconds))

        for number in range(pairs):
            for is_watched in (False, True) if number % 2 == 0 else (True, False):
                around.tell("Windows", len(alone) + len(watched), 2 * pairs)
                one(is_watched)
        around.tell("Windows", 2 * pairs, 2 * pairs)
        closes = server.close(conn)
    slower = [_us(with_) / _us(without) for without, with_ in zip(alone, watched, strict=True)]
    return {
        "ratio": round(median(slower), 3),
        "ratios": [round(value, 3) for value in slower],
        "viewers": viewers,
        "pairs": pairs,
        "alone": _figures(alone),
        "watched": _figures(watched),
        "viewers_saw": [look._asdict() for look in looks],
        "cards": stage.cards,
        "window_s": seconds,
        "books_close": closes,
        "checkpoint_before": calmed,
        "settings": promised,
    }


def _us(window: Window) -> float:
    """Microseconds of the clock that a tap took."""
    return window.sent.seconds / len(window.sent.latencies_s) * 1e6


def _figures(windows: list[Window]) -> dict[str, Any]:
    taps = sum(len(window.sent.latencies_s) for window in windows)
    seconds = sum(window.sent.seconds for window in windows)
    gateway_s = sum(window.spent.gateway for window in windows)
    postgres_s = [window.spent.postgres for window in windows]
    known = None if None in postgres_s else sum(filter(None, postgres_s))
    return {
        "requests_per_s": round(taps / seconds),
        "p50_ms": round(median(window.sent.percentile_ms(50) for window in windows), 2),
        "p99_ms": round(median(window.sent.percentile_ms(99) for window in windows), 2),
        "gateway_cpu_us_per_tap": measure.each_us(gateway_s, taps),
        "postgres_cpu_us_per_tap": measure.each_us(known, taps),
    }


@contextmanager
def _watching(web: Process, cookie: str, viewers: int, looks: list[Viewed]) -> Iterator[None]:
    """Viewers in a process of their own; what they saw is added when they leave."""
    command = [sys.executable, "-m", "satu.bench.watching", web.address, cookie, str(viewers)]
    began, used = time.monotonic(), usage.family_cpu_s(web.process)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        try:
            time.sleep(SETTLE_S)
            if child.poll() is not None:
                raise BenchProblem("the viewers ended before the window began")
            yield
            out, _ = child.communicate(timeout=END_S)
        except BaseException:
            child.kill()
            raise
    told = json.loads(out)
    if told["faults"] or not told["answers"]:
        raise BenchProblem(f"viewers were not answered: {told['faults'] or 'not once'}")
    cpu = (usage.family_cpu_s(web.process) - used) / (time.monotonic() - began)
    looks.append(Viewed(told["answers"], told["p50_ms"], told["p95_ms"], round(cpu, 3)))
