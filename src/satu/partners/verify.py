"""What `satu verify` proves of virtual accounts: what was paid to them is in the books, once."""

from __future__ import annotations

from satu.ledger.verify import Check
from satu.partners.rules import State

CHECKS = (
    Check(
        "what was paid to a virtual account topped up a card at that bank, once",
        """
        select v.partner_id as partner, v.request, v.amount, t.amount as top_up_says
          from partners_va_payment v
          join partners_partner p on p.id = v.partner_id
          left join cards_top_up t on t.issuer = p.issuer_id and t.posting = v.posting
         where t.amount is distinct from v.amount
        """,
    ),
    Check(
        "a number for one top-up is paid if a payment of it is kept",
        f"""
        select a.partner_id as partner, a.customer_no, a.state, count(v.id) as payments
          from partners_virtual_account a
          left join partners_va_payment v
            on v.partner_id = a.partner_id and v.customer_no = a.customer_no
         group by a.id
        having (a.state = {State.PAID.value}) <> (count(v.id) > 0)
        """,
    ),
)
