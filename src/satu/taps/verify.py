"""What `satu verify` proves beyond the ledger: card days, uses, taps, passes and repairs agree."""

from __future__ import annotations

from typing import Any

from satu.cards import rights
from satu.cards import verify as cards
from satu.ledger import verify as ledger
from satu.ledger.kinds import PostingKind
from satu.ledger.verify import Check

_RIDES = ", ".join(
    str(kind.value)
    for kind in (
        PostingKind.FARE,
        PostingKind.SHORTFALL,
        PostingKind.CORRECTION,
        PostingKind.SHORTFALL_UNDONE,
        PostingKind.COLLECTION,
    )
)

# What rides changed of cards' own accounts, which keep a balance: a row an account and posting.
_PAID = f"""
    select a.party as card, p.service_day, p.change
      from (select debit as account, amount as change, service_day from ledger_posting
             where kind in ({_RIDES})
            union all
            select credit, -amount, service_day from ledger_posting
             where kind in ({_RIDES})) p
      join ledger_account a on a.id = p.account and a.balance is not null
"""

CHECKS = (
    Check(
        "what a card paid for a day is what its uses cost",
        f"""
        with paid as (
            -- accounts keep the name of the first card: those that took its place share them
            select card, service_day, sum(change)::bigint as paid from ({_PAID}) p
             group by card, service_day
        ), cost as (
            select a.party as card, u.service_day, sum(u.fare)::bigint as cost
              from taps_use u
              join cards_card c on c.id = u.card join ledger_account a on a.id = c.purse
             group by a.party, u.service_day
        )
        select coalesce(p.card, c.card) as card, coalesce(p.service_day, c.service_day) as day,
               coalesce(p.paid, 0) as postings_say, coalesce(c.cost, 0) as uses_cost
          from paid p full join cost c on c.card = p.card and c.service_day = p.service_day
          left join taps_unlinked o on o.service_day = p.service_day
         where coalesce(p.paid, 0) <> coalesce(c.cost, 0)
               -- of a day that was unlinked only cards that wait still have uses
           and not (c.card is null and o.service_day is not null)
        """,
    ),
    Check(
        "what all cards paid for a day that was unlinked is what its uses cost",
        f"""
        with paid as (
            select service_day, sum(change)::bigint as paid from ({_PAID}) p
             group by service_day
        ), cost as (
            select service_day, sum(fare)::bigint as cost from taps_use group by service_day
        )
        select o.service_day as day, p.paid as postings_say, c.cost as uses_cost
          from taps_unlinked o
          left join paid p using (service_day) left join cost c using (service_day)
         where coalesce(p.paid, 0) <> coalesce(c.cost, 0)
        """,
    ),
    Check(
        "only taps and uses of days that were unlinked have lost their card",
        """
        select t.what, t.id, t.service_day
          from (select 'tap' as what, id, card, service_day from taps_tap
                union all
                select 'use', id, card, service_day from taps_use) t
          left join taps_unlinked o on o.service_day = t.service_day
         where t.card = 0 and o.service_day is null
        """,
    ),
    Check(
        "a card's days hold exactly its accepted taps",
        """
        select coalesce(d.tap, t.id) as tap, d.card, d.service_day, t.outcome
          from (select unnest(taps) as tap, card, service_day from taps_card_day) d
          full join (select id, card, service_day, outcome from taps_tap
                      where outcome = 0 and card is distinct from 0) t
            on t.id = d.tap and t.card = d.card and t.service_day = d.service_day
         where d.tap is null or t.id is null
        """,
    ),
    Check(
        "a tap's posting names a tap of that card",
        """
        select p.key, p.tap from ledger_posting p
         where p.tap is not null and not exists (select from taps_tap t where t.id = p.tap)
        """,
    ),
)


def _wrong_passes(row: dict[str, Any]) -> dict[str, Any] | None:
    """A card whose row has other passes than were paid for; None: it has exactly those."""
    held = {(one.id, one.product, one.bought_ms) for one in rights.decode(row["held"]).passes}
    paid = set(zip(row["ids"], row["products"], row["bought_ms"], strict=True))
    not_paid, not_held = held - paid, paid - held
    # What was sold after a card was replaced is on the one that took its place.
    if not not_paid and (not not_held or row["is_replaced"]):
        return None
    return {"card": row["card"], "not_paid": sorted(not_paid), "not_held": sorted(not_held)}


RIGHTS = (
    Check(
        "a pass that was sold is what its posting paid",
        f"""
        select coalesce(s.posting, p.key) as posting, s.id as pass, s.card, s.price, p.amount,
               p.debit as payer, o.party as operator
          from cards_pass s
          full join (select * from ledger_posting where kind = {PostingKind.PASS.value}) p
            on p.key = s.posting
          left join cards_card c on c.id = s.card
          left join ledger_account h on h.id = c.purse
          left join ledger_account d on d.id = p.debit  -- its purse then, wherever that is now
          left join ledger_account o on o.id = p.credit
         where (h.kind, h.party, s.price, s.operator::bigint)
               is distinct from (d.kind, d.party, p.amount, o.party)
        """,
    ),
    Check(
        "a card's row has the passes that were sold",
        """
        select c.id as card, c.entitlements as held, coalesce(s.ids, '{}') as ids,
               coalesce(s.products, '{}') as products, coalesce(s.bought_ms, '{}') as bought_ms,
               exists (select from cards_replacement r where r.card = c.id) as is_replaced
          from cards_card c
          full join (select b.purse, array_agg(x.id) as ids, array_agg(x.product) as products,
                            array_agg((extract(epoch from x.at) * 1000)::bigint) as bought_ms
                       from cards_pass x join cards_card b on b.id = x.card
                      group by b.purse) s on s.purse = c.purse
         where c.entitlements is not null or s.ids is not null
        """,
        _wrong_passes,
    ),
    Check(
        "what flowed back late is what approved repairs say, and no more than the day cost",
        f"""
        with back as (
            select a.party as card, p.use, p.service_day, sum(p.amount)::bigint as amount
              from ledger_posting p join ledger_account a on a.id = p.credit
             where p.kind = {PostingKind.REFUND.value} and a.balance is not null
               and p.use is not null  -- null: it was unlinked
             group by a.party, p.use, p.service_day
        ), cost as (
            select a.party as card, u.service_day, sum(u.fare)::bigint as fares
              from taps_use u
              join cards_card c on c.id = u.card join ledger_account a on a.id = c.purse
             where (a.party, u.service_day) in (select card, service_day from back)
             group by a.party, u.service_day
        ), said as (
            select a.party as card, r.use, r.service_day, r.refunded
              from taps_repair r
              join cards_card c on c.id = r.card join ledger_account a on a.id = c.purse
             where r.refunded > 0 and not exists (select from taps_tap t where t.id = r.tap)
        )
        select coalesce(b.card, s.card) as card, coalesce(b.use, s.use) as use,
               b.amount as postings_say, s.refunded as repairs_say, c.fares
          from back b
          full join said s on s.card = b.card and s.use = b.use
          left join cost c on c.card = b.card and c.service_day = b.service_day
         where b.amount is distinct from s.refunded
            or (select sum(d.amount) from back d
                 where d.card = b.card and d.service_day = b.service_day) > coalesce(c.fares, 0)
        """,
    ),
)

ALL_CHECKS = (*ledger.CHECKS, *cards.CHECKS, *CHECKS, *RIGHTS)
