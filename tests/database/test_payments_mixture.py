"""Any mixture of ways in, switches and replacements, at once: every book closes, limits hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satu.cards.kinds import Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.products import ensure_products
from satu.cards.transfers import transfer_value
from satu.payments.agents import NewAgent, add_agent, fund_agent, top_up_at_agent
from satu.payments.fees import keep_fees
from satu.payments.settling import settle
from satu.payments.switching import switch_bank
from satu.payments.top_ups import top_up
from tests.database.cards_support import BCA, MANDIRI, open_banks
from tests.database.test_payments import BY, FEES, SMALL, check, make
from tests.support import Database

PREFUNDED = 4_000
WAYS = ["own", "other", "same", "agent", "send", "switch", "replace", "settle"]
CALLS = st.lists(
    st.tuples(st.sampled_from(WAYS), st.integers(1, 2_500), st.sampled_from([MANDIRI, BCA])),
    min_size=8,
    max_size=16,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls=CALLS)
def test_every_book_closes_after_any_mixture_at_once(
    database: Database, calls: list[tuple[str, int, int]]
) -> None:
    open_banks(PREFUNDED)
    ensure_products(products=[SMALL], **BY)
    keep_fees(rules=FEES, **BY)
    add_agent(new=NewAgent("warung", "Warung Ani", BCA, 5, 2_000, 3_000), **BY)
    pair = [make(balance=500), make(owner=502, balance=500, issuer=BCA)]
    run = str(pair[0])
    fund_agent(code="warung", amount=1_500, reference=run, **BY)

    def call(numbered: tuple[int, tuple[str, int, int]]) -> None:
        number, (way, amount, bank) = numbered
        key, card = f"{run}-{number}", pair[number % 2]
        at: dict[str, Any] = {"card": card, "amount": amount, **BY}
        try:
            if way in ("own", "other"):
                top_up(bank=bank, reference=key, **at)
            elif way == "same":
                top_up(bank=BCA, reference=f"{run}-same", **{**at, "card": pair[0], "amount": 9})
            elif way == "agent":
                top_up_at_agent(code="warung", reference=key, **at)
            elif way == "send":
                transfer_value(to=pair[(number + 1) % 2], key=key, owner=None, **at)
            elif way == "switch":
                switch_bank(card=card, bank=bank, key=key, owner=None, **BY)
            elif way == "settle":
                other = MANDIRI if bank == BCA else BCA
                settle(bank=bank, other=other, amount=amount, key=key, **BY)
            else:
                made = replace_card(card=card, why=Why.DAMAGED, **BY)
                if isinstance(made, Replaced):
                    pair[number % 2] = made.successor
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
