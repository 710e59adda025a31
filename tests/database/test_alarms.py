"""Alarms are raised once, keep their time, end by themselves, and are taken in hand once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from satu.audit.models import AuditEntry
from satu.insight.actions import Refusal, acknowledge, keep_alarms, note_proof
from satu.insight.alarms import Found, Kind
from satu.insight.live import LivePicture
from satu.insight.models import Alarm
from satu.insight.quarters import keep_quarters
from satu.insight.queries import ended_alarms, open_alarms
from satu.insight.watch import watch
from satu.kernel.days import from_ms, to_ms
from satu.kernel.refusal import Outcome
from satu.ledger.actions import raw_connection
from tests.live_city import MORNING, LiveCity, after

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BOOKS = Found(Kind.BOOKS_OPEN, "1", to_ms(MORNING), {"book": 1, "difference": -5})
SILENT = Found(Kind.READER_SILENT, "9", to_ms(after(-600)), {"device": 9, "point": 1, "taps": 40})


class Watch:
    """The job, with a clock that tests turn."""

    def __init__(self, database) -> None:
        self.now_s = 1_000.0
        self.conn = database.connect()
        self.picture = LivePicture(public_delay_s=0, clock=lambda: self.now_s)

    def run(self, times: int = 3) -> int:
        opened = 0
        for _ in range(times):
            self.now_s += 10
            at = AT + timedelta(seconds=self.now_s)
            keep_quarters(self.conn, at=at)
            opened = watch(self.picture, self.conn, at=at)
        return opened

    def open(self) -> list[tuple[str, str, datetime]]:
        return [(alarm.kind, alarm.subject, alarm.since) for alarm in open_alarms(self.conn)]


@pytest.fixture
def city(database) -> LiveCity:
    return LiveCity(database)


def test_an_alarm_keeps_its_time_until_it_is_over(database):
    assert keep_alarms(found=[BOOKS, SILENT], city_at=MORNING, at=AT) == 2
    worse = BOOKS._replace(since_ms=BOOKS.since_ms + 9_000, detail={"book": 1, "difference": -7})
    assert keep_alarms(found=[worse, SILENT], city_at=after(9), at=AT) == 2
    kept = open_alarms(raw_connection())
    assert [(one.subject, one.since, one.detail) for one in kept] == [
        ("9", after(-600), SILENT.detail),
        ("1", MORNING, worse.detail),
    ]
    assert keep_alarms(found=[SILENT], city_at=after(20), at=AT) == 1
    (ended,) = ended_alarms(raw_connection(), AT - timedelta(days=1))
    assert (ended.subject, ended.ended_at) == ("1", after(20))
    keep_alarms(found=[BOOKS], city_at=after(60), at=AT)
    assert Alarm.objects.count() == 3


def test_somebody_takes_an_alarm_in_hand_once_and_it_is_written_down(database):
    keep_alarms(found=[SILENT], city_at=MORNING, at=AT)
    alarm = Alarm.objects.get().pk
    words = {"actor": "staff:ani", "at": AT}
    assert acknowledge(alarm=alarm + 1, note="", **words) is Refusal.ALARM_UNKNOWN
    assert acknowledge(alarm=alarm, note="x" * 501, **words) is Refusal.NOTE_TOO_LONG
    assert AuditEntry.objects.filter(action="alarm.acknowledged").count() == 0
    assert acknowledge(alarm=alarm, note=" Teknisi jalan ", **words) is None
    assert acknowledge(alarm=alarm, note="", **words) is Refusal.ALREADY_ACKNOWLEDGED
    (kept,) = open_alarms(raw_connection())
    assert (kept.acknowledged_by, kept.note) == ("staff:ani", "Teknisi jalan")
    (entry,) = AuditEntry.objects.filter(action="alarm.acknowledged")
    assert (entry.actor, entry.subject_id) == ("staff:ani", str(alarm))
    assert entry.detail == {"kind": "reader_silent", "about": "9", "note": "Teknisi jalan"}


def test_a_calm_city_calls_nobody(city, database):
    city.tap("H0", 50)
    assert Watch(database).run() == 0


def test_yesterday_evening_says_nothing_of_a_morning_that_begins(city, database):
    for minute in range(-14 * 60, -10 * 60):
        city.tap("H0", 2, at=after(60 * minute))
    job = Watch(database)
    assert job.run() == 0
    city.tap("H0", 5)  # the day's first, and not counted yet
    job.now_s += 10
    assert watch(job.picture, job.conn, at=AT + timedelta(seconds=job.now_s)) == 0
    job.now_s += 10
    assert watch(job.picture, job.conn, at=AT + timedelta(seconds=job.now_s)) == 0
    assert job.picture.today is not None and job.picture.today.day == date(2026, 11, 23)


def test_books_that_do_not_close_and_a_proof_that_failed(city, database):
    note_proof(postings=9, problems=2, first="balances", at=AT)
    city.tap("H0", 50)
    with database.owner() as owner:
        owner.execute("update ledger_account set balance = balance - 5 where kind = 2 and book = 1")
    job = Watch(database)
    assert job.run() == 2
    assert {(kind, subject) for kind, subject, _ in job.open()} == {
        ("books_open", "1"),
        ("proof_failed", "books"),
    }
    note_proof(postings=9, problems=0, first="", at=AT + timedelta(hours=1))
    with database.owner() as owner:
        owner.execute("update ledger_account set balance = balance + 5 where kind = 2 and book = 1")
    assert job.run() == 0


def test_refusals_that_rise_are_told_with_their_half_hour(city, database):
    for minute in range(-60, -30):
        city.tap("H0", 10, at=after(60 * minute))
    city.tap("H0", 100, at=after(-1_200))
    city.tap("H1", 40, at=after(-1_200), outcome=Outcome.CARD_BLOCKED)
    city.tap("H0", 1, at=after(0))
    city.tap("H1", 1, at=after(0))
    job = Watch(database)
    assert job.run() == 1
    assert job.open() == [("refusals_rising", str(city.operators["bus"]), after(-40 * 60))]
    assert open_alarms(job.conn)[0].detail["percent"] == pytest.approx(16.7)


def test_a_reader_that_falls_silent_while_others_tap(city, database):
    for minute in range(-120, 1):
        at = after(60 * minute)
        city.tap("H0", 4, at=at, device=11)
        if minute < -60:
            city.tap("H1", 1, at=at, device=12)
    job = Watch(database)
    job.run()
    last = from_ms(to_ms(after(-61 * 60)))
    assert job.open() == [("reader_silent", "12", last)]
    city.tap("H1", 1, at=after(30), device=12)
    assert job.run() == 0
