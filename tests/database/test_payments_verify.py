"""`satu verify` finds what was changed in money in and out behind the actions' back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from satu.cards import verify as cards
from satu.cards.products import ensure_products
from satu.ledger import verify as ledger
from satu.ledger.verify import verify
from satu.payments import verify as payments
from satu.payments.agents import NewAgent, add_agent, fund_agent, top_up_at_agent
from satu.payments.fees import keep_fees
from satu.payments.orders import NewOrder, place_order, run_orders
from satu.payments.switching import switch_bank
from satu.payments.top_ups import top_up
from tests.database.cards_support import ACTOR, AT, BCA, open_banks
from tests.database.test_payments import BY, FEES, SMALL, make
from tests.support import Database

SWITCHED = "a card that switched banks left nothing behind"
OWN = "a card's purses are its own, at a bank each, and one of them is in use"
CARRIED = "what came in in a month counts on in the purse that the money went to"
COUNTED = "what came into a purse in a month is counted"
CAP = "a bank owes the others no more than it deposited"
FLOAT = "an agent's float is what it paid in and earned, less what it sold"
SOLD = "what an agent sold on a day is within its limits, and is in the books"
ORDERED = "a standing order of a bank brought what it counts"
BACK = "update cards_card set purse = (select from_purse from cards_switch) where id = 1"


@pytest.fixture
def owner(database: Database) -> psycopg.Connection[Any]:
    """Banks between which everything happened once; with the rights to spoil it."""
    open_banks()
    ensure_products(products=[SMALL], **BY)
    keep_fees(rules=FEES, **BY)
    card, other = make(balance=100), make(owner=502)
    top_up(bank=BCA, card=card, amount=200, reference="R", **BY)
    switch_bank(card=card, bank=BCA, key="S", owner=None, **BY)
    add_agent(new=NewAgent("warung", "Warung Ani", BCA, 5, 500, 900), **BY)
    fund_agent(code="warung", amount=1_000, reference="F", **BY)
    top_up_at_agent(code="warung", card=card, amount=400, reference="R", **BY)
    order = NewOrder(other, threshold=100, amount=150, gap_s=60, monthly_cap=300, bank=BCA)
    place_order(new=order, key="O", owner=None, **BY)
    assert run_orders(actor=ACTOR, at=AT).done == 1
    return database.owner()


def faults(owner: psycopg.Connection[Any]) -> set[str]:
    report = verify(owner, (*ledger.CHECKS, *cards.CHECKS, *payments.CHECKS))
    return {problem.check for problem in report.problems}


def test_nothing_is_at_fault(owner: psycopg.Connection[Any]) -> None:
    assert faults(owner) == set()


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("update cards_switch set amount = amount + 1", {SWITCHED}),
        ("update cards_switch set to_bank = 1", {SWITCHED}),
        ("delete from cards_switch", {SWITCHED, CARRIED}),
        (BACK, {SWITCHED, OWN}),
        ("update cards_incoming set carried = carried - 1 where carried > 0", {CARRIED, COUNTED}),
        ("update cards_prefund set amount = 1", {CAP}),
        ("update payments_agent_top_up set commission = 6", {FLOAT}),
        ("delete from payments_agent_top_up", {FLOAT}),
        ("update payments_agent set most = 300, most_a_day = 300", {SOLD}),
        ("update payments_agent_top_up set amount = 401, fee = 14", {SOLD}),
        ("update payments_order set done = 2", {ORDERED}),
        ("update payments_order set done = 0", {ORDERED}),
    ],
)
def test_what_was_spoilt_is_found(
    owner: psycopg.Connection[Any], spoil: str, found: set[str]
) -> None:
    owner.execute(spoil)
    assert faults(owner) == found
