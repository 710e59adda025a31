"""Reads of the live page, each one statement and so one snapshot. PostgreSQL only, never writes.

The reads of taps go by `received_at` and its BRIN index:
they cost what came in since the last reading, not what is stored.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import psycopg

from satu.insight.counts import TapGroup, Visits
from satu.insight.rules import dwell_of
from satu.kernel.days import from_ms
from satu.kernel.refusal import REAL_CLASSES, UseClass
from satu.ledger.kinds import SCHEME, AccountKind, Asset
from satu.ledger.queries import due_to_operators
from satu.taps.repair_rules import RepairState

FAR_PAST = from_ms(0)
FIRST_LOOKS = (timedelta(hours=1), timedelta(days=2), timedelta(days=60))

# Taps that riders told (satu.taps.repairs) come by the machine's clock. Where the city keeps
# another one, in a demo or a replay, they must not carry it along.
NEWEST = """
select max(received_at) from taps_tap
 where received_at > %s and id >> 40 not in (select id from taps_device where code like 'repair-%%')
"""

NEWEST_MADE = """
select max(at) from taps_tap where received_at > %(after)s and received_at <= %(upto)s
"""

GROUPS = """
select id >> 40, point, outcome, meaning, service_day,
       (extract(epoch from greatest(date_trunc('minute', at), %(since)s)) * 1000)::bigint,
       count(*), (extract(epoch from min(at)) * 1000)::bigint,
       (extract(epoch from max(at)) * 1000)::bigint,
       count(*) filter (where received_at - at > interval '5 minutes'), sum(riders)::bigint
  from taps_tap
 where received_at > %(after)s and received_at <= %(upto)s
 group by 1, 2, 3, 4, 5, 6
 order by 9
"""

ASIDE_COUNT = """
select coalesce(max(id), 0), count(*) filter (where received_at >= %s) from taps_quarantine
"""

ASIDE = """
select id, body->>'point' from taps_quarantine where id > %s order by id limit 5000
"""

STANDINGS = """
select book, kind, sum(standing)::bigint
  from (select a.book, a.kind, a.balance as standing
          from ledger_account a where a.asset = %(asset)s and a.balance is not null
        union all
        select a.book, a.kind, s.credits - s.debits
          from ledger_account a
          join (select account, debits, credits from ledger_checkpoint
                union all
                select account, debits, credits from ledger_delta) s on s.account = a.id
         where a.asset = %(asset)s and a.balance is null) x
 group by book, kind
"""

# What a rider told (satu.taps.repairs) ends no stay that a reader saw: it tells nothing of dwell.
VISITS = """
select operator,
       coalesce(sum(riders) filter (where use_class = any(%(real)s)), 0)::integer,
       coalesce(sum(riders) filter (where use_class = %(open)s), 0)::integer,
       (extract(epoch from percentile_cont(0.5) within group (order by ended_at - started_at)
                               filter (where is_pair)))::double precision,
       count(distinct card) filter (where is_pair)
  from (select *, use_class = %(complete)s and ended_at <= %(upto)s
                  and id not in (select unnest(array[use, tap]) from taps_repair
                                  where state = %(told)s and said_at >= %(since)s) as is_pair
          from taps_use where kind = 'visit' and service_day = %(day)s) visit
 group by operator
"""

ALARM_COLUMNS = (
    "id, kind, subject, since, noticed_at, ended_at, detail::text, acknowledged_at,"
    " acknowledged_by, note"
)
ALARMS_OPEN = f"select {ALARM_COLUMNS} from insight_alarm where ended_at is null order by since, id"
ALARMS_ENDED = f"""
select {ALARM_COLUMNS} from insight_alarm
 where noticed_at > %s and ended_at is not null order by noticed_at desc, id desc limit %s
"""
PROOF = "select at, postings, problems, first from insight_proof order by at desc, id desc limit 1"

Connection = psycopg.Connection[Any]


class AlarmRow(NamedTuple):
    """A kept alarm (satu.insight.models.Alarm)."""

    id: int
    kind: str
    subject: str
    since: datetime
    noticed_at: datetime
    ended_at: datetime | None
    detail: dict[str, Any]
    acknowledged_at: datetime | None
    acknowledged_by: str
    note: str


class ProofRow(NamedTuple):
    """A run of `satu verify`: `problems` rows were at fault, `first` names one."""

    at: datetime
    postings: int
    problems: int
    first: str


class Book(NamedTuple):
    """An issuer's book, or the scheme's (0), by account kind; credits less debits."""

    book: int
    standings: dict[AccountKind, int]

    @property
    def difference(self) -> int:
        """What is missing for the book to close: zero, always."""
        return sum(self.standings.values())

    @property
    def float_total(self) -> int:
        """What the bank holds for the city's cards (a float stands on the debit side)."""
        return -self.standings.get(AccountKind.FLOAT, 0)

    @property
    def purses(self) -> int:
        kinds = (AccountKind.PURSE, AccountKind.PROGRAMME_PURSE, AccountKind.ALLOWANCE)
        return sum(self.standings.get(kind, 0) for kind in kinds)

    @property
    def payables(self) -> int:
        return self.standings.get(AccountKind.PAYABLE, 0)


def newest_received(
    connection: Connection, after: datetime | None, now: datetime
) -> datetime | None:
    """The newest time of receipt after `after`; without it the newest of all, looked for in
    widening windows before `now`, because the newest of a BRIN index is not known to it."""
    looks = [after] if after else [*(now - look for look in FIRST_LOOKS), FAR_PAST]
    for since in looks:
        ((newest,),) = connection.execute(NEWEST, [since])
        if newest is not None:
            assert isinstance(newest, datetime)
            return newest
    return None


def newest_made(connection: Connection, after: datetime, upto: datetime) -> datetime:
    """When the newest of the taps received in a span, which is not empty, was made."""
    ((newest,),) = connection.execute(NEWEST_MADE, {"after": after, "upto": upto})
    assert isinstance(newest, datetime)
    return newest


def tap_groups(
    connection: Connection, *, after: datetime, upto: datetime, since: datetime
) -> list[TapGroup]:
    """Taps received in (after, upto] in groups, in the order of their last taps.

    Taps made before `since` share one group's minute: they need not be told apart.
    """
    values = {"after": after, "upto": upto, "since": since}
    return [TapGroup(*row) for row in connection.execute(GROUPS, values)]


def visits(
    connection: Connection, day: date, *, since: datetime, upto: datetime
) -> dict[int, Visits]:
    """A service day's visits by operator, as they stand; `since` is when the day began.

    The dwell is of those that had ended by `upto`.
    """
    values = {
        "day": day,
        "since": since,
        "upto": upto,
        "real": list(map(int, REAL_CLASSES)),
        "open": int(UseClass.OPEN),
        "complete": int(UseClass.COMPLETE),
        "told": int(RepairState.APPROVED),
    }
    return {
        operator: Visits(visitors, inside, dwell_of(median_s, cards))
        for operator, visitors, inside, median_s, cards in connection.execute(VISITS, values)
    }


def taps_aside(connection: Connection, after_id: int) -> list[tuple[int, str | None]]:
    """Taps kept aside after a row id: (row id, code of the point they name)."""
    return connection.execute(ASIDE, [after_id]).fetchall()


def aside_since(connection: Connection, since: datetime) -> tuple[int, int]:
    """The newest row id of what is kept aside, and how many rows came in since a time."""
    ((newest, count),) = connection.execute(ASIDE_COUNT, [since])
    return newest, count


def books(connection: Connection, asset: Asset) -> list[Book]:
    """Every book in one asset from the accounts as they stand, the scheme's first."""
    found: dict[int, Book] = {SCHEME: Book(SCHEME, {})}
    for book, kind, standing in connection.execute(STANDINGS, {"asset": int(asset)}):
        found.setdefault(book, Book(book, {})).standings[AccountKind(kind)] = standing
    return [found[book] for book in sorted(found)]


def issuer_names(connection: Connection) -> dict[int, str]:
    """The banks by their numbers, which are their books' too."""
    return dict(connection.execute("select id, name from cards_issuer order by id").fetchall())


def revenue_by_operator(connection: Connection, day: date) -> dict[int, int]:
    """What operators earned on a settlement day, paid and not yet collected."""
    earned: Counter[int] = Counter()
    for (_, operator), amount in due_to_operators(connection, day).items():
        earned[operator] += amount
    return dict(earned)


def open_alarms(connection: Connection) -> list[AlarmRow]:
    """The alarms that are not over, the oldest first."""
    return [_alarm(row) for row in connection.execute(ALARMS_OPEN)]


def ended_alarms(connection: Connection, since: datetime, limit: int = 100) -> list[AlarmRow]:
    """Alarms that are over and were noticed after a time, the newest first."""
    return [_alarm(row) for row in connection.execute(ALARMS_ENDED, [since, limit])]


def _alarm(row: tuple[Any, ...]) -> AlarmRow:
    alarm = AlarmRow(*row)
    return alarm._replace(detail=json.loads(row[6]))


def newest_proof(connection: Connection) -> ProofRow | None:
    """What the last `satu verify` found; None: none was kept."""
    row = connection.execute(PROOF).fetchone()
    return ProofRow(*row) if row else None
