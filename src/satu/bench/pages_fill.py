"""Fills a database with cards' days by sets: taps, uses, days, postings, holds, top-ups.

The owner writes what the tap's road would have written, day by day, with balances that follow
from each other, so that `satu verify` holds. Uploads, audit entries of top-ups and what a gateway
counts are not filled. A day is a transaction: a run that was ended goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple

import psycopg

from satu.bench.pages_rides import Pattern
from satu.bench.problems import BenchProblem
from satu.bench.stage import Tell
from satu.kernel.days import Calendar, from_ms
from satu.kernel.refusal import Outcome
from satu.ledger.kinds import AccountKind, HoldState, PostingKind

DAYS = 30
FIRST_MONEY = 500_000
TOP_UP = 50_000
TOP_UP_EACH = 30  # of so many cards one tops up on a day
REFUSED_EACH = 50  # of so many rides one was refused at first
SPARE = 1.005  # patterns are not met alike often: no fewer taps than were asked for
PLACES = 16  # of names of taps that a ride takes at most
CARD_STRIDE, PATTERN_STRIDE, DAY_STRIDE = 7_919, 31, 17

TABLES = """
create table if not exists satu_bench_filled (day integer primary key);
create temp table pattern_tap (m integer, k integer, device bigint, offset_ms bigint, point integer,
    route integer, direction smallint, meaning smallint, charge bigint, full_fare bigint,
    paid bigint);
create temp table pattern_use (m integer, k integer, kind text, operator integer, point_in integer,
    point_out integer, route integer, started_ms bigint, ended_ms bigint, use_class smallint,
    full_fare bigint, fare bigint);
create temp table pattern_paid (m integer, k integer, line integer, operator integer,
    amount bigint, paid bigint, kind smallint, use_k integer, hold_k integer, hold_line integer);
create temp table pattern_hold (m integer, k integer, line integer, amount bigint, kind smallint,
    state smallint);
create temp table pattern_state (m integer, place integer, before bytea, is_time boolean,
    k integer);
"""
RIDE = """
create temp table ride on commit drop as
select row_number() over (order by c.id) - 1 + %(first)s as number, c.id as card, c.card_group,
       c.issuer, c.purse, a.balance,
       (c.id * {pattern} + %(day)s * {day}) %% %(patterns)s as m
  from cards_card c join ledger_account a on a.id = c.purse
 where (c.id * {card} + %(first)s) %% %(cards)s < %(rides)s
""".format(pattern=PATTERN_STRIDE, day=DAY_STRIDE, card=CARD_STRIDE)
# A ride's tap k has the name device << 40 | number * PLACES + k, and its time.
NAME = f"((t.device << 40) | (r.number * {PLACES} + t.k))"
AT = "to_timestamp((%(start_ms)s + t.offset_ms + (r.card %% 60) * 1000) / 1000.0)"
TAPS = f"""
insert into taps_tap
      (id, card, card_group, medium, point, route, direction, riders, at, received_at, service_day,
       decided, outcome, meaning, charge, full_fare, balance, digest, upload)
select {NAME}, r.card, r.card_group, 1, t.point, t.route, t.direction, 1, {AT},
       {AT} + interval '1 second', %(on)s, 1, 0, t.meaning, t.charge, t.full_fare,
       r.balance - t.paid, r.number, null
  from ride r join pattern_tap t on t.m = r.m
 order by t.offset_ms, r.card
"""
REFUSED = f"""
insert into taps_tap
      (id, card, card_group, medium, point, route, direction, riders, at, received_at, service_day,
       decided, outcome, meaning, charge, full_fare, balance, digest, upload)
select (%(refuser)s::bigint << 40) | r.number, r.card, r.card_group, 1, t.point, t.route,
       t.direction, 1, {AT} - interval '5 minutes', {AT} - interval '299 seconds', %(on)s, 0,
       {Outcome.BALANCE_INSUFFICIENT.value}, 0, 0, 0, r.balance, r.number, null
  from ride r join pattern_tap t on t.m = r.m and t.k = 0
 where r.number %% {REFUSED_EACH} = 0
 order by t.offset_ms, r.card
"""
USES = f"""
insert into taps_use
      (id, card, card_group, service_day, kind, operator, point_in, point_out, route, started_at,
       ended_at, use_class, full_fare, fare, riders)
select {NAME}, r.card, r.card_group, %(on)s, u.kind, u.operator, u.point_in, u.point_out,
       u.route,
       to_timestamp((%(start_ms)s + u.started_ms + (r.card %% 60) * 1000) / 1000.0),
       case when u.ended_ms >= 0 then
           to_timestamp((%(start_ms)s + u.ended_ms + (r.card %% 60) * 1000) / 1000.0) end,
       u.use_class, u.full_fare, u.fare, 1
  from ride r join pattern_use u on u.m = r.m join pattern_tap t on t.m = u.m and t.k = u.k
 order by u.started_ms, r.card
"""
CARD_DAYS = f"""
insert into taps_card_day
      (card, service_day, card_group, revision, last_at, last_tap, taps, carried_in, state,
       is_closed)
select r.card, %(on)s, r.card_group, 2, n.last_at, n.names[cardinality(n.names)], n.names,
       '\\x80'::bytea, s.state, true
  from ride r
 cross join lateral (
       select array_agg({NAME} order by t.k) as names, max({AT}) as last_at,
              array_agg(%(start_ms)s + t.offset_ms + (r.card %% 60) * 1000 order by t.k) as times
         from pattern_tap t where t.m = r.m) n
 cross join lateral (
       select string_agg(p.before || case when p.k < 0 then ''
                                          when p.is_time then int8send(n.times[p.k + 1])
                                          else int8send(n.names[p.k + 1]) end,
                         '' order by p.place) as state
         from pattern_state p where p.m = r.m) s
 order by r.card
"""
POSTINGS = f"""
insert into ledger_posting
      (key, debit, credit, amount, kind, card_group, occurred_at, posted_at, service_day,
       settlement_day, debit_balance_after, credit_balance_after, tap, use, corrects, hold)
select (lpad(to_hex({NAME}), 16, '0') || '00000001' || lpad(to_hex(p.line), 8, '0'))::uuid,
       r.purse, a.id, p.amount, p.kind, r.card_group, {AT}, {AT} + interval '1 second', %(on)s,
       %(on)s, r.balance - p.paid, null, {NAME},
       (t.device << 40) | (r.number * {PLACES} + p.use_k), null,
       case when p.hold_k >= 0 then
           (lpad(to_hex((t.device << 40) | (r.number * {PLACES} + p.hold_k)), 16, '0')
            || '00000001' || lpad(to_hex(p.hold_line), 8, '0'))::uuid end
  from ride r
  join pattern_paid p on p.m = r.m
  join pattern_tap t on t.m = p.m and t.k = p.k
  join ledger_account a on a.kind = {AccountKind.PAYABLE.value} and a.book = r.issuer
   and a.party = p.operator
 order by r.card, p.paid
"""
HOLDS = f"""
insert into ledger_hold (key, account, amount, remaining, kind, opened_at, expires_at, ended_at,
                         state)
select (lpad(to_hex({NAME}), 16, '0') || '00000001' || lpad(to_hex(h.line), 8, '0'))::uuid,
       r.purse, h.amount, 0, h.kind, {AT}, null, {AT} + interval '1 hour', h.state
  from ride r join pattern_hold h on h.m = r.m join pattern_tap t on t.m = h.m and t.k = h.k
"""
SUMS = f"""
insert into ledger_delta (account, settlement_day, debits, credits, postings)
select a.id, %(on)s, 0, sum(p.amount), count(*)
  from ride r
  join pattern_paid p on p.m = r.m
  join ledger_account a on a.kind = {AccountKind.PAYABLE.value} and a.book = r.issuer
   and a.party = p.operator
 group by a.id
"""
BALANCES = """
update ledger_account a set balance = a.balance - s.paid
  from ride r join (select m, sum(amount) as paid from pattern_paid group by m) s on s.m = r.m
 where a.id = r.purse
"""
VERSIONS = "update cards_card c set version = c.version + 1 from ride r where c.id = r.card"
PAYING = """
create temp table paying on commit drop as
select c.id as card, c.card_group, c.issuer, c.purse, c.product, a.balance, i.float_account,
       (lpad(to_hex((1::bigint << 47) | (%(start_ms)s + c.id %% 1000)), 12, '0')
        || left(md5('top-up ' || c.id || ' ' || %(day)s::int), 20))::uuid as key,
       to_timestamp((%(start_ms)s + c.id %% 1000) / 1000.0) as at
  from cards_card c
  join ledger_account a on a.id = c.purse
  join cards_issuer i on i.id = c.issuer
 where %(each)s = 1 or c.id %% %(each)s = %(day)s %% %(each)s
"""
TOP_UPS = (
    f"""
insert into ledger_posting
      (key, debit, credit, amount, kind, card_group, occurred_at, posted_at, service_day,
       settlement_day, debit_balance_after, credit_balance_after)
select key, float_account, purse, %(amount)s, {PostingKind.TOP_UP.value}, card_group, at, at,
       %(on)s, %(on)s, null, balance + %(amount)s
  from paying order by card
""",
    """
insert into cards_top_up (issuer, reference, card, amount, posting, collected, balance, at)
select issuer, 'BENCH' || %(day)s::int || '-' || card, card, %(amount)s, key, 0,
       balance + %(amount)s, at
  from paying order by card
""",
    """
insert into cards_incoming as i (purse, month, amount, balance)
select purse, date_trunc('month', %(on)s::date)::date, %(amount)s, balance + %(amount)s
  from paying where product <> 0
    on conflict (purse, month) do update
   set amount = i.amount + excluded.amount, balance = excluded.balance
""",
    """
insert into ledger_delta (account, settlement_day, debits, credits, postings)
select float_account, %(on)s, count(*) * %(amount)s, 0, count(*) from paying group by 1
""",
    """
update ledger_account a set balance = a.balance + %(amount)s from paying p where a.id = p.purse
""",
)
RIDES = (TAPS, REFUSED, USES, CARD_DAYS, POSTINGS, HOLDS, SUMS, BALANCES, VERSIONS)


class Filling(NamedTuple):
    """What to fill: the owner's address, so many cards and taps, up to the day before `today`."""

    owner: str
    cards: int
    taps: int
    readers: Sequence[int]
    calendar: Calendar
    today: date
    tell: Tell


class _Plan(NamedTuple):
    """Days to fill, rides on each, and the first day."""

    days: int
    rides: int
    first: date


def fill(filling: Filling, made: Sequence[Pattern]) -> int:
    """Fill what is not there yet, through the owner's connection; how many taps are stored."""
    plan = _planned(filling, made)
    with psycopg.connect(filling.owner, autocommit=True) as conn:
        conn.execute("set synchronous_commit = off")
        conn.execute("set work_mem = '64MB'")
        conn.execute(TABLES)
        _keep_patterns(conn, made, filling.readers[:-1])
        ((done,),) = conn.execute("select coalesce(max(day), -2) from satu_bench_filled")
        ((stored,),) = conn.execute("select count(*) from taps_tap")
        if done < -1 and stored:
            raise BenchProblem("the database holds taps of another bench; use --fresh")
        for day in range(done + 1, plan.days):
            with conn.transaction():
                _fill_day(conn, filling, plan, day, len(made))
            filling.tell("Days", day + 1, plan.days)
        conn.execute("select ledger_roll_up_v1()")
        ((stored,),) = conn.execute("select count(*) from taps_tap")
    return int(stored)


def _planned(filling: Filling, made: Sequence[Pattern]) -> _Plan:
    a_ride = sum(len(one.taps) for one in made) / len(made) + 1 / REFUSED_EACH
    rides = ceil(SPARE * filling.taps / a_ride)
    days = max(DAYS, ceil(rides / filling.cards))
    return _Plan(days, ceil(rides / days), filling.today - timedelta(days=days))


def _fill_day(
    conn: psycopg.Connection, filling: Filling, plan: _Plan, day: int, patterns: int
) -> None:
    """A day's top-ups, then its rides; day -1 is that on which every card gets money."""
    on = plan.first + timedelta(days=day)
    values: dict[str, Any] = {
        "day": day,
        "on": on,
        "start_ms": filling.calendar.start_ms(on),
        "cards": filling.cards,
        "rides": plan.rides,
        "first": day * plan.rides,
        "patterns": patterns,
        "refuser": filling.readers[-1],
        "each": TOP_UP_EACH if day >= 0 else 1,
        "amount": TOP_UP if day >= 0 else FIRST_MONEY,
    }
    conn.execute(PAYING, values)
    conn.execute("analyze paying")
    for statement in TOP_UPS:
        conn.execute(statement, values)
    if day >= 0:
        conn.execute(RIDE, values)
        conn.execute("analyze ride")
        for statement in RIDES:
            conn.execute(statement, values)
    conn.execute("insert into satu_bench_filled values (%s)", [day])


def _keep_patterns(
    conn: psycopg.Connection, made: Sequence[Pattern], readers: Sequence[int]
) -> None:
    """Put the patterns into the connection's own tables."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "tap": [], "use": [], "paid": [], "hold": [], "state": [],
    }  # fmt: skip
    for m, one in enumerate(made):
        device = readers[m % len(readers)]
        assert len(one.taps) <= PLACES
        rows["tap"] += [(m, k, device, *tap) for k, tap in enumerate(one.taps)]
        rows["use"] += [(m, *use) for use in one.uses]
        rows["paid"] += [(m, *paid) for paid in one.paid]
        for hold in one.holds:
            state = HoldState.CAPTURED if hold.is_captured else HoldState.RELEASED
            rows["hold"].append((m, *hold[:4], int(state)))
        rows["state"] += [
            (m, place, piece.before, piece.is_time, piece.place)
            for place, piece in enumerate(one.state)
        ]
    for name, kept in rows.items():
        with conn.cursor() as cursor, cursor.copy(f"copy pattern_{name} from stdin") as copy:
            for row in kept:
                copy.write_row(row)
        conn.execute(f"create index on pattern_{name} (m)")
        conn.execute(f"analyze pattern_{name}")


def span(filling: Filling, made: Sequence[Pattern]) -> tuple[Any, Any]:
    """The instants between which all filled taps were received."""
    plan = _planned(filling, made)
    start_ms = filling.calendar.start_ms(plan.first)
    return from_ms(start_ms), from_ms(filling.calendar.start_ms(filling.today))
