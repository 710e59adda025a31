"""A statement of a card: opening and closing balances are the books', and the lines lie between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.cards.actions import top_up
from satu.cards.held import purses_of
from satu.cards.kinds import Why
from satu.cards.lifecycle import replace_card, report_lost
from satu.kernel.days import from_ms
from satu.people.guardians import appoint_guardian
from satu.people.kinds import GuardianKind, Role, Scope
from satu.people.profile import Profile
from satu.taps.history import OF_OPERATORS
from satu.taps.statements import (
    BEFORE,
    MONEY,
    PurseStatement,
    Statement,
    own_statement,
    query_of,
)
from tests.database.fares_support import cards, loaded_city
from tests.database.people_support import ACTOR, BUDI, CASE, prepare, register
from tests.database.test_history import own, pay_in, ride
from tests.small_city import SmallCity, at

NOW = from_ms(at(12, day=20))
FIRST, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def statement(card: int, viewer: int, since: datetime = FIRST, until: datetime = END) -> Statement:
    told = own_statement(viewer=viewer, card=card, since=since, until=until, at=NOW)
    assert told is not None
    for purse in told.purses:
        joins(purse)
    return told


def joins(purse: PurseStatement) -> None:
    """Every balance is the one before it and the amount between."""
    balance = purse.opening
    for one in purse.moved:
        balance += one.amount
        assert one.balance == balance
    assert balance == purse.closing == purse.opening + purse.came + purse.went


def in_books(city: SmallCity, card: int, before: datetime) -> int:
    """What the postings of a card's purses come to before an instant, by the table itself."""
    accounts = [purse.account for purse in purses_of(card)]
    row = city.conn.execute(
        "select coalesce(sum(case when credit = any(%(own)s) then amount else 0 end"
        " - case when debit = any(%(own)s) then amount else 0 end), 0)::bigint"
        " from ledger_posting where posted_at < %(before)s",
        {"own": accounts, "before": before},
    ).fetchone()
    assert row is not None
    return int(row[0])


def told(purse: PurseStatement) -> list[tuple[str, int, int]]:
    return [(one.kind, one.amount, one.balance) for one in purse.moved]


def test_every_posting_stands_between_two_balances_of_the_books(city: SmallCity) -> None:
    (card,) = cards(1, balance=10_000)
    siti = register()
    own(card, siti)
    ride(city, card)
    ride(city, card, hour=10)  # takes the 4,000 that are left
    pay_in(card, 40_000, from_ms(at(11)))  # and this pays the rest of it
    (purse,) = statement(card, siti).purses
    assert (purse.bank, purse.asset, purse.opening, purse.closing) == ("Bank", "IDR", 0, 38_000)
    assert told(purse) == [
        ("top_up", 10_000, 10_000),
        ("fare", -6_000, 4_000),
        ("fare", -4_000, 0),
        ("top_up", 40_000, 40_000),
        ("collection", -2_000, 38_000),
    ]
    fare = purse.moved[1]
    assert (fare.point_in, fare.point_out, fare.other) == ("Station X", "Station Y", "Metro")
    assert fare.started_at == from_ms(at(8, 7)) and fare.words.en == "Journey"


def test_a_period_begins_and_ends_with_what_the_books_had_then(city: SmallCity) -> None:
    (card,) = cards(1, balance=200_000)
    siti = register()
    own(card, siti)
    for day in range(6):
        ride(city, card, day=day)
        pay_in(card, 1_000 + day, from_ms(at(12, day=day)))
        ride(city, card, day=day, hour=17)
    closing = None
    for day in range(-1, 8):  # days before the card and after its last ride too
        since, until = from_ms(at(4, day=day)), from_ms(at(4, day=day + 1))
        (purse,) = statement(card, siti, since, until).purses
        assert (purse.opening, purse.closing) == (
            in_books(city, card, since),
            in_books(city, card, until),
        )
        assert closing in (None, purse.opening)
        closing = purse.closing
        assert len(purse.moved) == (3 if 0 < day < 6 else 4 if day == 0 else 0)
    assert closing == city.money(card)[0]


def test_rides_that_were_unlinked_are_one_sum_and_it_still_reconciles(city: SmallCity) -> None:
    (card,) = cards(1, balance=50_000)
    siti = register()
    own(card, siti)
    ride(city, card)
    ride(city, card, hour=10)
    pay_in(card, 5_000, from_ms(at(12)))
    ride(city, card, day=1)
    city.database.owner().execute("delete from taps_card_day")
    (purse,) = statement(card, siti).purses
    assert told(purse) == [
        ("top_up", 50_000, 50_000),
        ("unlinked", -12_000, 38_000),
        ("top_up", 5_000, 43_000),
        ("unlinked", -6_000, 37_000),
    ]
    assert purse.closing == city.money(card)[0]
    later = from_ms(at(4, day=1))
    (before,) = statement(card, siti, FIRST, later).purses
    (after,) = statement(card, siti, later).purses
    assert before.closing == after.opening == 43_000 and after.closing == 37_000


def test_a_card_in_place_of_another_goes_on_with_its_statement(city: SmallCity) -> None:
    (card,) = cards(1)
    siti = register()
    own(card, siti)
    ride(city, card)
    when = from_ms(at(12, day=1))
    report_lost(card=card, owner=siti, actor="t", at=when)
    done = replace_card(card=card, why=Why.LOST, actor="t", at=when)
    assert not isinstance(done, str)
    ride(city, done.successor, day=1, hour=14)
    (purse,) = statement(done.successor, siti).purses
    assert [one.kind for one in purse.moved] == ["top_up", "fare", "fare"]
    assert purse.closing == 38_000 == in_books(city, done.successor, END)


def test_a_statement_is_for_who_may_see_the_trips(city: SmallCity) -> None:
    prepare()
    parent, other = register(), register(Profile(name="Tono"))
    child = register(BUDI)
    (card,) = cards(1)
    own(card, child)
    ride(city, card)
    asked: dict[str, Any] = {"card": card, "since": FIRST, "until": END, "at": NOW}
    assert own_statement(viewer=parent, **asked) is None
    assert own_statement(viewer=other, **asked) is None
    assert own_statement(viewer=child, **{**asked, "card": 99}) is None
    appoint_guardian(
        guardian=parent, ward=child, kind=GuardianKind.PARENT, scopes=[Scope.TRIPS], until=None,
        role=Role.DESK, case=CASE, actor=ACTOR, at=NOW - timedelta(days=1),
    )  # fmt: skip
    assert own_statement(viewer=parent, **asked) is not None
    looks = [one for one in entries_on(Subject("person", child)) if one.action == "trips.seen"]
    assert [one.actor for one in looks] == [f"resident:{parent}"]


def test_a_card_without_money_has_an_empty_statement(city: SmallCity) -> None:
    (card,) = cards(1, balance=0)
    siti = register()
    own(card, siti)
    (purse,) = statement(card, siti).purses
    assert (purse.opening, purse.closing, purse.moved) == (0, 0, ())
    paid = top_up(card=card, amount=7_000, reference="x", actor="t", at=END)
    assert not isinstance(paid, str)
    (purse,) = statement(card, siti).purses
    assert (purse.opening, purse.closing, purse.moved) == (0, 0, ())


@pytest.mark.parametrize("part", [MONEY, BEFORE])
def test_money_that_is_no_ride_is_found_by_its_indexes(database: Any, part: str) -> None:
    conn = database.connect()
    conn.execute("set enable_seqscan = off")
    asked = {"purse": 1, "purses": [1], "since": FIRST, "operators": OF_OPERATORS}
    plan = "\n".join(row[0] for row in conn.execute("explain " + query_of([part]), asked))
    assert "ledger_posting_in" in plan and "ledger_posting_out" in plan, plan
    assert "Seq Scan on ledger_posting" not in plan
