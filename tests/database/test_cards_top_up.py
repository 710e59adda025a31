"""Top-up: once a reference, whoever asks how often; what rides are owed is collected first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from satu.cards.actions import TopUp, block_card, top_up
from satu.cards.errors import Refusal
from satu.ledger import store as ledger
from satu.ledger.kinds import PostingKind, Result
from tests.database.cards_support import (
    ACTOR,
    AT,
    BCA,
    MANDIRI,
    Money,
    audited,
    claim_of,
    issue,
    money,
    one,
    open_banks,
    owe,
    payable_of,
    postings,
    sum_of,
    version,
)
from tests.support import Database


def ask(card: int, amount: int, reference: str = "R-1", *, later_h: int = 0) -> TopUp | Refusal:
    at = AT + timedelta(hours=later_h)
    return top_up(card=card, amount=amount, reference=reference, actor="issuer:1", at=at)


def test_a_repeat_is_answered_as_the_first_was_and_posts_nothing(database: Database) -> None:
    floats = open_banks()
    issue(count=2, balance=10_000)
    conn = database.connect()
    assert ask(1, 50_000) == TopUp(Result.POSTED, 60_000, 0)
    assert ask(1, 5_000, "R-2") == TopUp(Result.POSTED, 65_000, 0)
    assert ask(1, 50_000, later_h=30) == TopUp(Result.EXISTS, 60_000, 0)
    assert ask(1, 50_001) == TopUp(Result.EXISTS_WITH_DIFFERENT_AMOUNT, 65_000, 0)
    assert ask(2, 50_000) == TopUp(Result.EXISTS_WITH_DIFFERENT_ACCOUNTS, 10_000, 0)

    assert money(conn, 1) == (65_000, 0) and money(conn, 2) == (10_000, 0)
    assert sum_of(conn, floats[MANDIRI]) == -75_000
    assert postings(conn) == 4
    assert version(conn, 1) == 0, "only the balance changed"
    assert audited(conn, "card.topped_up") == [
        ("issuer:1", "card", 1, {"amount": 50_000, "collected": 0, "reference": "R-1"}),
        ("issuer:1", "card", 1, {"amount": 5_000, "collected": 0, "reference": "R-2"}),
    ]


def test_two_issuers_may_use_the_same_reference(database: Database) -> None:
    open_banks()
    issue()
    issue(issuer=BCA)
    assert ask(1, 500) == TopUp(Result.POSTED, 500, 0)
    assert ask(2, 900) == TopUp(Result.POSTED, 900, 0)


def test_twenty_repeats_at_once_post_once(database: Database) -> None:
    floats = open_banks()
    issue(count=2, balance=1_000)

    def repeat(n: int) -> TopUp | Refusal:
        try:
            return ask(1 + n % 2, 20_000)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(repeat, range(20)))

    counts = dict.fromkeys(Result, 0)
    for answer in answers:
        assert isinstance(answer, TopUp)
        counts[answer.result] += 1
    assert {result: count for result, count in counts.items() if count} == {
        Result.POSTED: 1,
        Result.EXISTS: 9,
        Result.EXISTS_WITH_DIFFERENT_ACCOUNTS: 10,
    }
    conn = database.connect()
    assert sorted((money(conn, 1).purse, money(conn, 2).purse)) == [1_000, 21_000]
    assert sum_of(conn, floats[MANDIRI]) == -22_000
    assert postings(conn) == 3 and len(audited(conn, "card.topped_up")) == 1
    assert one(conn, "select count(*) from cards_top_up") == (1,)


def test_owed_rides_are_paid_oldest_first_and_the_last_in_part(database: Database) -> None:
    floats = open_banks()
    issue(count=2)
    conn = database.connect()
    newer = owe(conn, 1, 11, 3_000, AT - timedelta(hours=1))
    older = owe(conn, 1, 12, 3_500, AT - timedelta(hours=9))
    others = owe(conn, 2, 11, 900, AT - timedelta(hours=20))

    assert ask(1, 5_000) == TopUp(Result.POSTED, 0, 5_000)
    assert money(conn, 1) == Money(0, -1_500)
    assert conn.execute(
        "select kind, amount, corrects, use, service_day from ledger_posting"
        " where corrects is not null order by serial"
    ).fetchall() == [
        (PostingKind.COLLECTION, 3_500, older.key, 7, older.service_day),
        (PostingKind.SHORTFALL_UNDONE, 3_500, older.key, 7, older.service_day),
        (PostingKind.COLLECTION, 1_500, newer.key, 7, newer.service_day),
        (PostingKind.SHORTFALL_UNDONE, 1_500, newer.key, 7, newer.service_day),
    ]
    assert sum_of(conn, payable_of(MANDIRI, 12)) == 3_500
    assert sum_of(conn, payable_of(MANDIRI, 11)) == 1_500
    assert sum_of(conn, claim_of(12)) == 0 and sum_of(conn, claim_of(11)) == 2_400
    assert version(conn, 1) == 1, "a plan made with the old shortfalls must go stale"

    assert ask(1, 5_000) == TopUp(Result.EXISTS, 0, 5_000)
    assert ask(1, 4_000, "R-2") == TopUp(Result.POSTED, 2_500, 1_500)
    assert money(conn, 1) == Money(2_500, 0) and money(conn, 2) == Money(0, -900)
    assert [owed.key for owed in ledger.shortfalls(conn, range(100))] == [others.key]
    assert sum_of(conn, floats[MANDIRI]) == -9_000
    assert ask(1, 100, "R-3") == TopUp(Result.POSTED, 2_600, 0)
    assert version(conn, 1) == 2


def test_twenty_top_ups_at_once_collect_a_ride_once(database: Database) -> None:
    open_banks()
    issue()
    conn = database.connect()
    owe(conn, 1, 11, 3_500, AT - timedelta(hours=1))
    payable_of(MANDIRI, 11)

    def credit(n: int) -> TopUp | Refusal:
        try:
            return ask(1, 1_000, f"R-{n}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(credit, range(20)))

    assert sum(answer.collected for answer in answers if isinstance(answer, TopUp)) == 3_500
    assert money(conn, 1) == Money(16_500, 0)
    assert sum_of(conn, payable_of(MANDIRI, 11)) == 3_500 and sum_of(conn, claim_of(11)) == 0


@pytest.mark.parametrize(
    ("card", "amount", "reference", "refusal"),
    [
        (1, 0, "R", Refusal.AMOUNT_NOT_POSITIVE),
        (1, -5, "R", Refusal.AMOUNT_NOT_POSITIVE),
        (1, 20_000_001, "R", Refusal.AMOUNT_TOO_LARGE),
        (1, 10**40, "R", Refusal.AMOUNT_TOO_LARGE),
        (1, 1, "", Refusal.REFERENCE_INVALID),
        (9, 1, "R", Refusal.CARD_UNKNOWN),
        (2, 1, "R", Refusal.CARD_BLOCKED),
        (3, 1, "R", Refusal.CARD_CLOSED),
    ],
)
def test_what_is_refused_moves_nothing(
    database: Database, card: int, amount: int, reference: str, refusal: Refusal
) -> None:
    open_banks()
    issue(count=3)
    block_card(card=2, reason="lost", actor=ACTOR, at=AT)
    conn = database.connect()
    conn.execute("update cards_card set state = 2 where id = 3")
    assert ask(card, amount, reference) is refusal
    assert postings(conn) == 0 and audited(conn, "card.topped_up") == []
    assert one(conn, "select count(*) from cards_top_up") == (0,)


def test_a_repeat_is_answered_even_when_the_card_was_blocked_since(database: Database) -> None:
    open_banks()
    issue()
    assert ask(1, 700) == TopUp(Result.POSTED, 700, 0)
    block_card(card=1, reason="lost", actor=ACTOR, at=AT)
    assert ask(1, 700) == TopUp(Result.EXISTS, 700, 0)
    assert ask(1, 700, "R-2") is Refusal.CARD_BLOCKED
