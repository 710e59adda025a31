"""What a bank is to be asked or told when its time has come: taken one by one, each by one job."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from satu.partners import banks
from satu.partners.models import Bank, Notice, Payout, VirtualAccount

LEASE = timedelta(minutes=5)
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)

T = TypeVar("T", Payout, VirtualAccount, Notice)


def taken(bank: Bank, waiting: QuerySet[T], at: datetime, *, most: int) -> Iterator[T]:
    """What waits for a bank, soonest first, as long as its breaker lets calls through.

    Each is ours for as long as the lease, and its attempt is counted before it is made.
    """
    for _ in range(most):
        found = None if banks.breaker(bank).is_open else _claimed(bank, waiting, at)
        if found is None:
            return
        yield found


def _claimed(bank: Bank, waiting: QuerySet[T], at: datetime) -> T | None:
    with transaction.atomic():
        due = waiting.select_for_update(skip_locked=True)
        mine = due.filter(partner=bank.partner, next_at__lte=at).order_by("next_at", "id")
        found = mine.first()
        if found is not None:
            found.attempts += 1
            found.next_at = at + LEASE
            found.save(update_fields=["attempts", "next_at"])
    return found


def pause(attempts: int) -> timedelta:
    """How long until the next attempt after so many: twice as long each time, to an hour."""
    return min(SHORTEST * (1 << min(attempts - 1, 6)), LONGEST)
