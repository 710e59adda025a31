"""The live picture is what the tables say: each tap once, whatever the order of commits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from satu.insight import queries
from satu.insight.live import SAFE_BEHIND, LivePicture
from satu.insight.queries import books
from satu.insight.snapshots import public_snapshot, staff_snapshot
from satu.kernel.refusal import Meaning, Outcome
from satu.ledger.kinds import Asset
from tests.live_city import BANKS, MONDAY, MORNING, LiveCity, after

REAL_NOW = datetime(2026, 11, 24, tzinfo=UTC)
SOON = SAFE_BEHIND.total_seconds()


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Viewer:
    """A live picture with a clock of its own."""

    def __init__(self, database, delay_s: int = 900) -> None:
        self.clock = Clock()
        self.conn = database.connect()
        self.picture = LivePicture(public_delay_s=delay_s, clock=self.clock)

    def look(self, seconds: float = 1.0, times: int = 1) -> LivePicture:
        for _ in range(times):
            self.clock.now_s += seconds
            self.picture.refresh(self.conn, REAL_NOW)
        return self.picture

    def settle(self) -> LivePicture:
        """Look until everything received is complete."""
        return self.look(times=5)


def drawn_since(viewer: Viewer, version: int) -> dict[tuple[int, int], int]:
    """Taps by place and sign that a browser which has seen a version would draw now."""
    return viewer.picture.pulses_for(version, viewer.picture.version)


@pytest.fixture
def city(database) -> LiveCity:
    return LiveCity(database)


@pytest.fixture
def viewer(database) -> Viewer:
    return Viewer(database)


def test_a_database_without_a_city_is_told_plainly(database):
    picture = Viewer(database).settle()
    staff, public = staff_snapshot(picture), public_snapshot(picture)
    assert (staff["map"], staff["city_ms"], "operators" in staff) == (None, 0, False)
    assert (public["map"], public["operators"], public["places"]) == (None, [], [])


def test_a_city_before_its_first_tap_shows_its_banks(city, viewer):
    staff = staff_snapshot(viewer.settle())
    assert staff["map"] is not None and staff["city_ms"] == 0
    assert [bank["name"] for bank in staff["books"]["banks"]] == list(BANKS.values())
    assert staff["books"]["close"] is True


def test_the_day_so_far_and_then_every_new_tap_is_counted_once(city, viewer):
    city.tap("H0", 7, at=after(-600))
    city.tap("H1", 5)
    first = viewer.look()
    assert first.today is not None and first.today.day == MONDAY
    assert first.today.taps == 7  # the last five minutes wait for the lag
    assert viewer.settle().today.taps == 12
    for second in range(1, 6):
        city.tap("H1", 3, at=after(second))
        viewer.look()
    assert viewer.settle().today.taps == 27
    assert viewer.settle().today.taps == 27


def test_a_commit_that_comes_behind_newer_ones_is_counted_once(city, viewer, database):
    city.tap("H0", 4)
    viewer.settle()
    with database.connect() as slow:
        slow.autocommit = False
        city.tap("H2", 9, at=after(10), conn=slow)
        city.tap("H1", 2, at=after(11))
        assert viewer.look(times=2).today.taps == 4
        slow.commit()
    assert viewer.settle().today.taps == 15
    assert viewer.settle().today.taps_at[city.points["H2"]] == 9


def test_figures_of_staff_are_exact(city, viewer):
    city.tap("H0", 40, at=after(-200))
    city.tap("H1", 20, at=after(-400), meaning=Meaning.EXIT)
    city.tap("H1", 3, at=after(-30), outcome=Outcome.BALANCE_INSUFFICIENT)
    city.tap("B0", 1, outcome=Outcome.CARD_BLOCKED)
    city.tap("B1", 2, at=after(-1200), received=after(-1))
    city.visit(4, at=after(-120))
    city.visit(2, at=after(-180), minutes=1)
    city.put_aside("B2")
    city.pay(1, "bus", 3_500)
    city.pay(2, "bus", 2_000)
    city.pay(2, "zoo", 4_000)
    staff = staff_snapshot(viewer.look(times=9))
    assert staff["taps"] == {"all": 74, "accepted": 70, "short": 3}
    assert staff["refusals"] == [
        {"code": "balance_insufficient", "taps": 3},
        {"code": "card_blocked", "taps": 1},
    ]
    assert staff["operators"] == [
        {"name": "Bus Kota", "colour": "#D62126", "riders": 42, "revenue": 5_500},
        {"name": "Ragunan", "colour": "#3F8F4F", "riders": 6, "revenue": 4_000},
    ]
    assert staff["venues"] == [
        {"name": "Ragunan", "visitors": 6, "inside": 4, "dwell_minutes": None}
    ]
    assert staff["alarms"] == {"silent": 0, "silent_at": [], "late": 2, "aside": 1}
    assert [(place["name"], place["taps"], place["refused"]) for place in staff["busiest"]][:2] == [
        ("Halte Kota", 40, 0),
        ("Halte Harmoni", 23, 3),
    ]
    assert staff["books"]["banks"] == [
        {"name": "Bank Satria", "float": 1_000_000, "purses": 996_500, "payables": 3_500},
        {"name": "Bank Melati", "float": 1_000_000, "purses": 994_000, "payables": 6_000},
    ]
    assert staff["books"]["close"] is True and staff["books"]["open"] == []
    assert staff["day"] == "2026-11-23" and staff["city_ms"] == MORNING.timestamp() * 1000


def test_a_book_that_does_not_close_is_told_with_its_difference(city, viewer, database):
    city.tap("H0")
    with database.owner() as owner:
        owner.execute("update ledger_account set balance = balance + 7 where kind = 2 and book = 2")
    staff = staff_snapshot(viewer.settle())
    assert staff["books"]["close"] is False
    assert staff["books"]["open"] == [{"book": "Bank Melati", "difference": 7}]
    assert [book.difference for book in books(viewer.conn, Asset.IDR)] == [0, 0, 7]
    assert public_snapshot(viewer.picture)["books_close"] is False


def test_fresh_taps_are_drawn_where_they_happened_and_old_ones_are_not(city, viewer):
    city.tap("H0", 50, at=after(-400))
    city.tap("H1")
    viewer.settle()
    assert drawn_since(viewer, 0) == {}
    before = viewer.picture.version
    city.tap("H1", 3, at=after(1))
    city.tap("B4", 2, at=after(1), outcome=Outcome.CARD_UNKNOWN)
    city.put_aside("H2", after(1))
    picture = viewer.settle()
    at = {code: picture.places.index[city.points[code]] for code in ("H1", "B4", "H2")}
    assert drawn_since(viewer, before) == {(at["H1"], 0): 3, (at["B4"], 1): 2, (at["H2"], 2): 1}
    assert drawn_since(viewer, picture.version) == {}


def test_pace_is_of_our_clock_and_speed_of_the_citys(city, viewer):
    city.tap("H0")
    viewer.settle()
    for second in range(1, 21):
        city.tap("H0", 30, at=after(60 * second))
        viewer.look()
    assert viewer.picture.taps_a_second == 30
    assert 55 <= viewer.picture.city_speed <= 65
    viewer.look(times=12)
    assert viewer.picture.taps_a_second == 0
    assert viewer.picture.history[-1] == 0


def test_after_a_pause_the_figures_are_right_and_the_past_is_not_drawn(city, viewer):
    city.tap("H0", 5)
    viewer.settle()
    version = viewer.picture.version
    city.tap("H0", 600, at=after(300))
    viewer.look(seconds=600)
    assert viewer.settle().today.taps == 605
    assert drawn_since(viewer, version) == {}


def test_a_new_service_day_begins_at_four(city, viewer):
    city.tap("H0", 5)
    viewer.settle()
    next_day = MORNING + timedelta(days=1)
    city.tap("H0", 2, at=next_day)
    city.tap("H0", 3, at=MORNING, received=next_day)
    picture = viewer.settle()
    assert picture.today.day == MONDAY + timedelta(days=1) and picture.today.taps == 2


def test_the_public_sees_no_bank_no_small_cell_and_nothing_of_now(city, database):
    viewer = Viewer(database, delay_s=900)
    city.tap("H0", 57, at=after(-3_600))
    city.tap("H1", 13, at=after(-3_600))
    city.tap("B0", 9, at=after(-3_600))
    city.visit(9, at=after(-3_600))
    city.tap("H2", 500, at=after(-600))
    city.tap("H3", 1)
    public = public_snapshot(viewer.settle())
    index = viewer.picture.places.index
    assert public["upto_ms"] == after(-900).timestamp() * 1000
    assert public["operators"] == []  # the zoo's nine visitors could be subtracted
    assert dict(map(tuple, public["places"])) == {
        index[city.points["H0"]]: 50,
        index[city.points["H1"]]: 10,
    }
    city.visit(2, at=after(-3_600), received=after(1))
    city.tap("H3", 1, at=after(400))
    public = public_snapshot(viewer.settle())
    assert public["operators"] == [
        {"name": "Bus Kota", "colour": "#D62126", "riders": 70, "dwell_minutes": None},
        {"name": "Ragunan", "colour": "#3F8F4F", "riders": 10, "dwell_minutes": None},
    ]
    assert not [word for word in ("Satria", "Melati", "banks", "purse") if word in str(public)]


def test_staff_see_how_long_people_stay_and_everybody_later_and_in_whole_tens(city, database):
    viewer = Viewer(database, delay_s=900)
    city.visit(10, at=after(-5_400), minutes=47)
    city.visit(12, at=after(-5_400), minutes=78)  # the last of them left twelve minutes ago
    city.tap("H0", 20, at=after(-3_600))
    picture = viewer.settle()
    assert staff_snapshot(picture)["venues"] == [
        {"name": "Ragunan", "visitors": 22, "inside": 0, "dwell_minutes": 78}
    ]
    dwells = [row["dwell_minutes"] for row in public_snapshot(picture)["operators"]]
    assert dwells == [40, None]  # the zoo's, and a bus is no place to stay
    city.tap("H0", 1, at=after(300))
    dwells = [row["dwell_minutes"] for row in public_snapshot(viewer.settle())["operators"]]
    assert dwells == [70, None]


def test_visits_are_added_up_for_all_who_look_and_not_at_each_reading(city, viewer, monkeypatch):
    looked: list[date] = []
    whole = queries.visits

    def counted(connection, day, **span):
        looked.append(day)
        return whole(connection, day, **span)

    monkeypatch.setattr(queries, "visits", counted)
    city.visit(3)
    viewer.settle()
    looked.clear()
    viewer.look(times=30)
    assert looked == [MONDAY] * 10  # each three seconds, and the public's step has not passed


def test_many_viewers_cost_as_much_as_one(city, viewer, monkeypatch):
    city.tap("H0", 5)
    viewer.settle()
    asked = []
    monkeypatch.setattr(
        psycopg.Connection, "execute", lambda *args, **more: asked.append(args), raising=True
    )
    for _ in range(200):
        viewer.picture.refresh(viewer.conn, REAL_NOW)
    assert asked == []


def test_a_crowd_of_viewers_is_asked_to_come_less_often(city, viewer):
    city.tap("H0", 5)
    viewer.settle()
    picture, pauses = viewer.picture, []
    for viewers in (200, 200, 200, 20, 20):
        for _ in range(viewers * 1_000 // picture.pause_ms):
            picture.note_asked()
        pauses.append(viewer.look().pause_ms)
    assert pauses == [8_000, 8_000, 8_000, 1_000, 1_000]
