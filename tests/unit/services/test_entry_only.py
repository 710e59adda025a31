"""Where nobody taps out, a ride is whole with its entry."""

from __future__ import annotations

from datetime import timedelta

from satu.fares.faults import faults
from satu.fares.tariff import Network
from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import Step
from satu.services.rules import Rules
from satu.services.transit.service import TRANSIT
from tests.unit.services.gates import (
    ADULT,
    MONDAY,
    NEXT_STOP,
    PINE,
    STOP,
    at,
    bundle,
    rail,
    tap,
    tariff,
    tram,
)


def rules(**more: bool) -> Rules:
    networks = (rail(), tram(duplicate_s=0, max_riders=1, **more), Network("park"))
    return Rules(bundle(tariff(networks=networks)))


ENTRIES = rules(entry_only=True)


def day_of(*taps: tuple[str, int, str], city: Rules = ENTRIES) -> Step:
    """The step that ends a Monday with these taps."""
    state = TRANSIT.start(None)
    for number, (clock, point, way) in enumerate(taps, start=1):
        state = TRANSIT.fold(city, state, tap(number, clock, point, way), ADULT).state
    return TRANSIT.close(city, state, city.calendar.end_ms(MONDAY), ADULT)


def rides(step: Step) -> list[tuple[UseClass, int]]:
    return [(use.use_class, use.fare) for use in step.uses]


def test_a_ride_is_whole_with_its_entry() -> None:
    taps = (("07:00", STOP, "in"), ("07:30", NEXT_STOP, "in"))
    assert rides(day_of(*taps)) == [(UseClass.COMPLETE, 2000)] * 2
    told = [(UseClass.MISSING_EXIT, 2000)] * 2
    assert rides(day_of(*taps, city=rules(entry_only=False))) == told


def test_a_reader_that_tells_no_direction_takes_every_tap_for_an_entry() -> None:
    taps = (("07:00", STOP, "either"), ("07:10", NEXT_STOP, "either"))
    assert rides(day_of(*taps)) == [(UseClass.COMPLETE, 2000)] * 2
    assert rides(day_of(*taps, city=rules(entry_only=False))) == [(UseClass.COMPLETE, 2000)]


def test_a_train_after_it_is_another_ride() -> None:
    taps = (("07:00", STOP, "in"), ("07:20", PINE, "in"))
    closed = day_of(*taps)
    assert [use.use_class for use in closed.uses] == [UseClass.COMPLETE, UseClass.MISSING_EXIT]


def test_the_next_day_awaits_no_exit() -> None:
    end_ms = ENTRIES.calendar.end_ms(MONDAY)
    late = tap(1, "03:50", STOP, "in", day=1)
    assert end_ms - late.at_ms == timedelta(minutes=10).total_seconds() * 1000
    state = TRANSIT.fold(ENTRIES, TRANSIT.start(None), late, ADULT).state
    closed = TRANSIT.close(ENTRIES, state, end_ms, ADULT)
    assert rides(closed) == [(UseClass.COMPLETE, 2000)]
    carried = TRANSIT.start(TRANSIT.carry(closed.state, end_ms))
    exit_ = tap(2, "04:10", NEXT_STOP, "out", day=1)
    assert at("04:10", 1) == exit_.at_ms
    step = TRANSIT.fold(ENTRIES, carried, exit_, ADULT)
    assert step.meaning is Meaning.EXIT_WITHOUT_ENTRY


def test_gates_know_exits() -> None:
    told = faults(tariff(networks=(rail(entry_only=True), tram(), Network("park"))))
    assert [str(fault) for fault in told] == [
        "networks: rail: entry_only is for networks without gates"
    ]
