"""A second city is a second folder: cities/contoh, ridden through for a week, to the cent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from satu.cards.actions import issue_cards
from satu.cards.rights_actions import PassSale, RightsSet, grant
from satu.city.load import load_city
from satu.city.pack import read_pack
from satu.city.replay_setup import SetupError, city_ready
from satu.cli.replay import CITIES, home_of
from satu.fares.legs import Entitlement
from satu.insight.queries import books
from satu.kernel.days import from_ms
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.ledger.kinds import Asset
from satu.ledger.verify import verify
from satu.services.rules import Rules
from satu.taps.directory import Directory
from satu.taps.passes import categories_of, sell_pass
from satu.taps.places import load_bundle
from satu.taps.road import Road
from satu.taps.tap import Answer, Arrival
from satu.taps.verify import ALL_CHECKS
from satu.wire.messages import Tap
from tests.support import Database

PACK = CITIES / "contoh"
BANK = 1
MONDAY = date(2026, 3, 23)  # on the Sunday after it the clocks go forward
BALANCE = 100_00
COMPLETE = UseClass.COMPLETE


class Contoh:
    """The city in a database, and a road to it."""

    def __init__(self, database: Database) -> None:
        self.url = database.app_url
        self.conn: psycopg.Connection[Any] = database.connect()
        pack = read_pack(PACK)
        at = datetime.fromisoformat("2026-03-20T12:00:00+00:00")
        load_city(pack=pack, actor="test", at=at)
        self.rules = Rules(load_bundle(self.conn))
        self.sequence = 0

    def at(self, day: int, clock: str) -> int:
        """The instant of a local time so many days after the Monday."""
        hour, minute = map(int, clock.split(":"))
        midnight = datetime(MONDAY.year, MONDAY.month, MONDAY.day) + timedelta(days=day)
        return self.rules.calendar.at(midnight + timedelta(hours=hour, minutes=minute))

    def card(self, category: str = "adult", balance: int = BALANCE) -> int:
        made = issue_cards(
            issuer=BANK,
            count=1,
            balance=balance,
            category=category,
            actor="test",
            at=from_ms(self.at(0, "04:00")),
        )
        assert isinstance(made, range)
        return made[0]

    def ride(self, card: int, day: int, *taps: str) -> list[Answer]:
        """Taps written as `07:20 in hills`, each decided by the centre."""
        arrivals = []
        for told in taps:
            clock, way, point = told.split()
            self.sequence += 1
            tap = Tap(
                sequence=self.sequence,
                at_ms=self.at(day, clock),
                token=str(card),
                point=point,
                direction="entry" if way == "in" else "exit",
                decided="ask",
            )
            arrivals.append(Arrival(1, tap, tap.at_ms))
        return asyncio.run(self._travel(arrivals))

    async def _travel(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as conn:
            road = Road(self.rules, await Directory.load(conn), token_key=b"k" * 32)
            answers: list[Answer] = []
            for arrival in arrivals:
                answers += await road.travel(conn, [arrival], now_ms=arrival.tap.at_ms)
            return answers

    def fares(self, card: int) -> list[int]:
        rows = self.conn.execute(
            "select fare from taps_use where card = %s and use_class = any(%s)"
            " order by started_at, id",
            [card, [int(one) for one in UseClass if one is not UseClass.VOID]],
        )
        return [fare for (fare,) in rows]

    def classes(self, card: int) -> list[UseClass]:
        rows = self.conn.execute(
            "select use_class from taps_use where card = %s order by started_at, id", [card]
        )
        return [UseClass(found) for (found,) in rows]

    def balance(self, card: int) -> int:
        row = self.conn.execute(
            "select a.balance from cards_card c join ledger_account a on a.id = c.purse"
            " where c.id = %s",
            [card],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def is_proven(self) -> bool:
        with psycopg.connect(self.url, autocommit=True) as conn:
            return verify(conn, ALL_CHECKS).problems == []


@pytest.fixture
def city(database: Database) -> Contoh:
    return Contoh(database)


# A workday: by bus and metro into the centre, home by metro.
WORKDAY = ("07:00 in bus-hills", "07:20 in hills", "07:50 out harbour")
HOME = ("17:30 in harbour", "18:00 out hills")


def test_a_week_with_both_caps_to_the_cent(city: Contoh) -> None:
    rider = city.card()
    for day in range(4):
        city.ride(rider, day, *WORKDAY, *HOME)
    # 1.80; 3.40 at the peak less 0.80 for the change; 3.40 again, of which 2.60 is left of 7.00.
    workday = [180, 260, 260]
    assert city.fares(rider) == workday * 4
    assert city.balance(rider) == BALANCE - 4 * 700
    # Those were twelve paid rides: the rest of seven days from Monday 07:00 is free.
    city.ride(rider, 4, *WORKDAY, *HOME)
    city.ride(rider, 5, "11:00 in bus-hills", "12:00 in castle", "12:20 out lake")
    city.ride(rider, 7, "05:30 in bus-hills")
    assert city.fares(rider)[12:] == [0] * 6
    assert city.balance(rider) == BALANCE - 4 * 700
    # The clocks went forward on Sunday: seven days from Monday 07:00 end at 08:00 by the clock.
    city.ride(rider, 7, "07:59 in bus-hills", "08:00 in bus-hills")
    assert city.fares(rider)[18:] == [0, 180]
    assert city.balance(rider) == BALANCE - 4 * 700 - 180
    assert city.is_proven()


def test_the_peak_is_for_workdays_that_are_no_holidays(city: Contoh) -> None:
    rider = city.card()
    good_friday = 11
    for day in (10, good_friday, 12):
        city.ride(rider, day, "08:00 in hills", "08:30 out castle")
    assert city.fares(rider) == [340, 290, 290]


def test_a_reduced_rider_has_reduced_products_and_a_cap(city: Contoh) -> None:
    rider = city.card("reduced")
    city.ride(rider, 0, *WORKDAY, *HOME)
    assert city.fares(rider) == [90, 130, 130]
    assert city.balance(rider) == BALANCE - 350


def test_out_of_one_station_and_into_the_next_is_one_ride(city: Contoh) -> None:
    rider, slow = city.card(), city.card()
    walked = city.ride(
        rider,
        0,
        "12:00 in hills",
        "12:30 out harbour",
        "12:44 in market-south",
        "12:50 out castle",
    )
    assert [answer.charge for answer in walked] == [0, 290, 0, 0]
    assert walked[2].meaning is Meaning.INTERCHANGE_ENTRY
    assert city.classes(rider) == [COMPLETE, UseClass.INTERCHANGE]
    city.ride(slow, 0, "12:00 in hills", "12:30 out harbour", "12:46 in market-north")
    city.ride(slow, 0, "12:50 out castle")
    assert city.fares(slow) == [290, 220]
    assert city.is_proven()


def test_a_change_within_75_minutes_takes_off_80_cents(city: Contoh) -> None:
    quick, slow = city.card(), city.card()
    city.ride(quick, 0, "12:00 in lake", "12:20 out hills", "13:15 in bus-hills")
    city.ride(slow, 0, "12:00 in lake", "12:20 out hills", "13:16 in bus-hills")
    assert (city.fares(quick), city.fares(slow)) == ([220, 100], [220, 180])


def test_a_birthday_is_free_and_only_that_day(city: Contoh) -> None:
    """A right of one day: no date of birth is kept anywhere."""
    rider, day = city.card(), MONDAY + timedelta(days=1)
    granted = grant(
        card=rider,
        entitlement=Entitlement("birthday", day, day),
        categories=categories_of(city.rules.bundle),
        actor="test",
        at=from_ms(city.at(0, "12:00")),
    )
    assert isinstance(granted, RightsSet)
    for on in range(3):
        city.ride(rider, on, "08:00 in hills", "08:30 out castle")
    assert city.fares(rider) == [340, 0, 340]
    assert city.is_proven()


def test_a_week_pass_covers_seven_days_from_its_first_ride(city: Contoh) -> None:
    rider = city.card()
    sold = sell_pass(
        city="contoh",
        card=rider,
        product="week",
        key="till-1",
        actor="test",
        at=from_ms(city.at(0, "06:00")),
    )
    assert isinstance(sold, PassSale)
    for on in (1, 7, 8):
        city.ride(rider, on, "08:00 in hills", "08:30 out castle")
    assert city.fares(rider) == [0, 0, 340]
    assert city.balance(rider) == BALANCE - 2500 - 340
    assert city.is_proven()


def test_on_the_towns_day_a_ride_costs_ten_cents(city: Contoh) -> None:
    rider = city.card()
    for on in (8, 9, 10):
        city.ride(rider, on, "08:00 in bus-hills")
    assert city.fares(rider) == [180, 10, 180]


def test_what_is_missing_is_charged_by_rule(city: Contoh) -> None:
    rider = city.card()
    city.ride(rider, 0, "12:00 out castle", "12:30 in hills", "13:00 in lake")
    city.ride(rider, 0, "13:05 out lake", "14:00 in castle", "14:20 out castle")
    assert city.classes(rider) == [
        UseClass.MISSING_ENTRY,
        UseClass.MISSING_EXIT,
        UseClass.SAME_STATION,
        UseClass.SAME_STATION,
    ]
    assert city.fares(rider) == [340, 290, 0, 220]
    assert city.is_proven()


def test_purses_floats_and_refusals_are_in_the_citys_money(city: Contoh) -> None:
    poor = city.card(balance=100)
    (refused,) = city.ride(poor, 0, "12:00 in bus-hills")
    assert refused == Answer(Outcome.BALANCE_INSUFFICIENT, balance=100)
    assets = city.conn.execute("select distinct asset from ledger_account").fetchall()
    assert assets == [(int(Asset.EUR),)]
    with psycopg.connect(city.url, autocommit=True) as conn:
        (bank,) = [book for book in books(conn, Asset.EUR) if book.book == BANK]
        assert (bank.float_total, bank.purses, bank.difference) == (100, 100, 0)
        assert all(book.standings == {} for book in books(conn, Asset.IDR))


def test_a_file_rides_in_its_own_city_if_none_is_loaded(database: Database) -> None:
    assert home_of("sube") == CITIES / "buenos-aires"
    assert home_of("transjakarta") == CITIES / "jakarta"
    Contoh(database)
    assert home_of("sube") == PACK
    at = from_ms(0)
    with pytest.raises(SetupError, match="no bank of Buenos Aires is known"):
        city_ready(pack=read_pack(CITIES / "buenos-aires"), at=at)
    assert city_ready(pack=read_pack(PACK), at=at) == {"bank-satu": 1, "bank-dua": 2, "": 1}
