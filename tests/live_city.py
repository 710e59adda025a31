"""A small city on the live page: a corridor, a feeder and a zoo; its taps are put in as rows.

The rows are what the tap's road would have stored: the page reads them and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from satu.cards.actions import ensure_issuers, issue_cards
from satu.cards.kinds import Issuer
from satu.kernel.days import Calendar, to_ms
from satu.kernel.ids import named_key, tap_id
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.ledger import store
from satu.ledger.actions import ensure_accounts
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, Asset, PostingKind, Result
from satu.services.rules import Bundle, Operator, Point, Route
from satu.taps.actions import load_places

CALENDAR = Calendar("Asia/Jakarta", 4)
MORNING = datetime(2026, 11, 22, 22, 40, tzinfo=UTC)  # Monday 23 November, 05:40 in Jakarta
MONDAY = date(2026, 11, 23)
BANKS = {1: "Bank Satria", 2: "Bank Melati"}
TAP_COLUMNS = (
    "id, card, card_group, medium, point, route, direction, at, received_at, service_day,"
    " decided, outcome, meaning, charge, full_fare, balance, digest, upload"
)
USE_COLUMNS = (
    "id, card, card_group, service_day, kind, operator, point_in, point_out, route, started_at,"
    " ended_at, use_class, full_fare, fare"
)


def _points() -> Iterator[tuple[str, str, str, int, float, float]]:
    for row, name in enumerate(("Kota", "Harmoni", "Monas", "Blok M")):
        yield f"H{row}", f"Halte {name}", "station", 1, -6.14 - 0.03 * row, 106.82
    for row in range(5):
        yield f"B{row}", f"Jalan Mawar {row}", "stop", 1, -6.17, 106.78 + 0.02 * row
    yield "ZOO", "Ragunan Pintu Utara", "entrance", 2, -6.25, 106.84


def town() -> Bundle:
    points = tuple(
        Point(number, code, name, kind, operator, "n", code, lat, lon)
        for number, (code, name, kind, operator, lat, lon) in enumerate(_points(), 1)
    )
    corridor = tuple((number, 3_000 * number) for number in range(1, 5))
    feeder = tuple((number, 2_000 * number) for number in range(5, 10))
    return Bundle(
        "kota-contoh",
        "Asia/Jakarta",
        4,
        (Operator(1, "bus", "Bus Kota", "#D62126"), Operator(2, "zoo", "Ragunan", "#3F8F4F")),
        points,
        (
            Route(1, "1", "Kota - Blok M", 1, "n", "#D62126", (corridor,)),
            Route(2, "F", "Jalan Mawar", 1, "n", "#00609C", (feeder,)),
        ),
        (),
    )


class LiveCity:
    """The city loaded in a test's database, with two banks and one card of each."""

    def __init__(self, database: Any) -> None:
        self.conn = database.connect()
        loaded = load_places(bundle=town(), actor="test", at=MORNING)
        self.points = {point.code: point.id for point in loaded.bundle.points}
        self.operators = {operator.code: operator.id for operator in loaded.bundle.operators}
        issuers = [
            Issuer(number, name.lower().replace(" ", "-"), name, f"10000{number}", True)
            for number, name in BANKS.items()
        ]
        ensure_issuers(issuers=issuers, actor="test", at=MORNING)
        wanted = [
            (AccountKind.PAYABLE, bank, Asset.IDR, operator, 0)
            for bank in BANKS
            for operator in self.operators.values()
        ]
        self.payables = ensure_accounts(wanted=wanted, actor="test", at=MORNING)
        for bank in BANKS:
            issue_cards(issuer=bank, count=1, balance=1_000_000, actor="test", at=MORNING)
        rows = self.conn.execute("select issuer, purse from cards_card")
        self.purses = dict(rows.fetchall())
        self._sequence = count(1)

    def tap(
        self,
        code: str,
        taps: int = 1,
        *,
        at: datetime = MORNING,
        received: datetime | None = None,
        outcome: Outcome = Outcome.ACCEPTED,
        meaning: Meaning = Meaning.ENTRY,
        device: int | None = None,
        conn: Any = None,
    ) -> list[int]:
        """Store taps at a point, received when they were made unless told otherwise; their ids."""
        point = self.points[code]
        day = CALENDAR.day_of(to_ms(at))
        meant = meaning if outcome.accepted else Meaning.NONE
        rows = [
            (
                *(tap_id(device or point, next(self._sequence)), None, 0, 0, point, 0, 0),
                *(at, received or at, day, 0, int(outcome), int(meant), 0, 0, None, 0, None),
            )
            for _ in range(taps)
        ]
        _insert(conn or self.conn, "taps_tap", TAP_COLUMNS, rows)
        return [row[0] for row in rows]

    def visit(
        self,
        visits: int,
        *,
        at: datetime = MORNING,
        received: datetime | None = None,
        minutes: int | None = None,
    ) -> None:
        """Store visits to the zoo, each of a card of its own; without `minutes` they go on."""
        zoo, point = self.operators["zoo"], self.points["ZOO"]
        began = self.tap("ZOO", visits, at=at, received=received, meaning=Meaning.VISIT_BEGUN)
        ended = None if minutes is None else at + timedelta(minutes=minutes)
        if ended is not None:
            self.tap("ZOO", visits, at=ended, meaning=Meaning.VISIT_ENDED)
        out, found = (0, UseClass.OPEN) if ended is None else (point, UseClass.COMPLETE)
        day = CALENDAR.day_of(to_ms(at))
        rows = [
            (one, one, 0, day, "visit", zoo, point, out, 0, at, ended, int(found), 4_000, 4_000)
            for one in began
        ]
        _insert(self.conn, "taps_use", USE_COLUMNS, rows)

    def put_aside(self, code: str, at: datetime = MORNING) -> None:
        """Keep a tap aside, as the road does with one it cannot believe."""
        self.conn.execute(
            "insert into taps_quarantine (tap, reason, received_at, body, digest)"
            " values (%s, %s, %s, jsonb_build_object('point', %s::text), 0)",
            [next(self._sequence), int(Outcome.QUARANTINED_TIME_FUTURE), at, code],
        )

    def pay(self, bank: int, operator: str, amount: int, at: datetime = MORNING) -> None:
        """A fare from a bank's purse to an operator."""
        payable = (AccountKind.PAYABLE, bank, Asset.IDR, self.operators[operator], 0)
        day = CALENDAR.day_of(to_ms(at))
        entry = Entry(
            key=named_key(to_ms(at), "test", next(self._sequence)),
            debit=self.purses[bank],
            credit=self.payables[payable],
            amount=amount,
            kind=PostingKind.FARE,
            occurred_ms=to_ms(at),
            service_day=day,
        )
        with self.conn.transaction():
            (result,) = store.post(self.conn, [entry], posted_at=at, settlement_day=day)
        assert result is Result.POSTED


def _insert(conn: Any, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    with conn.cursor() as cursor:
        cursor.executemany(f"insert into {table} ({columns}) values ({marks})", rows)


def after(seconds: float) -> datetime:
    """A moment of the morning."""
    return MORNING + timedelta(seconds=seconds)
