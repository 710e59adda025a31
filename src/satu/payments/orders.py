"""Standing orders: a card that falls below a threshold is topped up without its holder.

A bank pays, from an account that the holder has there, or a relative's card does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import models as cards
from satu.cards import rules as card_rules
from satu.cards import store
from satu.cards.actions import refuse_state
from satu.cards.collecting import settlement_day
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.transfers import Transferred, transfer_value
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Result
from satu.payments import rules
from satu.payments.errors import Refusal, Refused
from satu.payments.models import Order
from satu.payments.top_ups import top_up

BATCH = 500
TRY_AGAIN = timedelta(hours=1)
# Orders whose card stands below their threshold and that may try: the gap and cap are looked at
# again under the lock. A card that was replaced has the purses of the one in its place; what is
# in several counts together.
DUE = """
select o.id
  from payments_order o
  join cards_card c on c.id = o.card
 where o.is_active
   and (select sum(a.balance - a.held) from ledger_account a
         where a.id = any(coalesce(c.purses, array[c.purse]))) < o.threshold
   and (o.last_at is null or o.last_at + make_interval(secs => o.gap_s) <= %(at)s)
   and (o.tried_at is null or o.tried_at <= %(before)s)
   and (o.month is distinct from %(month)s or o.month_amount + o.amount <= o.monthly_cap)
   and o.id > %(after)s
 order by o.id limit %(limit)s
"""


class NewOrder(NamedTuple):
    """A standing order to be kept: one of `bank` and `payer` (a relative's card) pays."""

    card: int
    threshold: int
    amount: int
    gap_s: int
    monthly_cap: int
    bank: int | None = None
    payer: int | None = None


class Placed(NamedTuple):
    """An order that stands; `result` `exists`: it did before."""

    result: Result
    order: int


class Ran(NamedTuple):
    """How many orders brought money, and how many could not and try again in an hour."""

    done: int
    refused: int


def place_order(
    *, new: NewOrder, key: str, owner: int | None, actor: str, at: datetime
) -> Placed | Refused:
    """Keep a standing order, once for each key.

    A repeat that differs is `exists_with_different_content`. `owner` is the resident who asks:
    the holder of the card that is paid from, or if a bank pays of the card; None: staff. Refusals:
    amount_not_positive, amount_too_large, reference_invalid, limits_invalid, card_unknown,
    issuer_unknown, card_closed, card_blocked, card_not_registered (paid by a relative: either),
    not_the_holder, purses_are_the_same.
    """
    assert (new.bank is None) != (new.payer is None), new
    if refusal := card_rules.refuse_money(new.amount, key):
        return refusal
    if new.threshold <= 0 or new.gap_s <= 0 or new.monthly_cap < new.amount:
        return Refusal.LIMITS_INVALID
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        rows = store.lock_cards(conn, {new.card} | ({new.payer} if new.payer else set()))
        known = Order.objects.filter(key=key).first()
        if known is not None:
            is_same = NewOrder(*(getattr(known, name) for name in _COLUMNS)) == new
            result = Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_CONTENT
            return Placed(result, known.id)
        if refusal := _refuse(new, rows, owner):
            return refusal
        values = dict(zip(_COLUMNS, new, strict=True))
        order = Order.objects.create(**values, key=key, at=at)
        _record("card.order_placed", order, new._asdict(), actor, at)
        return Placed(Result.POSTED, order.id)


_COLUMNS = ("card_id", "threshold", "amount", "gap_s", "monthly_cap", "bank_id", "payer_id")


def _refuse(new: NewOrder, rows: dict[int, store.CardRow], owner: int | None) -> CardRefusal | None:
    card, payer = rows.get(new.card), rows.get(new.payer or new.card)
    if card is None or payer is None:
        return CardRefusal.CARD_UNKNOWN
    if new.bank is not None and not cards.Issuer.objects.filter(id=new.bank).exists():
        return CardRefusal.ISSUER_UNKNOWN
    if refusal := refuse_state(card) or refuse_state(payer):
        return refusal
    if new.payer is not None and (card.owner is None or payer.owner is None):
        return CardRefusal.CARD_NOT_REGISTERED
    if owner is not None and payer.owner != owner:
        return CardRefusal.NOT_THE_HOLDER
    is_same = new.payer is not None and card.receivable == payer.receivable
    return CardRefusal.PURSES_ARE_THE_SAME if is_same else None


def end_order(*, order: int, actor: str, at: datetime) -> int | Refusal:
    """End a standing order; a repeat changes nothing. Refusals: order_unknown."""
    with transaction.atomic():
        found = Order.objects.select_for_update().filter(id=order).first()
        if found is None:
            return Refusal.ORDER_UNKNOWN
        if found.is_active:
            found.is_active = False
            found.save(update_fields=["is_active"])
            _record("card.order_ended", found, {}, actor, at)
    return order


def end_orders(*, cards: Collection[int], actor: str, at: datetime) -> int:
    """End the standing orders for some cards and those paid from them; how many."""
    with transaction.atomic():
        paid = Order.objects.filter(Q(card__in=cards) | Q(payer__in=cards), is_active=True)
        numbers = list(paid.order_by("id").values_list("id", flat=True))
        for number in numbers:
            end_order(order=number, actor=actor, at=at)
    return len(numbers)


def run_orders(*, actor: str, at: datetime) -> Ran:
    """Carry out the orders whose cards stand below their thresholds. A job runs this.

    Each stands or falls alone, and its count names what it brings: one run posts it once. That of
    a card that was closed, or paid from one, ends.
    """
    done = refused = after = 0
    month = settlement_day(at).replace(day=1)
    while True:
        values = {"at": at, "before": at - TRY_AGAIN, "month": month, "after": after}
        found = raw_connection().execute(DUE, {**values, "limit": BATCH}).fetchall()
        for (order,) in found:
            brought = _run(order, actor, at)
            done += brought is True
            refused += brought is False
            after = order
        if len(found) < BATCH:
            return Ran(done, refused)


def _run(number: int, actor: str, at: datetime) -> bool | None:
    """Whether an order brought its money; None: it was not due after all."""
    with transaction.atomic():
        order = Order.objects.get(id=number)
        # Cards are locked first, as everywhere: who hands one over then ends its orders.
        payer = [] if order.payer_id is None else [living(order.payer_id)]
        store.lock_cards(raw_connection(), [living(order.card_id), *payer])
        order = Order.objects.select_for_update().get(id=number)
        day = settlement_day(at)
        taken = rules.Taken(order.last_at, order.month, order.month_amount)
        gap = timedelta(seconds=order.gap_s)
        is_due = order.is_active and rules.is_due(
            taken,
            amount=order.amount,
            smallest_gap=gap,
            monthly_cap=order.monthly_cap,
            at=at,
            day=day,
        )
        if not is_due or not _is_low(order):
            return None
        answer = _bring(order, actor, at)
        order.tried_at = at
        order.refused = "" if answer is None else answer
        if answer is None:
            order.tried_at = None
            order.done += 1
            order.last_at = at
            order.month_amount = rules.taken_in(taken, day) + order.amount
            order.month = day.replace(day=1)
        elif answer == CardRefusal.CARD_CLOSED:  # for good: it would be tried for ever
            order.is_active = False
            _record("card.order_ended", order, {}, actor, at)
        order.save()
        return answer is None


def _is_low(order: Order) -> bool:
    row = raw_connection().execute(
        "select sum(a.balance - a.held)"
        "  from cards_card c"
        "  join ledger_account a on a.id = any(coalesce(c.purses, array[c.purse]))"
        " where c.id = %s",
        [order.card_id],
    )
    (available,) = row.fetchone() or (0,)
    return bool(available < order.threshold)


def _bring(order: Order, actor: str, at: datetime) -> str | None:
    """Post what an order brings; None, or the code of why it could not."""
    card, name = living(order.card_id), f"order/{order.id}/{order.done + 1}"
    asked: dict[str, Any] = {"amount": order.amount, "actor": actor, "at": at}
    if order.bank_id is not None:
        paid = top_up(bank=order.bank_id, card=card, reference=name, **asked)
        answer = paid if isinstance(paid, Refusal | CardRefusal) else paid.result
    else:
        assert order.payer_id is not None
        payer = living(order.payer_id)
        sent = transfer_value(card=payer, to=card, key=name, owner=None, **asked)
        answer = sent.result if isinstance(sent, Transferred) else sent
    if isinstance(answer, Result):
        return None if answer is Result.POSTED else answer.code
    return answer.value


def living(card: int) -> int:
    """The card that is in a card's place now, itself if none is."""
    while True:
        found = cards.Replacement.objects.filter(card=card).values_list("successor", flat=True)
        successor = found.first()
        if successor is None:
            return card
        card = successor


def _record(action: str, order: Order, detail: Detail, actor: str, at: datetime) -> None:
    subject = Subject("card", order.card_id)
    record(actor=actor, action=action, subject=subject, detail={**detail, "order": order.id}, at=at)
