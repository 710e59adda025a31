"""Kinds of cards: limits that no mixture of calls passes, expiry, renewal, closing, transfers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satu.cards import denials, queries
from satu.cards import verify as cards
from satu.cards.actions import Changed, TopUp, block_card, issue_cards, link_card, top_up
from satu.cards.closing import Closed, close_card, pay_closed
from satu.cards.dormant import sweep_dormant
from satu.cards.errors import Refusal
from satu.cards.kinds import CardProduct, Why
from satu.cards.lifecycle import (
    Renewed,
    Replaced,
    activate_card,
    expire_cards,
    freeze_card,
    renew_card,
    replace_card,
    report_lost,
    unfreeze_card,
)
from satu.cards.products import ensure_products
from satu.cards.transfers import Transferred, transfer_value
from satu.ledger import verify as ledger
from satu.ledger.kinds import Result
from satu.ledger.verify import verify
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
SMALL = CardProduct(
    1, "small", "Kecil", "Small", 1_000, 5_000, 2_000, 8_000, valid_months=6, dormant_months=12
)
VISITOR = CardProduct(2, "visitor", "Tamu", "Visitor", 2_000_000, 20_000_000)


@pytest.fixture
def banks(database: Database) -> dict[int, int]:
    floats = open_banks()
    assert ensure_products(products=[SMALL, VISITOR], **BY) == 2
    assert ensure_products(products=[SMALL, VISITOR], **BY) == 0
    return floats


def make(owner: int | None = None, balance: int = 0, issuer: int = MANDIRI) -> int:
    made = issue_cards(issuer=issuer, count=1, balance=balance, product="small", **BY)
    assert isinstance(made, range)
    if owner is not None:
        register(made[0], owner)
    return made[0]


def register(card: int, owner: int = 501) -> None:
    (face,) = queries.faces([card])
    assert link_card(number=face.number, secret=face.secret, owner=owner, **BY) == card


def take(card: int, amount: int, reference: str, at: datetime = AT) -> TopUp | Refusal:
    return top_up(card=card, amount=amount, reference=reference, actor=ACTOR, at=at)


def send(card: int, to: int, amount: int, key: str = "T-1") -> Transferred | Refusal:
    return transfer_value(card=card, to=to, amount=amount, key=key, owner=None, **BY)


def check(database: Database) -> None:
    report = verify(database.connect(), (*ledger.CHECKS, *cards.CHECKS))
    assert report.ok, report.problems


def test_a_purse_takes_in_no_more_than_its_product_and_its_holder_allow(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card = make(balance=400)
    assert take(card, 601, "R-1") is Refusal.BALANCE_LIMIT_PASSED
    assert take(card, 600, "R-1") == TopUp(Result.POSTED, 1_000, 0)
    assert take(card, 1, "R-2") is Refusal.BALANCE_LIMIT_PASSED
    assert (money(conn, card).purse, postings(conn)) == (1_000, 2)
    register(card)
    assert money(conn, card).purse == 1_000, "registering keeps the money"
    assert take(card, 4_000, "R-2") == TopUp(Result.POSTED, 5_000, 0)
    other = make(owner=502)
    for number in range(3):
        sent = send(card, other, 1_000, f"T-{number}")
        assert sent == Transferred(Result.POSTED, 4_000 - 1_000 * number)
    assert take(card, 3_000, "R-3") == TopUp(Result.POSTED, 5_000, 0)
    send(card, other, 2_000, "T-9")
    assert take(card, 1, "R-4") is Refusal.MONTHLY_LIMIT_PASSED
    later = AT + timedelta(days=31)
    assert take(card, 1, "R-4", later) == TopUp(Result.POSTED, 3_001, 0)
    assert one(conn, "select count(*) from cards_incoming where purse > 0") == (3,)
    refused = issue_cards(issuer=MANDIRI, count=1, balance=1_001, product="small", **BY)
    assert refused is Refusal.BALANCE_LIMIT_PASSED
    refused = issue_cards(issuer=MANDIRI, count=1, balance=0, product="gold", **BY)
    assert refused is Refusal.CARD_PRODUCT_UNKNOWN
    check(database)


def test_of_twenty_top_ups_at_once_exactly_those_pass_that_fit(
    database: Database, banks: dict[int, int]
) -> None:
    card = make()

    def credit(number: int) -> TopUp | Refusal:
        try:
            return take(card, 300, f"R-{number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(credit, range(20)))

    assert answers.count(Refusal.BALANCE_LIMIT_PASSED) == 17
    balances = sorted(answer.balance for answer in answers if isinstance(answer, TopUp))
    assert balances == [300, 600, 900]
    assert postings(database.connect()) == 3
    check(database)


CALLS = st.lists(
    st.tuples(
        st.sampled_from(["top_up", "send", "send_back", "replace", "repeat"]),
        st.integers(1, 3_000),
    ),
    min_size=6,
    max_size=14,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(calls=CALLS)
def test_no_mixture_of_calls_at_once_passes_a_limit(
    database: Database, calls: list[tuple[str, int]]
) -> None:
    open_banks()
    ensure_products(products=[SMALL], **BY)
    pair = [make(owner=501, balance=500), make(owner=502, balance=500, issuer=BCA)]
    run = f"{pair[0]}"

    def call(numbered: tuple[int, tuple[str, int]]) -> None:
        number, (what, amount) = numbered
        first, second = pair
        try:
            if what == "top_up":
                take(first, amount, f"{run}-{number}")
            elif what == "repeat":
                take(first, 700, f"{run}-same")
            elif what == "send":
                send(first, second, amount, f"{run}-{number}")
            elif what == "send_back":
                send(second, first, amount, f"{run}-{number}")
            else:
                made = replace_card(card=first, why=Why.DAMAGED, **BY)
                if isinstance(made, Replaced):
                    pair[0] = made.successor
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, enumerate(calls)))

    conn = database.connect()
    worst = conn.execute(
        "select max(p.credit_balance_after), max(i.amount), min(a.balance)"
        "  from ledger_posting p join ledger_account a on a.id = p.credit and a.kind = 2"
        "  join cards_incoming i on i.purse = a.id"
    ).fetchone()
    assert worst is not None
    assert worst[0] <= 5_000 and worst[1] <= 8_000 and worst[2] >= 0
    check(database)


def test_a_holder_freezes_and_unfreezes_and_a_repeat_changes_nothing(
    database: Database, banks: dict[int, int]
) -> None:
    card = make(owner=501)
    freeze = {"card": card, "owner": 501, **BY}
    assert freeze_card(**freeze) == freeze_card(**freeze) == Changed(card, 1)
    assert freeze_card(**{**freeze, "owner": 502}) is Refusal.NOT_THE_HOLDER
    assert take(card, 1, "R") is Refusal.CARD_BLOCKED
    assert unfreeze_card(**freeze) == unfreeze_card(**freeze) == Changed(card, 2)
    assert report_lost(why=Why.STOLEN, **freeze) == Changed(card, 3)
    assert report_lost(why=Why.STOLEN, **freeze) == Changed(card, 3)
    assert freeze_card(**freeze) is Refusal.CARD_BLOCKED
    assert unfreeze_card(**freeze) is Refusal.CARD_NOT_FROZEN
    frozen = make(owner=501)
    freeze_card(card=frozen, owner=501, **BY)
    assert report_lost(card=frozen, owner=501, **BY) == Changed(frozen, 5)
    unknown = {"card": 99, "owner": None, **BY}
    assert freeze_card(**unknown) is unfreeze_card(**unknown) is Refusal.CARD_UNKNOWN
    conn = database.connect()
    assert denials.denied_serials(conn) == (5, [card, frozen])
    assert [detail for *_, detail in audited(conn, "card.frozen")] == [
        {"reason": "frozen", "denial_version": 1},
        {"reason": "frozen", "denial_version": 4},
    ]
    check(database)


def test_a_card_by_post_opens_no_door_until_its_holder_activates_it(
    database: Database, banks: dict[int, int]
) -> None:
    made = issue_cards(issuer=MANDIRI, count=2, balance=10, is_active=False, **BY)
    assert made == range(1, 3)
    conn = database.connect()
    assert denials.denied_serials(conn) == (2, [1, 2])
    too_many = issue_cards(issuer=MANDIRI, count=100_001, balance=0, is_active=False, **BY)
    assert too_many is Refusal.COUNT_OUT_OF_RANGE
    first, second = queries.faces(made)
    wrong = activate_card(number=first.number, secret=second.secret, **BY)
    assert wrong is Refusal.NUMBER_OR_SECRET_WRONG
    right = {"number": first.number, "secret": first.secret, **BY}
    assert activate_card(**right) == activate_card(**right) == Changed(1, 3)
    block_card(card=1, reason="cloned", **BY)
    assert activate_card(**right) is Refusal.CARD_BLOCKED
    assert denials.denied_serials(conn) == (4, [1, 2])
    check(database)


def test_a_card_expires_lies_dormant_and_comes_back_with_its_money(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card, other = make(owner=501, balance=700), make(balance=0)
    frozen = make(owner=503, balance=5)
    freeze_card(card=frozen, owner=503, **BY)
    assert one(conn, "select min(expires_on), max(expires_on) from cards_card") == (
        date(2026, 7, 5),
        date(2026, 7, 5),
    )
    assert renew_card(card=card, **BY) is Refusal.CARD_NOT_EXPIRED
    assert expire_cards(actor=ACTOR, at=AT + timedelta(days=180)) == 0
    over = AT + timedelta(days=181)
    assert expire_cards(actor=ACTOR, at=over) == 2
    assert expire_cards(actor=ACTOR, at=over) == 0
    assert denials.denied_serials(conn).serials == [card, other, frozen]
    assert sweep_dormant(actor=ACTOR, at=over + timedelta(days=364)) == 0
    much_later = over + timedelta(days=365)
    assert sweep_dormant(actor=ACTOR, at=much_later) == 2
    assert sweep_dormant(actor=ACTOR, at=much_later) == 0
    assert money(conn, card) == Money(0, 0)
    owe(conn, card, 11, 300, AT)
    payable_of(MANDIRI, 11)
    back = renew_card(card=card, actor=ACTOR, at=much_later)
    assert back == Renewed(card, date(2028, 1, 5), 700)
    assert money(conn, card) == Money(400, 0), "what a ride is owed is collected first"
    assert renew_card(card=frozen, actor=ACTOR, at=much_later) is Refusal.CARD_BLOCKED
    assert denials.denied_serials(conn).serials == [other, frozen]
    assert one(conn, "select sum(amount)::int from cards_dormant where returned is null") == (5,)
    check(database)


def test_a_closed_card_is_denied_at_once_and_paid_back_in_time_once(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    card, empty = make(balance=900), make()
    owe(conn, card, 11, 300, AT)
    payable_of(MANDIRI, 11)
    closed = Closed(card, date(2026, 1, 10), date(2026, 1, 23), None)
    assert close_card(card=card, **BY) == close_card(card=card, **BY) == closed
    close_card(card=empty, **BY)
    assert take(card, 1, "R") is Refusal.CARD_CLOSED
    assert replace_card(card=card, why=Why.DAMAGED, **BY) is Refusal.CARD_CLOSED
    assert pay_closed(actor=ACTOR, at=AT + timedelta(days=4)) == 0
    later = AT + timedelta(days=5)
    assert (pay_closed(actor=ACTOR, at=later), pay_closed(actor=ACTOR, at=later)) == (2, 0)
    assert close_card(card=card, **BY) == closed._replace(amount=600)
    assert money(conn, card) == Money(0, 0)
    assert sum_of(conn, banks[MANDIRI]) == -300 and sum_of(conn, payable_of(MANDIRI, 11)) == 300
    assert [detail for *_, detail in audited(conn, "card.redeemed")] == [
        {"amount": 600},
        {"amount": 0},
    ]
    check(database)


def test_value_is_sent_once_between_registered_cards_also_of_two_banks(
    database: Database, banks: dict[int, int]
) -> None:
    conn = database.connect()
    ani, budi, citra = make(501, 900), make(502, 100), make(503, 0, BCA)
    nobodys = make()
    assert send(ani, nobodys, 10) is send(nobodys, ani, 10) is Refusal.CARD_NOT_REGISTERED
    assert send(ani, ani, 10) is Refusal.PURSES_ARE_THE_SAME
    assert send(ani, budi, 901) is Refusal.BALANCE_INSUFFICIENT
    assert send(ani, 99, 1) is Refusal.CARD_UNKNOWN
    not_hers = transfer_value(card=ani, to=budi, amount=1, key="T", owner=502, **BY)
    assert not_hers is Refusal.NOT_THE_HOLDER
    before = postings(conn)
    assert send(ani, budi, 400) == Transferred(Result.POSTED, 500)
    assert send(ani, budi, 400) == Transferred(Result.EXISTS, 500)
    assert send(ani, budi, 401) == Transferred(Result.EXISTS_WITH_DIFFERENT_AMOUNT, 500)
    different = send(ani, citra, 400)
    assert isinstance(different, Transferred)
    assert different.result is Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    assert send(ani, citra, 300, "T-2") == Transferred(Result.POSTED, 200)
    assert send(ani, citra, 300, "T-2") == Transferred(Result.EXISTS, 200)
    assert send(citra, ani, 50, "T-3") == Transferred(Result.POSTED, 250)
    assert [money(conn, card).purse for card in (ani, budi, citra)] == [250, 500, 250]
    assert postings(conn) == before + 1 + 2 + 2
    report_lost(card=budi, owner=502, **BY)
    assert send(ani, budi, 1, "T-4") is Refusal.CARD_BLOCKED
    assert send(ani, budi, 400) == Transferred(Result.EXISTS, 500), "as the first time"
    check(database)
