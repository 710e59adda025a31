"""What `satu verify` proves of money in and out: agents, fees, standing orders, deposits."""

from __future__ import annotations

from satu.ledger.kinds import AccountKind, PostingKind
from satu.ledger.verify import Check

CHECKS = (
    Check(
        "an agent's float is what it paid in and earned, less what it sold",
        f"""
        with sold as (
            select agent, sum(amount + fee - commission)::bigint as amount
              from payments_agent_top_up group by agent
        ), paid_in as (
            select p.credit as account, sum(p.amount)::bigint as amount
              from ledger_posting p where p.kind = {PostingKind.TOP_UP.value} group by p.credit
        )
        select a.id as account, g.code as agent, a.balance,
               coalesce(i.amount, 0) - coalesce(s.amount, 0) as postings_say
          from ledger_account a
          full join payments_agent g on g.account = a.id
          left join sold s on s.agent = g.id
          left join paid_in i on i.account = a.id
         where (a.kind = {AccountKind.AGENT.value} or g.id is not null)
           and a.balance is distinct from coalesce(i.amount, 0) - coalesce(s.amount, 0)
        """,
    ),
    Check(
        "what an agent sold on a day is within its limits, and is in the books",
        """
        select t.agent, t.day, t.reference, t.amount, p.amount as postings_say
          from payments_agent_top_up t
          left join ledger_posting p on p.key = t.posting
         where p.amount is distinct from t.amount
         union all
        select t.agent, t.day, '', sum(t.amount)::bigint, max(g.most_a_day)
          from payments_agent_top_up t join payments_agent g on g.id = t.agent
         group by t.agent, t.day having sum(t.amount) > max(g.most_a_day)
        """,
    ),
    Check(
        "a standing order of a bank brought what it counts",
        """
        select o.id as "order", o.done, o.amount, count(t.posting) as top_ups_say
          from payments_order o
         cross join generate_series(1, o.done + 1) n
          left join cards_top_up t
            on t.issuer = o.bank and t.reference = format('order/%s/%s', o.id, n)
           and t.amount = o.amount
         where o.bank is not null
         group by o.id having count(t.posting) <> o.done
        """,
    ),
)
