"""Counts what operators and banks are shown and is too much to count at each look.

Uses change until their day is over, and a little after: the newest service days are counted anew
at each run, all that are kept once a day. Called by insight.jobs.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from satu.insight.queries import Connection

NEWEST_DAYS = 3
DAYS_KEPT = 400

NEWEST_DAY = "select max(service_day) from insight_operator_day"
IS_EMPTY = "select not exists (select from insight_use_day)"
FORGET_USES = "delete from insight_use_day where service_day >= %(first)s"
# Uses have no index by day, but lie in the order of their beginnings.
COUNT_USES = """
insert into insight_use_day (operator, service_day, route, use_class, uses, riders, fare)
select operator, service_day, route, use_class, count(*), sum(riders), sum(fare)
  from taps_use
 where started_at >= %(from)s and service_day >= %(first)s
 group by 1, 2, 3, 4
"""
COUNT_ISSUERS = """
insert into insight_issuer_count (issuer, what, state, number, counted_at)
select issuer, 'card', state, count(*), %(at)s from cards_card group by issuer, state
union all
select p.issuer_id, 'virtual_account', v.state, count(*), %(at)s
  from partners_virtual_account v join partners_partner p on p.id = v.partner_id
 group by p.issuer_id, v.state
"""


def tally(connection: Connection, *, at: datetime, is_whole: bool = False) -> int:
    """Count uses of the newest days (`is_whole`: of all that are kept) and banks' cards.

    How many rows of days there are then. `at` is the real time.
    """
    rows = _count_uses(connection, is_whole=is_whole)
    with connection.transaction():
        connection.execute("delete from insight_issuer_count")
        connection.execute(COUNT_ISSUERS, {"at": at})
    return rows


def _count_uses(connection: Connection, *, is_whole: bool) -> int:
    with connection.transaction():
        ((newest,),) = connection.execute(NEWEST_DAY)
        ((is_empty,),) = connection.execute(IS_EMPTY)
        if not isinstance(newest, date):
            return 0
        days = DAYS_KEPT if is_whole or is_empty else NEWEST_DAYS
        first = newest - timedelta(days=days - 1)
        values = {"first": first, "from": first - timedelta(days=1)}
        connection.execute(FORGET_USES, values)
        return connection.execute(COUNT_USES, values).rowcount
