"""`satu bench fares`: how many legs a second one core prices, with packages and caps.

Cards ride as people of the city do, on its real lines, from Monday to Sunday; each day is rated
once, whole, with what the days before it hand on, as when a day ends. The legs are made before the
clock starts. The tariff is the city's newest, with a daily and a weekly cap added: Jakarta has
none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from time import perf_counter, process_time
from typing import Any, NamedTuple

import msgspec

from satu.bench.rides import CHANGE_MS, CITY_METRES_S
from satu.city.simulate import JOURNEYS, MINUTE_MS
from satu.city.simulate_city import Leg as SimulatedLeg
from satu.city.simulate_city import SimulatedCity
from satu.fares.legs import NOTHING_RUNS, Leg, Rated, Rider
from satu.fares.prices import Prices
from satu.fares.rate import rate
from satu.fares.tariff import Cap, Tariff
from satu.kernel.days import HOUR_MS
from satu.kernel.refusal import UseClass
from satu.services.rules import Route, Rules
from satu.services.transit.legs import leg_of
from satu.services.transit.state import Ride

CARDS = 2_000
SEED = 3
DAYS_A_WEEK = 7
# Of a card's days, in a hundred, those with so many journeys; home is ten hours after there.
JOURNEYS_A_DAY = {0: 20, 1: 15, 2: 65}
BEGINS_MS = 2 * HOUR_MS  # after the service day's own beginning: 06:00 in Jakarta
LAST_START_MINUTES = 180
HOME_AFTER_MS = 10 * HOUR_MS
FORGOTTEN_EXITS = 0.05  # of rides by bus
CAPS = (Cap("bench day", "day", 15_000), Cap("bench week", "week", 60_000))
ADULT = Rider()


class CardDay(NamedTuple):
    """The legs of one card on one service day, and the end of that day."""

    legs: tuple[Leg, ...]
    end_ms: int


Week = list[CardDay]
PricesOn = Callable[[date], Prices]


def bench(rules: Rules, *, seconds: float) -> dict[str, Any]:
    """Rate a crowd's weeks, over and over, for so many seconds on one core.

    `legs_per_s` is what was rated by the processor time it took (`cpu_s`), so that other programs
    on the machine do not count; the rest says what the legs were.
    """
    tariff = capped(rules.bundle.tariffs)
    monday = tariff.valid_from + timedelta(days=-tariff.valid_from.weekday() % DAYS_A_WEEK)
    prices = Prices(tariff)
    prices_on = {monday + timedelta(days=n): prices for n in range(DAYS_A_WEEK)}.__getitem__
    weeks = list(crowd(rules, monday, Random(SEED)))
    mix = _mix(tariff, weeks, prices_on)  # which also fills what prices remember
    rated = number = 0
    started, cpu_started = perf_counter(), process_time()
    while (window_s := perf_counter() - started) < seconds:
        rated += sum(len(day.legs) for day, _ in _rated(weeks[number % len(weeks)], prices_on))
        number += 1
    cpu_s = process_time() - cpu_started
    return {
        "legs_per_s": round(rated / cpu_s),
        "legs": rated,
        "cpu_s": round(cpu_s, 3),
        "window_s": round(window_s, 3),
        **mix,
    }


def capped(tariffs: Sequence[Tariff]) -> Tariff:
    """The newest tariff, with a daily and a weekly cap."""
    newest = max(tariffs, key=lambda tariff: tariff.valid_from)
    return msgspec.structs.replace(newest, caps=(*newest.caps, *CAPS))


def crowd(rules: Rules, monday: date, random: Random, cards: int = CARDS) -> Iterator[Week]:
    """A week of each card: to work and home on most days, by bus and by rail."""
    city = SimulatedCity(rules)
    routes = {route.code: route for route in rules.bundle.routes}
    kinds, weights = list(JOURNEYS), list(JOURNEYS.values())
    for _ in range(cards):
        week = []
        for day in (monday + timedelta(days=n) for n in range(DAYS_A_WEEK)):
            begins_ms = rules.calendar.start_ms(day) + BEGINS_MS
            begins_ms += random.randrange(LAST_START_MINUTES) * MINUTE_MS
            (times,) = random.choices(list(JOURNEYS_A_DAY), list(JOURNEYS_A_DAY.values()))
            rides: list[Ride] = []
            for journey in random.choices(kinds, weights, k=times):
                rides += _rides(city.legs(random, journey), routes, begins_ms, random)
                begins_ms += HOME_AFTER_MS
            if rides:
                legs = tuple(leg_of(rules, ride) for ride in rides)
                week.append(CardDay(legs, rules.calendar.end_ms(day)))
        yield week


def _rides(
    ways: Sequence[SimulatedLeg], routes: Mapping[str, Route], at_ms: int, random: Random
) -> Iterator[Ride]:
    """One ride in each vehicle, one after the other."""
    for way in ways:
        route = routes[way.route]
        started_ms, at_ms = at_ms, at_ms + MINUTE_MS + round(way.metres / CITY_METRES_S * 1000)
        is_lost = not way.is_rail and random.random() < FORGOTTEN_EXITS
        end, ended_ms, found = way.end.id, at_ms, UseClass.COMPLETE
        if is_lost:
            end, ended_ms, found = 0, 0, UseClass.MISSING_EXIT
        yield Ride(1, route.network, route.id, way.start.id, end, started_ms, ended_ms, found)
        at_ms += CHANGE_MS


def _rated(
    week: Week, prices_on: PricesOn, *, trace: bool = False
) -> Iterator[tuple[CardDay, Rated]]:
    """A card's days as they end, each with what runs on from the day before."""
    running = NOTHING_RUNS
    for day in week:
        rated = rate(prices_on, day.legs, ADULT, running, trace=trace, runs_on=True)
        running = rated.running.since(day.end_ms)
        yield day, rated


def _mix(tariff: Tariff, weeks: Sequence[Week], prices_on: PricesOn) -> dict[str, Any]:
    """What the legs are: days by their number of legs, networks, and rules that moved fares."""
    sizes: Counter[int] = Counter()
    networks: Counter[str] = Counter()
    moved: Counter[str] = Counter()
    for week in weeks:
        for day, rated in _rated(week, prices_on, trace=True):
            sizes[len(day.legs)] += 1
            networks.update(leg.network for leg in day.legs)
            for leg in rated.legs:
                moved.update({trace.step for trace in leg.trace} - {"leg"})
    return {
        "tariff": tariff.version,
        "caps": [cap.name for cap in tariff.caps],
        "cards": len(weeks),
        "days_by_legs": dict(sorted(sizes.items())),
        "legs_by_network": dict(networks.most_common()),
        "legs_moved_by": dict(moved.most_common()),
    }
