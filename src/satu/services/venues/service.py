"""Venues as a fold: a ticket by rider category at the entrance, who is inside, how long. Pure.

A venue is a fare network: several entrances can lead to one zoo. Exits are never refused. How
long people stay is told by complete pairs of taps alone, never guessed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from satu.fares.legs import Leg, Rated
from satu.fares.rate import rate
from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import EITHER, EXIT, Rider, Step, TapSeen, Use, register
from satu.services.rules import Rules
from satu.services.venues.state import Day, Visit


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
        venue = rules.points[tap.point].network
        inside = state.inside(venue)
        if tap.direction == EXIT or (tap.direction == EITHER and inside is not None):
            return _exit(rules, state, tap, rider)
        return _entry(rules, state, tap, rider)

    def close(self, rules: Rules, state: Day, end_ms: int, rider: Rider) -> Step:
        """Everyone leaves: the end of a visit without an exit is not known, so it has none."""
        visits = tuple(_unended(v) if v.use_class is UseClass.OPEN else v for v in state.visits)
        return _step(rules, Day(visits, True), rider, Meaning.NONE)

    def carry(self, state: Day, end_ms: int) -> None:
        return None

    def is_open(self, state: Day) -> bool:
        return any(visit.use_class is UseClass.OPEN for visit in state.visits)


def _entry(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    venue = rules.points[tap.point].network
    left = state.inside(venue)
    visits = tuple(_unended(visit) if visit is left else visit for visit in state.visits)
    visit = Visit(tap.id, venue, tap.point, 0, tap.at_ms, 0, UseClass.OPEN)
    meaning = Meaning.ENTRY_AFTER_MISSING_EXIT if left else Meaning.VISIT_BEGUN
    step = _step(rules, Day((*visits, visit)), rider, meaning)
    minimum = 0
    if step.uses[-1].fare > 0:
        minimum = rules.prices_on(rules.calendar.day_of(tap.at_ms)).networks[venue].minimum
    return Step(step.state, meaning, step.uses, minimum, True)


def _exit(rules: Rules, state: Day, tap: TapSeen, rider: Rider) -> Step:
    venue, at_ms = rules.points[tap.point].network, tap.at_ms
    inside = state.inside(venue)
    if inside is None:
        lone = Visit(tap.id, venue, 0, tap.point, at_ms, at_ms, UseClass.MISSING_ENTRY)
        after = Day((*state.visits, lone))
        return _step(rules, after, rider, Meaning.EXIT_WITHOUT_ENTRY)
    ended = msgspec.structs.replace(
        inside, point_out=tap.point, ended_ms=at_ms, use_class=UseClass.COMPLETE
    )
    after = Day(tuple(ended if visit is inside else visit for visit in state.visits))
    return _step(rules, after, rider, Meaning.VISIT_ENDED)


def _unended(visit: Visit) -> Visit:
    return msgspec.structs.replace(visit, use_class=UseClass.MISSING_EXIT)


def _leg(rules: Rules, visit: Visit) -> Leg:
    calendar = rules.calendar
    return Leg(
        network=visit.venue,
        operator=rules.points[visit.point_in or visit.point_out].operator,
        day=calendar.day_of(visit.started_ms),
        minute=calendar.minute_of_day(visit.started_ms),
        started_ms=visit.started_ms,
        ended_ms=visit.ended_ms,
        use_class=visit.use_class,
    )


def _step(rules: Rules, state: Day, rider: Rider, meaning: Meaning) -> Step:
    rated: Rated = rate(rules.prices_on, [_leg(rules, visit) for visit in state.visits], rider)
    uses = tuple(
        Use(
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
        )
        for visit, priced in zip(state.visits, rated.legs, strict=True)
    )
    return Step(state, meaning, uses)


VENUES = Venues()
register(VENUES)
