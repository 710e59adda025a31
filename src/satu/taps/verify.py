"""What `satu verify` proves beyond the ledger: card days, uses and taps agree with the postings."""

from __future__ import annotations

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

CHECKS = (
    Check(
        "what a card paid for a day is what its uses cost",
        f"""
        with paid as (
            select a.party as card, p.service_day, sum(p.change)::bigint as paid
              from (select debit as account, amount as change, service_day from ledger_posting
                     where kind in ({_RIDES})
                    union all
                    select credit, -amount, service_day from ledger_posting
                     where kind in ({_RIDES})) p
              join ledger_account a on a.id = p.account and a.balance is not null
             group by a.party, p.service_day
        ), cost as (
            select card, service_day, sum(fare)::bigint as cost from taps_use
             group by card, service_day
        )
        select coalesce(p.card, c.card) as card, coalesce(p.service_day, c.service_day) as day,
               coalesce(p.paid, 0) as postings_say, coalesce(c.cost, 0) as uses_cost
          from paid p full join cost c on c.card = p.card and c.service_day = p.service_day
         where coalesce(p.paid, 0) <> coalesce(c.cost, 0)
        """,
    ),
    Check(
        "a card's days hold exactly its accepted taps",
        """
        select coalesce(d.tap, t.id) as tap, d.card, d.service_day, t.outcome
          from (select unnest(taps) as tap, card, service_day from taps_card_day) d
          full join (select id, card, service_day, outcome from taps_tap where outcome = 0) t
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

ALL_CHECKS = (*ledger.CHECKS, *CHECKS)
