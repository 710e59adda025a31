"""A city's calendar: service days and local minutes of instants. Pure and fast.

Instants are whole milliseconds since 1970 (UTC). A service day runs from the city's own hour to
the same hour of the next day, half-open: in Jakarta 04:00 begins a day and 03:59:59 ends one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR_MS = 3_600_000
QUARTER_MS = HOUR_MS // 4  # clocks of today's zones differ by whole quarters of an hour
DAY_MS = 24 * HOUR_MS
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class Calendar:
    """Service days of one city: its time zone and the hour at which its day begins."""

    def __init__(self, zone: str, day_start_hour: int) -> None:
        self.zone = ZoneInfo(zone)
        self.day_start_hour = day_start_hour
        self._offset_ms = lru_cache(maxsize=4096)(self._offset_of_hour)
        self._day = lru_cache(maxsize=4096)(date.fromordinal)
        self.start_ms = lru_cache(maxsize=4096)(self._start_ms)
        self.end_ms = lru_cache(maxsize=4096)(self._end_ms)
        self._quarter = lru_cache(maxsize=4096)(self._local_quarter)

    def _offset_of_hour(self, hour: int) -> int:
        at = datetime.fromtimestamp(hour * 3600, tz=self.zone)
        offset = at.utcoffset()
        assert offset is not None
        return int(offset.total_seconds() * 1000)

    def local_ms(self, at_ms: int) -> int:
        """The wall clock's milliseconds since 1970 at an instant."""
        return at_ms + self._offset_ms(at_ms // HOUR_MS)

    def _local_quarter(self, quarter: int) -> tuple[date, date, int]:
        """Of a quarter of an hour since 1970: service day, local date, local minute it begins."""
        local_ms = self.local_ms(quarter * QUARTER_MS)
        shifted = local_ms - self.day_start_hour * HOUR_MS
        day = self._day(shifted // DAY_MS + EPOCH_ORDINAL)
        on = self._day(local_ms // DAY_MS + EPOCH_ORDINAL)
        return day, on, local_ms % DAY_MS // 60_000

    def day_of(self, at_ms: int) -> date:
        """The service day an instant belongs to."""
        return self._quarter(at_ms // QUARTER_MS)[0]

    def minute_of_day(self, at_ms: int) -> int:
        """Minutes since local midnight: 05:12 is 312."""
        return self._quarter(at_ms // QUARTER_MS)[2] + at_ms % QUARTER_MS // 60_000

    def date_of(self, at_ms: int) -> date:
        """The local calendar date of an instant."""
        return self._quarter(at_ms // QUARTER_MS)[1]

    def local(self, at_ms: int) -> tuple[date, date, int]:
        """Service day, local date and minute of the day of an instant, at one look."""
        day, on, minute = self._quarter(at_ms // QUARTER_MS)
        return day, on, minute + at_ms % QUARTER_MS // 60_000

    def _start_ms(self, day: date) -> int:
        """The instant at which a service day begins."""
        local = datetime(day.year, day.month, day.day, self.day_start_hour, tzinfo=self.zone)
        return int(local.timestamp() * 1000)

    def _end_ms(self, day: date) -> int:
        """The first instant after a service day."""
        return self.start_ms(day + timedelta(days=1))

    def at(self, local: datetime) -> int:
        """The instant of a naive local wall-clock time."""
        assert local.tzinfo is None
        return to_ms(local.replace(tzinfo=self.zone))


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    assert at.tzinfo is not None
    return round(at.timestamp() * 1000)


def from_ms(at_ms: int) -> datetime:
    """The aware UTC time of an instant."""
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC)
