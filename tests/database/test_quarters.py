"""Taps are counted by quarter of an hour, each once, whenever they come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from satu.insight import history
from satu.insight.history import Quarter
from satu.insight.quarters import forget_quarters, keep_quarters
from satu.kernel.days import to_ms
from satu.kernel.refusal import Meaning, Outcome
from satu.taps.actions import NewDevice, register_devices
from tests.live_city import CALENDAR, MONDAY, MORNING, LiveCity, after

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BUS, ZOO = "bus", "zoo"


class Keeper:
    """The job, run every ten seconds of a clock that tests turn."""

    def __init__(self, database) -> None:
        self.conn = database.connect()
        self.at = NOON

    def run(self, times: int = 2) -> None:
        for _ in range(times):
            self.at += timedelta(seconds=10)
            keep_quarters(self.conn, at=self.at)


@pytest.fixture
def city(database) -> LiveCity:
    return LiveCity(database)


@pytest.fixture
def keeper(database) -> Keeper:
    return Keeper(database)


def rows(conn, table: str) -> list[tuple]:
    return conn.execute(f"select * from {table} order by 1, 2, 3, 4").fetchall()


def test_a_city_without_taps_has_no_quarters(city, keeper):
    keeper.run()
    assert rows(keeper.conn, "insight_quarter") == []
    assert history.counted_upto(keeper.conn) is None


def test_every_tap_is_counted_once(city, keeper):
    city.tap("H0", 7, at=after(60))
    city.tap("H0", 2, at=after(61), meaning=Meaning.EXIT)
    city.tap("H0", 3, at=after(62), outcome=Outcome.CARD_BLOCKED)
    city.tap("H1", 5, at=after(1_300))
    keeper.run()
    start, end = history.day_span(CALENDAR, MONDAY)
    points = [city.points["H0"]]
    quarter = to_ms(MORNING.replace(minute=30))
    assert history.point_quarters(keeper.conn, points, start, end) == [
        Quarter(quarter, 12, 3, 7, 2, 0)
    ]
    assert history.point_refusals(keeper.conn, points, start, end) == [
        (int(Outcome.CARD_BLOCKED), 3)
    ]
    bus = history.line_quarters(keeper.conn, MONDAY, operator=city.operators[BUS])
    assert [(q.taps, q.refused, q.riders_in, q.riders_out) for q in bus] == [
        (12, 3, 7, 2),
        (5, 0, 5, 0),
    ]
    before = rows(keeper.conn, "insight_line_quarter")
    keeper.run(5)
    assert rows(keeper.conn, "insight_line_quarter") == before


def test_what_comes_late_is_added_where_it_belongs(city, keeper):
    city.tap("H0", 4)
    keeper.run()
    city.tap("H0", 6, at=after(30), received=after(4_000))
    keeper.run()
    (quarter,) = history.line_quarters(keeper.conn, MONDAY, operator=city.operators[BUS])
    assert (quarter.taps, quarter.riders_in) == (10, 10)


def test_a_commit_that_comes_behind_newer_ones_is_counted_once(city, keeper, database):
    city.tap("H0", 4)
    keeper.run()
    with database.connect() as slow:
        slow.autocommit = False
        city.tap("H2", 9, at=after(10), conn=slow)
        city.tap("H1", 2, at=after(11))
        keeper.run(1)
        slow.commit()
    keeper.run()
    taps = keeper.conn.execute("select sum(taps) from insight_quarter").fetchone()
    assert taps == (15,)


def test_two_keepers_do_not_count_twice(city, keeper, database):
    other = Keeper(database)
    city.tap("H0", 4)
    for _ in range(4):
        keeper.run(1)
        other.at = keeper.at
        other.run(1)
        keeper.at = other.at
    assert keeper.conn.execute("select sum(taps) from insight_quarter").fetchone() == (4,)


def test_readers_are_noted_as_heard_of(city, keeper):
    city.conn.execute(
        "insert into taps_device (id, code, operator, public_key)"
        " values (%s, 'gate', %s, '')", [city.points["H0"], city.operators[BUS]]
    )  # fmt: skip
    city.tap("H0", 4)
    keeper.run()
    assert city.conn.execute("select last_seen from taps_device").fetchone() == (MORNING,)


def test_a_day_is_compared_with_the_same_weekdays_before(city, keeper):
    for weeks, riders in ((1, 100), (2, 60), (3, 80)):
        city.tap("H0", riders, at=MORNING - weeks * WEEK)
    city.tap("H0", 1_000, at=MORNING - timedelta(days=1))
    city.tap("H0", 96)
    keeper.run()
    told = history.day_compared(
        keeper.conn, CALENDAR, MONDAY, to_ms(after(900)), operator=city.operators[BUS]
    )
    assert (told.weeks, told.upto) == (3, 7)
    assert (told.today[6], told.normal[6]) == (96, 80)
    assert told.change_percent == pytest.approx(20)
    nothing = history.day_compared(
        keeper.conn, CALENDAR, MONDAY, to_ms(after(900)), operator=city.operators[ZOO]
    )
    assert (nothing.weeks, nothing.change_percent) == (0, None)


def test_an_hour_is_told_minute_by_minute(city, keeper):
    index = {city.points["H0"]: 0, city.points["B0"]: 1}
    start = MORNING.replace(minute=0)
    city.tap("H0", 3, at=start)
    city.tap("H0", 2, at=start + timedelta(minutes=59, seconds=59.9))
    city.tap("B0", 1, at=start + timedelta(minutes=1), outcome=Outcome.CARD_BLOCKED)
    city.tap("H1", 5, at=start)
    city.tap("H0", 9, at=start + timedelta(hours=1))
    frames = history.hour_frames(keeper.conn, start, index)
    assert len(frames) == 60
    assert {minute: frame for minute, frame in enumerate(frames) if frame} == {
        0: [[0, 0, 3]],
        1: [[1, 1, 1]],
        59: [[0, 0, 2]],
    }


def test_old_quarters_are_forgotten(city, keeper):
    city.tap("H0", 5, at=MORNING - timedelta(days=71))
    city.tap("H0", 5)
    keeper.run()
    assert forget_quarters(keeper.conn, at=NOON) == 1
    assert len(rows(keeper.conn, "insight_quarter")) == 1
    assert len(rows(keeper.conn, "insight_line_quarter")) == 2


def test_a_tap_that_a_rider_told_by_another_clock_does_not_hold_the_others_up(city, keeper):
    reader = NewDevice("repair-small", city.operators[BUS], None, bytes(32))
    (told,) = register_devices(devices=[reader], actor="test", at=NOON).values()
    city.tap("H0", 4)
    keeper.run()
    city.tap("H0", 1, at=after(20), received=after(40_000), device=told)
    keeper.run()
    city.tap("H1", 2, at=after(30))
    keeper.run()
    taps = "select sum(taps) from insight_quarter"
    assert keeper.conn.execute(taps).fetchone() == (6,), "the city's clock is not there yet"
    city.tap("H1", 3, at=after(50_000))
    keeper.run()
    assert keeper.conn.execute(taps).fetchone() == (10,)
