"""Reads of the counted quarters of an hour, and of a past hour's taps, for the control room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from satu.insight.alarms import Flow
from satu.insight.normal import Compared, compared, earlier_days
from satu.insight.queries import Connection
from satu.insight.rules import sign_of
from satu.kernel.days import QUARTER_MS, Calendar, from_ms, to_ms
from satu.kernel.refusal import Outcome

LATE_FOR_REPLAY = timedelta(minutes=30)
MINUTES = 60

DAYS = """
select service_day, quarter, sum(riders_in)::bigint from insight_line_quarter
 where service_day = any(%(days)s) and (%(operator)s::int is null or operator = %(operator)s)
   and (%(route)s::int is null or route = %(route)s)
 group by 1, 2
"""
LINE = """
select quarter, sum(taps)::bigint, sum(refused)::bigint, sum(riders_in)::bigint,
       sum(riders_out)::bigint, sum(charged)::bigint
  from insight_line_quarter
 where service_day = %(day)s and operator = %(operator)s
   and (%(route)s::int is null or route = %(route)s)
 group by 1 order by 1
"""
POINTS = """
select quarter, sum(taps)::bigint, sum(taps) filter (where outcome <> 0)::bigint,
       sum(riders_in)::bigint, sum(riders_out)::bigint, sum(charged)::bigint
  from insight_quarter
 where point = any(%(points)s) and quarter >= %(start)s and quarter < %(end)s
 group by 1 order by 1
"""
REFUSED = """
select outcome, sum(taps)::bigint from insight_quarter
 where point = any(%(points)s) and quarter >= %(start)s and quarter < %(end)s and outcome <> 0
 group by 1 order by 2 desc, 1
"""
LINES = """
select route, sum(riders_in)::bigint, sum(charged)::bigint from insight_line_quarter
 where service_day = %(day)s and operator = %(operator)s and route <> 0
 group by 1 order by 2 desc, 1 limit %(limit)s
"""
HOUR = """
select minute, array_agg(point), array_agg(outcome), array_agg(taps)
  from (select floor(date_part('epoch', at - %(start)s) / 60)::integer as minute, point, outcome,
               count(*)::integer as taps
          from taps_tap
         where received_at >= %(start)s and received_at < %(received_end)s
           and at >= %(start)s and at < %(end)s
         group by 1, 2, 3) told
 group by 1
"""
FLOWS = """
select operator, service_day, sum(taps)::bigint, sum(refused)::bigint from insight_line_quarter
 where service_day = any(%(days)s) and quarter = any(%(quarters)s)
 group by 1, 2
"""
SO_FAR = """
select operator, sum(taps)::bigint, sum(refused)::bigint, count(distinct quarter)
  from insight_line_quarter where service_day = %(day)s and quarter < %(start)s
 group by 1
"""
COUNTED = "select complete from insight_progress"
FIRST = "select min(service_day) from insight_line_quarter"


class Quarter(NamedTuple):
    """A quarter of an hour of a place, a line or an operator. `charged` is in smallest units."""

    begins_ms: int
    taps: int
    refused: int
    riders_in: int
    riders_out: int
    charged: int


def counted_upto(connection: Connection) -> datetime | None:
    """The time of receipt up to which every tap is counted; None: counting has not begun."""
    row = connection.execute(COUNTED).fetchone()
    return row[0] if row else None


def first_day(connection: Connection) -> date | None:
    """The first service day of which quarters are kept."""
    ((day,),) = connection.execute(FIRST)
    return day if isinstance(day, date) else None


def day_compared(
    connection: Connection,
    calendar: Calendar,
    day: date,
    upto_ms: int,
    *,
    operator: int | None = None,
    route: int | None = None,
) -> Compared:
    """A service day of the city, an operator or one of its lines against a normal one.

    `upto_ms` is the city's time; the quarter that runs is not compared yet.
    """
    values = {"days": [day, *earlier_days(day)], "operator": operator, "route": route}
    found: dict[date, dict[int, int]] = {}
    for on, begins, riders in connection.execute(DAYS, values):
        place = (to_ms(begins) - calendar.start_ms(on)) // QUARTER_MS
        found.setdefault(on, {})[place] = riders
    return compared(day, found, (upto_ms - calendar.start_ms(day)) // QUARTER_MS)


def line_quarters(
    connection: Connection, day: date, *, operator: int, route: int | None = None
) -> list[Quarter]:
    """An operator's service day, or that of one of its lines."""
    values = {"day": day, "operator": operator, "route": route}
    return [_quarter(row) for row in connection.execute(LINE, values)]


def point_quarters(
    connection: Connection, points: Sequence[int], start: datetime, end: datetime
) -> list[Quarter]:
    """A place's quarters, all its points (a station and its gates) together."""
    values = {"points": list(points), "start": start, "end": end}
    return [_quarter(row) for row in connection.execute(POINTS, values)]


def point_refusals(
    connection: Connection, points: Sequence[int], start: datetime, end: datetime
) -> list[tuple[int, int]]:
    """A place's refusals: (satu.kernel.refusal.Outcome, taps), the most frequent first."""
    values = {"points": list(points), "start": start, "end": end}
    return connection.execute(REFUSED, values).fetchall()


def busiest_lines(
    connection: Connection, day: date, operator: int, limit: int = 8
) -> list[tuple[int, int, int]]:
    """An operator's lines with the most riders of a day: (route, riders, charged)."""
    values = {"day": day, "operator": operator, "limit": limit}
    return connection.execute(LINES, values).fetchall()


def hour_frames(
    connection: Connection, start: datetime, index: dict[int, int]
) -> list[list[list[int]]]:
    """The taps made in an hour, minute by minute, as [place, sign, how many].

    `index` tells a point's place on the map. Taps that came in more than half an hour after the
    hour are not among them: the hour is read by time of receipt.
    """
    end = start + timedelta(hours=1)
    values = {"start": start, "end": end, "received_end": end + LATE_FOR_REPLAY}
    signs = {int(outcome): int(sign_of(outcome)) for outcome in Outcome}
    frames: list[list[list[int]]] = [[] for _ in range(MINUTES)]
    for minute, *columns in connection.execute(HOUR, values):
        frame: dict[tuple[int, int], int] = {}
        for point, outcome, taps in zip(*columns, strict=True):
            place = index.get(point)
            if place is not None:
                key = (place, signs[outcome])
                frame[key] = frame.get(key, 0) + taps
        frames[minute] = [[*key, taps] for key, taps in frame.items()]
    return frames


def flows(connection: Connection, day: date, end: datetime) -> dict[int, Flow]:
    """Each operator's half hour before `end` (a whole quarter), against what is usual."""
    window = [end - timedelta(minutes=30), end - timedelta(minutes=15)]
    week = [timedelta(days=back) for back in range(8)]
    values = {
        "days": [day - back for back in week],
        "quarters": [begins - back for begins in window for back in week],
    }
    now: dict[int, tuple[int, int]] = {}
    before: dict[int, list[tuple[int, int]]] = {}
    for operator, on, taps, refused in connection.execute(FLOWS, values):
        if on == day:
            now[operator] = (taps, refused)
        else:
            before.setdefault(operator, []).append((taps, refused))
    so_far = connection.execute(SO_FAR, {"day": day, "start": window[0]})
    usual = {
        operator: (2 * taps / quarters, 2 * refused / quarters, False)
        for operator, taps, refused, quarters in so_far
    }
    for operator, days in before.items():
        taps, refused = (sum(column) / len(days) for column in zip(*days, strict=True))
        usual[operator] = (taps, refused, True)
    return {
        operator: Flow(*now.get(operator, (0, 0)), *usual.get(operator, (0.0, 0.0, False)))
        for operator in sorted(now.keys() | usual.keys())
    }


def day_span(calendar: Calendar, day: date) -> tuple[datetime, datetime]:
    """When a service day begins, and when it is over."""
    return from_ms(calendar.start_ms(day)), from_ms(calendar.end_ms(day))


def _quarter(row: tuple[datetime, int, int | None, int, int, int]) -> Quarter:
    begins, taps, refused, riders_in, riders_out, charged = row
    return Quarter(to_ms(begins), taps, refused or 0, riders_in, riders_out, charged)
