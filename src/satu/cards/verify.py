"""What `satu verify` proves of cards: replacements, closings, dormant money, the deny list."""

from __future__ import annotations

from satu.cards.kinds import CardState
from satu.ledger.kinds import AccountKind, PostingKind
from satu.ledger.verify import Check

_INCOMING = f"{PostingKind.TOP_UP.value}, {PostingKind.TRANSFER_OF_VALUE.value}"

CHECKS = (
    Check(
        "what came into a purse in a month is counted",
        f"""
        with came as (
            select p.credit as purse, date_trunc('month', p.settlement_day)::date as month,
                   sum(p.amount)::bigint as amount
              from ledger_posting p
              join ledger_account a on a.id = p.credit and a.kind = {AccountKind.PURSE.value}
             where p.kind in ({_INCOMING})
               and exists (select from cards_card c where c.id = a.party and c.product <> 0)
             group by 1, 2
        )
        select coalesce(i.purse, c.purse) as purse, coalesce(i.month, c.month) as month,
               i.amount as counted, c.amount as postings_say
          from cards_incoming i
          full join came c on c.purse = i.purse and c.month = i.month
         where i.amount is distinct from c.amount
        """,
    ),
    Check(
        "a card that was replaced is closed, and the new one has its purse",
        f"""
        select r.card, r.successor, o.state, o.purse, n.purse as successor_purse
          from cards_replacement r
          left join cards_card o on o.id = r.card
          left join cards_card n on n.id = r.successor
         where o.state is distinct from {CardState.CLOSED.value}
            or (o.purse, o.receivable, o.issuer, o.card_group)
               is distinct from (n.purse, n.receivable, n.issuer, n.card_group)
        """,
    ),
    Check(
        "one card at most is open for a purse",
        f"""
        select purse, count(*) as cards from cards_card
         where state <> {CardState.CLOSED.value} group by purse having count(*) > 1
        """,
    ),
    Check(
        "a card is denied if it is not active, and only then",
        f"""
        with last as (
            select distinct on (card) card, denied from cards_denial order by card, version desc
        )
        select c.id as card, c.state, l.denied
          from cards_card c left join last l on l.card = c.id
         where (c.state <> {CardState.ACTIVE.value}) <> coalesce(l.denied, false)
        """,
    ),
    Check(
        "what a closed card was paid back is its redemption, and nothing is left",
        f"""
        select coalesce(x.card, a.party) as card, x.amount, p.amount as postings_say, b.balance
          from cards_closing x
          full join (select * from ledger_posting where kind = {PostingKind.REDEMPTION.value}) p
            on p.key = x.posting
          left join ledger_account a on a.id = p.debit
          left join cards_card c on c.id = x.card
          left join ledger_account b on b.id = c.purse
         where (x.paid_at is not null or p.key is not null)
           and (coalesce(p.amount, 0) is distinct from x.amount or b.balance is distinct from 0
                or (p.key is not null and p.debit <> c.purse))
        """,
    ),
    Check(
        "dormant money is unclaimed, or was given back",
        f"""
        select coalesce(d.posting, p.key) as posting, d.card, d.amount, p.amount as postings_say,
               d.returned, r.amount as returned_amount
          from cards_dormant d
          full join (select * from ledger_posting
                      where kind = {PostingKind.DORMANT.value} and corrects is null) p
            on p.key = d.posting
          left join ledger_posting r on r.key = d.returned
          left join ledger_posting b
            on b.corrects = p.key and b.kind = {PostingKind.DORMANT.value}
         where d.amount is distinct from p.amount or d.returned is distinct from b.key
            or (d.returned is not null and r.amount is distinct from d.amount)
        """,
    ),
)
