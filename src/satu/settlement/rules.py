"""Whether a float equals the bank's statement: references against references. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Item(NamedTuple):
    """What both sides have under a reference: `booked` in our books, `stated` by the bank.

    None: that side does not know the reference. `on` is the earliest day of either.
    """

    reference: str
    booked: int | None
    stated: int | None
    on: date


class Finding(StrEnum):
    """What an item that is not on both sides alike means."""

    ON_THE_WAY = "on_the_way"  # in our books, not yet on the statement
    NOT_BOOKED_YET = "not_booked_yet"  # on the statement, not yet in our books
    MISSING_AT_BANK = "missing_at_bank"
    MISSING_IN_BOOKS = "missing_in_books"
    DIFFERS = "differs"


IN_TRANSIT = (Finding.ON_THE_WAY, Finding.NOT_BOOKED_YET)


class Found(NamedTuple):
    """An item and what it means."""

    finding: Finding
    item: Item


class Balance(NamedTuple):
    """A float against the bank. `opening_difference`: the bank's opening less our books' then."""

    float_balance: int
    closing: int
    closed_on: date
    opening_difference: int
    found: tuple[Found, ...]

    @property
    def in_balance(self) -> bool:
        """Whether all that differs is named and young enough to be on its way."""
        return self.opening_difference == 0 and all(one.finding in IN_TRANSIT for one in self.found)


def compare(
    items: Iterable[Item],
    *,
    float_balance: int,
    booked: int,
    opening: int,
    closing: int,
    closed_on: date,
    transit_days: int,
) -> Balance:
    """Compare a float with all that its bank has stated since `opening`.

    `items` are the references of either side that are not alike; `booked` is what all references
    come to in our books. What our books have besides was there before the first statement, and is
    what the bank opened with. What is named explains the difference of float and closing balance
    to the last unit.
    """
    oldest = closed_on - timedelta(days=transit_days)
    found = tuple(
        Found(finding, item) for item in items if (finding := _finding(item, oldest)) is not None
    )
    difference = opening - (float_balance - booked)
    balance = Balance(float_balance, closing, closed_on, difference, found)
    named = sum((one.item.stated or 0) - (one.item.booked or 0) for one in found)
    assert closing - float_balance == difference + named, "statements follow each other"
    return balance


def _finding(item: Item, oldest: date) -> Finding | None:
    if (item.booked or 0) == (item.stated or 0):
        return None
    is_old = item.on < oldest
    if item.stated is None:
        return Finding.MISSING_AT_BANK if is_old else Finding.ON_THE_WAY
    if item.booked is None:
        return Finding.MISSING_IN_BOOKS if is_old else Finding.NOT_BOOKED_YET
    return Finding.DIFFERS
