"""Rides before and after a card's money went to another bank: each is paid where the money was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from satu.cards import queries
from satu.cards.actions import ensure_issuers, issue_cards, link_card, top_up
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.interbank import set_prefund
from satu.cards.kinds import CardProduct, Issuer, Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.products import ensure_products
from satu.cards.refunds import GivenBack, Refunded, refund
from satu.cards.rights_actions import sell_pass
from satu.kernel.refusal import Outcome
from satu.ledger.kinds import Result
from satu.ledger.verify import verify
from satu.payments.errors import Refusal
from satu.payments.switching import Switched, switch_bank
from satu.payments.verify import CHECKS
from satu.taps.verify import ALL_CHECKS
from tests.small_city import BANK, BUS, MONDAY, OTHER_BANK, SmallCity, at

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BY = {"actor": "staff:ani", "at": NOW}
RESIDENT = CardProduct(1, "resident", "Warga", "Resident", 2_000_000, 20_000_000, valid_months=60)
BANKS = [
    Issuer(BANK, "bank", "Bank", "100001", True),
    Issuer(OTHER_BANK, "other", "Other", "100002", True),
]


@pytest.fixture
def city(database) -> SmallCity:
    made = SmallCity(database)
    ensure_issuers(issuers=BANKS, **BY)
    ensure_products(products=[RESIDENT], **BY)
    for bank in (BANK, OTHER_BANK):
        assert set_prefund(bank=bank, amount=100_000, **BY) is None
    return made


def card(balance: int = 20_000) -> int:
    made = issue_cards(issuer=BANK, count=1, balance=balance, product="resident", **BY)
    assert isinstance(made, range)
    (face,) = queries.faces(made)
    assert link_card(number=face.number, secret=face.secret, owner=501, **BY) == made[0]
    return made[0]


def switch(serial: int, bank: int = OTHER_BANK, key: str = "S-1"):
    return switch_bank(card=serial, bank=bank, key=key, owner=501, **BY)


def owed_by(city: SmallCity, bank: int, operator: int) -> int:
    """What a bank owes an operator."""
    (amount,) = city.conn.execute(
        "select coalesce(sum(s.credits - s.debits), 0) from ledger_daily_sum s"
        " join ledger_account a on a.id = s.account"
        " where a.kind = 5 and a.book = %s and a.party = %s",
        [bank, operator],
    ).fetchone()
    return int(amount)


def check_books(city: SmallCity) -> None:
    report = verify(city.conn, (*ALL_CHECKS, *CHECKS))
    assert report.ok, report.problems


def test_each_ride_is_owed_by_the_bank_that_had_the_money(city):
    rider = card()
    sold = sell_pass(card=rider, product="month", price=5_000, owed_to=BUS, key="counter-1", **BY)
    assert not isinstance(sold, CardRefusal)
    (rode,) = city.send(city.tap(rider, "A", at(7), route="R1", decided="ask"))
    assert rode.charge == 3_500
    assert switch(rider) == Switched(Result.POSTED, rider, OTHER_BANK, 11_500)
    (again,) = city.send(city.tap(rider, "A", at(12), route="R1", decided="ask"))
    assert (again.outcome, again.charge) == (Outcome.ACCEPTED, 3_500)
    assert city.money(rider) == (8_000, 0, 0)
    assert (owed_by(city, BANK, BUS), owed_by(city, OTHER_BANK, BUS)) == (8_500, 3_500)
    lines = [GivenBack(BUS, 1_000, None)]
    back = refund(card=rider, lines=lines, tap=99, use=77, service_day=MONDAY, **BY)
    assert back == Refunded(1_000, 0, 9_000)
    assert (owed_by(city, BANK, BUS), owed_by(city, OTHER_BANK, BUS)) == (8_500, 2_500)


def test_a_ride_that_comes_late_is_paid_from_where_the_money_is_now(city):
    old = card()
    made = replace_card(card=old, why=Why.DAMAGED, **BY)
    assert isinstance(made, Replaced)
    assert not isinstance(switch(made.successor), Refusal | CardRefusal)
    (late,) = city.send(city.tap(old, "A", at(6, 50), route="R1", decided="open"))
    assert late.outcome is Outcome.ACCEPTED and late.charge > 0
    assert city.money(old) == city.money(made.successor) == (20_000 - late.charge, 0, 0)
    assert (owed_by(city, BANK, BUS), owed_by(city, OTHER_BANK, BUS)) == (0, late.charge)
    check_books(city)


def test_no_switch_while_a_ride_holds_money_or_before_what_is_owed_is_paid(city):
    rider = card(20_000)
    city.send(city.tap(rider, "X", at(8), direction="entry", decided="ask"))
    assert city.money(rider)[1] > 0, "the ride reserves"
    assert switch(rider) is Refusal.MONEY_IS_HELD
    city.send(city.tap(rider, "Z", at(8, 30), direction="exit", decided="ask"))
    assert city.money(rider)[1] == 0
    assert switch(rider).result is Result.POSTED
    poor = card(1_000)
    city.send(city.tap(poor, "A", at(9), route="R1", decided="open"))
    assert city.money(poor) == (0, 0, -2_500)
    assert switch(poor, key="S-2") == Switched(Result.POSTED, poor, OTHER_BANK, 0)
    topped = top_up(card=poor, amount=5_000, reference="R", **BY)
    assert not isinstance(topped, CardRefusal) and (topped.balance, topped.collected) == (
        2_500,
        2_500,
    )
    assert owed_by(city, OTHER_BANK, BUS) >= 2_500
    check_books(city)
