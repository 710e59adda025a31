"""Rules of money in and out: what a top-up costs, when a standing order is due. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from satu.payments.kinds import Channel, FeeRule


def fee_of(rules: Iterable[FeeRule], channel: Channel, amount: int) -> int:
    """What the payer pays on top of an amount: by the rule with the lowest bound it fits under.

    No rule: nothing. Bank Indonesia's ceilings are in the city pack's fees.csv.
    """
    fitting = [
        rule
        for rule in rules
        if rule.channel == channel and (rule.up_to is None or amount <= rule.up_to)
    ]
    if not fitting:
        return 0
    return min(fitting, key=lambda rule: (rule.up_to is None, rule.up_to or 0)).fee


class Taken(NamedTuple):
    """What a standing order has done: when last, and how much in the calendar month `month`."""

    last_at: datetime | None
    month: date | None
    amount: int


def is_due(
    taken: Taken, *, amount: int, smallest_gap: timedelta, monthly_cap: int, at: datetime, day: date
) -> bool:
    """Whether a standing order may act now: its gap has passed and its month has room."""
    if taken.last_at is not None and at - taken.last_at < smallest_gap:
        return False
    return taken_in(taken, day) + amount <= monthly_cap


def taken_in(taken: Taken, day: date) -> int:
    """What a standing order has brought in the month of a day."""
    return taken.amount if taken.month == day.replace(day=1) else 0
