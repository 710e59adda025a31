"""Shops that take cash, and standing orders: each posts once, within its limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from satu.cards.actions import block_card, link_card
from satu.cards.closing import Closed, close_card
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.external import add_external
from satu.cards.kinds import Medium, Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.products import ensure_products
from satu.cards.queries import faces
from satu.cards.transfers import transfer_value
from satu.ledger import store as ledger
from satu.ledger.kinds import AccountKind, Result
from satu.payments.agents import (
    Funded,
    NewAgent,
    Sold,
    add_agent,
    fund_agent,
    set_open,
    top_up_at_agent,
)
from satu.payments.cash_out import TakenOut, cash_out
from satu.payments.errors import Refusal
from satu.payments.fees import keep_fees
from satu.payments.models import Agent, Order
from satu.payments.orders import NewOrder, Placed, Ran, end_order, place_order, run_orders
from satu.payments.settling import Position, Standing, standing
from satu.payments.switching import switch_bank
from satu.payments.top_ups import top_up
from tests.database.cards_support import (
    ACTOR,
    AT,
    BCA,
    MANDIRI,
    Money,
    audited,
    money,
    one,
    open_banks,
    postings,
    sum_of,
)
from tests.database.test_payments import BY, FEES, SMALL, book, check, make
from tests.support import Database

WARUNG = NewAgent("warung", "Warung Ani", BCA, 5, 1_000, 1_500)
HOUR = timedelta(hours=1)


@pytest.fixture
def banks(database: Database) -> dict[int, int]:
    floats = open_banks(10_000)
    ensure_products(products=[SMALL], **BY)
    keep_fees(rules=FEES, **BY)
    return floats


def fund(amount: int, reference: str = "F-1") -> Any:
    return fund_agent(code="warung", amount=amount, reference=reference, **BY)


def sell(card: int, amount: int, reference: str = "R-1", **at: Any) -> Any:
    by = {**BY, **at}
    return top_up_at_agent(code="warung", card=card, amount=amount, reference=reference, **by)


def test_a_shop_sells_from_its_float_once_and_earns_its_commission(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card = make()
    agent = add_agent(new=WARUNG, **BY)
    assert isinstance(agent, Agent) and add_agent(new=WARUNG, **BY) == agent
    assert add_agent(new=WARUNG._replace(most=999), **BY) is Refusal.AGENT_TAKEN
    assert sell(card, 100) is Refusal.AGENT_FLOAT_INSUFFICIENT
    assert fund(2_000) == Funded(Result.POSTED, 2_000)
    assert fund(2_000) == Funded(Result.EXISTS, 2_000)
    assert fund(2_001).result is Result.EXISTS_WITH_DIFFERENT_AMOUNT
    assert sell(card, 600) == Sold(Result.POSTED, 600, 0, 15, 5)
    before = postings(conn)
    assert sell(card, 600, at=AT + HOUR) == Sold(Result.EXISTS, 600, 0, 15, 5)
    assert sell(card, 601).result is Result.EXISTS_WITH_DIFFERENT_AMOUNT
    assert sell(make(owner=502), 600).result is Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    assert (postings(conn), money(conn, card)) == (before, Money(600, 0))
    assert ledger.balances(conn, [agent.account])[agent.account].balance == 2_000 - 615 + 5
    assert (sum_of(conn, banks[BCA]), book(conn, BCA, AccountKind.FEE)) == (-2_000, 10)
    assert standing(BCA) == Standing(10_000, (Position(BCA, MANDIRI, 600),))
    detail = {
        "agent": "warung",
        "amount": 600,
        "collected": 0,
        "fee": 15,
        "reference": "R-1",
    }
    assert audited(conn, "card.topped_up") == [(ACTOR, "card", card, detail)]
    check(database)


def test_what_a_shop_may_not_take(database: Database, banks: dict[int, int]) -> None:
    conn = database.connect()
    card, unregistered = make(), make(owner=None)
    assert sell(card, 100) is Refusal.AGENT_UNKNOWN
    assert fund(1) is set_open(code="x", is_open=True, **BY) is Refusal.AGENT_UNKNOWN
    assert add_agent(new=WARUNG._replace(most=2_000), **BY) is Refusal.LIMITS_INVALID
    assert add_agent(new=WARUNG._replace(bank=9), **BY) is CardRefusal.ISSUER_UNKNOWN
    add_agent(new=WARUNG, **BY)
    fund(9_000)
    assert sell(99, 100) is CardRefusal.CARD_UNKNOWN
    assert sell(card, 1_001) is Refusal.AGENT_LIMIT_PASSED
    assert sell(unregistered, 1_000).result is Result.POSTED
    assert sell(unregistered, 1, "R-2") is CardRefusal.BALANCE_LIMIT_PASSED
    assert sell(card, 501, "R-2") is Refusal.AGENT_DAY_LIMIT_PASSED
    assert sell(card, 500, "R-2").result is Result.POSTED
    assert sell(card, 1, "R-3") is Refusal.AGENT_DAY_LIMIT_PASSED
    assert sell(card, 1, "R-3", at=AT + timedelta(days=1)).result is Result.POSTED
    block_card(card=card, reason="lost", **BY)
    assert sell(card, 1, "R-4", at=AT + timedelta(days=1)) is CardRefusal.CARD_BLOCKED
    set_open(code="warung", is_open=False, **BY)
    assert sell(unregistered, 1, "R-5") is Refusal.AGENT_CLOSED
    assert one(conn, "select count(*) from payments_agent_top_up") == (3,)
    check(database)


def order(card: int, key: str = "O-1", owner: int | None = None, **other: Any) -> Any:
    new = NewOrder(card, threshold=300, amount=400, gap_s=3_600, monthly_cap=1_000)
    source = {} if {"bank", "payer"} & set(other) else {"bank": BCA}
    return place_order(new=new._replace(**source, **other), key=key, owner=owner, **BY)


def run(hours: float = 0) -> Ran:
    return run_orders(actor=ACTOR, at=AT + hours * HOUR)


def test_a_bank_tops_up_below_a_threshold_within_gap_and_cap(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card, sink = make(balance=300), make(owner=502)
    placed = order(card)
    assert placed == Placed(Result.POSTED, placed.order)
    assert order(card) == Placed(Result.EXISTS, placed.order)
    assert order(card, amount=401).result is Result.EXISTS_WITH_DIFFERENT_CONTENT
    assert run() == Ran(0, 0), "300 is not below 300"

    def spend(amount: int, key: str) -> None:
        transfer_value(card=card, to=sink, amount=amount, key=key, owner=None, **BY)

    spend(1, "T-1")
    assert (run(), run()) == (Ran(1, 0), Ran(0, 0))
    assert money(conn, card).purse == 699
    spend(600, "T-2")
    assert run(0.9) == Ran(0, 0), "within the gap"
    with ThreadPoolExecutor(4) as pool:

        def once(_: int) -> Ran:
            try:
                return run(1)
            finally:
                connections.close_all()

        assert sum(ran.done for ran in pool.map(once, range(8))) == 1
    assert money(conn, card).purse == 499
    spend(400, "T-3")
    assert run(3) == Ran(0, 0), "1,200 would pass the month's 1,000"
    replaced = replace_card(card=card, why=Why.DAMAGED, **BY)
    assert isinstance(replaced, Replaced)
    assert run_orders(actor=ACTOR, at=AT + timedelta(days=31)) == Ran(1, 0), "next month"
    assert money(conn, replaced.successor).purse == 499
    assert end_order(order=placed.order, **BY) == end_order(order=placed.order, **BY)
    transfer_value(card=replaced.successor, to=sink, amount=450, key="T-4", owner=None, **BY)
    assert run_orders(actor=ACTOR, at=AT + timedelta(days=32)) == Ran(0, 0)
    assert end_order(order=99, **BY) is Refusal.ORDER_UNKNOWN
    assert one(conn, "select count(*), sum(amount) from cards_top_up") == (3, 1_200)
    assert [detail["order"] for *_, detail in audited(conn, "card.order_ended")] == [placed.order]
    check(database)


def test_a_relatives_card_pays_and_one_that_cannot_is_tried_again_in_an_hour(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    child, parent, nobodys = make(), make(owner=502, balance=900, issuer=BCA), make(owner=None)
    assert order(child, payer=child) is CardRefusal.PURSES_ARE_THE_SAME
    assert order(nobodys, payer=parent) is CardRefusal.CARD_NOT_REGISTERED
    assert order(child, payer=99) is CardRefusal.CARD_UNKNOWN
    assert order(child, bank=9) is CardRefusal.ISSUER_UNKNOWN
    assert order(child, payer=parent, owner=501) is CardRefusal.NOT_THE_HOLDER
    assert order(child, monthly_cap=399) is Refusal.LIMITS_INVALID
    placed = order(child, payer=parent, owner=502, threshold=900)
    assert run() == Ran(1, 0)
    assert (money(conn, child).purse, money(conn, parent).purse) == (400, 500)
    assert run(1) == Ran(1, 0)
    transfer_value(card=child, to=parent, amount=1, key="T", owner=None, **BY)
    Order.objects.filter(id=placed.order).update(monthly_cap=5_000)
    before = postings(conn)
    assert run(2) == Ran(0, 1), "101 are left"
    assert run(2.5) == Ran(0, 0)
    assert run(3) == Ran(0, 1)
    assert Order.objects.get(id=placed.order).refused == "balance_insufficient"
    assert postings(conn) == before
    block_card(card=parent, reason="stolen", **BY)
    assert run(4) == Ran(0, 1)
    kept = Order.objects.get(id=placed.order)
    assert (kept.refused, kept.is_active) == ("card_blocked", True)
    assert isinstance(close_card(card=parent, **BY), Closed)
    assert (run(5), run(6)) == (Ran(0, 1), Ran(0, 0))
    kept = Order.objects.get(id=placed.order)
    assert (kept.refused, kept.is_active) == ("card_closed", False)
    assert [detail["order"] for *_, detail in audited(conn, "card.order_ended")] == [kept.id]
    check(database)


def test_cash_is_taken_out_once_and_by_a_registered_holder_alone(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card, nobodys = make(balance=500), make(owner=None, balance=500)

    def take(amount: int, key: str = "C-1", card: int = card, owner: int | None = 501) -> Any:
        return cash_out(card=card, amount=amount, key=key, owner=owner, **BY)

    assert take(200) == TakenOut(Result.POSTED, 300)
    assert switch_bank(card=card, bank=BCA, key="S", owner=501, **BY).result is Result.POSTED
    assert take(200) == TakenOut(Result.EXISTS, 300)
    assert take(201).result is Result.EXISTS_WITH_DIFFERENT_AMOUNT
    assert take(200, card=nobodys).result is Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    before = postings(conn)
    assert take(301, "C-2") is CardRefusal.BALANCE_INSUFFICIENT
    assert take(1, "C-2", owner=502) is CardRefusal.NOT_THE_HOLDER
    assert take(1, "C-2", card=nobodys, owner=None) is CardRefusal.CARD_NOT_REGISTERED
    assert take(1, "C-2", card=99) is CardRefusal.CARD_UNKNOWN
    block_card(card=card, reason="lost", **BY)
    assert take(1, "C-2") is CardRefusal.CARD_BLOCKED
    assert (postings(conn), money(conn, card)) == (before, Money(300, 0))
    assert sum_of(conn, banks[MANDIRI]) == -800
    check(database)


def test_a_banks_own_chip_is_nobodys_purse(database: Database, banks: dict[int, int]) -> None:
    chip = add_external(
        issuer=BCA, kind=Medium.BANK_CHIP, token="T", reference="CHIP-1", guarantee=700, **BY
    )
    assert isinstance(chip, int)
    (face,) = faces([chip])
    before = postings(database.connect())
    linked = link_card(number=face.number, secret=face.secret, owner=501, **BY)
    assert linked is CardRefusal.CARD_EXTERNAL
    paid = top_up(bank=BCA, card=chip, amount=1, reference="R", **BY)
    assert paid is CardRefusal.CARD_EXTERNAL
    taken = cash_out(card=chip, amount=1, key="C", owner=None, **BY)
    assert taken is CardRefusal.CARD_NOT_REGISTERED
    moved = switch_bank(card=chip, bank=MANDIRI, key="S", owner=None, **BY)
    assert moved is CardRefusal.CARD_NOT_REGISTERED
    assert postings(database.connect()) == before
    check(database)
