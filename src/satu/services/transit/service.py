"""Transit as a fold: taps at stops and stations become journeys' legs, priced. Pure.

A closed network (gates) pairs entries and exits. An open one (a bus) is paid at entry; its exit
is optional and tells the distance. Rules for taps that are missing are the tariff's.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from satu.fares.joins import are_joined
from satu.fares.legs import PricedLeg, Rated
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.services.base import EITHER, EXIT, Rider, Step, TapSeen, Use, register
from satu.services.riders import COSTS_NOTHING, rate_riders, trace_riders
from satu.services.rules import Rules
from satu.services.transit.again import Again, touched_again
from satu.services.transit.habits import completed, learnt
from satu.services.transit.legs import (
    MINUTE_MS,
    is_over_time,
    leg_of,
    network_name,
    network_of,
    operator_of,
)
from satu.services.transit.state import Day, Ride


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
        again = touched_again(rules, state, tap)
        if again is not None:
            return _again(rules, again, rider)
        if _is_exit(rules, state, tap):
            return _exit(rules, state, tap, rider)
        return _entry(rules, state, tap, rider)

    def close(self, rules: Rules, state: Day, end_ms: int, rider: Rider) -> Step:
        """A ride that is too old, or paid for, ends here; a younger one goes on to the next day.

        It then stays in this day at no charge and without a hold: the next day charges it. Of a
        ride that is paid for, the next day awaits the exit.
        """
        ride, awaited = state.open_ride(), None
        rated = _rate(rules, state, rider, runs_on=True)
        if ride is not None:
            is_paid = rated.legs[-1].is_known
            age_ms = end_ms - ride.started_ms
            is_over = age_ms >= network_of(rules, ride).longest_minutes * MINUTE_MS
            if is_over:
                state = _give_up(rules, state, ride)
            elif is_paid:
                state = state.with_last(_unended(rules, ride))
                awaited = None if network_of(rules, ride).entry_only else ride
            if is_over or is_paid:
                rated = _rate(rules, state, rider, runs_on=True)
        day = rules.calendar.day_of(end_ms - 1)
        history = learnt(rules, state.history, state.rides, day)
        state = Day(state.rides, state.before, rated.running, awaited, True, state.asides, history)
        return _step(rules, state, rated, Meaning.NONE)

    def carry(self, state: Day, end_ms: int) -> Day | None:
        assert state.is_closed
        ride = state.open_ride()
        running = state.after.since(ride.started_ms if ride else end_ms)
        carried = Day(
            rides=(ride,) if ride else (),
            before=running,
            after=running,
            awaited=state.awaited,
            history=state.history,
        )
        return carried if carried != Day() else None

    def is_open(self, state: Day) -> bool:
        return not state.is_closed and state.open_ride() is not None

    def priced(self, rules: Rules, state: Day, rider: Rider) -> tuple[tuple[Use, PricedLeg], ...]:
        legs = [leg_of(rules, ride) for ride in state.rides]
        riders = [ride.riders for ride in state.rides]
        each = trace_riders(rules, legs, riders, rider, state.before)
        of = {ride.id: legs for ride, legs in zip(state.rides, each, strict=True)}
        uses = _step(rules, state, _rate(rules, state, rider), Meaning.NONE).uses
        return tuple((use, priced) for use in uses for priced in of.get(use.id, [COSTS_NOTHING]))


def _again(rules: Rules, again: Again, rider: Rider) -> Step:
    """A touch that repeats the one before; more riders ask for their balance."""
    state, more = again.state, again.more
    rated = _rate(rules, state, rider)
    ride = state.rides[-1]
    is_free = not more or (rated.legs[-1].is_known and rated.legs[-1].fare == 0)
    minimum = 0 if is_free else network_of(rules, ride).minimum * more
    is_entry = more > 0 or again.refusal is not Outcome.ACCEPTED
    step = _step(rules, state, rated, again.meaning, minimum=minimum, is_entry=is_entry)
    return replace(step, refusal=again.refusal)


def _entry(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    """A new ride; one that is still open is closed by the rule for a missing exit."""
    left = state.open_ride()
    if left is not None:
        state = _give_up(rules, state, left)
    before = state.rides[-1] if state.rides else None
    name = network_name(rules, tap)
    ride = Ride(tap.id, name, tap.route, tap.point, 0, tap.at_ms, 0, UseClass.OPEN, tap.riders)
    network = network_of(rules, ride)
    is_untold, state = state.history.is_untold, _told(state).begun(ride)
    rated = _rate(rules, state, rider)
    priced = rated.legs[-1]
    if is_untold:
        meaning = Meaning.ENTRY_AFTER_AUTOCOMPLETE
    elif left is not None and network_of(rules, left).closed:
        meaning = Meaning.ENTRY_AFTER_MISSING_EXIT
    elif before is not None and _is_interchange(rules, before, ride):
        meaning = Meaning.INTERCHANGE_ENTRY
    elif priced.is_known and priced.fare < priced.full_fare:
        meaning = Meaning.TRANSFER
    else:
        meaning = Meaning.ENTRY
    is_free = priced.is_known and priced.fare == 0
    minimum = 0 if is_free else network.minimum * tap.riders
    step = _step(rules, state, rated, meaning, minimum=minimum, is_entry=True)
    if tap.riders <= network.max_riders:
        return step
    return replace(step, refusal=Outcome.RIDERS_TOO_MANY)


def _exit(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    """The end of the open ride, of yesterday's paid one, or of one whose entry is missing.

    A group's ride ends for all its riders at once.
    """
    ride = state.open_ride()
    if ride is not None and _belongs(rules, ride, tap):
        ended, meaning = _ended(rules, state, ride, tap)
        state = state.with_last(ended)
    elif ride is None and _is_awaited(rules, state.awaited, tap):
        state, meaning = replace(state, awaited=None), Meaning.EXIT
    else:
        if ride is not None:
            state = _give_up(rules, state, ride)
        name, at_ms = network_name(rules, tap), tap.at_ms
        found = UseClass.MISSING_ENTRY
        lone = Ride(tap.id, name, tap.route, 0, tap.point, at_ms, at_ms, found, tap.riders)
        state = state.begun(lone)
        meaning = Meaning.EXIT_WITHOUT_ENTRY
    return _step(rules, state, _rate(rules, state, rider), meaning)


def _is_exit(rules: Rules, state: Day, tap: TapSeen) -> bool:
    """What a tap is. A reader that knows tells it; else it ends a ride that it may belong to.

    On an open network a tap on another route is a new ride, and so is any tap after the longest
    journey.
    """
    if tap.direction != EITHER:
        return tap.direction == EXIT
    ride = state.open_ride() or state.awaited
    if ride is None or not _belongs(rules, ride, tap) or is_over_time(rules, ride, tap.at_ms):
        return False
    network = network_of(rules, ride)
    return network.closed or (not network.entry_only and tap.route in (0, ride.route))


def _belongs(rules: Rules, ride: Ride, tap: TapSeen) -> bool:
    """Whether a tap can end a ride: on its network, or at a stop of its operator by no route."""
    if network_name(rules, tap) == ride.network:
        return True
    if tap.route in rules.routes or network_of(rules, ride).closed:
        return False
    point = rules.points[tap.point]
    return point.kind == "stop" and point.operator == operator_of(rules, ride)


def _is_awaited(rules: Rules, ride: Ride | None, tap: TapSeen) -> bool:
    """Whether a tap ends a ride that the day before charged."""
    if ride is None or not _belongs(rules, ride, tap):
        return False
    return not is_over_time(rules, ride, tap.at_ms)


def _ended(rules: Rules, state: Day, ride: Ride, tap: TapSeen) -> tuple[Ride, Meaning]:
    """The open ride with its end, and how complete that makes it."""
    stations = rules.stations
    ended = replace(ride, point_out=tap.point, ended_ms=tap.at_ms, use_class=UseClass.COMPLETE)
    use_class, meaning = UseClass.COMPLETE, Meaning.EXIT
    is_same_station = stations[ride.point_in] == stations[tap.point]
    if is_same_station and network_of(rules, ride).same_station:
        use_class, meaning = UseClass.SAME_STATION, Meaning.SAME_STATION_EXIT
    elif is_over_time(rules, ride, tap.at_ms):
        use_class, meaning = UseClass.OVER_TIME, Meaning.OVERTIME_EXIT
    elif len(state.rides) > 1 and _is_interchange(rules, state.rides[-2], ended):
        use_class = UseClass.INTERCHANGE
    return replace(ended, use_class=use_class), meaning


def _is_interchange(rules: Rules, before: Ride, ride: Ride) -> bool:
    """Whether a join rule of the tariff makes a ride one with the ride before."""
    prices = rules.prices_on(rules.calendar.day_of(ride.started_ms))
    if not prices.joins:
        return False
    return are_joined(prices, leg_of(rules, before), leg_of(rules, ride))


def _unended(rules: Rules, ride: Ride) -> Ride:
    """A ride without an exit: whole, where nobody taps out."""
    is_whole = network_of(rules, ride).entry_only
    use_class = UseClass.COMPLETE if is_whole else UseClass.MISSING_EXIT
    return replace(ride, use_class=use_class)


def _give_up(rules: Rules, state: Day, ride: Ride) -> Day:
    """The open ride ends without its exit: where the card usually leaves, if that is known."""
    found = completed(rules, state.history, ride, network_of(rules, ride))
    if found is None:
        return state.with_last(_unended(rules, ride))
    ended, history = found
    return state.with_last(ended).with_history(history)


def _told(state: Day) -> Day:
    """The rider is told at an entry that an earlier exit was completed."""
    if not state.history.is_untold:
        return state
    return state.with_history(replace(state.history, is_untold=False))


def _rate(rules: Rules, state: Day, rider: Rider, *, runs_on: bool = False) -> Rated:
    legs = [leg_of(rules, ride) for ride in state.rides]
    riders = [ride.riders for ride in state.rides]
    return rate_riders(rules, legs, riders, rider, state.before, runs_on=runs_on)


def _step(
    rules: Rules,
    state: Day,
    rated: Rated,
    meaning: Meaning,
    *,
    minimum: int = 0,
    is_entry: bool = False,
) -> Step:
    pairs = zip(state.rides, rated.legs, strict=True)
    uses = tuple([_use(rules, ride, priced, state) for ride, priced in pairs])
    if state.asides:
        asides = [_use(rules, touch, COSTS_NOTHING, state) for touch in state.asides]
        uses = tuple(sorted([*uses, *asides], key=lambda use: (use.started_ms, use.id)))
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
        network_of(rules, ride).minimum * ride.riders if is_waiting else 0,
        ride.riders,
    )


TRANSIT = Transit()
register(TRANSIT)
