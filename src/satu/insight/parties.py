"""What operators and banks are shown of themselves: read from sums, never from taps or postings.

Days from `first` to `last` are included. Amounts are in the smallest unit of the city's currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from satu.insight.ages import Owed, owed
from satu.insight.queries import Connection
from satu.kernel.refusal import REAL_CLASSES, Outcome, UseClass
from satu.ledger.kinds import SCHEME, AccountKind

INCOMPLETE = (UseClass.MISSING_EXIT, UseClass.MISSING_ENTRY, UseClass.AUTO_COMPLETED)

# The kinds stand in the text, so that the planner sees that the directory's index serves.
EARNED = f"""
select s.settlement_day, sum(s.credits - s.debits)::bigint
  from ledger_account a join ledger_daily_sum s on s.account = a.id
 where a.kind in ({AccountKind.PAYABLE.value}, {AccountKind.UNFUNDED_CLAIM.value})
   and a.party = %(operator)s and s.settlement_day between %(first)s and %(last)s
 group by 1
"""
TAPS_BY_DAY = """
select service_day, sum(taps)::bigint, sum(taps) filter (where outcome <> %(accepted)s)::bigint,
       sum(riders_in)::bigint
  from insight_operator_day
 where operator = %(operator)s and service_day between %(first)s and %(last)s group by 1
"""
USES_BY_DAY = """
select service_day, sum(uses)::bigint, sum(uses) filter (where use_class = any(%(incomplete)s))
  from insight_use_day
 where operator = %(operator)s and service_day between %(first)s and %(last)s
   and use_class = any(%(real)s) group by 1
"""
TAPS_BY_LINE = """
select route, sum(taps)::bigint, sum(taps) filter (where outcome <> %(accepted)s)::bigint
  from insight_operator_day
 where operator = %(operator)s and service_day between %(first)s and %(last)s group by 1
"""
USES_BY_LINE = """
select route, sum(uses)::bigint, sum(riders)::bigint, sum(fare)::bigint,
       sum(uses) filter (where use_class = any(%(incomplete)s))
  from insight_use_day
 where operator = %(operator)s and service_day between %(first)s and %(last)s
   and use_class = any(%(real)s) group by 1
"""
USES_BY_CLASS = """
select use_class, sum(uses)::bigint, sum(fare)::bigint from insight_use_day
 where operator = %(operator)s and service_day between %(first)s and %(last)s
   and use_class = any(%(real)s) group by 1 order by 2 desc, 1
"""
PASSES = """
select product, count(*), sum(price)::bigint from cards_pass
 where operator = %(operator)s and at >= %(since)s and at < %(until)s
 group by 1 order by 3 desc, 1
"""
REFUSED = """
select outcome, sum(taps)::bigint from insight_operator_day
 where operator = %(operator)s and service_day between %(first)s and %(last)s
   and outcome <> %(accepted)s group by 1 order by 2 desc, 1
"""
OWED_TO = f"""
select a.book, s.settlement_day, s.debits, s.credits
  from ledger_account a join ledger_daily_sum s on s.account = a.id
 where a.kind in ({AccountKind.PAYABLE.value}, {AccountKind.UNFUNDED_CLAIM.value})
   and a.party = %s
 order by s.settlement_day
"""
OWED_BY = f"""
select a.party, s.settlement_day, s.debits, s.credits
  from ledger_account a join ledger_daily_sum s on s.account = a.id
 where a.kind = {AccountKind.PAYABLE.value} and a.book = %s
 order by s.settlement_day
"""
COUNTS = """
select state, number, counted_at from insight_issuer_count where issuer = %s and what = %s
 order by state
"""
BOUND = {
    "accepted": int(Outcome.ACCEPTED),
    "incomplete": [int(one) for one in INCOMPLETE],
    "real": [int(one) for one in REAL_CLASSES],
}


class OperatorDay(NamedTuple):
    """An operator's day. `earned` was booked on it; taps and uses are of the service day."""

    day: date
    earned: int
    riders: int
    uses: int
    incomplete: int
    taps: int
    refused: int


class LineSum(NamedTuple):
    """A line's days together; `route` 0: at gates and doors, where no line is told."""

    route: int
    fare: int
    riders: int
    uses: int
    incomplete: int
    taps: int
    refused: int


class Sold(NamedTuple):
    """How many of something, and what they brought in all."""

    what: str
    number: int
    amount: int


class Due(NamedTuple):
    """What one party owes another: the book or the operator on the other side."""

    other: int
    owed: Owed


class Counted(NamedTuple):
    """How many there are by state, and when that was counted; None: not yet."""

    numbers: dict[int, int]
    at: datetime | None


def operator_days(
    connection: Connection, operator: int, first: date, last: date
) -> list[OperatorDay]:
    """Every day of a span, the newest first, also those on which nothing happened."""
    values = BOUND | {"operator": operator, "first": first, "last": last}
    earned = dict(connection.execute(EARNED, values).fetchall())
    taps = {day: rest for day, *rest in connection.execute(TAPS_BY_DAY, values)}
    uses = {day: rest for day, *rest in connection.execute(USES_BY_DAY, values)}
    found = []
    for place in range((last - first).days + 1):
        day = last - timedelta(days=place)
        all_taps, refused, riders = taps.get(day, (0, 0, 0))
        rides, incomplete = uses.get(day, (0, 0))
        found.append(
            OperatorDay(
                day, earned.get(day, 0), riders, rides, incomplete or 0, all_taps, refused or 0
            )
        )
    return found


def operator_lines(connection: Connection, operator: int, first: date, last: date) -> list[LineSum]:
    """An operator's lines in a span, those that earned most first."""
    values = BOUND | {"operator": operator, "first": first, "last": last}
    taps = {route: rest for route, *rest in connection.execute(TAPS_BY_LINE, values)}
    uses = {route: rest for route, *rest in connection.execute(USES_BY_LINE, values)}
    found = []
    for route in taps.keys() | uses.keys():
        all_taps, refused = taps.get(route, (0, 0))
        rides, riders, fare, incomplete = uses.get(route, (0, 0, 0, 0))
        found.append(LineSum(route, fare, riders, rides, incomplete or 0, all_taps, refused or 0))
    return sorted(found, key=lambda line: (-line.fare, -line.riders, line.route))


def operator_rides(
    connection: Connection, operator: int, first: date, last: date
) -> list[tuple[UseClass, int, int]]:
    """How rides ended, how many each way, and what they cost: the most frequent first."""
    values = BOUND | {"operator": operator, "first": first, "last": last}
    rows = connection.execute(USES_BY_CLASS, values)
    return [(UseClass(use_class), uses, fare) for use_class, uses, fare in rows]


def operator_passes(
    connection: Connection, operator: int, since: datetime, until: datetime
) -> list[Sold]:
    """The passes that were sold from `since` to before `until`, by product."""
    values = {"operator": operator, "since": since, "until": until}
    return [Sold(*row) for row in connection.execute(PASSES, values)]


def operator_refusals(
    connection: Connection, operator: int, first: date, last: date
) -> list[tuple[int, int]]:
    """Refused taps: (satu.kernel.refusal.Outcome, how many), the most frequent first."""
    values = BOUND | {"operator": operator, "first": first, "last": last}
    return connection.execute(REFUSED, values).fetchall()


def owed_to(connection: Connection, operator: int, today: date) -> list[Due]:
    """What each bank owes an operator and since when, the most first.

    Book 0: rides that cards have not paid yet, which no bank owes before they do.
    """
    return _dues(connection.execute(OWED_TO, [operator]), today)


def owed_by(connection: Connection, issuer: int, today: date) -> list[Due]:
    """What a bank owes each operator and since when, the most first."""
    assert issuer != SCHEME
    return _dues(connection.execute(OWED_BY, [issuer]), today)


def cards_counted(connection: Connection, issuer: int) -> Counted:
    """A bank's cards by satu.cards.kinds.CardState."""
    return _counted(connection, issuer, "card")


def virtual_accounts_counted(connection: Connection, issuer: int) -> Counted:
    """A bank's numbers for one top-up by satu.partners.rules.State."""
    return _counted(connection, issuer, "virtual_account")


def _counted(connection: Connection, issuer: int, what: str) -> Counted:
    rows = connection.execute(COUNTS, [issuer, what]).fetchall()
    return Counted({state: number for state, number, _ in rows}, rows[0][2] if rows else None)


def _dues(rows: Iterable[tuple[int, date, int, int]], today: date) -> list[Due]:
    days: dict[int, list[tuple[date, int, int]]] = defaultdict(list)
    for other, day, debits, credits in rows:
        days[other].append((day, debits, credits))
    dues = [Due(other, owed(found, today)) for other, found in days.items()]
    return sorted(dues, key=lambda due: (-due.owed.amount, due.other))
