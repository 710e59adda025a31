"""Transit as a fold: taps at stops and stations become journeys' legs, priced. Pure.

A closed network (gates) pairs entries and exits. An open one (a bus) is paid at entry; its exit
is optional and tells the distance. Rules for taps that are missing are the tariff's.
"""

from __future__ import annotations

from typing import Any

import msgspec

from satu.fares.legs import Leg, PricedLeg, Rated
from satu.fares.rate import rate
from satu.fares.tariff import Network
from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import EITHER, EXIT, Rider, Step, TapSeen, Use, register
from satu.services.rules import Rules
from satu.services.transit.state import Day, Ride

MINUTE_MS = 60_000


class Transit:
    """Journeys. `fold` looks at nothing but the rules, the state and the tap."""

    name = "transit"
    point_kinds: tuple[str, ...] = ("stop", "station")
    State: type[Any] = Day

    def start(self, carried: Day | None) -> Day:
        return carried or Day()

    def standing(self, rules: Rules, carried: Day, rider: Rider) -> tuple[Use, ...]:
        return _step(rules, carried, _rate(rules, carried, rider), Meaning.NONE).uses

    def fold(self, rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
        assert not state.is_closed, "a closed day is folded again from its start"
        if _is_exit(rules, state, tap):
            return _exit(rules, state, tap, rider)
        return _entry(rules, state, tap, rider)

    def close(self, rules: Rules, state: Day, end_ms: int, rider: Rider) -> Step:
        """A ride that is too old, or paid for, ends here; a younger one goes on to the next day.

        It then stays in this day at no charge and without a hold: the next day charges it. Of a
        ride that is paid for, the next day awaits the exit.
        """
        ride, awaited = _open_ride(state), None
        rated = _rate(rules, state, rider, runs_on=True)
        if ride is not None:
            is_paid = rated.legs[-1].is_known
            age_ms = end_ms - ride.started_ms
            is_over = age_ms >= _network(rules, ride).longest_minutes * MINUTE_MS
            if is_over or is_paid:
                state = _replace_last(state, _unended(ride))
                rated = _rate(rules, state, rider, runs_on=True)
            awaited = ride if is_paid and not is_over else None
        state = Day(state.rides, state.before, rated.running, awaited, True)
        return _step(rules, state, rated, Meaning.NONE)

    def carry(self, state: Day, end_ms: int) -> Day | None:
        assert state.is_closed
        ride = _open_ride(state)
        running = state.after.since(ride.started_ms if ride else end_ms)
        carried = Day(
            rides=(ride,) if ride else (),
            before=running,
            after=running,
            awaited=state.awaited,
        )
        return carried if carried != Day() else None

    def is_open(self, state: Day) -> bool:
        return not state.is_closed and _open_ride(state) is not None


def _entry(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    """A new ride; one that is still open is closed by the rule for a missing exit."""
    left = _open_ride(state)
    if left is not None:
        state = _replace_last(state, _unended(left))
    network = _network_of(rules, tap)
    ride = Ride(tap.id, network, tap.route, tap.point, 0, tap.at_ms, 0, UseClass.OPEN)
    state = Day((*state.rides, ride), state.before)
    rated = _rate(rules, state, rider)
    priced = rated.legs[-1]
    if left is not None and _network(rules, left).closed:
        meaning = Meaning.ENTRY_AFTER_MISSING_EXIT
    elif priced.is_known and priced.fare < priced.full_fare:
        meaning = Meaning.TRANSFER
    else:
        meaning = Meaning.ENTRY
    is_free = priced.is_known and priced.fare == 0
    minimum = 0 if is_free else _network(rules, ride).minimum
    return _step(rules, state, rated, meaning, minimum=minimum, is_entry=True)


def _exit(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    """The end of the open ride, of yesterday's paid one, or of one whose entry is missing."""
    ride = _open_ride(state)
    if ride is not None and _belongs(rules, ride, tap):
        ended, meaning = _ended(rules, ride, tap)
        state = _replace_last(state, ended)
    elif ride is None and _is_awaited(rules, state.awaited, tap):
        state, meaning = Day(state.rides, state.before), Meaning.EXIT
    else:
        if ride is not None:
            state = _replace_last(state, _unended(ride))
        network, at_ms = _network_of(rules, tap), tap.at_ms
        found = UseClass.MISSING_ENTRY
        lone = Ride(tap.id, network, tap.route, 0, tap.point, at_ms, at_ms, found)
        state = Day((*state.rides, lone), state.before)
        meaning = Meaning.EXIT_WITHOUT_ENTRY
    return _step(rules, state, _rate(rules, state, rider), meaning)


def _is_exit(rules: Rules, state: Day, tap: TapSeen) -> bool:
    """What a tap is. A reader that knows tells it; else it ends a ride that it may belong to.

    On an open network a tap on another route is a new ride, and so is any tap after the longest
    journey.
    """
    if tap.direction != EITHER:
        return tap.direction == EXIT
    ride = _open_ride(state) or state.awaited
    if ride is None or not _belongs(rules, ride, tap) or _is_over_time(rules, ride, tap):
        return False
    return _network(rules, ride).closed or tap.route in (0, ride.route)


def _belongs(rules: Rules, ride: Ride, tap: TapSeen) -> bool:
    """Whether a tap can end a ride: on its network, or at a stop of its operator by no route."""
    if _network_of(rules, tap) == ride.network:
        return True
    if tap.route in rules.routes or _network(rules, ride).closed:
        return False
    point = rules.points[tap.point]
    return point.kind == "stop" and point.operator == _operator(rules, ride)


def _is_awaited(rules: Rules, ride: Ride | None, tap: TapSeen) -> bool:
    """Whether a tap ends a ride that the day before charged."""
    if ride is None or not _belongs(rules, ride, tap):
        return False
    return not _is_over_time(rules, ride, tap)


def _is_over_time(rules: Rules, ride: Ride, tap: TapSeen) -> bool:
    longest_ms = _network(rules, ride).longest_minutes * MINUTE_MS
    return tap.at_ms - ride.started_ms > longest_ms


def _ended(rules: Rules, ride: Ride, tap: TapSeen) -> tuple[Ride, Meaning]:
    network = _network(rules, ride)
    use_class, meaning = UseClass.COMPLETE, Meaning.EXIT
    if network.same_station and _area(rules, ride.point_in) == _area(rules, tap.point):
        use_class, meaning = UseClass.SAME_STATION, Meaning.SAME_STATION_EXIT
    elif _is_over_time(rules, ride, tap):
        meaning = Meaning.OVERTIME_EXIT
    ended = msgspec.structs.replace(
        ride, point_out=tap.point, ended_ms=tap.at_ms, use_class=use_class
    )
    return ended, meaning


def _unended(ride: Ride) -> Ride:
    return msgspec.structs.replace(ride, use_class=UseClass.MISSING_EXIT)


def _replace_last(state: Day, ride: Ride) -> Day:
    return Day((*state.rides[:-1], ride), state.before)


def _open_ride(state: Day) -> Ride | None:
    if state.rides and state.rides[-1].use_class is UseClass.OPEN:
        return state.rides[-1]
    return None


def _network_of(rules: Rules, tap: TapSeen) -> str:
    """The network of the route, if a known one is told; else that of the point."""
    route = rules.routes.get(tap.route)
    return route.network if route else rules.points[tap.point].network


def _network(rules: Rules, ride: Ride) -> Network:
    prices = rules.prices_on(rules.calendar.day_of(ride.started_ms))
    return prices.networks[ride.network]


def _operator(rules: Rules, ride: Ride) -> int:
    route = rules.routes.get(ride.route)
    return route.operator if route else rules.points[ride.point_in or ride.point_out].operator


def _area(rules: Rules, point: int) -> str:
    return rules.points[point].area if point else ""


def _metres(rules: Rules, ride: Ride) -> int | None:
    """Metres of a ride by its route; else of the shortest way within its network."""
    if ride.use_class is not UseClass.COMPLETE:
        return None
    along = rules.metres(ride.route, ride.point_in, ride.point_out) if ride.route else None
    if along is not None:
        return along
    return rules.metres_within(ride.network, ride.point_in, ride.point_out)


def _leg(rules: Rules, ride: Ride) -> Leg:
    calendar = rules.calendar
    return Leg(
        ride.network,
        _operator(rules, ride),
        calendar.day_of(ride.started_ms),
        calendar.minute_of_day(ride.started_ms),
        ride.started_ms,
        ride.ended_ms,
        ride.use_class,
        _area(rules, ride.point_in),
        _area(rules, ride.point_out),
        _metres(rules, ride),
    )


def _rate(rules: Rules, state: Day, rider: Rider, *, runs_on: bool = False) -> Rated:
    legs = [_leg(rules, ride) for ride in state.rides]
    return rate(rules.prices_on, legs, rider, state.before, runs_on=runs_on)


def _step(
    rules: Rules,
    state: Day,
    rated: Rated,
    meaning: Meaning,
    *,
    minimum: int = 0,
    is_entry: bool = False,
) -> Step:
    uses = tuple(
        _use(rules, ride, priced, state)
        for ride, priced in zip(state.rides, rated.legs, strict=True)
    )
    return Step(state, meaning, uses, minimum, is_entry)


def _use(rules: Rules, ride: Ride, priced: PricedLeg, state: Day) -> Use:
    is_waiting = not priced.is_known and not state.is_closed
    return Use(
        ride.id,
        "journey",
        ride.point_in,
        ride.point_out,
        ride.route,
        ride.started_ms,
        ride.ended_ms,
        ride.use_class,
        priced.full_fare,
        priced.fare,
        priced.shares,
        _network(rules, ride).minimum if is_waiting else 0,
    )


TRANSIT = Transit()
register(TRANSIT)
