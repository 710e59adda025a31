"""Counts taps by quarter of an hour, each once, into insight's tables. Called by insight.jobs.

What was the newest time of receipt at the last look is complete at the next one: a row that is
committed late cannot appear behind it any more (as satu.insight.rules.Watermark does for a page).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from satu.insight.queries import Connection, newest_received
from satu.insight.rules import BEGINS, ENDS
from satu.kernel.refusal import Outcome
from satu.taps.health import note_seen

LAG = timedelta(seconds=4)  # a commit takes far less
CHUNK = timedelta(hours=1)
POINTS_KEPT = timedelta(days=70)
LINES_KEPT = timedelta(days=400)

PROGRESS = "select complete, seen, looked_at from insight_progress for update"
OLDEST = "select min(received_at) from taps_tap"
BEGIN = """
insert into insight_progress (complete, seen, looked_at) values (%s, %s, %s)
    on conflict do nothing
"""
LOOKED = "update insight_progress set seen = %s, looked_at = %s"
COUNTED = "update insight_progress set complete = %s"

COUNT = """
with fresh as materialized (
    select service_day, date_bin('15 minutes', at, 'epoch') as quarter, point, route, outcome,
           count(*)::integer as taps,
           coalesce(sum(riders) filter (where outcome = %(accepted)s and meaning = any(%(begins)s)),
                    0)::integer as riders_in,
           coalesce(sum(riders) filter (where outcome = %(accepted)s and meaning = any(%(ends)s)),
                    0)::integer as riders_out,
           sum(charge)::bigint as charged
      from taps_tap
     where received_at > %(after)s and received_at <= %(upto)s
     group by 1, 2, 3, 4, 5
), points as (
    insert into insight_quarter as q
           (point, quarter, route, outcome, taps, riders_in, riders_out, charged)
    select point, quarter, route, outcome, sum(taps), sum(riders_in), sum(riders_out), sum(charged)
      from fresh group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (point, quarter, route, outcome) do update
       set taps = q.taps + excluded.taps, riders_in = q.riders_in + excluded.riders_in,
           riders_out = q.riders_out + excluded.riders_out, charged = q.charged + excluded.charged
), days as (
    insert into insight_operator_day as d
           (operator, service_day, route, outcome, taps, riders_in)
    select coalesce(p.operator, 0), f.service_day, f.route, f.outcome, sum(f.taps),
           sum(f.riders_in)
      from fresh f left join taps_point p on p.id = f.point group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (operator, service_day, route, outcome) do update
       set taps = d.taps + excluded.taps, riders_in = d.riders_in + excluded.riders_in
)
insert into insight_line_quarter as q
       (service_day, operator, route, quarter, taps, refused, riders_in, riders_out, charged)
select f.service_day, coalesce(p.operator, 0), f.route, f.quarter, sum(f.taps),
       coalesce(sum(f.taps) filter (where f.outcome <> %(accepted)s), 0),
       sum(f.riders_in), sum(f.riders_out), sum(f.charged)
  from fresh f left join taps_point p on p.id = f.point
 group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (service_day, operator, route, quarter) do update
   set taps = q.taps + excluded.taps, refused = q.refused + excluded.refused,
       riders_in = q.riders_in + excluded.riders_in,
       riders_out = q.riders_out + excluded.riders_out, charged = q.charged + excluded.charged
"""


def keep_quarters(connection: Connection, *, at: datetime) -> bool:
    """Count what is complete since the last look; whether anything was. `at` is the real time.

    `connection` is in autocommit; every hour of receipt is a transaction of its own.
    """
    look = _look(connection, at)
    if look is None:
        return False
    complete, upto = look
    while complete < upto:
        complete = _count(connection, complete, min(upto, complete + CHUNK))
    return True


def forget_quarters(connection: Connection, *, at: datetime) -> int:
    """Remove what is too old to compare with: ten weeks of places, a year of lines and days."""
    points = connection.execute(
        "delete from insight_quarter where quarter < %s", [at - POINTS_KEPT]
    )
    lines = connection.execute(
        "delete from insight_line_quarter where service_day < %s", [(at - LINES_KEPT).date()]
    )
    days = connection.execute(
        "delete from insight_operator_day where service_day < %s", [(at - LINES_KEPT).date()]
    )
    return points.rowcount + lines.rowcount + days.rowcount


def _look(connection: Connection, at: datetime) -> tuple[datetime, datetime] | None:
    """The span (after, upto] that is complete now, if there is one; notes the newest receipt."""
    with connection.transaction():
        known = connection.execute(PROGRESS).fetchone()
        if known is None:
            _begin(connection, at)
            return None
        complete, seen, looked_at = known
        if timedelta(0) <= at - looked_at < LAG:
            return None
        newest = newest_received(connection, seen, at) or seen
        connection.execute(LOOKED, [newest, at])
    return (complete, seen) if seen > complete else None


def _begin(connection: Connection, at: datetime) -> None:
    newest = newest_received(connection, None, at)
    if newest is None:
        return
    ((oldest,),) = connection.execute(OLDEST)
    connection.execute(BEGIN, [oldest - timedelta(microseconds=1), newest, at])


def _count(connection: Connection, after: datetime, upto: datetime) -> datetime:
    """Add a span's taps; where counting stands then. Another program may have come first."""
    with connection.transaction():
        ((complete, _, _),) = connection.execute(PROGRESS)
        if complete >= upto:
            return upto
        values = {"after": max(after, complete), "upto": upto, "accepted": int(Outcome.ACCEPTED)}
        meanings = {"begins": sorted(map(int, BEGINS)), "ends": sorted(map(int, ENDS))}
        connection.execute(COUNT, values | meanings)
        note_seen(connection, after=values["after"], upto=upto)
        connection.execute(COUNTED, [upto])
    return upto
