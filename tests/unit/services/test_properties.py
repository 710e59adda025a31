"""What holds for any taps of a card, in whatever pieces they are folded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.legs import NOTHING_RUNS
from satu.fares.rate import rate
from satu.kernel.refusal import Meaning, UseClass
from satu.services.all import SERVICES
from satu.services.base import Rider, Step, TapSeen, service_for, service_named
from satu.services.rules import Rules
from satu.services.transit.legs import leg_of
from satu.services.transit.service import TRANSIT
from satu.services.transit.state import Day
from satu.services.venues.service import VENUES
from tests.unit.services.town import (
    ADULT,
    MONDAY,
    MUSEUM,
    NORTH_GATE,
    SOUTH_GATE,
    TOWN,
    at,
    bundle,
    tariff,
)

START_MS, END_MS = TOWN.calendar.start_ms(MONDAY), TOWN.calendar.end_ms(MONDAY)
STOPS = sorted(p for p in TOWN.points if TOWN.points[p].kind != "entrance")
ENTRANCES = (NORTH_GATE, SOUTH_GATE, MUSEUM)


def taps_at(points: Any, routes: Any) -> st.SearchStrategy[list[TapSeen]]:
    """Taps of one service day, in order, with different names."""
    one = st.tuples(st.integers(0, 1439), st.sampled_from(points), routes, st.integers(0, 2))
    return st.lists(one, max_size=9).map(
        lambda drawn: [
            TapSeen(number, START_MS + minute * 60_000, point, route, direction)
            for number, (minute, point, route, direction) in enumerate(sorted(drawn), start=1)
        ]
    )


transit_taps = taps_at(STOPS, st.sampled_from([0, 1, 2, 3, 5, 99]))
venue_taps = taps_at(ENTRANCES, st.just(0))


def fold(service: Any, taps: list[TapSeen], state: Any = None) -> Step:
    step = Step(service.start(None) if state is None else state, Meaning.NONE, ())
    for tap in taps:
        step = service.fold(TOWN, step.state, tap, ADULT)
    return step


def close(service: Any, step: Step) -> Step:
    found: Step = service.close(TOWN, step.state, END_MS, ADULT)
    return found


def encoded(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


@given(transit_taps, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(taps: list[TapSeen], chance: Any) -> None:
    arrived = list(taps)
    chance.shuffle(arrived)
    in_order = sorted(arrived, key=lambda tap: (tap.at_ms, tap.id))
    once, again = close(TRANSIT, fold(TRANSIT, taps)), close(TRANSIT, fold(TRANSIT, in_order))
    assert once.uses == again.uses
    assert encoded(once.state) == encoded(again.state)


@given(transit_taps, st.integers(0, 9))
def test_a_day_folded_in_two_pieces_is_the_same_day(taps: list[TapSeen], cut: int) -> None:
    first = fold(TRANSIT, taps[:cut])
    between = msgspec.msgpack.decode(encoded(first.state), type=Day)
    assert between == first.state
    whole, rest = fold(TRANSIT, taps), fold(TRANSIT, taps[cut:], between)
    assert encoded(whole.state) == encoded(rest.state)
    if taps[cut:]:
        assert whole.uses == rest.uses


@given(transit_taps)
def test_uses_are_whole(taps: list[TapSeen]) -> None:
    step = fold(TRANSIT, taps)
    ended = close(TRANSIT, step)
    names = {tap.id for tap in taps}
    for use in (*step.uses, *ended.uses):
        assert use.id in names
        assert use.fare >= 0
        assert sum(amount for _, amount in use.shares) == use.fare
        assert use.held == 0 or use.use_class is UseClass.OPEN
    assert [use.id for use in step.uses] == sorted({use.id for use in step.uses})
    assert [use.id for use in ended.uses] == [use.id for use in step.uses]
    assert sum(use.held for use in ended.uses) == 0
    assert not TRANSIT.is_open(ended.state)
    assert all(use.use_class is not UseClass.OPEN for use in step.uses[:-1])


@given(transit_taps)
def test_rating_again_changes_nothing_and_never_costs_more_than_the_legs(
    taps: list[TapSeen],
) -> None:
    legs = [leg_of(TOWN, ride) for ride in fold(TRANSIT, taps).state.rides]
    rated = rate(TOWN.prices_on, legs, ADULT)
    assert rate(TOWN.prices_on, legs, ADULT) == rated
    assert [leg.fare for leg in rated.legs] == [
        leg.fare for leg in rate(TOWN.prices_on, legs, ADULT, NOTHING_RUNS, trace=True).legs
    ]
    alone = msgspec.structs.replace(tariff(), steps=("leg", "transfer"))
    without = rate(Rules(bundle(alone)).prices_on, legs, ADULT)
    assert sum(leg.fare for leg in rated.legs) <= sum(leg.fare for leg in without.legs)
    assert sum(leg.fare for leg in without.legs) <= sum(leg.full_fare for leg in without.legs)


@given(transit_taps)
def test_a_package_within_its_time_costs_at_most_its_cap(taps: list[TapSeen]) -> None:
    within = [tap for tap in taps if tap.at_ms <= taps[0].at_ms + 180 * 60_000]
    state = fold(TRANSIT, within).state
    legs = [leg_of(TOWN, ride) for ride in state.rides]
    rated = rate(TOWN.prices_on, legs, ADULT, trace=True)
    packaged = [leg.fare for leg in rated.legs if any(one.step == "package" for one in leg.trace)]
    assert sum(packaged) <= 10000


@given(transit_taps, st.integers(0, 9))
def test_fares_charged_for_good_never_make_a_journey_dearer_than_its_legs(
    taps: list[TapSeen], cut: int
) -> None:
    legs = [leg_of(TOWN, ride) for ride in fold(TRANSIT, taps).state.rides]
    first = rate(TOWN.prices_on, legs[:cut], ADULT, runs_on=True)
    rest = rate(TOWN.prices_on, legs[cut:], ADULT, first.running)
    charged = sum(leg.fare for leg in (*first.legs, *rest.legs))
    alone = msgspec.structs.replace(tariff(), steps=("leg", "transfer"))
    without = rate(Rules(bundle(alone)).prices_on, legs, ADULT)
    whole = rate(TOWN.prices_on, legs, ADULT)
    assert sum(leg.fare for leg in whole.legs) <= charged
    assert charged <= sum(leg.fare for leg in without.legs)


@settings(max_examples=60)
@given(transit_taps, transit_taps)
def test_what_a_day_hands_on_is_the_same_however_it_was_folded(
    monday: list[TapSeen], tuesday: list[TapSeen]
) -> None:
    carried = TRANSIT.carry(close(TRANSIT, fold(TRANSIT, monday)).state, END_MS)
    moved = [
        TapSeen(tap.id + 100, tap.at_ms + 86_400_000, tap.point, tap.route, tap.direction)
        for tap in tuesday
    ]
    assert carried is None or carried != TRANSIT.start(None)
    travelled = carried and msgspec.msgpack.decode(encoded(carried), type=Day)
    direct, over_the_wire = (
        fold(TRANSIT, moved, TRANSIT.start(carried)),
        fold(TRANSIT, moved, TRANSIT.start(travelled)),
    )
    assert encoded(direct.state) == encoded(over_the_wire.state)
    todays = {tap.id for tap in moved} | {ride.id for ride in carried.rides} if carried else None
    assert todays is None or {use.id for use in direct.uses} <= todays


@given(venue_taps, st.integers(0, 9))
def test_visits_are_whole_in_pieces_too(taps: list[TapSeen], cut: int) -> None:
    whole = fold(VENUES, taps)
    between = msgspec.msgpack.decode(encoded(fold(VENUES, taps[:cut]).state), type=VENUES.State)
    assert encoded(fold(VENUES, taps[cut:], between).state) == encoded(whole.state)
    inside = [visit.venue for visit in whole.state.visits if visit.use_class is UseClass.OPEN]
    assert len(inside) == len(set(inside))
    ended = close(VENUES, whole)
    assert not VENUES.is_open(ended.state)
    assert [use.fare for use in ended.uses] == [use.fare for use in whole.uses]


def test_services_are_found_by_the_kinds_of_point_they_serve() -> None:
    assert [service.name for service in SERVICES] == ["transit", "venues"]
    assert service_for("stop") is service_for("station") is service_named("transit") is TRANSIT
    assert service_for("entrance") is service_named("venues") is VENUES


def test_a_ride_a_minute_before_the_days_end_belongs_to_it() -> None:
    last = TapSeen(1, at("03:59", MONDAY + timedelta(days=1)), STOPS[0])
    assert TOWN.calendar.day_of(last.at_ms) == MONDAY
    assert TRANSIT.fold(TOWN, TRANSIT.start(None), last, Rider()).uses[0].fare == 3500
