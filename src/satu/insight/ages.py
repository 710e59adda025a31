"""Since when something is owed: what was paid is taken to have paid the oldest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

BOUNDS = (1, 7, 30)  # in days: owed since today, for a week, for a month, for longer


class Owed(NamedTuple):
    """What is owed; below zero it is owed the other way. `since` None: nothing is.

    `by_age` is the whole divided: of today, up to 7 days old, up to 30, older.
    """

    amount: int
    since: date | None
    by_age: tuple[int, int, int, int]


def owed(days: Iterable[tuple[date, int, int]], today: date) -> Owed:
    """What is owed of an account's days, (day, debits, credits) in order: credits are owed.

    Debits of any day lower what was owed first.
    """
    told = list(days)
    paid = sum(debits for _, debits, _ in told)
    by_age = [0] * (len(BOUNDS) + 1)
    since: date | None = None
    for day, _, credits in told:
        left = max(0, credits - paid)
        paid = max(0, paid - credits)
        if left:
            since = since or day
            by_age[sum((today - day).days >= bound for bound in BOUNDS)] += left
    amount = sum(by_age) - paid
    return Owed(amount, since, (by_age[0], by_age[1], by_age[2], by_age[3]))
