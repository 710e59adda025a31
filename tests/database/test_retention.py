"""After eight weeks nothing tells where a card went; the books and the counts are as they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from satu.cards.actions import link_card, top_up
from satu.cards.queries import faces
from satu.cases.actions import NewCase, Opened, open_case
from satu.cases.chores import unlink_rides
from satu.cases.city import keep_city
from satu.cases.kinds import REFUND, Channel
from satu.cases.repairs import follow_repairs
from satu.city.cases import read_cases
from satu.kernel.days import from_ms
from satu.kernel.ids import tap_parts
from satu.ledger.verify import verify
from satu.messages.actions import enqueue
from satu.messages.forgetting import forget_old
from satu.messages.kinds import Kind
from satu.taps import store
from satu.taps.repairs import Asked
from satu.taps.retention import unlink_trips
from satu.taps.verify import ALL_CHECKS
from tests.database.people_support import prepare, register, values_stored
from tests.database.repairs_support import NOW, RepairCity
from tests.small_city import MONDAY, at
from tests.support import Database

JOB = "job:unlink"
PACK = Path(__file__).resolve().parents[2] / "cities/jakarta"
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
            owner.execute(
                "insert into people_retention values ('trips', %s, 'sebab', 'why'),"
                " ('messages', 730, 'sebab', 'why')",
                [days],
            )


def rows(city: RepairCity, statement: str) -> list[tuple[Any, ...]]:
    return city.conn.execute(statement).fetchall()


def ride(city: RepairCity, card: int, *, day: int = 0) -> None:
    city.send(
        city.tap(card, "X", at(8, 7, day=day), direction="entry"),
        city.tap(card, "Y", at(8, 31, day=day), direction="exit"),
        together=False,
    )


def busy_monday(city: RepairCity) -> dict[str, int]:
    cards = {name: city.card() for name in ("whole", "repaired", "waiting", "late")}
    cards["poor"] = city.card(10_000)
    ride(city, cards["whole"])
    city.send(*(city.tap(cards["poor"], "GATE", at(9, n), direction="entry") for n in range(8)))
    used = {
        name: city.ride_without_exit(cards[name], "X", at(8))
        for name in ("repaired", "waiting", "late")
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


def tell_of_it_everywhere(city: RepairCity, cards: dict[str, int]) -> None:
    """Owners, a debt collected, a refund long after, cases of every ride and repair, messages."""
    prepare()
    keep(city, 56)
    siti, later = register(), from_ms(at(9, day=5))
    for face in faces(cards.values()):
        link_card(number=face.number, secret=face.secret, owner=siti, actor=JOB, at=NOW)
    top_up(card=cards["poor"], amount=30_000, reference="t", actor=JOB, at=later)
    ((lost,),) = rows(city, f"select id from taps_use where card = {cards['late']}")
    paid = city.ask(cards["late"], lost, "Y", at(8, 20), at(9, day=5))
    assert isinstance(paid, Asked) and paid.repair.refunded
    kinds = read_cases(PACK, [])
    assert kinds is not None
    keep_city(city=kinds, asset="IDR", actor=JOB, at=NOW)
    assert follow_repairs(actor=JOB, at=later) == 1
    uses = rows(city, "select 'use:' || id from taps_use")
    for (about,) in uses + rows(city, "select 'repair:' || id from taps_repair where state > 0"):
        new = NewCase(REFUND, Channel.PAGE, f"{siti}:{about}", siti, None, "?", about)
        assert isinstance(open_case(new=new, actor=JOB, at=later), Opened)
    kind, said = Kind.RIDE_REFUSED, {"card": "0001", "reason": "card_blocked"}
    for (tap,) in rows(city, f"select id from taps_tap where service_day = '{MONDAY}'"):
        name, evening = f"{kind}:{tap}", from_ms(at(21))
        enqueue(resident=siti, kind=kind, parameters=said, name=name, at=evening)
    with psycopg.connect(city.database.owner_url, autocommit=True) as owner:
        owner.execute("update messages_message set state = 2, next_at = null, ended_at = made_at")


def spelled(tap: int) -> list[bytes]:
    """How a tap's name may stand in a row: in figures, at the head of a key, packed."""
    hexed = f"{tap:016x}"
    return [str(tap).encode(), f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:]}".encode(), tap.to_bytes(8)]


def where_told(city: RepairCity, taps: list[int]) -> set[str]:
    """The columns of the whole database in which any of some taps is named."""
    names = [one for tap in taps for one in spelled(tap)]
    stored = values_stored(city.database.owner())
    return {column for column, value in stored if any(one in value for one in names)}


def test_nothing_leads_from_a_card_to_a_place_and_the_money_is_as_it_was(city: RepairCity) -> None:
    cards = busy_monday(city)
    tell_of_it_everywhere(city, cards)
    monday = f"select id from taps_tap where service_day = '{MONDAY}' and card"
    names = [row[0] for row in rows(city, f"{monday} <> {cards['waiting']}")]
    (waiting,) = (row[0] for row in rows(city, f"{monday} = {cards['waiting']}"))
    told = rows(city, "select id, tap from taps_repair where state > 0 order by id")
    names += [tap for _, tap in told]
    keys = rows(city, f"select key from ledger_posting where service_day = '{MONDAY}'")
    money, counts, rides = rows(city, MONEY), rows(city, COUNTS), rows(city, RIDES)
    balances = {name: city.money(card) for name, card in cards.items()}
    everywhere = where_told(city, names)
    assert {f"public.{column}" for column in (
        "cases_case.about", "cases_case.key", "ledger_posting.key", "ledger_posting.use",
        "messages_message.name", "taps_card_day.taps", "taps_repair.evidence", "taps_repair.tap",
    )} < everywhere  # fmt: skip
    assert "public.audit_entry.detail" not in everywhere
    assert unlink_trips(actor=JOB, at=EIGHT_WEEKS) == 1
    assert unlink_rides(actor=JOB, at=EIGHT_WEEKS) > 0
    assert forget_old(actor=JOB, at=EIGHT_WEEKS) > 0

    assert rows(city, MONEY) == money
    assert rows(city, COUNTS) == counts
    assert rows(city, RIDES) == rides
    assert {name: city.money(card) for name, card in cards.items()} == balances
    assert city.is_sound()
    linked = f"where card <> 0 and service_day = '{MONDAY}'"
    # Taps and uses know their own names; no row with one of them has a card.
    assert where_told(city, names) == {"public.taps_tap.id", "public.taps_use.id"}
    known = rows(city, "select 'use:' || id from taps_use where card <> 0"
                       " union select 'repair:' || id from taps_repair order by 1")  # fmt: skip
    assert rows(city, "select about from cases_case where about <> '' order by 1") == known
    for table in ("taps_tap", "taps_use", "taps_card_day", "taps_repair"):
        left = {row[0] for row in rows(city, f"select card from {table} {linked}")}
        assert left == {cards["waiting"]}, table
    left_of = set(rows(city, "select balance, digest, upload from taps_tap where card = 0"))
    assert left_of == {(None, 0, None)}
    exact = (
        "select count(*) from taps_tap where card = 0"
        " and (at <> date_trunc('hour', at) or received_at <> at)"
    )
    assert rows(city, exact) == [(0,)]
    # No key can be made again from a tap's name, also none of what was collected.
    now = rows(city, f"select key from ledger_posting where service_day = '{MONDAY}'")
    assert len(now) == len(keys)
    assert {key.int >> 64 for (key,) in {*now} & {*keys}} == {waiting}
    # The trail has the repairs' numbers, and these lead nowhere: not to a row, not to a tap.
    assert rows(city, "select card from taps_repair") == [(cards["waiting"],)]
    assert {tap_parts(tap)[1] for _, tap in told}.isdisjoint({number for number, _ in told})


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
