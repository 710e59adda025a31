"""Riders of a day that is over, as everybody may have them: summed up, late, no small cells.

Reads the counted quarters of an hour, in which no card is. What is hidden cannot be found by
subtracting what is shown from a total (satu.insight.rules.shown_cells), and every figure is a
whole ten: two readings differ by no single rider.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from satu.insight.history import day_span
from satu.insight.queries import Connection
from satu.insight.rules import rounded, shown_cells
from satu.kernel.days import Calendar

DAYS_SHOWN = 28

LINES = """
select operator, route, sum(riders_in)::bigint from insight_line_quarter
 where service_day = %s and riders_in > 0 group by 1, 2 order by 1, 2
"""
HOURS = """
select extract(hour from quarter at time zone %(zone)s)::integer, sum(riders_in)::bigint
  from insight_line_quarter where service_day = %(day)s and riders_in > 0 group by 1
"""
PLACES = """
select point, sum(riders_in)::bigint from insight_quarter
 where quarter >= %(start)s and quarter < %(end)s and riders_in > 0 group by 1 order by 1
"""
DAYS = """
select service_day, sum(riders_in)::bigint from insight_line_quarter
 where service_day >= %s and service_day <= %s group by 1 order by 1
"""

Line = tuple[int, int]
Key = TypeVar("Key", tuple[int, int], tuple[int, str])


class PublicRiders(NamedTuple):
    """A day's riders in whole tens. A place is what `group` made of a point.

    `operators` by number; `lines` by operator and route (0: readers that do not tell the line);
    `places` by operator and place; `hours` by the hour of the clock.
    """

    day: date
    operators: dict[int, int]
    lines: dict[Line, int]
    places: dict[tuple[int, str], int]
    hours: dict[int, int]


def riders_of_day(
    connection: Connection,
    calendar: Calendar,
    day: date,
    *,
    operator_of: Mapping[int, int],
    group: Callable[[int], str],
) -> PublicRiders:
    """What may be told of a service day that is over."""
    lines = {(operator, route): n for operator, route, n in connection.execute(LINES, [day])}
    zone = calendar.zone.key
    hours = dict(connection.execute(HOURS, {"day": day, "zone": zone}).fetchall())
    start, end = day_span(calendar, day)
    places: Counter[tuple[int, str]] = Counter()
    for point, n in connection.execute(PLACES, {"start": start, "end": end}):
        places[operator_of.get(point, 0), group(point)] += n
    return told(day, lines, places, hours)


def told(
    day: date,
    lines: Mapping[Line, int],
    places: Mapping[tuple[int, str], int],
    hours: Mapping[int, int],
) -> PublicRiders:
    """The cells that may be public. Pure.

    An operator's total is public, so its lines, and its places, are each a table with a known
    total; of an operator that is not shown neither are they.
    """
    operators: Counter[int] = Counter()
    for (operator, _), n in lines.items():
        operators[operator] += n
    shown = shown_cells(operators)
    return PublicRiders(
        day,
        {operator: rounded(n) for operator, n in shown.items()},
        _within(lines, shown),
        _within(places, shown),
        {hour: rounded(n) for hour, n in shown_cells(hours).items()},
    )


def _within(cells: Mapping[Key, int], operators: Mapping[int, int]) -> dict[Key, int]:
    by_operator: dict[int, dict[Key, int]] = defaultdict(dict)
    for key, n in cells.items():
        by_operator[key[0]][key] = n
    return {
        key: rounded(n)
        for operator, own in by_operator.items()
        if operator in operators
        for key, n in shown_cells(own).items()
    }


def riders_by_day(connection: Connection, last: date) -> dict[date, int]:
    """Riders of the city on each of the four weeks up to a day that is over."""
    first = last - timedelta(days=DAYS_SHOWN - 1)
    found = dict(connection.execute(DAYS, [first, last]).fetchall())
    return {day: rounded(n) for day, n in shown_cells(found).items()}


def last_public_day(calendar: Calendar, upto: datetime) -> date:
    """The newest day that is over when the public's clock says `upto`."""
    day = calendar.day_of(round(upto.timestamp() * 1000))
    return day - timedelta(days=1)
