"""Clocks that know the city's hours and holidays, and the steps that a case can take."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.cases.kinds import Hours, Kind, State, Unit, What
from satu.cases.rules import OPEN, STEPS, Clock, after, may, next_team

JAKARTA = ZoneInfo("Asia/Jakarta")
HOLIDAY = date(2026, 11, 25)  # a Wednesday that is one in these tests
CLOCK = Clock(Hours([0, 1, 2, 3, 4], time(7, 30), time(16), [HOLIDAY]), JAKARTA)
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026: the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA)


def kind(within: int, unit: Unit) -> Kind:
    return Kind(code="k", within=within, unit=unit, teams=["a", "b"], id="K", en="K")


@pytest.mark.parametrize(
    ("within", "unit", "opened", "due"),
    [
        (2, Unit.HOURS, at(28, 23), at(29, 1)),
        (72, Unit.HOURS, at(27, 10), at(30, 10)),
        (8, Unit.WORKING_HOURS, at(23, 7, 30), at(23, 15, 30)),
        (8, Unit.WORKING_HOURS, at(23, 7), at(23, 15, 30)),
        (8, Unit.WORKING_HOURS, at(23, 15), at(24, 14, 30)),
        (1, Unit.WORKING_DAYS, at(23, 10), at(24, 10)),
        (2, Unit.WORKING_DAYS, at(23, 10), at(26, 10)),  # over the holiday
        (5, Unit.WORKING_DAYS, at(26, 10), datetime(2026, 12, 3, 10, tzinfo=JAKARTA)),
        (1, Unit.WORKING_DAYS, at(28, 12), at(30, 16)),  # on a Saturday: the whole of Monday
        (1, Unit.WORKING_HOURS, at(24, 15), at(24, 16)),
    ],
)
def test_a_case_is_due_by_the_citys_hours(
    within: int, unit: Unit, opened: datetime, due: datetime
) -> None:
    assert CLOCK.due(kind(within, unit), opened) == due


def test_working_time_between_two_instants() -> None:
    assert CLOCK.between(at(23, 9), at(23, 12)) == 3 * HOUR
    assert CLOCK.between(at(24, 15), at(26, 8, 30)) == 2 * HOUR, "the holiday counts nothing"
    assert CLOCK.between(at(28, 1), at(29, 23)) == timedelta(), "nor does a weekend"
    assert CLOCK.between(at(24, 12), at(23, 12)) == timedelta()


@given(
    minutes=st.integers(0, 40_000),
    amount=st.integers(1, 20_000),
    passed=st.integers(0, 20_000),
    unit=st.sampled_from(list(Unit)),
)
@settings(max_examples=50, deadline=None)
def test_a_clock_that_stood_has_what_it_had(
    minutes: int, amount: int, passed: int, unit: Unit
) -> None:
    """Whatever passes while it stands, a clock goes on with what was left of it."""
    some, begins = kind(1, unit), at(1, 0) + timedelta(minutes=minutes)
    due = CLOCK.go_on(some, begins, timedelta(minutes=amount))
    left = CLOCK.left(some, begins, due)
    assert left == timedelta(minutes=amount)
    later = begins + timedelta(minutes=passed)
    assert CLOCK.left(some, later, CLOCK.go_on(some, later, left)) == left
    assert CLOCK.left(some, due, due) == timedelta()
    if unit is not Unit.HOURS:
        local = due.astimezone(JAKARTA)
        assert local.weekday() < 5 and local.date() != HOLIDAY
        assert time(7, 30) <= local.time() <= time(16)


def test_every_step_has_its_states() -> None:
    assert set(STEPS) == set(What) - {What.OPENED}
    led = {what: {after(what, state) for state in State if may(what, state)} for what in STEPS}
    assert led[What.TAKEN] == {State.TAKEN}
    assert led[What.HANDED_OVER] == led[What.REOPENED] == {State.NEW}
    assert led[What.NOTED] == set(State)
    assert led[What.ASKED] == {State.WAITING}
    assert led[What.ANSWERED] == {State.ANSWERED} and led[What.CLOSED] == {State.CLOSED}
    assert [state for state in State if may(What.ANSWERED, state)] == sorted(OPEN)
    assert not any(may(what, State.CLOSED) for what in STEPS if what is not What.NOTED)


def test_the_next_team_has_it_until_nobody_is_left() -> None:
    teams = [next_team(kind(1, Unit.HOURS), step) for step in (1, 2, 3)]
    assert teams == ["b", None, None]
