"""Service days and local minutes are those of the zone's own clock, whatever its offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from satu.kernel.days import Calendar, from_ms, to_ms

ZONES = (
    "Asia/Jakarta",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "America/New_York",
    "America/Argentina/Buenos_Aires",
    "Europe/London",
    "Pacific/Chatham",
)
CALENDARS = {zone: Calendar(zone, 4) for zone in ZONES}
instants = st.integers(1_500_000_000_000, 2_000_000_000_000)


@given(st.sampled_from(ZONES), instants)
@example("America/New_York", to_ms(datetime(2026, 3, 8, 7, 0, tzinfo=UTC)))
@example("America/New_York", to_ms(datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC)))
@example("Europe/London", to_ms(datetime(2026, 10, 25, 0, 59, tzinfo=UTC)))
@example("Pacific/Chatham", to_ms(datetime(2026, 4, 4, 14, 0, tzinfo=UTC)))
def test_an_instant_has_the_zones_own_date_and_minute(zone: str, at_ms: int) -> None:
    calendar, local = CALENDARS[zone], from_ms(at_ms).astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    day = (local.replace(tzinfo=None) - timedelta(hours=4)).date()
    assert calendar.local(at_ms) == (day, local.date(), minute)
    assert calendar.day_of(at_ms) == day
    assert calendar.date_of(at_ms) == local.date()
    assert calendar.minute_of_day(at_ms) == minute


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_ends_where_the_next_begins(zone: str) -> None:
    calendar = CALENDARS[zone]
    day = datetime(2026, 3, 7).date()
    assert calendar.end_ms(day) == calendar.start_ms(day + timedelta(days=1))
    assert calendar.day_of(calendar.start_ms(day)) == day
    assert calendar.day_of(calendar.end_ms(day) - 1) == day
