"""Since when something is owed: payments pay the oldest first, wherever they are booked."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satu.insight.ages import Owed, owed

TODAY = date(2026, 11, 22)


def back(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_nothing_is_owed_of_nothing() -> None:
    assert owed([], TODAY) == Owed(0, None, (0, 0, 0, 0))


def test_what_is_owed_is_divided_by_its_age() -> None:
    days = [(back(30), 0, 5), (back(29), 0, 7), (back(7), 0, 11), (back(6), 0, 13), (TODAY, 0, 17)]
    assert owed(days, TODAY) == Owed(53, back(30), (17, 13, 18, 5))


def test_a_payment_pays_the_oldest_first() -> None:
    days = [(back(40), 0, 100), (back(10), 0, 50), (back(1), 120, 20)]
    assert owed(days, TODAY) == Owed(50, back(10), (0, 20, 30, 0))


def test_what_was_paid_too_much_is_owed_the_other_way() -> None:
    assert owed([(back(2), 0, 100), (TODAY, 130, 0)], TODAY) == Owed(-30, None, (0, 0, 0, 0))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 100), st.integers(0, 100))))
def test_the_parts_are_the_whole(given: list[tuple[int, int, int]]) -> None:
    days = [(back(days), debits, credits) for days, debits, credits in sorted(given, reverse=True)]
    found = owed(days, TODAY)
    balance = sum(credits - debits for _, debits, credits in days)
    assert found.amount == balance and min(found.by_age) >= 0
    assert sum(found.by_age) == max(0, balance)
    assert (found.since is None) == (balance <= 0)
