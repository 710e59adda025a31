"""What taps at entrances mean and cost."""

from __future__ import annotations

import msgspec

from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import Use
from satu.services.venues.service import VENUES
from satu.services.venues.state import Day
from tests.unit.services.town import (
    ADULT,
    CHILD,
    MONDAY,
    MUSEUM,
    NORTH_GATE,
    SOUTH_GATE,
    TOWN,
    ZOO,
    at,
    fares,
    ride,
    tap,
)

END_MS = TOWN.calendar.end_ms(MONDAY)


def test_a_visit_is_paid_at_the_entrance_and_ends_at_any_gate() -> None:
    begun, ended = ride(VENUES, [tap(1, "09:00", NORTH_GATE), tap(2, "12:30", SOUTH_GATE)])
    assert (begun.meaning, begun.is_entry, begun.minimum) == (Meaning.VISIT_BEGUN, True, 0)
    assert begun.state.inside("zoo") is not None
    assert (ended.meaning, ended.is_entry) == (Meaning.VISIT_ENDED, False)
    assert ended.state.inside("zoo") is None
    assert ended.uses == (
        Use(
            id=1,
            kind="visit",
            point_in=NORTH_GATE,
            point_out=SOUTH_GATE,
            route=0,
            started_ms=at("09:00"),
            ended_ms=at("12:30"),
            use_class=UseClass.COMPLETE,
            full_fare=4000,
            fare=4000,
            shares=((ZOO, 4000),),
        ),
    )


def test_a_ticket_depends_on_the_rider() -> None:
    (step,) = ride(VENUES, [tap(1, "09:00", NORTH_GATE)], rider=CHILD)
    assert fares(step) == [3000]
    (step,) = ride(VENUES, [tap(1, "09:00", MUSEUM)], rider=CHILD)
    assert (fares(step), step.minimum) == ([8000], 1000)


def test_coming_in_again_without_an_exit_leaves_the_earlier_visit_incomplete() -> None:
    taps = [tap(1, "09:00", NORTH_GATE, 0, "in"), tap(2, "13:00", NORTH_GATE, 0, "in")]
    step = ride(VENUES, taps)[-1]
    assert step.meaning is Meaning.ENTRY_AFTER_MISSING_EXIT
    assert [use.use_class for use in step.uses] == [UseClass.MISSING_EXIT, UseClass.OPEN]
    assert fares(step) == [4000, 4000]
    assert step.uses[0].ended_ms == 0


def test_an_exit_without_an_entry_is_let_out_for_nothing() -> None:
    (step,) = ride(VENUES, [tap(1, "09:00", NORTH_GATE, 0, "out")])
    assert (step.meaning, fares(step)) == (Meaning.EXIT_WITHOUT_ENTRY, [0])
    assert step.uses[0].use_class is UseClass.MISSING_ENTRY


def test_two_venues_do_not_mix() -> None:
    taps = [tap(1, "09:00", NORTH_GATE), tap(2, "09:30", MUSEUM), tap(3, "10:00", SOUTH_GATE)]
    step = ride(VENUES, taps)[-1]
    assert step.state.inside("zoo") is None
    assert step.state.inside("museum") is not None
    assert [use.use_class for use in step.uses] == [UseClass.COMPLETE, UseClass.OPEN]


def test_everyone_is_out_at_the_days_end_and_nothing_goes_on() -> None:
    (step,) = ride(VENUES, [tap(1, "09:00", NORTH_GATE)])
    assert VENUES.is_open(step.state)
    ended = VENUES.close(TOWN, step.state, END_MS, ADULT)
    assert not VENUES.is_open(ended.state)
    assert [(u.use_class, u.ended_ms, u.fare) for u in ended.uses] == [
        (UseClass.MISSING_EXIT, 0, 4000)
    ]
    assert VENUES.carry(ended.state, END_MS) is None


def test_a_state_survives_its_encoding() -> None:
    state = ride(VENUES, [tap(1, "09:00", NORTH_GATE), tap(2, "09:30", MUSEUM)])[-1].state
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=Day) == state
