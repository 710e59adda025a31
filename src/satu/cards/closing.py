"""Cards that are closed for good: denied at once, the balance paid back within the rule's days.

Payment waits until no ride of the card can come late any more, so that what is paid back is what
is left. Closing is open to unregistered cards too: it is neither a transfer nor a cash-out.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import external, models, purses, rules, store
from satu.cards.actions import change_state
from satu.cards.collecting import collect, desk_entry, post_now, settlement_day
from satu.cards.errors import Refusal
from satu.cards.incoming import product_of
from satu.cards.kinds import CardState, Why
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind, Result

REDEEM_WORKING_DAYS = 14  # Bank Indonesia's rule; a product may promise less


PAID_BACK = """
select a.book, p.amount, p.key
  from cards_card c
 cross join unnest(coalesce(c.purses, array[c.purse])) with ordinality as u (id, place)
  join ledger_account a on a.id = u.id
  join ledger_posting p on p.debit = a.id and p.kind = %s
 where c.id = %s order by u.place
"""


class PaidBack(NamedTuple):
    """What a bank pays a closed card's holder, and the key of its posting."""

    bank: int
    amount: int
    posting: UUID


class Closed(NamedTuple):
    """A card that was closed. `amount` is what was paid back; None: it waits to be."""

    card: int
    pay_from: date
    due_on: date
    amount: int | None


def close_card(*, card: int, actor: str, at: datetime) -> Closed | Refusal:
    """Close a card for good: it opens no door, and its balances are paid back by `due_on`.

    A repeat is answered with what stands. Refusals: card_unknown, card_closed (another card took
    its place: close that one), card_external (its money is at its bank).
    """
    with transaction.atomic():
        conn = raw_connection()
        row = store.lock_card(conn, card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        if external.is_external(conn, row.purse):
            return Refusal.CARD_EXTERNAL
        done = models.Closing.objects.filter(card=card).first()
        if done is not None:
            return Closed(card, done.pay_from, done.due_on, done.amount)
        if row.state is CardState.CLOSED:
            return Refusal.CARD_CLOSED
        kind, today = product_of(row), settlement_day(at)
        days = kind.redeem_days if kind else REDEEM_WORKING_DAYS
        closed = Closed(card, today + rules.LATE_DAYS, rules.working_days_later(today, days), None)
        change_state(card, CardState.CLOSED, "card.closed", Why.CLOSED, actor, at)
        models.Closing.objects.create(
            card_id=card, closed_at=at, pay_from=closed.pay_from, due_on=closed.due_on
        )
        return closed


def paid_back(card: int) -> list[PaidBack]:
    """What each bank pays back of a closed card, in its purses' order; none: nothing (yet)."""
    rows = raw_connection().execute(PAID_BACK, [PostingKind.REDEMPTION.value, card])
    return [PaidBack(*row) for row in rows]


def pay_closed(*, actor: str, at: datetime) -> int:
    """Pay back the balances of closed cards whose time has come; of how many. A job runs this.

    What their rides still owe is collected first. A card with something held waits.
    """
    due = models.Closing.objects.filter(paid_at=None, pay_from__lte=settlement_day(at))
    paid = 0
    for card in list(due.order_by("pay_from", "card").values_list("card", flat=True)):
        with transaction.atomic():
            paid += _pay(raw_connection(), card, actor, at)
    return paid


def _pay(conn: psycopg.Connection, card: int, actor: str, at: datetime) -> bool:
    row = store.lock_card(conn, card)
    assert row is not None
    closing = models.Closing.objects.get(card=card)
    if closing.paid_at is not None or any(one.held for one in purses.standing(conn, row)):
        return False
    paid = [_redeem(conn, one, actor, at) for one in purses.each(conn, row)]
    closing.amount = sum(amount for amount, _ in paid)
    closing.paid_at = at
    closing.posting = next((key for amount, key in paid if amount), None)
    closing.save()
    subject, detail = Subject("card", card), {"amount": closing.amount}
    record(actor=actor, action="card.redeemed", subject=subject, detail=detail, at=at)
    return True


def _redeem(
    conn: psycopg.Connection, row: store.CardRow, actor: str, at: datetime
) -> tuple[int, UUID]:
    """Pay one purse back from its own bank's float: how much, and the key of the posting.

    What rides still owe is collected first.
    """
    key = named_key(to_ms(at), "redemption", row.id, row.purse)
    collect(conn, row, key, actor, at)
    amount = ledger.balances(conn, [row.purse])[row.purse].balance
    if amount:
        entry = desk_entry(
            key=key,
            debit=row.purse,
            credit=models.Issuer.objects.values_list("float_account", flat=True).get(id=row.issuer),
            amount=amount,
            kind=PostingKind.REDEMPTION,
            at=at,
            card_group=row.card_group,
        )
        (result,) = post_now(conn, [entry], at)
        assert result is Result.POSTED, result
    return amount, key
