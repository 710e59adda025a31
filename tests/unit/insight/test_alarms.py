"""When staff are called: silence, refusals, books. Night and a first day call nobody."""

from __future__ import annotations

from datetime import date

import pytest

from satu.insight.alarms import Flow, Kind, book_alarms, refusal_alarms, silent_alarms
from satu.insight.counts import SILENT_MS, DayCounts, TapGroup
from satu.kernel.refusal import Meaning, Outcome

DAY = date(2026, 11, 23)
USUAL = Flow(1_000, 5, 1_000.0, 5.0, True)
NOW = 100 * 60_000


def a_day(silent: int, tapping: int) -> DayCounts:
    """So many readers with thirty taps half an hour ago, and so many that still tap."""
    day = DayCounts(DAY, {1: 7})
    for device in range(1, silent + tapping + 1):
        last = NOW - 40 * 60_000 if device <= silent else NOW
        first = last - 29_000
        day.add(
            TapGroup(device, 1, Outcome.ACCEPTED, Meaning.ENTRY, DAY, 0, 1, at, at, 0, 1)
            for at in range(first, last + 1, 1_000)
        )
    return day


def kinds(day: DayCounts, flow: Flow) -> list[tuple[Kind, str]]:
    return [(one.kind, one.subject) for one in silent_alarms(day, {7: flow}, NOW, NOW - SILENT_MS)]


def test_a_reader_is_called_by_its_number_and_since_its_last_tap() -> None:
    (found,) = silent_alarms(a_day(1, 30), {7: USUAL}, NOW, 0)
    assert (found.kind, found.subject) == (Kind.READER_SILENT, "1")
    assert found.since_ms == NOW - 40 * 60_000
    assert found.detail == {"device": 1, "point": 1, "taps": 30}


def test_many_at_once_are_one_alarm_about_the_operator() -> None:
    assert kinds(a_day(12, 20), USUAL) == [(Kind.OPERATOR_SILENT, "7")]
    assert len(kinds(a_day(9, 10), USUAL)) == 9


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (Flow(10, 0, 1_000.0, 5.0, True), [(Kind.OPERATOR_SILENT, "7")]),  # it should be busy
        (Flow(0, 0, 10.0, 0.0, True), []),  # night, as every day at this time
        (Flow(10, 0, 1_000.0, 5.0, False), []),  # the first day: it may be night
        (Flow(900, 0, 1_000.0, 5.0, False), [(Kind.READER_SILENT, "1")]),
    ],
)
def test_silence_is_judged_by_what_is_usual(flow, expected) -> None:
    assert kinds(a_day(1, 5), flow) == expected


@pytest.mark.parametrize(
    ("flow", "is_rising"),
    [
        (Flow(1_000, 60, 1_000.0, 10.0, True), True),
        (Flow(1_000, 60, 1_000.0, 25.0, True), False),  # usual here
        (Flow(1_000, 40, 1_000.0, 1.0, True), False),  # under five in a hundred
        (Flow(100, 19, 1_000.0, 1.0, True), False),  # a few people
        (Flow(200, 20, 0.0, 0.0, False), True),
    ],
)
def test_refusals_are_judged_by_their_share(flow, is_rising) -> None:
    found = refusal_alarms({7: flow}, 5)
    assert [one.kind for one in found] == [Kind.REFUSALS_RISING] * is_rising
    if found:
        assert found[0].since_ms == 5 and found[0].detail["taps"] == flow.taps


def test_only_books_that_do_not_close() -> None:
    (found,) = book_alarms([(0, 0), (1, -5)], 9)
    assert found == (Kind.BOOKS_OPEN, "1", 9, {"book": 1, "difference": -5})
