"""`satu bench rerate`: how fast a whole service day is rated again from storage.

The day comes over the tap's own road, without HTTP before it: two journeys a card, as people ride
to work and home, closed at its end. Then it is rated again by the rules in force, which must
change nothing; and corrected by dearer ones and back, which changes nearly every card.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from math import ceil
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

import msgspec
import psycopg

from satu.bench import server
from satu.bench.problems import BenchProblem
from satu.bench.requests import Readers
from satu.bench.rides import Crowd, Journey, Touch, journeys, touches
from satu.bench.stage import Stage, Tell, next_sequences
from satu.fares.tariff import Flat, Price, Table, Tariff
from satu.kernel.days import HOUR_MS
from satu.services.rules import Bundle, Rules
from satu.taps.directory import Directory
from satu.taps.rerate import Corrected, Order, Period, rerate
from satu.taps.road import Road
from satu.taps.tap import Arrival

WHOLE_DAY_TAPS = 2_500_000
JOURNEYS_A_DAY = 2
HOME_AFTER_MS = 10 * HOUR_MS
BATCH = 1_000
GAP = 500  # taps of others between two of one card, so that a batch holds few of each
DEARER = 500
SPARE = 1.05  # more cards than it takes on the average, so that none rides a third time


class Bench(NamedTuple):
    """What a measurement needs: addresses of the database, its stage, the clock, who is told."""

    owner: str
    app: str
    stage: Stage
    now_ms: int
    tell: Tell


def cards_for(rules: Rules, taps: int) -> int:
    """How many cards make so many taps in a day, two journeys each."""
    pool = _pool(rules)
    return ceil(SPARE * taps / JOURNEYS_A_DAY / (sum(map(len, pool)) / len(pool)))


def bench(place: Bench, *, taps: int, processes: int) -> dict[str, Any]:
    """Fill the day if it is not there, rate it again, correct it and back."""
    rules = place.stage.rules
    with psycopg.connect(place.app, autocommit=True) as conn:
        promised = server.settings(conn)
        day = _filled(conn, place, taps)
        checkpointed = server.calm(place.owner)
        bundle = rules.bundle
        dear = msgspec.structs.replace(bundle, tariffs=tuple(map(dearer, bundle.tariffs)))
        # An hour after the day ended, whenever the bench runs: its database is kept.
        at_ms = rules.calendar.end_ms(day) + HOUR_MS
        looked = _timed(place, day, bundle, None, processes, "Re-rate")
        raised = _timed(place, day, dear, at_ms, processes, "Correct")
        lowered = _timed(place, day, bundle, at_ms, processes, "Back")
        closes = server.close(conn)
    if looked.counted.changed or raised.counted.difference != -lowered.counted.difference:
        raise BenchProblem(
            f"rating again does not agree with itself: {looked}, {raised}, {lowered}"
        )
    taps_per_s = looked.counted.taps / looked.seconds
    corrected_per_s = raised.counted.taps / raised.seconds
    return {
        "taps_per_s": round(taps_per_s),
        "seconds_for_2_5m": round(WHOLE_DAY_TAPS / taps_per_s, 1),
        "corrected_taps_per_s": round(corrected_per_s),
        "corrected_seconds_for_2_5m": round(WHOLE_DAY_TAPS / corrected_per_s, 1),
        "is_extrapolated": looked.counted.taps < WHOLE_DAY_TAPS,
        "taps": looked.counted.taps,
        "cards": looked.counted.cards,
        "corrected_cards": raised.counted.changed,
        "window_s": round(looked.seconds, 3),
        "processes": processes,
        "books_close": closes,
        "checkpoint_before": checkpointed,
        "settings": promised,
    }


class _Timed(NamedTuple):
    counted: Corrected
    seconds: float


def _timed(
    place: Bench, day: date, bundle: Bundle, now_ms: int | None, processes: int, words: str
) -> _Timed:
    order = Order(place.app, bundle, Period(day, day), Corrected, now_ms)
    started = perf_counter()
    counted = rerate(
        order, processes=processes, on_batch=lambda done, of: place.tell(words, done, of)
    )
    assert isinstance(counted, Corrected)
    return _Timed(counted, perf_counter() - started)


def dearer(tariff: Tariff) -> Tariff:
    """The same tariff with every price that is not free raised."""
    replace = msgspec.structs.replace
    products = tuple(replace(product, price=_dearer(product.price)) for product in tariff.products)
    return replace(tariff, products=products)


def _dearer(price: Price) -> Price:
    if isinstance(price, Flat):
        return Flat(price.amount + DEARER) if price.amount > 0 else price
    if isinstance(price, Table):
        return Table(tuple((start, end, amount + DEARER) for start, end, amount in price.rows))
    cap = None if price.cap is None else price.cap + DEARER
    return msgspec.structs.replace(price, base=price.base + DEARER, cap=cap)


def _pool(rules: Rules) -> list[Journey]:
    return journeys(rules, Random("journeys"))


def _filled(conn: psycopg.Connection, place: Bench, taps: int) -> date:
    """The day that is rated again: the one that is there, else yesterday, filled now."""
    found = conn.execute("select min(service_day), count(*) from taps_tap").fetchone()
    assert found is not None
    first, stored = found
    calendar = place.stage.rules.calendar
    day = first or calendar.day_of(place.now_ms) - timedelta(days=1)
    if stored not in (0, taps):
        raise BenchProblem(f"the database holds {stored:,} taps, not {taps:,}; use --fresh")
    if not stored:
        asyncio.run(_fill(conn, place, day, taps))
    return day


async def _fill(conn: psycopg.Connection, place: Bench, day: date, taps: int) -> None:
    stage, calendar = place.stage, place.stage.rules.calendar
    reader, readers = stage.readers[0].device, stage.readers[:1]
    told = Readers(readers, next_sequences(conn, readers))
    riding = islice(_day(stage, calendar.start_ms(day)), taps)
    async with await psycopg.AsyncConnection.connect(place.app, autocommit=True) as road_conn:
        road = Road(stage.rules, await Directory.load(road_conn), token_key=b"")
        for done in range(0, taps, BATCH):
            batch = list(islice(riding, BATCH))
            now_ms = max(touch.at_ms for touch in batch)
            arrivals = [Arrival(reader, told.tap(0, touch, "open"), now_ms) for touch in batch]
            answers = await road.travel(road_conn, arrivals, now_ms=now_ms)
            assert all(answer.outcome.accepted for answer in answers), "every tap is admitted"
            place.tell("Taps", done, taps)
        await road.close(road_conn, before=day + timedelta(days=1), now_ms=calendar.end_ms(day))
    place.tell("Taps", taps, taps)


def _day(stage: Stage, start_ms: int) -> Iterator[Touch]:
    """Every card rides twice: in the morning, and home ten hours later."""
    crowd = Crowd(stage.cards, 0, 1, min(GAP, stage.cards // 4))

    def begins_ms(journey: int) -> int:
        return start_ms + journey * HOME_AFTER_MS

    return touches(crowd, _pool(stage.rules), begins_ms, Random("a day"))
