"""A normal day is the middle of the same weekday's earlier weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from satu.insight.normal import QUARTERS, compared, earlier_days

DAY = date(2026, 11, 23)


def test_the_same_weekday_of_eight_weeks() -> None:
    days = earlier_days(DAY)
    assert len(days) == 8 and {day.weekday() for day in days} == {DAY.weekday()}
    assert days[0] == date(2026, 11, 16)


def test_the_median_of_the_days_that_are_there() -> None:
    week = timedelta(weeks=1)
    found = {DAY: {4: 30}, DAY - week: {4: 10}, DAY - 2 * week: {4: 20, 5: 9}, DAY - 3 * week: {}}
    told = compared(DAY, found, 5)
    assert (told.weeks, len(told.today), len(told.normal)) == (2, QUARTERS, QUARTERS)
    assert (told.normal[4], told.normal[5]) == (15, 4)
    assert (told.today_total, told.normal_total) == (30, 15)
    assert told.change_percent == pytest.approx(100)


def test_a_holiday_does_not_move_the_middle() -> None:
    found = {DAY: {0: 100}}
    for weeks, riders in enumerate((100, 100, 15, 100), 1):
        found[DAY - timedelta(weeks=weeks)] = {0: riders}
    assert compared(DAY, found, 1).change_percent == 0


def test_a_share_of_a_handful_is_not_told() -> None:
    found = {DAY: {0: 300}, DAY - timedelta(weeks=1): {0: 9, 1: 1}}
    assert compared(DAY, found, 1).change_percent is None
    assert compared(DAY, found, 2).change_percent == pytest.approx(2_900)


def test_a_day_on_which_hardly_anybody_rode_is_no_normal_day() -> None:
    week = timedelta(weeks=1)
    told = compared(DAY, {DAY: {0: 300}, DAY - week: {0: 4, 9: 5}}, 1)
    assert (told.weeks, told.change_percent, set(told.normal)) == (0, None, {0})
    told = compared(DAY, {DAY: {0: 300}, DAY - week: {0: 9}, DAY - 2 * week: {0: 200}}, 1)
    assert (told.weeks, told.normal[0]) == (1, 200)


@pytest.mark.parametrize("upto", [-3, 0, 200])
def test_without_history_nothing_is_said(upto) -> None:
    told = compared(DAY, {DAY: {0: 5}}, upto)
    assert told.weeks == 0 and told.change_percent is None and 0 <= told.upto <= QUARTERS
