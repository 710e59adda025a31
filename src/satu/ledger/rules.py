"""Pure rules of the ledger that several callers share."""

from __future__ import annotations

from collections.abc import Sequence

from satu.ledger.entry import Shortfall


def collection(available: int, shortfalls: Sequence[Shortfall]) -> list[tuple[Shortfall, int]]:
    """How much of each shortfall `available` money collects, in the order given (oldest first)."""
    plan = []
    for shortfall in shortfalls:
        amount = min(available, shortfall.left)
        if amount > 0:
            plan.append((shortfall, amount))
            available -= amount
    return plan
