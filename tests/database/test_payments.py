"""Money paid in at other banks and agents, switches of banks, standing orders, by the books."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from satu.cards import queries
from satu.cards import verify as cards
from satu.cards.actions import block_card, issue_cards, link_card
from satu.cards.actions import top_up as own_top_up
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.interbank import set_prefund
from satu.cards.kinds import CardProduct, Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.products import ensure_products
from satu.cards.transfers import Transferred, transfer_value
from satu.ledger import verify as ledger
from satu.ledger.kinds import AccountKind, Result
from satu.ledger.verify import verify
from satu.payments import verify as payments
from satu.payments.errors import Refusal
from satu.payments.fees import keep_fees
from satu.payments.kinds import Channel, FeeRule
from satu.payments.settling import Position, Standing, settle, standing
from satu.payments.switching import Switched, switch_bank
from satu.payments.top_ups import Paid, top_up
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
    owe,
    payable_of,
    postings,
    sum_of,
)
from tests.support import Database

BY: dict[str, Any] = {"actor": ACTOR, "at": AT}
SMALL = CardProduct(1, "small", "Kecil", "Small", 1_000, 5_000, 2_000, 8_000, valid_months=6)
FEES = [
    FeeRule(Channel.OWN_BANK, 200, 0),
    FeeRule(Channel.OWN_BANK, None, 7),
    FeeRule(Channel.OTHER_BANK, None, 15),
    FeeRule(Channel.AGENT, None, 15),
]


@pytest.fixture
def banks(database: Database) -> dict[int, int]:
    floats = open_banks(2_000)
    ensure_products(products=[SMALL], **BY)
    assert keep_fees(rules=FEES, **BY)
    assert not keep_fees(rules=FEES, **BY)
    return floats


def make(owner: int | None = 501, balance: int = 0, issuer: int = MANDIRI) -> int:
    made = issue_cards(issuer=issuer, count=1, balance=balance, product="small", **BY)
    assert isinstance(made, range)
    if owner is not None:
        (face,) = queries.faces(made)
        assert link_card(number=face.number, secret=face.secret, owner=owner, **BY) == made[0]
    return made[0]


def pay_in(card: int, amount: int, reference: str = "R-1", bank: int = BCA, **at: Any) -> Any:
    return top_up(bank=bank, card=card, amount=amount, reference=reference, **{**BY, **at})


def switch(card: int, bank: int, key: str = "S-1", owner: int | None = None) -> Any:
    return switch_bank(card=card, bank=bank, key=key, owner=owner, **BY)


def book(conn: psycopg.Connection, bank: int, kind: AccountKind) -> int:
    """What the append-only accounts of a kind in a bank's book stand at together."""
    (total,) = one(
        conn,
        "select coalesce(sum(s.credits - s.debits), 0)::bigint from ledger_daily_sum s"
        " join ledger_account a on a.id = s.account where a.book = %s and a.kind = %s",
        bank,
        kind.value,
    )
    assert isinstance(total, int)
    return total


def check(database: Database) -> None:
    every = (*ledger.CHECKS, *cards.CHECKS, *payments.CHECKS)
    report = verify(database.connect(), every)
    assert report.ok, report.problems


def test_a_top_up_at_another_bank_is_owed_by_it_once(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card = make()
    owe(conn, card, operator=4, amount=300, at=AT)
    assert pay_in(card, 1_000) == Paid(Result.POSTED, 700, 300, 15)
    before = postings(conn)
    later = AT + timedelta(hours=1)
    assert pay_in(card, 1_000, at=later) == Paid(Result.EXISTS, 700, 300, 15)
    assert pay_in(card, 999).result is Result.EXISTS_WITH_DIFFERENT_AMOUNT
    other = make(owner=502)
    assert pay_in(other, 1_000).result is Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    assert (money(conn, card), money(conn, other)) == (Money(700, 0), Money(0, 0))
    assert postings(conn) == before
    assert sum_of(conn, banks[BCA]) == -1_015, "amount and fee are in the bank that took them"
    assert (sum_of(conn, banks[MANDIRI]), sum_of(conn, payable_of(MANDIRI, 4))) == (0, 300)
    assert book(conn, BCA, AccountKind.INTERBANK) == 1_000
    assert book(conn, MANDIRI, AccountKind.INTERBANK) == -1_000
    assert (book(conn, BCA, AccountKind.FEE), book(conn, MANDIRI, AccountKind.FEE)) == (15, 0)
    detail = {"amount": 1_000, "collected": 300, "reference": "R-1", "bank": BCA, "fee": 15}
    assert audited(conn, "card.topped_up") == [(ACTOR, "card", card, detail)]
    check(database)


def test_fees_are_the_citys_table_and_a_banks_own_door_posts_the_same_reference_once(
    database: Database, banks: dict[int, int]
) -> None:
    card = make()
    assert pay_in(card, 200, "A", MANDIRI) == Paid(Result.POSTED, 200, 0, 0)
    assert pay_in(card, 201, "B", MANDIRI) == Paid(Result.POSTED, 401, 0, 7)
    assert pay_in(card, 201, "B", MANDIRI) == Paid(Result.EXISTS, 401, 0, 7)
    again = own_top_up(card=card, amount=201, reference="B", **BY)
    assert not isinstance(again, CardRefusal) and again.result is Result.EXISTS
    assert pay_in(card, 201, "B", BCA) == Paid(Result.POSTED, 602, 0, 15), "another bank's B"
    check(database)


def test_a_bank_owes_the_others_no_more_than_it_deposited(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card, other = make(), make(owner=502, issuer=BCA)
    assert pay_in(card, 1_500).result is Result.POSTED
    before = postings(conn)
    assert pay_in(card, 501, "R-2") is CardRefusal.INTERBANK_CAP_PASSED
    assert (postings(conn), money(conn, card).purse) == (before, 1_500)
    assert one(conn, "select amount from cards_incoming where purse > 0") == (1_500,)
    sent = transfer_value(card=card, to=other, amount=600, key="T", owner=None, **BY)
    assert sent == Transferred(Result.POSTED, 900)
    assert standing(BCA) == Standing(2_000, (Position(BCA, MANDIRI, 900),))
    assert standing(MANDIRI) == Standing(2_000, (Position(MANDIRI, BCA, -900),))
    pay: dict[str, Any] = {"bank": BCA, "other": MANDIRI, **BY}
    assert settle(amount=901, key="P", **pay) is Refusal.MORE_THAN_IS_OWED
    assert settle(amount=800, key="P", **pay) is Result.POSTED
    assert settle(amount=800, key="P", **pay) is Result.EXISTS
    assert settle(amount=801, key="P", **pay) is Result.EXISTS_WITH_DIFFERENT_AMOUNT
    assert settle(**{**pay, "bank": MANDIRI, "other": BCA}, amount=1, key="Q") is (
        Refusal.MORE_THAN_IS_OWED
    )
    assert (sum_of(conn, banks[BCA]), sum_of(conn, banks[MANDIRI])) == (-1_515 + 800, -800)
    assert set_prefund(bank=BCA, amount=99, **BY) is CardRefusal.INTERBANK_CAP_PASSED
    assert set_prefund(bank=BCA, amount=100, **BY) is None
    assert pay_in(card, 1, "R-3") is CardRefusal.INTERBANK_CAP_PASSED
    assert set_prefund(bank=9, amount=1, **BY) is CardRefusal.ISSUER_UNKNOWN
    check(database)


def test_a_switch_moves_the_money_the_month_and_what_late_rides_are_paid_from(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    first = make(balance=1_000)
    replaced = replace_card(card=first, why=Why.DAMAGED, **BY)
    assert isinstance(replaced, Replaced)
    card = replaced.successor
    (old,) = one(conn, "select purse from cards_card where id = %s", card)
    assert switch(card, BCA) == Switched(Result.POSTED, card, BCA, 1_000)
    assert switch(card, BCA) == Switched(Result.EXISTS, card, BCA, 1_000)
    assert switch(card, MANDIRI).result is Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    assert switch(card, BCA, "S-2") is Refusal.BANK_IS_THE_SAME
    assert money(conn, card) == money(conn, first) == Money(1_000, 0)
    assert one(conn, "select issuer, number from cards_card where id = %s", card) == (
        BCA,
        replaced.number,
    )
    assert one(conn, "select balance from ledger_account where id = %s", old) == (0,)
    assert standing(MANDIRI) == Standing(2_000, (Position(MANDIRI, BCA, 1_000),))
    assert pay_in(card, 4_000, bank=BCA) == Paid(Result.POSTED, 5_000, 0, 7)
    to = make(owner=502, issuer=BCA)
    transfer_value(card=card, to=to, amount=4_000, key="T", owner=None, **BY)
    assert pay_in(card, 3_001, "R-2") is CardRefusal.MONTHLY_LIMIT_PASSED, "1,000 came before"
    assert pay_in(card, 3_000, "R-2").result is Result.POSTED
    assert switch(card, MANDIRI, "S-3") is CardRefusal.INTERBANK_CAP_PASSED
    assert set_prefund(bank=BCA, amount=3_000, **BY) is None
    assert switch(card, MANDIRI, "S-3") == Switched(Result.POSTED, card, MANDIRI, 4_000)
    assert standing(BCA) == Standing(3_000, (Position(BCA, MANDIRI, 3_000),))
    assert pay_in(card, 1, "R-3", MANDIRI) is CardRefusal.MONTHLY_LIMIT_PASSED
    again = transfer_value(card=card, to=to, amount=4_000, key="T", owner=None, **BY)
    assert again == Transferred(Result.EXISTS, 1_000)
    check(database)


def test_who_may_not_switch(database: Database, banks: dict[int, int]) -> None:
    conn = database.connect()
    card, unregistered = make(), make(owner=None)
    assert switch(99, BCA) is CardRefusal.CARD_UNKNOWN
    assert switch(card, 9) is CardRefusal.ISSUER_UNKNOWN
    assert switch(unregistered, BCA) is CardRefusal.CARD_NOT_REGISTERED
    assert switch(card, BCA, owner=502) is CardRefusal.NOT_THE_HOLDER
    assert switch(card, MANDIRI) is Refusal.BANK_IS_THE_SAME
    block_card(card=unregistered, reason="lost", **BY)
    assert switch(unregistered, BCA) is CardRefusal.CARD_BLOCKED
    assert switch(card, BCA, owner=501) == Switched(Result.POSTED, card, BCA, 0)
    assert (postings(conn), one(conn, "select posting from cards_switch")) == (0, (None,))
    check(database)
