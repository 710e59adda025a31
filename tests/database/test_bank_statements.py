"""Banks' statements: taken once, in order, and compared with what the books say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from satu.cards.actions import top_up
from satu.cards.closing import close_card, pay_closed
from satu.formats.iso20022.camt053 import read_statements
from satu.settlement.actions import Imported, import_statements, keep_account
from satu.settlement.errors import WORDS, Refusal
from satu.settlement.models import BankAccount
from satu.settlement.queries import check_floats
from satu.settlement.rules import Balance, Finding
from tests.database.cards_support import ACTOR, AT, audited, issue, one, open_banks
from tests.statements import ACCOUNT, DAY, Booked, statement
from tests.support import Database

BY: dict[str, Any] = {"actor": ACTOR, "at": AT}
BEFORE = datetime(2026, 1, 4, 8, 0, tzinfo=UTC)
IMPORTED, EXISTS = Imported.IMPORTED, Imported.EXISTS


@pytest.fixture
def cards(database: Database) -> range:
    """Two cards of Mandiri, whose float account is known."""
    open_banks()
    kept = keep_account(issuer="mandiri", number=ACCOUNT, **BY)
    assert isinstance(kept, BankAccount) and kept.currency == "IDR"
    return issue(count=2)


def told(card: int, amount: int, reference: str, at: datetime = AT) -> None:
    done = top_up(card=card, amount=amount, reference=reference, actor=ACTOR, at=at)
    assert not isinstance(done, str), done


def taken(*files: bytes) -> list[Imported] | Refusal:
    statements = [found for file in files for found in read_statements(file)]
    return import_statements(statements=statements, **BY)


def mandiri() -> Balance:
    (balance,) = (one.balance for one in check_floats() if one.issuer == "mandiri")
    assert balance is not None
    return balance


def findings() -> list[tuple[Finding, str]]:
    return [(one.finding, one.item.reference) for one in mandiri().found]


def line(amount: int, reference: str) -> Booked:
    return Booked(amount, [(reference, amount)])


def test_a_float_is_in_balance_when_all_that_differs_is_named(cards: range) -> None:
    told(cards[0], 40_000, "OLD-1", BEFORE)
    told(cards[0], 7_000, "LATE", BEFORE)  # told on Sunday, at the bank on Monday
    told(cards[1], 10_000, "T-1")
    told(cards[1], 2_500, "T-2")
    first = statement("S-1", 40_000, [line(7_000, "LATE"), line(10_000, "T-1"), line(900, "X")])
    assert taken(first) == [IMPORTED]
    balance = mandiri()
    assert (balance.float_balance, balance.closing) == (59_500, 57_900)
    assert (balance.in_balance, balance.opening_difference) == (True, 0)
    assert findings() == [(Finding.ON_THE_WAY, "T-2"), (Finding.NOT_BOOKED_YET, "X")]

    later = DAY + timedelta(days=4)
    assert taken(statement("S-2", 57_900, [line(2_500, "T-2")], on=later)) == [IMPORTED]
    assert not mandiri().in_balance
    assert findings() == [(Finding.MISSING_IN_BOOKS, "X")]
    told(cards[0], 900, "X", AT + timedelta(days=4))
    assert mandiri().in_balance and findings() == []
    assert mandiri().float_balance == mandiri().closing == 60_400


def test_a_fee_comes_under_the_name_of_its_top_up(cards: range) -> None:
    for reference, at in (("T-0", BEFORE), ("T-1", AT), ("T-2", AT)):
        done = top_up(
            card=cards[0], amount=9_000, reference=reference, fee=1_000, actor=ACTOR, at=at
        )
        assert not isinstance(done, str), done
    lines = [line(10_000, "T-0"), line(9_000, "T-1"), Booked(1_000, [("T-1", 1_000)])]
    assert taken(statement("S-1", 0, lines)) == [IMPORTED]
    assert mandiri().in_balance and mandiri().float_balance == 30_000
    (found,) = mandiri().found
    assert (found.finding, found.item.booked) == (Finding.ON_THE_WAY, 10_000)


def test_a_bank_that_books_otherwise_is_found(cards: range) -> None:
    told(cards[0], 10_000, "T-1")
    told(cards[1], 10_000, "T-2")
    wrong = [line(10_000, "T-1"), line(10_000, "T-1"), line(9_000, "T-2")]
    assert taken(statement("S-1", 0, wrong)) == [IMPORTED]
    assert findings() == [(Finding.DIFFERS, "T-1"), (Finding.DIFFERS, "T-2")]
    assert not mandiri().in_balance


def test_another_opening_balance_is_told(cards: range) -> None:
    told(cards[0], 40_000, "OLD-1", BEFORE)
    assert taken(statement("S-1", 39_000, [])) == [IMPORTED]
    assert (mandiri().opening_difference, mandiri().in_balance) == (-1_000, False)


def test_what_is_paid_back_leaves_the_float_under_the_postings_name(
    cards: range, database: Database
) -> None:
    told(cards[0], 30_000, "T-1")
    close_card(card=cards[0], **BY)
    assert pay_closed(actor=ACTOR, at=AT + timedelta(days=6)) == 1
    conn = database.connect()
    (posting,) = one(conn, "select replace(posting::text, '-', '') from cards_closing")
    out = [line(30_000, "T-1"), line(-30_000, f"{posting}-2")]
    assert taken(statement("S-1", 0, out)) == [IMPORTED]
    assert mandiri().in_balance and findings() == []


def test_a_statement_is_taken_once_and_in_order(cards: range, database: Database) -> None:
    first = statement("S-1", 0, [line(500, "T-1")])
    assert taken(first) == [IMPORTED]
    second = statement("S-2", 500, [], on=DAY + timedelta(days=1))
    assert taken(first, second) == [EXISTS, IMPORTED]
    conn = database.connect()
    state = "select (select count(*) from settlement_statement), count(*)" + (
        " from settlement_statement_line"
    )
    assert one(conn, state) == (2, 1)
    third = statement("S-3", 500, [], on=DAY + timedelta(days=2))
    for refusal, wrong in (
        (Refusal.STATEMENT_CHANGED, statement("S-1", 0, [line(501, "T-1")])),
        (Refusal.STATEMENT_MISSING, statement("S-4", 600, [], on=DAY + timedelta(days=3))),
        (Refusal.STATEMENT_MISSING, statement("S-0", 500, [], on=DAY - timedelta(days=1))),
        (Refusal.ACCOUNT_UNKNOWN, statement("S-1", 0, [], account="9")),
        (Refusal.CURRENCY_DIFFERS, third.replace(b"IDR", b"USD")),
    ):
        assert taken(third, wrong) is refusal, refusal
        assert one(conn, state) == (2, 1), "all or none"
    assert [row[3] for row in audited(conn, "bank.statement")] == [
        {"statement": "S-1", "lines": 1, "closing": 500},
        {"statement": "S-2", "lines": 0, "closing": 500},
    ]


def test_an_account_belongs_to_one_bank(cards: range) -> None:
    for refusal, issuer, number in (
        (Refusal.ISSUER_UNKNOWN, "nobody", "1"),
        (Refusal.ACCOUNT_INVALID, "bca", "12-3"),
        (Refusal.ACCOUNT_TAKEN, "bca", ACCOUNT),
    ):
        assert keep_account(issuer=issuer, number=number, **BY) is refusal
    assert taken(statement("S-1", 0, [])) == [IMPORTED]
    assert keep_account(issuer="mandiri", number="99", **BY) is Refusal.ACCOUNT_TAKEN
    assert isinstance(
        keep_account(issuer="mandiri", number=ACCOUNT, transit_days=5, **BY), BankAccount
    )
    assert set(WORDS) == set(Refusal)


def test_without_a_statement_nothing_is_said(cards: range) -> None:
    assert [(one.issuer, one.balance) for one in check_floats()] == [
        ("mandiri", None),
        ("bca", None),
    ]
    assert date(2026, 1, 5) == DAY
