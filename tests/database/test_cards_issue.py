"""Issuers and new cards: dense serials, exact opening balances, books that close."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from satu.cards import queries, rules
from satu.cards.actions import ensure_issuers, issue_cards
from satu.cards.errors import Refusal
from satu.formats.luhn import is_valid
from tests.database.cards_support import (
    ACTOR,
    AT,
    BANKS,
    BCA,
    MANDIRI,
    audited,
    issue,
    one,
    open_banks,
    postings,
    sum_of,
)
from tests.support import Database


def test_issuers_are_kept_once_and_brought_up_to_date(database: Database) -> None:
    floats = open_banks()
    assert open_banks() == floats and sorted(floats) == [MANDIRI, BCA]
    assert len(set(floats.values())) == 2
    assert [bank.code for bank in queries.issuers()] == ["mandiri", "bca"]
    renamed = BANKS[1]._replace(name="Bank Central Asia")
    assert ensure_issuers(issuers=[renamed], actor=ACTOR, at=AT) == {BCA: floats[BCA]}
    assert [bank.name for bank in queries.issuers()] == ["Bank Mandiri", "Bank Central Asia"]
    assert [entry[:3] for entry in audited(database.connect(), "issuer.kept")] == [
        (ACTOR, "issuer", MANDIRI),
        (ACTOR, "issuer", BCA),
        (ACTOR, "issuer", BCA),
    ]


def test_a_thousand_cards_have_exact_balances_and_the_books_close(database: Database) -> None:
    floats = open_banks()
    conn = database.connect()
    assert issue(count=1_000, balance=50_000) == range(1, 1_001)
    assert issue(count=10, balance=7, issuer=BCA) == range(1_001, 1_011)

    assert one(conn, "select count(*), min(version), max(version), max(state) from cards_card") == (
        1_010,
        0,
        0,
        0,
    )
    assert conn.execute(
        "select c.issuer, p.book, p.kind, p.balance, p.floor, r.book, r.kind, r.balance,"
        " r.ceiling, count(*) from cards_card c join ledger_account p on p.id = c.purse"
        " join ledger_account r on r.id = c.receivable"
        " where r.id = p.id + 1 and p.party = c.id and r.party = c.id"
        " and c.card_group = c.id % 64 and p.card_group = c.card_group"
        " group by 1, 2, 3, 4, 5, 6, 7, 8, 9 order by 1"
    ).fetchall() == [
        (MANDIRI, MANDIRI, 2, 50_000, 0, 0, 6, 0, 0, 1_000),
        (BCA, BCA, 2, 7, 0, 0, 6, 0, 0, 10),
    ]
    assert sum_of(conn, floats[MANDIRI]) == -50_000_000
    assert sum_of(conn, floats[BCA]) == -70
    assert postings(conn) == 1_010
    assert [entry[2:] for entry in audited(conn, "card.issued")] == [
        (MANDIRI, {"first": 1, "count": 1_000, "balance": 50_000, "category": "adult"}),
        (BCA, {"first": 1_001, "count": 10, "balance": 7, "category": "adult"}),
    ]


def test_a_card_shows_its_issuers_prefix_its_serial_and_its_secret(database: Database) -> None:
    from django.conf import settings

    open_banks()
    issue(count=3, issuer=BCA)
    faces = queries.faces(range(10))
    assert [(face.serial, face.number[:15]) for face in faces] == [
        (1, "936014000000001"),
        (2, "936014000000002"),
        (3, "936014000000003"),
    ]
    assert all(is_valid(face.number) for face in faces)
    assert len({face.secret for face in faces}) == 3
    assert all(
        rules.secret_matches(settings.PRINTED_KEY, face.number, face.secret) for face in faces
    )


def test_serials_have_no_gaps_when_banks_issue_at_once_or_fail(database: Database) -> None:
    open_banks()
    with pytest.raises(RuntimeError), transaction.atomic():
        assert issue(count=50) == range(1, 51)
        raise RuntimeError("the printer is out of plastic")

    def issue_some(n: int) -> range:
        try:
            return issue(count=100 + n, balance=10, issuer=BANKS[n % 2].id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        made = sorted(pool.map(issue_some, range(8)), key=lambda serials: serials.start)

    assert [serial for serials in made for serial in serials] == list(range(1, 829))
    conn = database.connect()
    assert one(conn, "select count(*), max(id) from cards_card") == (828, 828)
    assert postings(conn) == 828


def test_opening_without_money_posts_nothing(database: Database) -> None:
    open_banks()
    assert issue(count=2) == range(1, 3)
    assert postings(database.connect()) == 0


@pytest.mark.parametrize(
    ("issuer", "count", "balance", "refusal"),
    [
        (3, 1, 0, Refusal.ISSUER_UNKNOWN),
        (MANDIRI, 0, 0, Refusal.COUNT_OUT_OF_RANGE),
        (MANDIRI, -1, 0, Refusal.COUNT_OUT_OF_RANGE),
        (MANDIRI, 5_000_001, 0, Refusal.COUNT_OUT_OF_RANGE),
        (MANDIRI, 1, -1, Refusal.AMOUNT_NOT_POSITIVE),
        (MANDIRI, 1, 10**18, Refusal.AMOUNT_TOO_LARGE),
    ],
)
def test_what_is_refused_leaves_no_card(
    database: Database, issuer: int, count: int, balance: int, refusal: Refusal
) -> None:
    open_banks()
    conn = database.connect()
    answer = issue_cards(issuer=issuer, count=count, balance=balance, actor=ACTOR, at=AT)
    assert answer is refusal
    assert one(conn, "select count(*) from cards_card") == (0,)
    assert postings(conn) == 0 and audited(conn, "card.issued") == []
