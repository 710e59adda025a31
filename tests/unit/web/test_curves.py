"""The control room's curves: from zero, today only as far as it has come."""

from __future__ import annotations

from satu.insight.history import Quarter
from satu.insight.normal import QUARTERS, Compared
from satu.kernel.days import QUARTER_MS
from satu.web.console.curves import bars, curves, hours


def a_day(weeks: int = 3, upto: int = 6) -> Compared:
    today = tuple(range(QUARTERS))
    return Compared(today, tuple(2 * riders for riders in today), upto, weeks)


def test_today_ends_where_the_citys_time_stands() -> None:
    told = curves(a_day())
    assert told.today.count("L") == 5 and told.normal.count("L") == QUARTERS - 1
    assert told.today.startswith("M2.0 94.0") and told.normal.endswith(" 4.0")


def test_without_history_there_is_one_curve() -> None:
    told = curves(a_day(weeks=0))
    assert told.today and not told.normal
    assert curves(a_day(upto=1)).today == ""


def test_hours_of_the_table() -> None:
    told = hours(a_day(upto=6), 1_000)
    assert [(row.begins_ms, row.today, row.normal) for row in told] == [
        (1_000, 0 + 1 + 2 + 3, 12),
        (1_000 + 4 * QUARTER_MS, 4 + 5, 18),
    ]


def test_bars_stand_on_one_line() -> None:
    quarters = [
        Quarter(0, 9, 0, 8, 0, 0),
        Quarter(QUARTER_MS, 9, 0, 4, 8, 0),
        Quarter(2 * QUARTER_MS, 5, 5, 0, 0, 0),
    ]
    told = bars(quarters, 0)
    assert [(bar.x, bar.top, bar.up, bar.down) for bar in told] == [
        ("0.0", "0.0", "56.0", "0.0"),
        ("4.0", "28.0", "28.0", "40.0"),
    ]
    assert bars([], 0) == []
