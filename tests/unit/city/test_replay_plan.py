"""What is sent of a file, in which order and under which names."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satu.city.replay_plan import (
    NO_STOP,
    NOBODY,
    NOWHERE,
    by_day,
    survey,
    taps_of,
    whole_weeks_to,
)
from satu.formats.rides import Row, Touch
from satu.kernel.days import Calendar

JAKARTA = Calendar("Asia/Jakarta", 4)
NOW = timedelta(0)
HOUR_MS = 3_600_000


def ride(line: int, entry: str, out: str | None, **more: str) -> Row:
    """A ride on 3 April 2023 between two times; the stops are A and B unless told."""
    return Row(
        line=line,
        card=more.get("card", "c1"),
        route=more.get("route", "1"),
        entry=Touch(datetime.fromisoformat(f"2023-04-03T{entry}"), more.get("a", "A")),
        exit=Touch(datetime.fromisoformat(f"2023-04-03T{out}"), more.get("b", "B"))
        if out
        else None,
    )


def test_names_are_twice_the_line_plus_one_for_the_exit() -> None:
    taps = taps_of(ride(7, "08:00", "09:00"), JAKARTA, NOW)
    assert [(one.stop, one.sequence, one.tap.sequence) for one in taps] == [
        ("A", 14, 14),
        ("B", 15, 15),
    ]
    assert [(one.tap.direction, one.tap.decided, one.tap.medium) for one in taps] == [
        ("entry", "open", "bank_chip"),
        ("exit", "open", "bank_chip"),
    ]
    assert taps[1].at_ms - taps[0].at_ms == HOUR_MS


def test_a_ride_without_tap_out_sends_its_entry_alone() -> None:
    assert len(taps_of(ride(7, "08:00", None), JAKARTA, NOW)) == 1


def test_without_a_stop_the_route_tells_where_and_without_both_nobody_does() -> None:
    entry, out = taps_of(ride(2, "08:00", "09:00", a=""), JAKARTA, NOW)
    assert (entry.stop, entry.tap.point) == (NO_STOP, "route:1:unknown")
    assert (out.stop, out.tap.point) == ("B", "B")
    entry, _ = taps_of(ride(2, "08:00", "09:00", a="", route="", card=""), JAKARTA, NOW)
    assert (entry.tap.point, entry.tap.route, entry.tap.token) == (NOWHERE, "", NOBODY)


def test_a_survey_counts_taps_by_service_day_and_collects_what_is_named() -> None:
    rows = [
        ride(2, "03:59", "04:00"),
        ride(3, "08:00", None, card="c2", route="2", a=""),
        Row(4, problem="no readable time of entry"),
    ]
    found = survey(rows, JAKARTA, NOW)
    assert found.days == {date(2023, 4, 2): 1, date(2023, 4, 3): 2}
    assert (found.rows, found.taps) == (3, 3)
    assert set(found.cards) == {"c1", "c2"}
    assert set(found.places) == {"A", "B", "route:2:unknown"}
    assert found.unreadable == {"no readable time of entry": 1}


rides_of_a_week = st.lists(
    st.tuples(
        st.integers(0, 7 * 1440),
        st.integers(0, 300) | st.none(),
        st.sampled_from("ABCD"),
    ),
    max_size=40,
)


@given(rides_of_a_week)
def test_every_tap_goes_out_once_in_order_of_days_and_times(
    rides: list[tuple[int, int | None, str]],
) -> None:
    start = datetime(2023, 4, 3)
    rows = []
    for index, (minute, long, stop) in enumerate(rides):
        at = start + timedelta(minutes=minute)
        out = None if long is None else Touch(at + timedelta(minutes=long), "Z")
        rows.append(Row(index + 2, "c", entry=Touch(at, stop), exit=out))
    found = survey(rows, JAKARTA, NOW)
    days = list(by_day(rows, found.days, JAKARTA, NOW))
    assert [day for day, _ in days] == sorted(found.days)
    for day, taps in days:
        assert taps == sorted(taps)
        assert all(JAKARTA.day_of(one.at_ms) == day for one in taps)
    names = [one.sequence for _, taps in days for one in taps]
    assert len(names) == len(set(names)) == found.taps


def test_an_old_file_moves_by_whole_weeks() -> None:
    assert whole_weeks_to(date(2019, 11, 27), date(2023, 1, 1)) == timedelta(weeks=162)
    moved = date(2019, 11, 27) + timedelta(weeks=162)
    assert (moved.weekday(), moved >= date(2023, 1, 1)) == (2, True)
    assert whole_weeks_to(date(2023, 4, 1), date(2023, 1, 1)) == timedelta(0)
