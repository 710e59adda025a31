"""Passes sold from a purse: one posting, one pass on the card's row, once for each key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import connections

from satu.cards import rights_actions
from satu.cards.actions import block_card
from satu.cards.errors import Refusal
from satu.cards.rights import Rights, decode
from satu.cards.rights_actions import PassSale, sell_pass, set_entitlements
from satu.fares.legs import Entitlement, PassHeld
from satu.kernel.days import to_ms
from satu.ledger.kinds import PostingKind, Result
from satu.ledger.verify import verify
from satu.taps.verify import ALL_CHECKS
from tests.database.cards_support import (
    ACTOR,
    AT,
    BCA,
    DAY,
    MANDIRI,
    Money,
    audited,
    issue,
    money,
    one,
    open_banks,
    payable_of,
    postings,
    sum_of,
    version,
)
from tests.support import Database

BUS = 11
AT_MS = to_ms(AT)


def sell(card: int, key: str = "P-1", **other: object) -> PassSale | Refusal:
    asked = {"product": "month", "price": 40_000, "owed_to": BUS, "actor": ACTOR, "at": AT}
    return sell_pass(card=card, key=key, **{**asked, **other})  # type: ignore[arg-type]


def held(conn: psycopg.Connection, card: int) -> Rights:
    (content,) = one(conn, "select entitlements from cards_card where id = %s", card)
    assert content is None or isinstance(content, bytes)
    return decode(content)


def test_a_pass_is_one_posting_and_stands_on_the_card(database: Database) -> None:
    open_banks()
    issue(balance=100_000)
    conn = database.connect()
    student = Entitlement("student", DAY, DAY + timedelta(99))
    set_entitlements(card=1, entitlements=[student], categories={"student"}, actor=ACTOR, at=AT)
    assert sell(1) == PassSale(Result.POSTED, 1, 60_000)
    later = AT + timedelta(days=2)
    assert sell(1, "P-2", product="week", price=15_000, at=later) == PassSale(
        Result.POSTED, 2, 45_000
    )
    week = PassHeld(2, "week", to_ms(later), later.date())
    assert held(conn, 1) == Rights((student,), (PassHeld(1, "month", AT_MS, DAY), week))
    assert money(conn, 1) == Money(45_000, 0) and sum_of(conn, payable_of(MANDIRI, BUS)) == 55_000
    assert conn.execute(
        "select kind, amount, service_day, settlement_day, tap, use from ledger_posting"
        " where kind <> %s order by serial",
        [PostingKind.TOP_UP],
    ).fetchall() == [
        (PostingKind.PASS, 40_000, DAY, DAY, None, None),
        (PostingKind.PASS, 15_000, DAY + timedelta(2), DAY + timedelta(2), None, None),
    ]
    assert version(conn, 1) == 3
    assert audited(conn, "card.pass_sold") == [
        (ACTOR, "card", 1, {"product": "month", "price": 40_000, "operator": BUS, "pass": 1}),
        (ACTOR, "card", 1, {"product": "week", "price": 15_000, "operator": BUS, "pass": 2}),
    ]
    assert verify(conn, ALL_CHECKS).ok


def test_a_repeat_is_answered_as_the_first_was_and_another_content_is_a_conflict(
    database: Database,
) -> None:
    open_banks()
    issue(count=2, balance=100_000)
    conn = database.connect()
    assert sell(1) == PassSale(Result.POSTED, 1, 60_000)
    sell(1, "P-2")
    assert sell(1, at=AT + timedelta(days=40)) == PassSale(Result.EXISTS, 1, 60_000)
    different = "exists_with_different_"
    for other, said in [
        ({"card": 2}, "accounts"),
        ({"owed_to": 12}, "accounts"),
        ({"price": 41_000}, "amount"),
        ({"product": "week"}, "content"),
        ({"price": 1, "product": "week"}, "amount"),
    ]:
        answer = sell(**{"card": 1, **other})  # type: ignore[arg-type]
        assert isinstance(answer, PassSale) and answer.result.code == different + said
    assert postings(conn) == 4 and len(held(conn, 1).passes) == 2
    assert money(conn, 1).purse == 20_000 and money(conn, 2).purse == 100_000
    assert held(conn, 2) == Rights() and version(conn, 1) == 2

    block_card(card=1, reason="lost", actor=ACTOR, at=AT)
    assert sell(1) == PassSale(Result.EXISTS, 1, 60_000)


def test_twenty_sales_at_once_sell_once(database: Database) -> None:
    open_banks()
    issue(balance=100_000)
    payable_of(MANDIRI, BUS)

    def again(n: int) -> PassSale | Refusal:
        try:
            return sell(1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(again, range(20)))
    results = [answer.result for answer in answers if isinstance(answer, PassSale)]
    assert sorted(results) == [Result.POSTED] + [Result.EXISTS] * 19
    conn = database.connect()
    assert money(conn, 1).purse == 60_000 and postings(conn) == 2
    assert len(held(conn, 1).passes) == 1


@pytest.mark.parametrize(
    ("card", "other", "refusal"),
    [
        (1, {"price": 0}, Refusal.AMOUNT_NOT_POSITIVE),
        (1, {"price": 20_000_001}, Refusal.AMOUNT_TOO_LARGE),
        (9, {"key": ""}, Refusal.REFERENCE_INVALID),
        (9, {}, Refusal.CARD_UNKNOWN),
        (3, {"price": 100_001}, Refusal.CARD_CLOSED),
        (2, {"price": 100_001}, Refusal.CARD_BLOCKED),
        (1, {"price": 100_001}, Refusal.BALANCE_INSUFFICIENT),
    ],
)
def test_what_is_refused_moves_nothing(
    database: Database, card: int, other: dict[str, object], refusal: Refusal
) -> None:
    open_banks()
    issue(count=3, balance=100_000)
    block_card(card=2, reason="lost", actor=ACTOR, at=AT)
    conn = database.connect()
    conn.execute("update cards_card set state = 2 where id = 3")
    payable_of(MANDIRI, BUS)
    assert sell(card, **other) is refusal  # type: ignore[arg-type]
    assert postings(conn) == 3 and audited(conn, "card.pass_sold") == []
    assert one(conn, "select count(*) from cards_pass") == (0,)
    assert held(conn, 1) == Rights() and money(conn, 1) == Money(100_000, 0)


def test_what_is_held_for_a_ride_cannot_buy_a_pass(database: Database) -> None:
    open_banks()
    issue(balance=45_000)
    database.owner().execute("update ledger_account set held = 9000 where kind = 2")
    payable_of(MANDIRI, BUS)
    assert sell(1) is Refusal.BALANCE_INSUFFICIENT


@pytest.mark.parametrize("step", ["record", "store.set_rights", "models.PassSold"])
def test_a_sale_that_dies_in_the_middle_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    open_banks()
    issue(balance=100_000)
    payable_of(MANDIRI, BUS)

    class Killed(BaseException):
        pass

    def die(*args: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        target = "objects.create" if step == "models.PassSold" else ""
        patch.setattr(f"{rights_actions.__name__}.{step}{'.' if target else ''}{target}", die)
        sell(1)
    conn = database.connect()
    assert postings(conn) == 1 and money(conn, 1) == Money(100_000, 0)
    assert held(conn, 1) == Rights() and version(conn, 1) == 0
    assert sell(1) == PassSale(Result.POSTED, 2 if step != "models.PassSold" else 1, 60_000)
    assert postings(conn) == 2 and len(held(conn, 1).passes) == 1


def test_another_banks_card_owes_from_its_own_bank(database: Database) -> None:
    open_banks()
    issue(issuer=BCA, balance=50_000)
    conn = database.connect()
    assert sell(1) == PassSale(Result.POSTED, 1, 10_000)
    assert sum_of(conn, payable_of(BCA, BUS)) == 40_000
    assert sum_of(conn, payable_of(MANDIRI, BUS)) == 0


DAMAGE = {
    "update cards_pass set price = price + 1": "a pass that was sold is what its posting paid",
    "update cards_pass set operator = 12": "a pass that was sold is what its posting paid",
    "delete from ledger_posting where kind = 16": "a pass that was sold is what its posting paid",
    "update cards_card set entitlements = null": "a card's row has the passes that were sold",
    "update cards_pass set product = 'year'": "a card's row has the passes that were sold",
    "delete from cards_pass": "a card's row has the passes that were sold",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_verify_finds_a_pass_that_nobody_paid(database: Database, damage: str) -> None:
    open_banks()
    issue(count=2, balance=100_000)
    sell(1)
    owner = database.owner()
    assert verify(owner, ALL_CHECKS).problems == []
    owner.execute(damage)  # type: ignore[call-overload]
    assert DAMAGE[damage] in {problem.check for problem in verify(owner, ALL_CHECKS).problems}
