"""After eight weeks nothing tells where a card went; the books and the counts are as they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from satu.cards.actions import top_up
from satu.kernel.days import from_ms
from satu.ledger.verify import verify
from satu.taps import store
from satu.taps.repairs import Asked
from satu.taps.retention import unlink_trips
from satu.taps.verify import ALL_CHECKS
from tests.database.repairs_support import RepairCity
from tests.small_city import MONDAY, at
from tests.support import Database

JOB = "job:unlink"
TUESDAY = MONDAY + timedelta(days=1)
EIGHT_WEEKS = from_ms(at(5, day=57))
MONEY = """
select serial, debit, credit, amount, kind, occurred_at, posted_at, service_day, settlement_day,
       debit_balance_after, credit_balance_after from ledger_posting order by serial
"""
COUNTS = """
select service_day, point, outcome, meaning, medium, riders, charge, date_trunc('hour', at),
       count(*) from taps_tap group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7, 8
"""
RIDES = """
select service_day, kind, operator, point_in, point_out, use_class, fare, riders, count(*)
  from taps_use group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7, 8
"""


@pytest.fixture
def city(database: Database) -> RepairCity:
    """A Monday of rides paid, short, refused, repaired by rule, and one whose repair waits."""
    made = RepairCity(database)
    keep(made, 56)
    return made


def keep(city: RepairCity, days: int | None) -> None:
    with psycopg.connect(city.database.owner_url, autocommit=True) as owner:
        owner.execute("delete from people_retention")
        if days is not None:
            owner.execute("insert into people_retention values ('trips', %s, 'why')", [days])


def rows(city: RepairCity, statement: str) -> list[tuple[Any, ...]]:
    return city.conn.execute(statement).fetchall()


def ride(city: RepairCity, card: int, *, day: int = 0) -> None:
    city.send(
        city.tap(card, "X", at(8, 7, day=day), direction="entry"),
        city.tap(card, "Y", at(8, 31, day=day), direction="exit"),
        together=False,
    )


def busy_monday(city: RepairCity) -> dict[str, int]:
    cards = {name: city.card() for name in ("whole", "repaired", "waiting")}
    cards["poor"] = city.card(10_000)
    ride(city, cards["whole"])
    city.send(*(city.tap(cards["poor"], "GATE", at(9, n), direction="entry") for n in range(8)))
    used = {
        name: city.ride_without_exit(cards[name], "X", at(8)) for name in ("repaired", "waiting")
    }
    city.close(TUESDAY, at(4, day=1))
    asked = city.ask(cards["repaired"], used["repaired"], "Y", at(8, 20), at(9, day=1))
    assert isinstance(asked, Asked) and asked.repair.refunded
    slow = city.ask(cards["waiting"], used["waiting"], "Y", at(20), at(9, day=1))
    assert isinstance(slow, Asked) and slow.repair.waits_for
    ride(city, cards["whole"], day=2)
    city.close(MONDAY + timedelta(days=3), at(4, day=3))
    assert city.is_sound()
    return cards


def test_nothing_leads_from_a_card_to_a_place_and_the_money_is_as_it_was(city: RepairCity) -> None:
    cards = busy_monday(city)
    names = [row[0] for row in rows(city, f"select id from taps_tap where service_day = '{MONDAY}'"
                                          f" and card <> {cards['waiting']}")]  # fmt: skip
    money, counts, rides = rows(city, MONEY), rows(city, COUNTS), rows(city, RIDES)
    balances = {name: city.money(card) for name, card in cards.items()}
    assert unlink_trips(actor=JOB, at=EIGHT_WEEKS) == 1

    assert rows(city, MONEY) == money
    assert rows(city, COUNTS) == counts
    assert rows(city, RIDES) == rides
    assert {name: city.money(card) for name, card in cards.items()} == balances
    assert city.is_sound()
    linked = f"where card <> 0 and service_day = '{MONDAY}'"
    for table in ("taps_tap", "taps_use", "taps_card_day", "taps_repair"):
        left = {row[0] for row in rows(city, f"select card from {table} {linked}")}
        assert left == {cards["waiting"]}, table
    told = set(rows(city, "select balance, digest, upload from taps_tap where card = 0"))
    assert told == {(None, 0, None)}
    exact = "select count(*) from taps_tap where card = 0 and at <> date_trunc('hour', at)"
    assert rows(city, exact) == [(0,)]
    # No posting's key, reference or hold has a tap's name in it any more.
    for key, tap, use, corrects in rows(
        city, "select key, tap, use, corrects from ledger_posting where key::text < '8'"
    ):
        assert key.int >> 64 not in names
        assert tap not in names and use not in names
        assert corrects is None or corrects.int >> 64 not in names
    assert rows(city, "select evidence, asked_by from taps_repair where card = 0") == [({}, "")]


def test_younger_days_and_days_that_wait_are_left_until_their_time(city: RepairCity) -> None:
    cards = busy_monday(city)
    assert unlink_trips(actor=JOB, at=from_ms(at(5, day=56))) == 0
    assert rows(city, "select count(*) from taps_tap where card = 0") == [(0,)]
    assert unlink_trips(actor=JOB, at=EIGHT_WEEKS) == 1
    waits = "select service_day, waiting from taps_unlinked order by 1"
    assert rows(city, waits) == [(MONDAY, 1)]
    assert unlink_trips(actor=JOB, at=EIGHT_WEEKS) == 1
    with psycopg.connect(city.database.owner_url, autocommit=True) as owner:
        owner.execute("update taps_repair set state = 2, decided_at = now() where state = 0")
    assert unlink_trips(actor=JOB, at=from_ms(at(5, day=59))) == 3
    assert rows(city, waits) == [(MONDAY + timedelta(days=n), 0) for n in range(3)]
    assert rows(city, "select count(*) from taps_card_day") == [(0,)]
    assert rows(city, "select count(*) from taps_tap where card <> 0") == [(0,)]
    assert unlink_trips(actor=JOB, at=from_ms(at(5, day=59))) == 0
    assert city.is_sound()
    trail = [detail["day"] for _, detail in city.trail("trips.unlinked")]
    assert trail == [str(MONDAY + timedelta(days=n)) for n in (0, 0, 0, 1, 2)]
    # The card goes on: it rides, and what it owes from then is collected as before.
    ride(city, cards["whole"], day=60)
    top_up(card=cards["poor"], amount=30_000, reference="r", actor="t", at=from_ms(at(9, day=60)))
    assert city.money(cards["poor"])[2] == 0
    assert city.is_sound()


def test_without_a_rule_of_the_city_nothing_is_unlinked(city: RepairCity) -> None:
    busy_monday(city)
    keep(city, None)
    assert unlink_trips(actor=JOB, at=EIGHT_WEEKS) == 0
    keep(city, 1)  # younger than what still folds: at least two weeks
    assert unlink_trips(actor=JOB, at=from_ms(at(5, day=14))) == 0
    assert rows(city, "select count(*) from taps_tap where card = 0") == [(0,)]


def test_what_readers_sent_loses_the_cards_tokens(city: RepairCity) -> None:
    busy_monday(city)
    with psycopg.connect(city.database.owner_url, autocommit=True) as owner:
        for day in (-1, 40):
            owner.execute(store.KEEP_UPLOAD, [1, from_ms(at(9, day=day)), 1, b"h", b"s", b"body"])
            body = '{"token": "12", "point": "X"}'
            owner.execute(
                "insert into taps_quarantine (tap, reason, received_at, body, digest)"
                " values (9, 20, %s, %s, %s)",
                [from_ms(at(9, day=day)), body, day],
            )
    unlink_trips(actor=JOB, at=EIGHT_WEEKS)
    assert rows(city, "select body, signature from taps_upload order by id") == [
        (b"", b"s"),
        (b"body", b"s"),
    ]
    assert rows(city, "select body from taps_quarantine order by id") == [
        ({"point": "X"},),
        ({"token": "12", "point": "X"},),
    ]


def test_a_tap_that_lost_its_card_on_another_day_is_found(city: RepairCity) -> None:
    busy_monday(city)
    unlink_trips(actor=JOB, at=EIGHT_WEEKS)
    with psycopg.connect(city.database.owner_url, autocommit=True) as owner:
        owner.execute(f"update taps_use set card = 0 where service_day > '{MONDAY}'")
        owner.execute("update taps_use set fare = fare + 1 where card = 0 and service_day = %s",
                      [MONDAY])  # fmt: skip
    found = {problem.check for problem in verify(city.conn, ALL_CHECKS).problems}
    assert {
        "only taps and uses of days that were unlinked have lost their card",
        "what all cards paid for a day that was unlinked is what its uses cost",
        "what a card paid for a day is what its uses cost",
    } <= found
