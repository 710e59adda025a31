"""No mixture of calls, also at once, brings more into a card than its product and family allow.

Cards with purses at two banks, a pupil with a family's limit, one that nobody registered; every
way in: banks, virtual accounts, agents, standing orders, relatives; switches and replacements.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import psycopg
from django.db import connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from satu.cards.family import set_limit
from satu.cards.kinds import Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.products import ensure_products
from satu.cards.transfers import transfer_value
from satu.ledger.kinds import AccountKind, PostingKind
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
from tests.database.cards_support import BCA, MANDIRI, open_banks
from tests.database.people_support import BUDI, CASE, prepare, register
from tests.database.test_partners import add, number_of
from tests.database.test_partners_virtual import Bank
from tests.database.test_payments import BY, SMALL, make
from tests.support import Database

PREFUNDED, FAMILY = 6_000, 3_000
WAYS = [
    "bank", "account", "notice", "partner", "agent", "order", "send",
    "cash", "open", "first", "close", "switch", "replace",
]  # fmt: skip
CALLS = st.lists(
    st.tuples(
        st.sampled_from([*WAYS, "bank", "account", "send"]),
        st.integers(1, 2_500),
        st.sampled_from([MANDIRI, BCA]),
    ),
    min_size=12,
    max_size=24,
)
RUNS = count(1)
# Every purse of a card is an account of one party, whatever cards took its place; what switches
# or closes moves within it. Postings of one card are made one after another: its row is locked.
MOST_IN = f"""
with moved as (
    select a.party, p.serial, p.amount as change from ledger_posting p
      join ledger_account a on a.id = p.credit and a.kind = {AccountKind.PURSE.value}
    union all
    select a.party, p.serial, -p.amount from ledger_posting p
      join ledger_account a on a.id = p.debit and a.kind = {AccountKind.PURSE.value}
), stood as (
    select party, sum(change) over (partition by party order by serial) as total from moved
), came as (
    select a.party, sum(p.amount) as amount from ledger_posting p
      join ledger_account a on a.id = p.credit and a.kind = {AccountKind.PURSE.value}
     where p.kind in ({PostingKind.TOP_UP.value}, {PostingKind.TRANSFER_OF_VALUE.value})
     group by a.party
)
select s.party, max(s.total)::bigint, min(s.total)::bigint, max(c.amount)::bigint
  from stood s join came c using (party) group by s.party
"""


def most_in(conn: psycopg.Connection[Any]) -> dict[int, tuple[int, int, int]]:
    """Of each card: the most and the least its purses ever held together, and all that came."""
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
    assert verify(conn, ALL_CHECKS).problems == []


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
