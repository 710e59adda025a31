"""No mixture of calls, also at once, brings more into a card than its product and family allow.

Cards with purses at two banks, a pupil with a family's limit, one that nobody registered; every
way in: banks, virtual accounts, agents, standing orders, relatives, goodwill; switches and
replacements; and what comes back (losses made good, refunds), which is given past every limit.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import psycopg
from django.db import connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from satu.cards.actions import issue_cards
from satu.cards.bearers import Cause
from satu.cards.errors import Refusal
from satu.cards.family import set_limit
from satu.cards.kinds import Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.losses import bear_loss
from satu.cards.products import ensure_products
from satu.cards.refunds import GivenBack, Refunded, refund
from satu.cards.rules import LIMITED
from satu.cards.transfers import transfer_value
from satu.ledger.kinds import AccountKind, Result
from satu.ledger.verify import verify
from satu.payments.agents import NewAgent, add_agent, fund_agent, top_up_at_agent
from satu.payments.cash_out import cash_out
from satu.payments.orders import NewOrder, place_order, run_orders
from satu.payments.purses import close_purse, open_purse, set_order
from satu.payments.settling import standing
from satu.payments.switching import switch_bank
from satu.payments.top_ups import top_up
from satu.people.guardians import appoint_guardian
from satu.people.kinds import GuardianKind, Role, Scope
from satu.taps.verify import ALL_CHECKS
from tests.database.cards_support import BCA, DAY, MANDIRI, money, open_banks, postings
from tests.database.people_support import BUDI, CASE, prepare, register
from tests.database.test_partners import add, number_of
from tests.database.test_partners_virtual import Bank
from tests.database.test_payments import BY, SMALL, make
from tests.support import Database

PREFUNDED, FAMILY = 6_000, 3_000
WAYS = [
    "bank", "account", "notice", "partner", "agent", "order", "send",
    "cash", "open", "first", "close", "switch", "replace",
    "goodwill", "service", "blocked", "used", "refund",
]  # fmt: skip
CALLS = st.lists(
    st.tuples(
        st.sampled_from([*WAYS, "bank", "account", "send", "goodwill"]),
        st.integers(1, 2_500),
        st.sampled_from([MANDIRI, BCA]),
    ),
    min_size=16,
    max_size=32,
)
RUNS, TAPS = count(1), count(1)
OPERATOR = 11
# Of a mixture without rides no repair tells of the refunds.
CHECKS = [one for one in ALL_CHECKS if not one.name.startswith("what flowed back late")]
KINDS = ", ".join(str(kind.value) for kind in LIMITED)
# Every purse of a card is an account of one party, whatever cards took its place; what switches
# or closes moves within it. Postings of one card are made one after another: its row is locked.
MOST_IN = f"""
with moved as (
    select a.party, p.serial, p.amount as change, p.kind in ({KINDS}) as is_limited
      from ledger_posting p
      join ledger_account a on a.id = p.credit and a.kind = {AccountKind.PURSE.value}
    union all
    select a.party, p.serial, -p.amount, false from ledger_posting p
      join ledger_account a on a.id = p.debit and a.kind = {AccountKind.PURSE.value}
), stood as (
    select party, is_limited, sum(change) over (partition by party order by serial) as total
      from moved
), came as (
    select a.party, sum(p.amount) as amount from ledger_posting p
      join ledger_account a on a.id = p.credit and a.kind = {AccountKind.PURSE.value}
     where p.kind in ({KINDS})
     group by a.party
)
select s.party, max(s.total) filter (where s.is_limited)::bigint, min(s.total)::bigint,
       max(c.amount)::bigint
  from stood s join came c using (party) group by s.party
"""


def most_in(conn: psycopg.Connection[Any]) -> dict[int, tuple[int, int, int]]:
    """Of each card: the most that its purses held after money came in, the least that they ever
    held, all together, and all that came in."""
    return {card: (most, least, came) for card, most, least, came in conn.execute(MOST_IN)}


def a_family() -> tuple[int, int]:
    """A parent and a child into each of whose cards no more than FAMILY may come."""
    prepare()
    parent, child = register(), register(BUDI)
    appoint_guardian(
        guardian=parent, ward=child, kind=GuardianKind.PARENT, scopes=[Scope.MONEY],
        until=None, role=Role.DESK, case=CASE, **BY,
    )  # fmt: skip
    assert set_limit(guardian=parent, ward=child, monthly=FAMILY, **BY) is None
    return parent, child


def test_no_mixture_of_calls_at_once_passes_a_limit(database: Database) -> None:
    open_banks(PREFUNDED)
    ensure_products(products=[SMALL], **BY)
    add_agent(new=NewAgent("warung", "Warung Ani", BCA, 5, 2_500, 10**6), **BY)
    fund_agent(code="warung", amount=10**6, reference="all", **BY)
    parent, child = a_family()
    bank, conn = Bank(add()), database.connect()

    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(CALLS)
    def run(calls: list[tuple[str, int, int]]) -> None:
        name = f"run-{next(RUNS)}"
        own, theirs, nobodys = make(parent, 500), make(child, 500, BCA), make(None, 500)
        cards = {own: own, theirs: theirs, nobodys: nobodys}
        for card, other in ((own, BCA), (theirs, MANDIRI)):
            open_purse(card=card, bank=other, key=f"{name}-{card}", owner=None, **BY)
        new = NewOrder(theirs, 4_000, 400, 0, 10**6, payer=own)
        place_order(new=new, key=f"{name}-order", owner=None, **BY)

        def call(numbered: tuple[int, tuple[str, int, int]]) -> None:
            number, asked = numbered
            try:
                first = list(cards)[number % len(cards)]
                made = carry_out(
                    bank, cards[first], list(cards.values()), f"{name}-{number}", asked
                )
                if isinstance(made, Replaced):
                    cards[first] = made.successor
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(call, enumerate(calls)))

        found = most_in(conn)
        for card, most, monthly in (
            (own, 5_000, 8_000),
            (theirs, 5_000, FAMILY),
            (nobodys, 1_000, 2_000),
        ):
            held, least, came = found[card]
            assert held <= most and least >= 0 and came <= monthly, (card, found[card], calls)
        for code in (MANDIRI, BCA):
            owed = sum(max(one.amount, 0) for one in standing(code).positions)
            assert owed <= PREFUNDED

    run()
    assert verify(conn, CHECKS).problems == []


def test_what_comes_back_passes_a_limit_and_goodwill_does_not(database: Database) -> None:
    open_banks()
    ensure_products(products=[SMALL], **BY)
    conn, card = database.connect(), make(501)
    assert not isinstance(top_up(bank=MANDIRI, card=card, amount=4_600, reference="R", **BY), str)

    def bear(cause: Cause, key: str, amount: int = 401) -> object:
        operator = OPERATOR if cause is Cause.SERVICE_FAILED else 0
        by: dict[str, Any] = {"card": card, "amount": amount, "operator": operator, **BY}
        done = bear_loss(cause=cause, key=key, **by)
        return done if isinstance(done, Refusal) else done.result

    before = postings(conn)
    for cause in (Cause.GOODWILL, Cause.SERVICE_FAILED, Cause.WRONG_CARD_BLOCKED):
        assert bear(cause, cause) is Refusal.BALANCE_LIMIT_PASSED
    assert (money(conn, card).purse, postings(conn)) == (4_600, before)
    assert bear(Cause.GOODWILL, "fits", 400) is Result.POSTED
    assert bear(Cause.GOODWILL, "fits", 400) is Result.EXISTS
    assert bear(Cause.USED_AFTER_REPORT, "back") is Result.POSTED
    assert isinstance(give_back(card, 99), Refunded)
    assert money(conn, card).purse == 5_500
    paid = cash_out(card=card, amount=3_000, key="C-1", owner=None, **BY)
    assert not isinstance(paid, Refusal)
    # 5,000 of 8,000 came in in the month: what came back is not counted.
    assert bear(Cause.GOODWILL, "more", 2_500) is Result.POSTED
    assert bear(Cause.GOODWILL, "much", 501) is Refusal.BALANCE_LIMIT_PASSED
    cash_out(card=card, amount=3_000, key="C-2", owner=None, **BY)
    assert bear(Cause.GOODWILL, "much", 501) is Refusal.MONTHLY_LIMIT_PASSED
    assert bear(Cause.GOODWILL, "all", 500) is Result.POSTED
    assert bear(Cause.CHIP_CLONED, "back again") is Result.POSTED
    assert verify(conn, CHECKS).problems == []


def test_cards_of_no_named_kind_are_of_the_citys_first(database: Database) -> None:
    open_banks()
    free = issue_cards(issuer=MANDIRI, count=1, balance=9_000, **BY)
    assert free == range(1, 2), "this city tells no limits yet"
    second = SMALL._replace(id=SMALL.id + 1, code="other", balance_unregistered=None)
    ensure_products(products=[second, SMALL], **BY)
    refused = issue_cards(issuer=MANDIRI, count=1, balance=1_001, **BY)
    assert refused is Refusal.BALANCE_LIMIT_PASSED
    assert issue_cards(issuer=MANDIRI, count=1, balance=900, **BY) == range(2, 3)
    over = top_up(bank=MANDIRI, card=2, amount=101, reference="R", **BY)
    assert over is Refusal.BALANCE_LIMIT_PASSED
    assert money(database.connect(), 2).purse == 900
    assert verify(database.connect(), CHECKS).problems == []


def give_back(card: int, amount: int) -> Refunded | Refusal:
    """An operator gives back what a ride cost too much."""
    tap = next(TAPS)
    lines = [GivenBack(OPERATOR, amount, None)]
    return refund(card=card, lines=lines, tap=tap, use=tap, service_day=DAY, **BY)


LOSSES = {
    "goodwill": Cause.GOODWILL,
    "service": Cause.SERVICE_FAILED,
    "blocked": Cause.WRONG_CARD_BLOCKED,
    "used": Cause.USED_AFTER_REPORT,
}


def carry_out(
    bank: Bank, card: int, cards: list[int], key: str, asked: tuple[str, int, int]
) -> object:
    """One call on a card; `cards` are those that stand, `key` names the call."""
    way, amount, at_bank = asked
    by: dict[str, Any] = {"card": card, "key": key, "owner": None, **BY}
    number, value = number_of(card), f"{amount}.00"
    other = MANDIRI if at_bank == BCA else BCA
    match way:
        case "bank":
            return top_up(bank=at_bank, card=card, amount=amount, reference=key, **BY)
        case "account":
            return bank.pay(number, value, key)
        case "notice":
            return bank.notify(number, key, paidAmount={"value": value, "currency": "IDR"})
        case "partner":
            return bank.top_up(number, value, key)
        case "agent":
            return top_up_at_agent(code="warung", card=card, amount=amount, reference=key, **BY)
        case "order":
            return run_orders(**BY)
        case "send":
            return transfer_value(to=cards[(cards.index(card) + 1) % 3], amount=amount, **by)
        case "goodwill" | "service" | "blocked" | "used":
            made = {"card": card, "amount": amount, "key": key, **BY}
            return bear_loss(
                cause=LOSSES[way], operator=OPERATOR if way == "service" else 0, **made
            )
        case "refund":
            return give_back(card, amount)
        case "cash":
            return cash_out(amount=amount, **by)
        case "open":
            return open_purse(bank=at_bank, **by)
        case "first":
            return set_order(card=card, banks=[at_bank, other], owner=None, **BY)
        case "close":
            return close_purse(bank=other, into=at_bank, **by)
        case "switch":
            return switch_bank(bank=at_bank, **by)
        case _:
            return replace_card(card=card, why=Why.DAMAGED, **BY)
