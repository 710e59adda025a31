"""What a card's face tells beside its money: its kind in words, its rights, what it still owes."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from satu.cards import models, rights
from satu.ledger.actions import raw_connection
from satu.wire.messages import Words

OWED = """
select greatest(-a.balance, 0) from cards_card c join ledger_account a on a.id = c.receivable
 where c.id = %s
"""


class RightHeld(NamedTuple):
    """A right that a card has on a day or will have: a category's until `last`, or a pass.

    `code` is the category's or the product's; `rides_from` the first day, or that of the sale.
    """

    code: str
    is_pass: bool
    rides_from: date
    last: date | None


def product_names() -> dict[str, Words]:
    """What kinds of cards are called, by their codes."""
    found = models.Product.objects.values_list("code", "name_id", "name_en")
    return {code: Words(name_id, name_en) for code, name_id, name_en in found}


def owed_on(card: int) -> int:
    """What rides of a card are owed, in its purse's smallest unit; no such card: nothing."""
    row = raw_connection().execute(OWED, [card]).fetchone()
    return int(row[0]) if row else 0


def rights_on(card: int, day: date) -> list[RightHeld]:
    """The rights of a card that have not ended by a day: groups by first day, then passes.

    Whether a pass is used up its rides tell; the last that were sold come first.
    """
    kept = models.Card.objects.filter(id=card).values_list("entitlements", flat=True).first()
    held = rights.decode(kept)
    groups = [
        RightHeld(one.category, False, one.first, one.last)
        for one in held.entitlements
        if one.last >= day
    ]
    passes = [RightHeld(one.product, True, one.bought_on, None) for one in held.passes]
    return [*groups, *reversed(passes)]
