"""Venues as a fold: a ticket by rider category at the entrance, who is inside, how long. Pure.

A venue is a fare network: several entrances can lead to one zoo. Exits are never refused. How
long people stay is told by complete pairs of taps alone, never guessed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from satu.fares.legs import Leg, PricedLeg
from satu.fares.tariff import Network
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.services.base import EITHER, EXIT, Rider, Step, TapSeen, Use, register
from satu.services.riders import COSTS_NOTHING, rate_riders, trace_riders
from satu.services.rules import Rules
from satu.services.venues.state import Day, Visit

UNKNOWN = (None, None, 0)


class Venues:
    """Visits. `fold` looks at nothing but the rules, the state and the tap."""

    name = "venues"
    point_kinds: tuple[str, ...] = ("entrance",)
    State: type[Any] = Day

    def start(self, carried: Day | None) -> Day:
        assert carried is None, "no visit goes on over night"
        return Day()

    def standing(self, rules: Rules, carried: Day, rider: Rider) -> tuple[Use, ...]:
        return ()

    def fold(self, rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
        assert not state.is_closed, "a closed day is folded again from its start"
        inside = state.inside(rules.points[tap.point].network)
        if inside is not None and tap.direction != EXIT and _is_again(rules, inside, tap):
            return _again(rules, state, inside, tap, rider)
        if tap.direction == EXIT or (tap.direction == EITHER and inside is not None):
            return _exit(rules, state, tap, rider)
        return _entry(rules, state, tap, rider)

    def close(self, rules: Rules, state: Day, end_ms: int, rider: Rider) -> Step:
        """Everyone leaves: the end of a visit without an exit is not known, so it has none."""
        visits = tuple(_unended(v) if v.use_class is UseClass.OPEN else v for v in state.visits)
        return _step(rules, Day(visits, True, state.asides), rider, Meaning.NONE)

    def carry(self, state: Day, end_ms: int) -> None:
        return None

    def is_open(self, state: Day) -> bool:
        return any(visit.use_class is UseClass.OPEN for visit in state.visits)

    def priced(self, rules: Rules, state: Day, rider: Rider) -> tuple[tuple[Use, PricedLeg], ...]:
        legs = [_leg(rules, visit) for visit in state.visits]
        each = trace_riders(rules, legs, [visit.riders for visit in state.visits], rider)
        of = {visit.id: legs for visit, legs in zip(state.visits, each, strict=True)}
        uses = _step(rules, state, rider, Meaning.NONE).uses
        return tuple((use, priced) for use in uses for priced in of.get(use.id, [COSTS_NOTHING]))


def _is_again(rules: Rules, inside: Visit, tap: TapSeen) -> bool:
    """Whether an entry comes so soon after another at its gate that it is the same touch."""
    within_ms = _network(rules, inside).duplicate_s * 1000
    return tap.point == inside.point_in and tap.at_ms - inside.started_ms <= within_ms > 0


def _again(rules: Rules, state: Day, inside: Visit, tap: TapSeen, rider: Rider) -> Step:
    """One more visitor on the card, as many as the venue lets in together; else nobody."""
    network = _network(rules, inside)
    riders = inside.riders + tap.riders
    if riders <= network.max_riders:
        after = state.changed(inside, msgspec.structs.replace(inside, riders=riders))
        step = _step(rules, after, rider, Meaning.GROUP_ENTRY)
        return msgspec.structs.replace(step, minimum=network.minimum * tap.riders, is_entry=True)
    touch = Visit(tap.id, inside.venue, tap.point, 0, tap.at_ms, tap.at_ms, UseClass.DUPLICATE)
    after = Day(state.visits, asides=(*state.asides, touch))
    step = _step(rules, after, rider, Meaning.SAME_TOUCH)
    if network.max_riders == 1:
        return step
    return msgspec.structs.replace(step, is_entry=True, refusal=Outcome.RIDERS_TOO_MANY)


def _entry(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    venue = rules.points[tap.point].network
    left = state.inside(venue)
    if left is not None:
        state = state.changed(left, _unended(left))
    visit = Visit(tap.id, venue, tap.point, 0, tap.at_ms, 0, UseClass.OPEN, tap.riders)
    meaning = Meaning.ENTRY_AFTER_MISSING_EXIT if left else Meaning.VISIT_BEGUN
    network = _network(rules, visit)
    step = _step(rules, Day((*state.visits, visit), asides=state.asides), rider, meaning)
    is_free = step.uses[-1].fare == 0
    too_many = tap.riders > network.max_riders
    return msgspec.structs.replace(
        step,
        minimum=0 if is_free else network.minimum * tap.riders,
        is_entry=True,
        refusal=Outcome.RIDERS_TOO_MANY if too_many else Outcome.ACCEPTED,
    )


def _exit(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    """Who leaves leaves with all that came in on the card."""
    venue, at_ms = rules.points[tap.point].network, tap.at_ms
    inside = state.inside(venue)
    if inside is None:
        found = UseClass.MISSING_ENTRY
        lone = Visit(tap.id, venue, 0, tap.point, at_ms, at_ms, found, tap.riders)
        after = Day((*state.visits, lone), asides=state.asides)
        return _step(rules, after, rider, Meaning.EXIT_WITHOUT_ENTRY)
    ended = msgspec.structs.replace(
        inside, point_out=tap.point, ended_ms=at_ms, use_class=UseClass.COMPLETE
    )
    return _step(rules, state.changed(inside, ended), rider, Meaning.VISIT_ENDED)


def _unended(visit: Visit) -> Visit:
    return msgspec.structs.replace(visit, use_class=UseClass.MISSING_EXIT)


def _network(rules: Rules, visit: Visit) -> Network:
    return rules.prices_on(rules.calendar.day_of(visit.started_ms)).networks[visit.venue]


def _leg(rules: Rules, visit: Visit) -> Leg:
    calendar, point_in, point_out = rules.calendar, visit.point_in, visit.point_out
    day, on, minute = calendar.local(visit.started_ms)
    _, ended_on, ended_minute = calendar.local(visit.ended_ms) if visit.ended_ms else UNKNOWN
    prices = rules.prices_on(day)
    return Leg(
        network=visit.venue,
        operator=rules.points[point_in or point_out].operator,
        day=day,
        on=on,
        minute=minute,
        started_ms=visit.started_ms,
        ended_ms=visit.ended_ms,
        use_class=visit.use_class,
        areas_in=rules.areas(prices, point_in) if point_in else (),
        areas_out=rules.areas(prices, point_out) if point_out else (),
        stop_in=rules.stations[point_in] if point_in else "",
        stop_out=rules.stations[point_out] if point_out else "",
        ended_on=ended_on,
        ended_minute=ended_minute,
    )


def _step(rules: Rules, state: Day, rider: Rider, meaning: Meaning) -> Step:
    legs = [_leg(rules, visit) for visit in state.visits]
    rated = rate_riders(rules, legs, [visit.riders for visit in state.visits], rider)
    found = list(zip(state.visits, rated.legs, strict=True))
    found += [(touch, COSTS_NOTHING) for touch in state.asides]
    found.sort(key=lambda one: (one[0].started_ms, one[0].id))
    return Step(state, meaning, tuple(_use(visit, priced) for visit, priced in found))


def _use(visit: Visit, priced: PricedLeg) -> Use:
    return Use(
        id=visit.id,
        kind="visit",
        point_in=visit.point_in,
        point_out=visit.point_out,
        route=0,
        started_ms=visit.started_ms,
        ended_ms=visit.ended_ms,
        use_class=visit.use_class,
        full_fare=priced.full_fare,
        fare=priced.fare,
        shares=priced.shares,
        riders=visit.riders,
    )


VENUES = Venues()
register(VENUES)
