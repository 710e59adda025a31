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
               i.amount - i.carried as counted, c.amount as postings_say
          from cards_incoming i
          full join came c on c.purse = i.purse and c.month = i.month
         where coalesce(i.amount - i.carried, 0) is distinct from coalesce(c.amount, 0)
        """,
    ),
    Check(
        "a card that switched banks left nothing behind, and took its month along",
        f"""
        select s.card, s.from_purse, s.to_purse, s.amount, p.amount as sent, q.amount as arrived,
               o.balance as left_behind, i.carried, b.amount as came_before
          from cards_switch s
          full join (select * from ledger_posting where kind = {PostingKind.SWITCH.value}) p
            on p.key = s.posting and p.debit = s.from_purse
          left join ledger_posting q
            on q.kind = {PostingKind.SWITCH.value} and q.credit = s.to_purse
          left join ledger_account o on o.id = s.from_purse
          left join ledger_account n on n.id = s.to_purse
          left join cards_incoming i on i.purse = s.to_purse
           and i.month = (select min(month) from cards_incoming where purse = s.to_purse)
          left join cards_incoming b on b.purse = s.from_purse and b.month = i.month
         where (s.card is null and not exists
                   (select from cards_switch x where x.to_purse = p.credit))
            or (s.card is not null
                and ((coalesce(p.amount, 0), coalesce(q.amount, 0))
                       is distinct from (s.amount, s.amount)
                     or (o.balance, o.held, o.party, o.book) is distinct from
                        (0, 0, n.party, s.from_bank)
                     or n.book is distinct from s.to_bank
                     or exists (select from cards_card c where c.purse = s.from_purse)
                     or coalesce(i.carried, 0) is distinct from coalesce(b.amount, 0)))
        """,
    ),
    Check(
        "a bank owes the others no more than it deposited",
        f"""
        with owed as (
            select a.book as bank, a.id, sum(s.credits - s.debits) as net
              from ledger_account a join ledger_daily_sum s on s.account = a.id
             where a.kind = {AccountKind.INTERBANK.value} group by a.book, a.id)
        select o.bank, sum(greatest(o.net, 0))::bigint as owed, max(f.amount) as prefunded
          from owed o left join cards_prefund f on f.bank = o.bank
         group by o.bank having sum(greatest(o.net, 0)) > coalesce(max(f.amount), 0)
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
