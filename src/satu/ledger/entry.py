"""What a caller asks the ledger to do, and what is still owed to it. Pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from satu.ledger.kinds import HoldKind, PostingKind


class Entry(NamedTuple):
    """Money moved, a reservation changed, or both, under one key.

    `amount` > 0 moves money from `debit` to `credit`; `amount` 0 with a `hold` only reserves or
    releases on `debit`. `hold_change` > 0 opens the hold `hold` (its key is the entry's key too);
    < 0 ends or lowers it: with an amount that is a capture, without one a release.
    Entries with the same `link` (> 0) and next to each other stand or fall together.
    """

    key: UUID
    debit: int
    credit: int
    amount: int
    kind: PostingKind
    occurred_ms: int
    service_day: date
    card_group: int = 0
    tap: int | None = None
    use: int | None = None
    corrects: UUID | None = None
    hold: UUID | None = None
    hold_change: int = 0
    hold_kind: HoldKind = HoldKind.ENTRY
    hold_expires_ms: int | None = None
    link: int = 0


class Shortfall(NamedTuple):
    """A ride, or part of one, that a purse has not paid yet; `key` is its posting's."""

    key: UUID
    receivable: int
    claim: int
    amount: int
    left: int
    service_day: date
    occurred_ms: int
    tap: int | None
    use: int | None
