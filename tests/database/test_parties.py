"""What operators and banks are shown is counted from what is stored, each tap and use once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from satu.insight import parties
from satu.insight.ages import Owed
from satu.insight.parties import Due, LineSum, OperatorDay
from satu.insight.quarters import forget_quarters
from satu.insight.tallies import tally
from satu.kernel.refusal import Outcome, UseClass
from tests.database.party_support import AT, SUNDAY, a_morning, ride
from tests.live_city import MONDAY, LiveCity


@pytest.fixture
def city(database) -> LiveCity:
    made = LiveCity(database)
    a_morning(made)
    return made


def test_an_operators_days_are_told(city: LiveCity) -> None:
    bus = city.operators["bus"]
    assert parties.operator_days(city.conn, bus, SUNDAY, MONDAY) == [
        OperatorDay(MONDAY, 6_000, 4, 3, 1, 7, 1),
        OperatorDay(SUNDAY, 5_000, 0, 0, 0, 0, 0),
    ]
    zoo = city.operators["zoo"]
    assert parties.operator_days(city.conn, zoo, MONDAY, MONDAY) == [
        OperatorDay(MONDAY, 4_000, 3, 1, 0, 3, 0)
    ]


def test_lines_endings_and_refusals_are_told(city: LiveCity) -> None:
    bus = city.operators["bus"]
    assert parties.operator_lines(city.conn, bus, MONDAY, MONDAY) == [
        LineSum(1, 7_000, 2, 2, 0, 0, 0),
        LineSum(2, 2_000, 1, 1, 1, 0, 0),
        LineSum(0, 0, 0, 0, 0, 7, 1),
    ]
    assert parties.operator_rides(city.conn, bus, MONDAY, MONDAY) == [
        (UseClass.COMPLETE, 2, 7_000),
        (UseClass.MISSING_EXIT, 1, 2_000),
    ]
    refused = parties.operator_refusals(city.conn, bus, MONDAY, MONDAY)
    assert refused == [(Outcome.BALANCE_INSUFFICIENT, 1)]
    assert parties.operator_passes(city.conn, bus, AT - timedelta(days=9), AT) == []


def test_debts_have_an_age(city: LiveCity) -> None:
    bus, zoo = city.operators["bus"], city.operators["zoo"]
    assert parties.owed_to(city.conn, bus, MONDAY) == [
        Due(1, Owed(8_500, SUNDAY, (3_500, 5_000, 0, 0))),
        Due(2, Owed(2_500, MONDAY, (2_500, 0, 0, 0))),
    ]
    assert parties.owed_by(city.conn, 2, MONDAY + timedelta(days=30)) == [
        Due(zoo, Owed(4_000, MONDAY, (0, 0, 0, 4_000))),
        Due(bus, Owed(2_500, MONDAY, (0, 0, 0, 2_500))),
    ]


def test_counting_again_changes_nothing(city: LiveCity) -> None:
    bus = city.operators["bus"]
    before = parties.operator_lines(city.conn, bus, MONDAY, MONDAY)
    tally(city.conn, at=AT)
    tally(city.conn, at=AT, is_whole=True)
    assert parties.operator_lines(city.conn, bus, MONDAY, MONDAY) == before
    ride(city, 5, "bus", 1, 1_000)
    tally(city.conn, at=AT)
    assert parties.operator_lines(city.conn, bus, MONDAY, MONDAY)[0].fare == 8_000


def test_a_banks_cards_are_counted(city: LiveCity) -> None:
    counted = parties.cards_counted(city.conn, 1)
    assert (counted.numbers, counted.at) == ({0: 1}, AT)
    assert parties.virtual_accounts_counted(city.conn, 1).numbers == {}
    city.conn.execute("update cards_card set state = 1 where issuer = 1")
    tally(city.conn, at=AT + timedelta(hours=1))
    assert parties.cards_counted(city.conn, 1).numbers == {1: 1}


def test_old_days_are_forgotten(city: LiveCity) -> None:
    forget_quarters(city.conn, at=AT + timedelta(days=500))
    (told,) = parties.operator_days(city.conn, city.operators["bus"], MONDAY, MONDAY)
    assert (told.taps, told.earned) == (0, 6_000)
