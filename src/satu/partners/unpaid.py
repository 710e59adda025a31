"""Closed cards whose money is not known to have reached their holders: where it is, and till when.

Booked is not paid: where a bank transfers it, only the bank's word that it did counts. A bank that
is not connected pays at its own counter; of it the booking is all that is known here.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind
from satu.partners.payouts import State
from satu.wire.messages import Words


class Lacks(StrEnum):
    """Why a closed card's money is not with its holder."""

    RIDES_MAY_COME = "rides_may_come"
    NOT_BOOKED = "not_booked"
    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    REFUSED = "refused"


LACKS: dict[Lacks, Words] = {
    Lacks.RIDES_MAY_COME: Words("perjalanan masih dapat masuk", "rides may still come"),
    Lacks.NOT_BOOKED: Words(
        "belum dibukukan: ada yang ditahan di kartu", "not booked: something is held on the card"
    ),
    Lacks.NOT_ASKED: Words("bank belum diminta mentransfer", "the bank was not asked to transfer"),
    Lacks.WAITING: Words("bank belum dapat dihubungi", "the bank was not reached yet"),
    Lacks.UNKNOWN: Words("bank belum memberi tahu hasilnya", "the bank has not told what it did"),
    Lacks.REFUSED: Words("bank menolak; usulkan lagi", "the bank refused; propose it again"),
}
ASKED = {
    None: Lacks.NOT_ASKED,
    State.WAITING: Lacks.WAITING,
    State.UNKNOWN: Lacks.UNKNOWN,
    State.REFUSED: Lacks.REFUSED,
}
UNPAID = f"""
with asked as (
    select distinct on (o.card, r.issuer_id) o.card, r.issuer_id as bank, o.state
      from partners_payout o join partners_partner r on r.id = o.partner_id
     order by o.card, r.issuer_id, o.id desc
), transferred as (
    select card, sum(amount) as amount from partners_payout
     where state = {State.DONE.value} group by card
), transferring as (
    select r.issuer_id as bank from partners_bank b join partners_partner r on r.id = b.partner_id
)
select x.card, c.issuer as bank, x.closed_at, x.pay_from, x.due_on, x.paid_at, null as state
  from cards_closing x
  join cards_card c on c.id = x.card
 where x.paid_at is null and x.due_on <= %(due_by)s
union all
select x.card, a.book, x.closed_at, x.pay_from, x.due_on, x.paid_at, o.state
  from cards_closing x
  left join transferred t on t.card = x.card
  join cards_card c on c.id = x.card
  join ledger_account a on a.id = any(coalesce(c.purses, array[c.purse]))
  left join asked o on o.card = x.card and o.bank = a.book
 where x.amount > coalesce(t.amount, 0) and x.due_on <= %(due_by)s
   and a.book in (select bank from transferring)
   and o.state is distinct from {State.DONE.value}
   and exists (select from ledger_posting p
                where p.debit = a.id and p.kind = {PostingKind.REDEMPTION.value})
 order by due_on, card, bank
"""


class Unpaid(NamedTuple):
    """A closed card's money at one of its banks, due by `due_on`, and what it waits for."""

    card: int
    bank: int
    closed_at: datetime
    pay_from: date
    due_on: date
    lacks: Lacks


def unpaid(*, on: date, due_by: date = date.max) -> list[Unpaid]:
    """What holders of closed cards are due by a day and is not known to have reached them.

    Those due first; of a card with purses at several banks each bank's part. `on` is the
    settlement day: until `pay_from` rides may still come.
    """
    rows = raw_connection().execute(UNPAID, {"due_by": due_by})
    return [
        Unpaid(card, bank, closed_at, pay_from, due_on, _lacks(on, pay_from, booked_at, state))
        for card, bank, closed_at, pay_from, due_on, booked_at, state in rows
    ]


def _lacks(on: date, pay_from: date, booked_at: datetime | None, state: int | None) -> Lacks:
    if booked_at is None:
        return Lacks.RIDES_MAY_COME if on < pay_from else Lacks.NOT_BOOKED
    return ASKED[state if state is None else State(state)]
