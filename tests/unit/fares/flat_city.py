"""A made-up city for tests of money rules: flat fares, a train by zones, and legs of any day.

Times are of a city whose service day begins at 04:00; "25:30" is half past one in the night, on
the same service day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from satu.fares.legs import NOTHING_RUNS, Leg, PricedLeg, Rated, Rider, Running
from satu.fares.prices import Prices
from satu.fares.rate import rate
from satu.fares.tariff import (
    Category,
    Flat,
    JoinRule,
    LegRule,
    Network,
    Product,
    Table,
    Tariff,
    Timeframe,
)
from satu.kernel.days import Calendar
from satu.kernel.refusal import UseClass

CALENDAR = Calendar("Asia/Jakarta", 4)
MONDAY = date(2026, 11, 23)
OPERATORS = {"bus": 1, "tram": 2, "train": 3, "ferry": 4}
ADULT = Rider()
ZONES = "123456"

PricesOn = Callable[[date], Prices]


def zone_table(base: int = 100, step: int = 60) -> Table:
    """From zone to zone: base within one, a step more for each that is crossed."""
    return Table(tuple((a, b, base + step * abs(int(a) - int(b))) for a in ZONES for b in ZONES))


def tariff(**changes: Any) -> Tariff:
    """A bus at 150, a tram at 290, a ferry at 700, a train by zones; no rules but these."""
    flats = {"bus": 150, "tram": 290, "ferry": 700}
    settings: dict[str, Any] = {
        "version": "1",
        "valid_from": date(2020, 1, 1),
        "asset": "EUR",
        "networks": (
            Network("bus"),
            Network("tram"),
            Network("ferry"),
            Network("train", closed=True, charge_at="exit"),
        ),
        "products": (
            *(Product(name, Flat(amount)) for name, amount in flats.items()),
            Product("train", zone_table()),
        ),
        "leg_rules": tuple(LegRule(name, name, leg_group=name) for name in OPERATORS),
        "categories": (Category("adult", is_default=True), Category("child")),
        "timeframes": (Timeframe("peak", 390, 570),),
    }
    return Tariff(**(settings | changes))


def walking_joins() -> tuple[JoinRule, ...]:
    """A change from train to train in one station is one ride."""
    return (JoinRule("train", "train"),)


def at(clock: str, day: int = 0) -> int:
    """The instant of a local time, `day` service days after the Monday, in milliseconds."""
    hour, minute = clock.split(":")
    begins_ms = CALENDAR.start_ms(MONDAY + timedelta(days=day))
    return begins_ms + ((int(hour) - 4) * 60 + int(minute)) * 60_000


def leg(
    network: str,
    clock: str | int,
    day: int = 0,
    *,
    minutes: int = 10,
    zones: str = "",
    metres: int | None = None,
    use_class: UseClass | None = None,
    **more: Any,
) -> Leg:
    """`leg("train", "08:00", zones="16")`: from zone 1 to zone 6; `minutes=0` is still open."""
    started_ms = clock if isinstance(clock, int) else at(clock, day)
    ended_ms = started_ms + minutes * 60_000 if minutes else 0
    settings: dict[str, Any] = {
        "network": network,
        "operator": OPERATORS.get(network, 9),
        "day": CALENDAR.day_of(started_ms),
        "on": CALENDAR.date_of(started_ms),
        "minute": CALENDAR.minute_of_day(started_ms),
        "started_ms": started_ms,
        "ended_ms": ended_ms,
        "use_class": use_class or (UseClass.COMPLETE if minutes else UseClass.OPEN),
        "areas_in": tuple(zones[:1]),
        "areas_out": tuple(zones[1:]),
        "stop_in": zones[:1],
        "stop_out": zones[1:],
        "metres": metres,
    }
    return Leg(**(settings | more))


def by(*versions: Tariff) -> PricesOn:
    """Each day by the version in force; versions in order of their first days."""
    ready = [(version.valid_from, Prices(version)) for version in versions or (tariff(),)]

    def prices_on(day: date) -> Prices:
        return [prices for first, prices in ready if first <= day][-1]

    return prices_on


def charged(
    used: Tariff | PricesOn, *legs: Leg, rider: Rider = ADULT, before: Running = NOTHING_RUNS
) -> list[int]:
    """What the legs cost, rated as one list."""
    prices_on = by(used) if isinstance(used, Tariff) else used
    return fares(rate(prices_on, legs, rider, before).legs)


def fares(legs: Sequence[PricedLeg]) -> list[int]:
    return [leg.fare for leg in legs]


def days(
    used: Tariff | PricesOn, legs: Sequence[Leg], rider: Rider = ADULT, *, trace: bool = False
) -> list[tuple[date, Rated]]:
    """Each service day by itself, with what it takes over from the days before."""
    prices_on = by(used) if isinstance(used, Tariff) else used
    running, rated = NOTHING_RUNS, []
    for day, found in groupby(legs, key=lambda one: one.day):
        done = rate(prices_on, list(found), rider, running, trace=trace, runs_on=True)
        rated.append((day, done))
        running = done.running.since(CALENDAR.end_ms(day))
    return rated


def charged_by_days(used: Tariff | PricesOn, *legs: Leg, rider: Rider = ADULT) -> list[int]:
    """What the legs cost, rated day by day."""
    return [fare for _, rated in days(used, legs, rider) for fare in fares(rated.legs)]
