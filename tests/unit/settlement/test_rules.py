"""A float against its bank: what is on its way, what is missing, and when they are in balance."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.settlement.rules import Balance, Finding, Item, compare

CLOSED = date(2026, 1, 10)
OLD, YOUNG = date(2026, 1, 6), date(2026, 1, 7)


def compared(items: list[Item], *, before: int = 0, opening: int = 0) -> Balance:
    booked = sum(item.booked or 0 for item in items)
    return compare(
        items,
        float_balance=before + booked,
        booked=booked,
        opening=opening,
        closing=opening + sum(item.stated or 0 for item in items),
        closed_on=CLOSED,
        transit_days=3,
    )


@pytest.mark.parametrize(
    ("item", "finding"),
    [
        (Item("T", 10, 10, OLD), None),
        (Item("T", None, 0, OLD), None),  # booked by the bank and taken back
        (Item("T", 10, None, YOUNG), Finding.ON_THE_WAY),
        (Item("T", None, 10, YOUNG), Finding.NOT_BOOKED_YET),
        (Item("T", 10, None, OLD), Finding.MISSING_AT_BANK),
        (Item("T", None, 10, OLD), Finding.MISSING_IN_BOOKS),
        (Item("T", 10, 20, YOUNG), Finding.DIFFERS),  # booked twice, say
        (Item("T", 10, 0, YOUNG), Finding.DIFFERS),
    ],
)
def test_each_difference_has_a_name(item: Item, finding: Finding | None) -> None:
    balance = compared([item])
    assert [one.finding for one in balance.found] == ([finding] if finding else [])
    young = finding in (None, Finding.ON_THE_WAY, Finding.NOT_BOOKED_YET)
    assert balance.in_balance is young


def test_the_bank_opens_with_what_the_books_had_before() -> None:
    assert compared([], before=500, opening=500).in_balance
    short = compared([], before=500, opening=400)
    assert (short.in_balance, short.opening_difference) == (False, -100)


ITEMS = st.lists(
    st.builds(
        Item,
        st.just("T"),
        st.none() | st.integers(-99, 99),
        st.none() | st.integers(-99, 99),
        st.sampled_from([OLD, YOUNG]),
    )
)


@settings(max_examples=50)
@given(ITEMS, st.integers(-99, 99), st.integers(-99, 99))
def test_what_is_named_explains_the_difference_to_the_last_unit(
    items: list[Item], before: int, opening: int
) -> None:
    balance = compared(items, before=before, opening=opening)
    named = sum((one.item.stated or 0) - (one.item.booked or 0) for one in balance.found)
    assert balance.closing - balance.float_balance == balance.opening_difference + named
    if balance.in_balance and not balance.found:
        assert balance.closing == balance.float_balance
