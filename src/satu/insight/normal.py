"""A normal day: the middle of the same weekday's earlier weeks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

WEEKS = 8
QUARTERS = 96
FEWEST = 10  # riders of a normal day: of fewer a share says nothing, and it was no normal day

Curve = tuple[int, ...]


class Compared(NamedTuple):
    """A day beside a normal one, riders by quarter of an hour from the day's begin.

    `upto` quarters of today are over; `weeks` earlier days were there to compare with (0: there is
    no normal day yet, and `normal` is all zero).
    """

    today: Curve
    normal: Curve
    upto: int
    weeks: int

    @property
    def today_total(self) -> int:
        """Riders of the quarters that are over."""
        return sum(self.today[: self.upto])

    @property
    def normal_total(self) -> int:
        """Riders of a normal day until the same time."""
        return sum(self.normal[: self.upto])

    @property
    def change_percent(self) -> float | None:
        """How much more or less today is until now; None: too little to compare with."""
        if self.normal_total < FEWEST:
            return None
        return 100 * (self.today_total - self.normal_total) / self.normal_total


def earlier_days(day: date, weeks: int = WEEKS) -> list[date]:
    """The same weekday of the weeks before, the nearest first."""
    return [day - timedelta(weeks=week) for week in range(1, weeks + 1)]


def compared(day: date, found: Mapping[date, Mapping[int, int]], upto: int) -> Compared:
    """A day against the median of the earlier days that are stored.

    `found` tells riders by quarter (0 to 95) of each day that has any. One on which hardly anybody
    rode is not normal.
    """
    days = [found.get(other, {}) for other in earlier_days(day)]
    earlier = [riders for riders in days if sum(riders.values()) >= FEWEST]
    normal = tuple(
        round(median([one.get(quarter, 0) for one in earlier])) if earlier else 0
        for quarter in range(QUARTERS)
    )
    today = tuple(found.get(day, {}).get(quarter, 0) for quarter in range(QUARTERS))
    return Compared(today, normal, max(0, min(upto, QUARTERS)), len(earlier))
