"""What `satu verify` proves of cards: purses, orders, replacements, closings, the deny list."""

from __future__ import annotations

from satu.cards.kinds import CardState, OrderState
from satu.cards.rules import LIMITED
from satu.ledger.kinds import AccountKind, PostingKind
from satu.ledger.verify import Check

_INCOMING = ", ".join(str(kind.value) for kind in LIMITED)

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
        "a card that switched banks left nothing behind",
        f"""
        select s.card, s.from_purse, s.to_purse, s.amount, p.amount as sent, q.amount as arrived,
               o.balance as left_behind
          from cards_switch s
          full join (select * from ledger_posting where kind = {PostingKind.SWITCH.value}) p
            on p.key = s.posting and p.debit = s.from_purse
          left join ledger_posting q
            on q.kind = {PostingKind.SWITCH.value} and q.credit = s.to_purse
          left join ledger_account o on o.id = s.from_purse
          left join ledger_account n on n.id = s.to_purse
         where (s.card is null and not exists
                   (select from cards_switch x where x.to_purse = p.credit))
            or (s.card is not null
                and ((coalesce(p.amount, 0), coalesce(q.amount, 0))
                       is distinct from (s.amount, s.amount)
                     or (o.balance, o.held, o.party, o.book) is distinct from
                        (0, 0, n.party, s.from_bank)
                     or n.book is distinct from s.to_bank
                     or exists (select from cards_card c
                                 where s.from_purse = c.purse or s.from_purse = any(c.purses))))
        """,
    ),
    Check(
        "what came in in a month counts on in the purse that the money went to",
        """
        with brought as (
            select to_purse as purse, from_purse as source, null::date as month from cards_switch
            union all
            select "into", account, closed_month from cards_purse where "into" is not null
        ), carried as (
            -- a purse that a switch opened had no month before the one in which it was
            select b.purse, s.month, sum(s.amount)::bigint as amount
              from brought b join cards_incoming s on s.purse = b.source
             where s.month = coalesce(b.month, (select max(month) from cards_incoming
                                                 where purse = b.source))
             group by b.purse, s.month
        )
        select i.purse, i.month, i.carried, c.amount as came_before
          from cards_incoming i left join carried c using (purse, month)
         where i.carried is distinct from coalesce(c.amount, 0)
        """,
    ),
    Check(
        "a card's purses are its own, at a bank each, and one of them is in use",
        f"""
        select c.id as card, c.issuer, c.purse, c.purses, a.book
          from cards_card c
          left join ledger_account a on a.id = coalesce(c.purses[1], c.purse)
         where c.issuer is distinct from a.book
            or (c.purses is not null and (
                   cardinality(c.purses) < 2 or c.purse <> all(c.purses)
                   or cardinality(c.purses) <> (
                       select count(distinct (b.id, b.book)) from ledger_account b
                        where b.id = any(c.purses) and b.kind = {AccountKind.PURSE.value}
                          and b.party = a.party and b.asset = a.asset)
                   or c.purses <> array(
                       select p.account from unnest(c.purses) with ordinality as u (id, place)
                         join cards_purse p on p.account = u.id and p.closed_at is null
                        order by u.place)))
        """,
    ),
    Check(
        "a purse that was closed is empty, and its money went to the card's other",
        f"""
        select c.account, c.amount, p.amount as sent, a.balance, a.held
          from (select * from cards_purse where closed_at is not null) c
          full join (select * from ledger_posting
                      where kind = {PostingKind.PURSE_CLOSED.value}) p
            on p.key = c.posting and p.debit = c.account
          left join ledger_account a on a.id = c.account
         where (c.account is null
                and not exists (select from cards_purse x
                                 where x."into" = p.credit and x.amount = p.amount))
            or (c.account is not null
                and (coalesce(p.amount, 0) is distinct from c.amount
                     or (a.balance, a.held) is distinct from (0::bigint, 0::bigint)
                     or exists (select from cards_card k
                                 where c.account = k.purse or c.account = any(k.purses))))
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
            or (o.purse, o.purses, o.receivable, o.issuer, o.card_group)
               is distinct from (n.purse, n.purses, n.receivable, n.issuer, n.card_group)
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
        "an order's cards are those that were ordered, and open no door before delivery",
        f"""
        select o.id as "order", o.first, o.count, m.made, m.alike, m.active
          from cards_order o
         cross join lateral (
              select count(*) as made,
                     count(*) filter (where c.product = o.product) as alike,
                     count(*) filter (where c.state = {CardState.ACTIVE.value}) as active
                from cards_card c where c.id >= o.first and c.id < o.first + o.count) m
         where o.first is not null
           and ((m.made, m.alike) is distinct from (o.count, o.count)
                or (m.active > 0 and o.state <> {OrderState.DELIVERED.value}))
        """,
    ),
    Check(
        "what a closed card was paid back is its redemption, and nothing is left",
        f"""
        with paid as (
            select a.party, sum(p.amount)::bigint as amount, array_agg(p.key) as keys,
                   array_agg(p.debit) as purses
              from ledger_posting p join ledger_account a on a.id = p.debit
             where p.kind = {PostingKind.REDEMPTION.value} group by a.party
        ), closed as (
            select x.card, x.amount, x.posting, x.paid_at, a.party, c.purse, c.purses,
                   (select sum(b.balance) from ledger_account b
                     where b.id = any(coalesce(c.purses, array[c.purse]))) as balance
              from cards_closing x
              left join cards_card c on c.id = x.card
              left join ledger_account a on a.id = c.purse
        )
        select coalesce(x.card, p.party) as card, x.amount, p.amount as postings_say, x.balance
          from closed x full join paid p using (party)
         where (x.paid_at is not null or p.party is not null)
           and (coalesce(p.amount, 0) is distinct from x.amount or x.balance is distinct from 0
                or coalesce(x.posting = any(p.keys), false) is distinct from (x.amount > 0)
                or not coalesce(p.purses, '{{}}') <@ coalesce(x.purses, array[x.purse]))
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
