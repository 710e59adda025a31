"""A small constructed city for tests of the road: a bus line, three gated stations, a zoo.

Times are minutes of Monday 23 November 2026, local; `at(day=1)` is the Tuesday.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from typing import Any

import psycopg

from satu.fares.tariff import (
    Charge,
    Flat,
    LegRule,
    Network,
    Package,
    Product,
    SameStation,
    Table,
    Tariff,
    Timeframe,
    TransferRule,
)
from satu.kernel.days import Calendar
from satu.ledger.kinds import AccountKind, Asset
from satu.services import all as all_services  # noqa: F401  (registers them)
from satu.services.rules import Bundle, Operator, Point, Route, Rules
from satu.taps.directory import Directory
from satu.taps.road import Road
from satu.taps.tap import Answer, Arrival
from satu.wire.messages import Tap

MONDAY = date(2026, 11, 23)
BUS, METRO, ZOO = 1, 2, 3
BANK, OTHER_BANK = 1, 2
CALENDAR = Calendar("Asia/Jakarta", 4)
TOKEN_KEY = b"k" * 32

TARIFF = Tariff(
    version="small-1",
    valid_from=date(2026, 1, 1),
    timeframes=(Timeframe("early", 300, 420),),
    networks=(
        Network("bus", minimum=5_000),
        Network(
            "metro",
            closed=True,
            charge_at="exit",
            minimum=9_000,
            missing_exit=Charge("dearest"),
            missing_entry=Charge("dearest"),
            same_station=(SameStation(0, Charge("flat", 3_000)),),
        ),
        Network("zoo"),
    ),
    products=(
        Product("bus", Flat(3_500)),
        Product("bus-early", Flat(2_000)),
        Product(
            "metro",
            Table(
                tuple(
                    (a, b, 3_000 + 3_000 * abs("XYZ".index(a) - "XYZ".index(b)))
                    for a in "XYZ"
                    for b in "XYZ"
                    if a != b
                )
            ),
        ),
        Product("zoo", Flat(4_000)),
    ),
    leg_rules=(
        LegRule("bus", "bus", leg_group="bus"),
        LegRule("bus-early", "bus", from_timeframe="early", leg_group="bus", priority=1),
        LegRule("metro", "metro"),
        LegRule("zoo", "zoo"),
    ),
    transfers=(TransferRule("bus", "bus", count=-1, duration_s=180 * 60),),
    packages=(
        Package(
            "integrated", (("bus",), ("metro",)), 2_500, 250, 1_000, 10_000, 180, 15, "nearest"
        ),
    ),
)

POINTS = (
    Point(1, "A", "Stop A", "stop", BUS, "bus", "", -6.2, 106.8),
    Point(2, "B", "Stop B", "stop", BUS, "bus", "", -6.21, 106.8),
    Point(3, "C", "Stop C", "stop", BUS, "bus", "", -6.22, 106.8),
    Point(11, "X", "Station X", "station", METRO, "metro", "X", -6.2, 106.81),
    Point(12, "Y", "Station Y", "station", METRO, "metro", "Y", -6.21, 106.81),
    Point(13, "Z", "Station Z", "station", METRO, "metro", "Z", -6.22, 106.81),
    Point(21, "GATE", "Zoo gate", "entrance", ZOO, "zoo", "", -6.3, 106.82),
)
ROUTES = (
    Route(1, "R1", "A to C", BUS, "bus", patterns=(((1, 0), (2, 5_000), (3, 12_000)),)),
    Route(2, "M1", "X to Z", METRO, "metro", patterns=(
        ((11, 0), (12, 4_000), (13, 8_000)), ((13, 0), (12, 4_000), (11, 8_000)),
    )),
)  # fmt: skip
BUNDLE = Bundle(
    "small",
    "Asia/Jakarta",
    4,
    (Operator(BUS, "bus", "Bus"), Operator(METRO, "metro", "Metro"), Operator(ZOO, "zoo", "Zoo")),
    POINTS,
    ROUTES,
    (TARIFF,),
)


def at(hour: int, minute: int = 0, *, day: int = 0) -> int:
    """The instant of a local time on the Monday (or `day` days later), in milliseconds."""
    return CALENDAR.start_ms(MONDAY) + ((day * 24 + hour - 4) * 60 + minute) * 60_000


class SmallCity:
    """The city in a database: banks' and operators' accounts, cards with money, a road."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.conn: psycopg.Connection[Any] = database.connect()
        self.floats = {bank: self.open(AccountKind.FLOAT, bank) for bank in (BANK, OTHER_BANK)}
        for operator in (BUS, METRO, ZOO):
            self.open(AccountKind.UNFUNDED_CLAIM, 0, operator)
            for bank in (BANK, OTHER_BANK):
                self.open(AccountKind.PAYABLE, bank, operator)
        self.rules = Rules(BUNDLE)
        self.sequence = 0

    def open(self, kind: AccountKind, book: int, party: int = 0) -> int:
        row = self.conn.execute(
            "select id from ledger_open_accounts_v1(%s, %s, %s, %s, %s)",
            [[kind.value], [book], [Asset.IDR.value], [party], [0]],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def tap(self, card: int, point: str, at_ms: int, **more: Any) -> Tap:
        """A tap with the next sequence; `route`, `direction`, `decided` as wanted."""
        self.sequence += 1
        fields = {"sequence": self.sequence, "decided": "open", **more}
        return Tap(at_ms=at_ms, token=str(card), point=point, **fields)

    def send(
        self, *taps: Tap, now_ms: int | None = None, device: int = 1, together: bool = True
    ) -> list[Answer]:
        """Send taps over the road, in one batch or one after the other."""
        now = now_ms if now_ms is not None else max(tap.at_ms for tap in taps)
        arrivals = [Arrival(device, tap, now) for tap in taps]
        batches = [arrivals] if together else [[arrival] for arrival in arrivals]
        return self.run(lambda conn, road: _travel(road, conn, batches, now))

    def close(self, before: date, now_ms: int) -> int:
        return self.run(lambda conn, road: road.close(conn, before=before, now_ms=now_ms))

    def run(
        self, job: Callable[[psycopg.AsyncConnection[Any], Road], Coroutine[Any, Any, Any]]
    ) -> Any:
        async def with_road() -> Any:
            conn = await psycopg.AsyncConnection.connect(self.database.app_url, autocommit=True)
            async with conn:
                directory = await Directory.load(conn)
                return await job(conn, Road(self.rules, directory, token_key=TOKEN_KEY))

        return asyncio.run(with_road())

    def owed_to(self, operator: int) -> int:
        """What an operator is due: payables of all banks and its unfunded claim together."""
        row = self.conn.execute(
            "select coalesce(sum(s.credits - s.debits), 0)::bigint from ledger_daily_sum s"
            " join ledger_account a on a.id = s.account"
            " where a.party = %s and a.kind = any(%s)",
            [operator, [AccountKind.PAYABLE.value, AccountKind.UNFUNDED_CLAIM.value]],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def money(self, card: int) -> tuple[int, int, int]:
        """A card's purse, what is held of it, and its receivable."""
        row = self.conn.execute(
            "select p.balance, p.held, r.balance from cards_card c"
            " join ledger_account p on p.id = c.purse"
            " join ledger_account r on r.id = c.receivable where c.id = %s",
            [card],
        ).fetchone()
        assert row is not None
        return (row[0], row[1], row[2])

    def uses(self, card: int) -> list[tuple[str, int, int, int]]:
        """A card's uses: kind, class, fare, full fare, in order."""
        return self.conn.execute(
            "select kind, use_class, fare, full_fare from taps_use"
            " where card = %s and use_class <> 9 order by started_at, id",
            [card],
        ).fetchall()


async def _travel(
    road: Road,
    conn: psycopg.AsyncConnection[Any],
    batches: Sequence[Sequence[Arrival]],
    now_ms: int,
) -> list[Answer]:
    answers: list[Answer] = []
    for batch in batches:
        answers += await road.travel(conn, batch, now_ms=now_ms)
    return answers
