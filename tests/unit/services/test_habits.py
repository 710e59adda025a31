"""A missing exit is completed from the card's own history, if that knows one habitual exit."""

from __future__ import annotations

import msgspec
import pytest

from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import Step, TapSeen
from satu.services.rules import Rules
from satu.services.transit.habits import FORGOTTEN_DAYS, MOST_PAIRS, MOST_RIDES
from satu.services.transit.service import TRANSIT
from satu.services.transit.state import Completions, Day, History
from tests.unit.services.gates import (
    ADULT,
    GATES,
    PINE,
    PINE_WEST,
    QUAY,
    ROCK,
    at,
    bundle,
    on,
    rail,
    tap,
    tariff,
    tram,
)


class Rides:
    """A card's days, one after the other, as the road folds them."""

    def __init__(self, rules: Rules = GATES) -> None:
        self.rules = rules
        self.carried: Day | None = None
        self.number = 0
        self.last: Step | None = None

    def day(self, day: int, *taps: tuple[str, int, str]) -> Step:
        """Fold a day's taps and close it; the closed day's step."""
        state = TRANSIT.start(self.carried)
        for clock, point, way in taps:
            self.number += 1
            seen = tap(self.number, clock, point, way, day=day)
            self.last = TRANSIT.fold(self.rules, state, seen, ADULT)
            state = self.last.state
        end_ms = self.rules.calendar.end_ms(on(day))
        closed = TRANSIT.close(self.rules, state, end_ms, ADULT)
        kept = TRANSIT.carry(closed.state, end_ms)
        self.carried = kept and msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=Day)
        return closed

    def to_and_fro(self, *days: int, out: int = QUAY) -> None:
        for day in days:
            self.day(day, ("08:00", PINE, "in"), ("08:20", out, "out"))

    @property
    def history(self) -> History:
        return self.carried.history if self.carried else History()


def kinds(step: Step) -> list[tuple[UseClass, int, int]]:
    return [(use.use_class, use.point_out, use.fare) for use in step.uses]


MISSING = ("08:00", PINE_WEST, "in")


def test_the_usual_exit_takes_the_place_of_the_missing_one() -> None:
    rides = Rides()
    rides.to_and_fro(0, 1, 2)
    closed = rides.day(3, MISSING, ("18:00", QUAY, "in"), ("18:20", PINE, "out"))
    assert kinds(closed) == [
        (UseClass.AUTO_COMPLETED, QUAY, 3000),
        (UseClass.COMPLETE, PINE, 3000),
    ]
    assert closed.uses[0].ended_ms == 0
    assert rides.history.completions == (Completions("rail", 2026 * 12 + 3, 1),)


def test_the_rider_is_told_at_the_next_entry_once() -> None:
    rides = Rides()
    rides.to_and_fro(0, 1, 2)
    rides.day(3, MISSING, ("18:00", QUAY, "in"))
    assert rides.last is not None
    assert rides.last.meaning is Meaning.ENTRY_AFTER_AUTOCOMPLETE
    closed = rides.day(4, MISSING)
    assert kinds(closed)[-1] == (UseClass.AUTO_COMPLETED, QUAY, 3000)
    rides.day(5, ("08:00", PINE, "in"))
    assert rides.last.meaning is Meaning.ENTRY_AFTER_AUTOCOMPLETE
    rides.day(6, ("08:00", PINE, "in"))
    assert rides.last.meaning is Meaning.ENTRY


@pytest.mark.parametrize("days", [(), (0,), (0, 1)])
def test_fewer_than_three_rides_are_no_habit(days: tuple[int, ...]) -> None:
    rides = Rides()
    rides.to_and_fro(*days)
    assert kinds(rides.day(3, MISSING)) == [(UseClass.MISSING_EXIT, 0, 7000)]


def test_an_exit_that_is_not_two_thirds_of_them_is_no_habit() -> None:
    rides = Rides()
    rides.to_and_fro(0, 1, 2, 3)
    rides.to_and_fro(4, 5, out=ROCK)
    assert kinds(rides.day(6, MISSING))[0][0] is UseClass.AUTO_COMPLETED
    rides = Rides()
    rides.to_and_fro(0, 1, 2, 3)
    rides.to_and_fro(4, 5, 6, out=ROCK)
    assert kinds(rides.day(7, MISSING)) == [(UseClass.MISSING_EXIT, 0, 7000)]


def test_no_more_than_the_tariff_allows_in_a_calendar_month() -> None:
    rides = Rides()
    rides.to_and_fro(*range(9, 12))
    found = [kinds(rides.day(day, MISSING))[-1][0] for day in range(26, 34)]
    # 28 March to 4 April: two in each month.
    assert found == [
        UseClass.AUTO_COMPLETED,
        UseClass.AUTO_COMPLETED,
        UseClass.MISSING_EXIT,
        UseClass.MISSING_EXIT,
        UseClass.AUTO_COMPLETED,
        UseClass.AUTO_COMPLETED,
        UseClass.MISSING_EXIT,
        UseClass.MISSING_EXIT,
    ]


def test_habits_are_forgotten_after_eight_weeks() -> None:
    rides = Rides()
    rides.to_and_fro(0, 1, 2)
    rides.day(2 + FORGOTTEN_DAYS)
    assert len(rides.history.habits) == 1
    rides.day(3 + FORGOTTEN_DAYS)
    assert rides.carried is None


def test_what_is_kept_is_bounded_and_new_ways_become_habits() -> None:
    rides = Rides()
    rides.to_and_fro(*range(40))
    assert [habit.rides < MOST_RIDES for habit in rides.history.habits] == [True]
    rides.to_and_fro(*range(40, 72), out=ROCK)
    assert kinds(rides.day(72, MISSING)) == [(UseClass.AUTO_COMPLETED, ROCK, 7000)]
    assert len(rides.history.habits) <= MOST_PAIRS


def test_a_network_that_completes_nothing_keeps_nothing() -> None:
    rules = Rules(bundle(tariff(networks=(rail(autocompletes=0), tram()), leg_rules=_TWO)))
    rides = Rides(rules)
    rides.to_and_fro(0, 1, 2)
    assert rides.carried is None
    assert kinds(rides.day(3, MISSING)) == [(UseClass.MISSING_EXIT, 0, 7000)]


_TWO = tuple(rule for rule in tariff().leg_rules if rule.network != "park")


def test_an_exit_that_arrives_later_takes_the_place_of_the_habit() -> None:
    rides = Rides()
    rides.to_and_fro(0, 1, 2)
    state = TRANSIT.start(rides.carried)
    taps = [
        TapSeen(90, at("08:00", 3), PINE, direction=1),
        TapSeen(91, at("09:00", 3), ROCK, direction=2),
        TapSeen(92, at("18:00", 3), QUAY, direction=1),
    ]
    for seen in taps:
        state = TRANSIT.fold(GATES, state, seen, ADULT).state
    assert [ride.use_class for ride in state.rides] == [UseClass.COMPLETE, UseClass.OPEN]
    assert state.history.completions == ()
