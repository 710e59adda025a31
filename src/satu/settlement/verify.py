"""What `satu verify` proves of clearing: a bank's answers are what was posted, and nothing else."""

from __future__ import annotations

from satu.ledger.kinds import AccountKind, PostingKind
from satu.ledger.verify import Check

CHECKS = (
    Check(
        "what a bank paid for its own chips and tokens is what its answers say",
        f"""
        select coalesce(l.posting, p.key) as posting, l.file_id as file, l.number, l.amount,
               p.amount as postings_say
          from (select * from settlement_clearing_line where is_paid) l
          full join (select p.key, case when p.credit = x.purse then p.amount else -p.amount end
                                     as amount
                       from cards_external x
                       join ledger_posting p on x.purse in (p.debit, p.credit)
                        and p.kind = {PostingKind.SETTLEMENT.value}) p
            on p.key = l.posting
         where l.amount is distinct from p.amount
        """,
    ),
    Check(
        "a bank's guarantee moved for rides and clearing alone",
        f"""
        select x.card, p.key as posting, p.kind
          from cards_external x
          join ledger_posting p on x.purse in (p.debit, p.credit)
          join ledger_account o
            on o.id = case when p.debit = x.purse then p.credit else p.debit end
         where o.kind <> {AccountKind.PAYABLE.value}
           and p.kind not in ({PostingKind.SETTLEMENT.value}, {PostingKind.GUARANTEE.value})
        """,
    ),
    Check(
        "a bank stands for each of its own chips and tokens once",
        f"""
        select x.card, x.guarantee, sum(p.amount) as postings_say
          from cards_external x
          left join ledger_posting p
            on p.credit = x.purse and p.kind = {PostingKind.GUARANTEE.value}
         group by x.card, x.guarantee having x.guarantee is distinct from sum(p.amount)
        """,
    ),
)
