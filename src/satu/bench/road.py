"""`satu bench upload` and `taps`: taps from prepared requests to durable commits, end to end."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psycopg

from satu.bench import measure, requests, server
from satu.bench.measure import Activity, Process, Window
from satu.bench.requests import Plan, Readers
from satu.bench.rides import Journey, journeys
from satu.bench.stage import Stage, Tell, next_sequences

PROFILE_S = 5.0
WARM_S = 5.0
FIRST_S = 1.0
POOL_SEED = "journeys"

Build = Callable[..., list[list[bytes]]]


class Kind(NamedTuple):
    """A way to send taps. `most_a_second`: so many taps are prepared for a second of the window."""

    streams: int
    taps_a_request: int
    most_a_second: int
    build: Build


UPLOAD = Kind(4, 1_000, 25_000, requests.uploads)
SINGLE = Kind(64, 1, 14_000, requests.singles)


class Around(NamedTuple):
    """What a command gives a bench. `gateway(None)` starts one; with a file, one that counts
    where its time goes (satu.bench.sampler)."""

    owner: str
    app: str
    gateway: Callable[[Path | None], AbstractContextManager[Process]]
    now_ms: Callable[[], int]
    tell: Tell


class Ride(NamedTuple):
    """What windows of one kind have in common."""

    kind: Kind
    stage: Stage
    around: Around
    pool: Sequence[Journey]


def ride(kind: Kind, stage: Stage, around: Around) -> Ride:
    """Ready for windows of a kind; the journeys are the same each time.

    Where nobody ever rode, one short window goes before, uncounted: what PostgreSQL plans for
    empty tables would cost twice as much all through the first one.
    """
    riding = Ride(kind, stage, around, journeys(stage.rules, Random(POOL_SEED)))
    with psycopg.connect(around.app, autocommit=True) as conn:
        if not server.is_ridden(conn):
            with around.gateway(None) as gateway:
                run_window(riding, gateway, conn, FIRST_S)
    return riding


def bench(
    kind: Kind, stage: Stage, around: Around, *, seconds: float, profile: bool
) -> dict[str, Any]:
    """One window, and for `profile` a second one on a gateway that counts its time by part."""
    riding = ride(kind, stage, around)
    checkpointed = server.calm(around.owner)
    with psycopg.connect(around.app, autocommit=True) as conn:
        promised = server.settings(conn)
        with around.gateway(None) as gateway:
            window = run_window(riding, gateway, conn, seconds)
        shares = _profile(riding, conn, min(seconds, PROFILE_S)) if profile else {}
        closes = server.close(conn)
    return {
        **measure.figures(window, kind.taps_a_request),
        "cpu_us_per_tap": by_part(window, kind.taps_a_request, shares),
        "cards": stage.cards,
        "connections": kind.streams,
        "taps_a_request": kind.taps_a_request,
        "warm_s": min(WARM_S, seconds / 2),
        "books_close": closes,
        "checkpoint_before": checkpointed,
        "settings": promised,
    }


def run_window(riding: Ride, gateway: Process, conn: psycopg.Connection, seconds: float) -> Window:
    """Prepare and sign requests for the next service day, then send them to a gateway."""
    warm_s = min(WARM_S, seconds / 2)
    streams = _prepared(riding, gateway, conn, warm_s + seconds)
    riding.around.tell("Measure", 0, 1)
    window = measure.run(gateway, measure.load_on(gateway, streams, warm_s, seconds), conn)
    riding.around.tell("Measure", 1, 1)
    return window


def _prepared(
    riding: Ride, gateway: Process, conn: psycopg.Connection, seconds: float
) -> list[list[bytes]]:
    kind, stage, around, pool = riding
    taps = int(kind.most_a_second * seconds)
    per_stream = max(2, taps // kind.taps_a_request // kind.streams)
    plan = Plan(
        cards=stage.cards,
        streams=kind.streams,
        requests=per_stream,
        taps_a_request=kind.taps_a_request,
        day=_next_day(conn, stage, around.now_ms()),
        host=urlsplit(gateway.address).netloc,
        time_ms=around.now_ms(),
    )
    readers = Readers(stage.readers, next_sequences(conn, stage.readers))
    total = per_stream * kind.streams * kind.taps_a_request
    made = 0

    def tell(count: int) -> None:
        nonlocal made
        made += count
        around.tell("Requests", made, total)

    return kind.build(plan, stage.rules, pool, readers, Random(f"{plan.day}"), tell)


def _next_day(conn: psycopg.Connection, stage: Stage, now_ms: int) -> date:
    """The first service day on which no card has tapped: nothing in a window comes late."""
    row = conn.execute("select max(service_day) from taps_card_day").fetchone()
    today = stage.rules.calendar.day_of(now_ms)
    last = row[0] if row else None
    return today if last is None else max(today, last + timedelta(days=1))


def _profile(riding: Ride, conn: psycopg.Connection, seconds: float) -> dict[str, dict[str, float]]:
    """The shares of the gateway's and of the server's time by part."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "parts.json"
        with riding.around.gateway(path) as gateway:
            activity = Activity(riding.around.app)
            activity.start()
            os.kill(gateway.process, signal.SIGUSR1)
            run_window(riding, gateway, conn, seconds)
            os.kill(gateway.process, signal.SIGUSR2)
            asked = activity.stop()
        parts = json.loads(path.read_text())
    total = sum(parts.values()) or 1.0
    return {"gateway": {name: part / total for name, part in parts.items()}, "postgres": asked}


def by_part(
    window: Window, taps_a_request: int, shares: dict[str, dict[str, float]]
) -> dict[str, float | None]:
    """Microseconds of processor time a tap: measured in the window, divided as in the profile."""
    taps = len(window.sent.latencies_s) * taps_a_request
    spent = window.spent
    told = {
        "generator": measure.each_us(spent.generator, taps),
        "gateway": measure.each_us(spent.gateway, taps),
        "postgres": measure.each_us(spent.postgres, taps),
    }
    for name, share in sorted(shares.get("gateway", {}).items()):
        told[f"gateway_{name}"] = measure.each_us(spent.gateway * share, taps)
    for name, share in sorted(shares.get("postgres", {}).items()):
        if spent.postgres is not None:
            told[f"postgres_{name}"] = measure.each_us(spent.postgres * share, taps)
    return told
