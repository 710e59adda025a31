"""A simulated day: real ways, honest names, and the same taps for the same seed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.city.simulate import (
    FIRST_FOREIGN,
    SEQUENCES_A_DAY,
    UPLOAD_EVERY_MS,
    Event,
    Population,
    devices,
    is_offline,
    simulate_day,
)
from satu.city.simulate_city import SimulatedCity
from satu.kernel.days import HOUR_MS
from satu.services.rules import Bundle, Point, Route, Rules

DAY = date(2026, 3, 2)
PEOPLE = Population(adults=range(1, 901), children=range(901, 951), empty=range(951, 971))


def stop(number: int, kind: str, lat: float, lon: float) -> Point:
    return Point(number, f"P{number}", f"Place {number}", kind, 1, "n", "", lat, lon)


def ride(*points: int) -> tuple[tuple[int, int], ...]:
    return tuple((point, 900 * index) for index, point in enumerate(points))


def small_city() -> SimulatedCity:
    """Two lines of rail, linked by bus 10; bus 20 crosses bus 10 at P3; one venue."""
    points = [stop(n, "stop", -6.2, 106.80 + n / 100) for n in range(1, 6)]
    points += [stop(n, "stop", -6.3, 106.80 + n / 100) for n in range(6, 9)]
    points += [stop(n, "station", -6.201, 106.80 + (n - 10) / 100) for n in (11, 15)]
    points += [stop(n, "station", -6.5, 106.80 + n / 100) for n in (21, 25)]
    points += [stop(30, "entrance", -6.31, 106.82)]
    routes = (
        Route(1, "10", "Ten", 1, "n", patterns=(ride(1, 2, 3, 4, 5), ride(5, 4, 3, 2, 1))),
        Route(2, "20", "Twenty", 1, "n", patterns=(ride(6, 3, 7, 8),)),
        Route(3, "M", "Metro", 2, "n", patterns=(ride(11, 21), ride(21, 11))),
        Route(4, "L", "Light", 3, "n", patterns=(ride(15, 25), ride(25, 15))),
        Route(5, "X", "No trips", 1, "n"),
    )
    return SimulatedCity(Rules(Bundle("small", "Asia/Jakarta", 4, (), tuple(points), routes, ())))


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return simulate_day(small_city(), PEOPLE, DAY, seed=7)


def test_the_same_seed_is_the_same_day(events: list[Event]) -> None:
    assert events == simulate_day(small_city(), PEOPLE, DAY, seed=7)
    assert events != simulate_day(small_city(), PEOPLE, DAY, seed=8)


def test_a_day_begins_at_half_past_four_and_stays_in_its_service_day(events: list[Event]) -> None:
    calendar = small_city().calendar
    assert min(event.tap.at_ms for event in events) >= calendar.start_ms(DAY) + HOUR_MS // 2
    assert {calendar.day_of(event.tap.at_ms) for event in events} == {DAY}
    assert [event.send_ms for event in events] == sorted(event.send_ms for event in events)


def test_names_are_used_once_and_never_again_on_another_day(events: list[Event]) -> None:
    names = {(event.device, event.tap.sequence) for event in events}
    assert len(names) == len(events)
    assert {event.tap.sequence // SEQUENCES_A_DAY for event in events} == {DAY.toordinal()}
    assert {event.device for event in events} <= set(devices(small_city()))


def test_online_readers_ask_and_offline_buses_upload_what_they_opened_for() -> None:
    city = small_city()
    seen = set()
    for event in simulate_day(city, PEOPLE, DAY, seed=7):
        offline = is_offline(event.device)
        seen.add(offline)
        assert (event.mode, event.tap.decided) == (
            ("offline", "open") if offline else ("single", "ask")
        )
        late_ms = event.send_ms - event.tap.at_ms
        assert 0 < late_ms <= UPLOAD_EVERY_MS if offline else late_ms == 0
    assert False in seen


def test_riders_follow_the_routes(events: list[Event]) -> None:
    city = small_city()
    ways = defaultdict(list)
    for way in city.buses + city.rail:
        ways[way.route].append([point.code for point, _ in way.calls])
    trips = defaultdict(list)
    for event in sorted(events, key=lambda event: event.tap.at_ms):
        if event.tap.route:
            trips[event.trip].append(event.tap)
    exits = 0
    for taps in trips.values():
        assert taps[0].direction == "entry"
        for before, after in pairwise(taps):
            if after.direction == "exit":
                exits += 1
                assert (before.direction, before.route) == ("entry", after.route)
                assert any(
                    before.point in stops and after.point in stops[stops.index(before.point) + 1 :]
                    for stops in ways[after.route]
                )
    entries = sum(tap.direction == "entry" for taps in trips.values() for tap in taps)
    assert 0.9 * entries < exits < entries  # some forget to tap out


def test_people_change_between_rail_and_bus_and_rail() -> None:
    from random import Random

    city = small_city()
    legs = city.legs(Random(1), "rail_bus_rail")
    assert [leg.is_rail for leg in legs] == [True, False, True]
    assert {legs[0].route, legs[2].route} == {"M", "L"}
    assert [leg.route for leg in city.legs(Random(1), "bus_bus")] in (["10", "20"], ["20", "10"])


def test_families_go_to_the_venue_from_six_and_those_without_money_or_card_try_to_ride() -> None:
    people = Population(adults=range(1, 5001), children=range(5001, 5101), empty=[9999])
    events = simulate_day(small_city(), people, DAY, seed=1)
    visits = [event.tap for event in events if event.tap.point == "P30"]
    opening_ms = small_city().calendar.start_ms(DAY) + 2 * HOUR_MS
    assert min(tap.at_ms for tap in visits) >= opening_ms
    assert {int(tap.token) > 5000 for tap in visits} == {True, False}
    assert any(event.tap.token == "9999" for event in events)
    assert any(int(event.tap.token) >= FIRST_FOREIGN for event in events)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2000))
def test_any_seed_and_size_give_a_day_with_unique_names(seed: int, cards: int) -> None:
    people = Population(range(1, cards + 1), (), ())
    events = simulate_day(small_city(), people, DAY, seed)
    assert len({(event.device, event.tap.sequence) for event in events}) == len(events)
    assert (len(events) > 0) == (round(cards * 0.08) > 0)


def test_a_part_of_the_people_rides_and_the_regulars_do_in_any_case() -> None:
    people = PEOPLE._replace(regulars=(5001, 5002))
    events = simulate_day(small_city(), people, DAY, seed=7, share=0)
    by_card = {
        one: [event for event in events if event.tap.token == str(one)] for one in (5001, 5002)
    }
    assert sum(map(len, by_card.values())) == len(events)
    for taps in by_card.values():
        assert len({event.trip for event in taps}) == 2, "to work and home"
    half = simulate_day(small_city(), PEOPLE, DAY, seed=7, share=0.5)
    assert 0.4 < len(half) / len(simulate_day(small_city(), PEOPLE, DAY, seed=7)) < 0.6
    with_regulars = simulate_day(small_city(), people, DAY, seed=7)
    others = {(event.device, event.tap.at_ms, event.tap.token) for event in with_regulars}
    alone = simulate_day(small_city(), PEOPLE, DAY, seed=7)
    assert others > {(event.device, event.tap.at_ms, event.tap.token) for event in alone}
