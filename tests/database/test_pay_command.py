"""`satu pay`: what a person and a program see of money in and out."""

from __future__ import annotations

from typing import Any

import pytest

from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.payments.fees import keep_fees
from tests.commands import satu
from tests.database.cards_support import Money, issue, money, open_banks, postings
from tests.database.test_payments import BY, FEES
from tests.support import Database

TOP_UP = ("top-up", "--card", "1", "--bank", "bca", "--amount", "500", "--key", "slip-1")


@pytest.fixture
def told(database: Database) -> Any:
    """Runs `satu pay … --json`: (exit code, its last line), with two banks and three cards."""
    open_banks(0)
    keep_fees(rules=FEES, **BY)
    for face in faces(issue(count=2)):
        link_card(number=face.number, secret=face.secret, owner=500 + face.serial, **BY)
    issue()

    def ask(*words: str) -> tuple[int, dict[str, Any]]:
        ran = satu("pay", *words, "--json")
        return ran.returncode, ran.told if ran.stdout else {}

    return ask


def test_a_desk_tops_up_switches_and_settles(told: Any, database: Database) -> None:
    conn = database.connect()
    code, refused = told(*TOP_UP)
    assert (code, refused["refused"]) == (1, "interbank_cap_passed")
    assert told("prefund", "--bank", "bca", "--amount", "1000")[0] == 0
    paid = {"result": "posted", "balance": 500, "collected": 0, "fee": 15}
    assert told(*TOP_UP) == (0, paid)
    assert told(*TOP_UP) == (0, {**paid, "result": "exists"})
    assert told(*TOP_UP[:-3], "600", "--key", "slip-1") == (1, {})
    assert told("owed") == (
        0,
        {
            "mandiri": {"prefunded": 0, "owes": {}},
            "bca": {"prefunded": 1_000, "owes": {"mandiri": 500}},
        },
    )
    settle = ("settle", "--bank", "bca", "--to", "mandiri", "--amount", "200", "--key", "P")
    assert told(*settle) == (0, {"result": "posted"})
    switch = ("switch", "--card", "1", "--bank", "bca", "--key", "S")
    assert told(*switch)[1]["refused"] == "interbank_cap_passed", "Mandiri would owe 500 - 300"
    assert told("prefund", "--bank", "mandiri", "--amount", "200")[0] == 0
    assert told(*switch) == (0, {"result": "posted", "card": 1, "bank": "bca", "amount": 500})
    assert told("switch", "--card", "3", "--bank", "bca", "--key", "T")[1]["refused"] == (
        "card_not_registered"
    )
    assert told("switch", "--card", "1", "--bank", "bank-x", "--key", "T") == (1, {})
    cash = ("cash-out", "--card", "1", "--amount", "100", "--key", "C")
    assert told(*cash) == (0, {"result": "posted", "balance": 400})
    assert told(*cash) == (0, {"result": "exists", "balance": 400})
    assert money(conn, 1) == Money(400, 0)


def test_a_shop_and_standing_orders(told: Any, database: Database) -> None:
    conn = database.connect()
    limits = ("--most", "500", "--most-a-day", "900", "--commission", "5")
    shop = ("--agent", "warung")
    added = ("agent-add", *shop, "--name", "Warung", "--bank", "mandiri", *limits)
    assert told(*added) == told(*added) == (0, {"agent": "warung"})
    fund = ("agent-fund", *shop, "--amount", "1000", "--key", "F")
    assert told(*fund) == (0, {"result": "posted", "balance": 1_000})
    sale = ("agent-top-up", *shop, "--card", "1", "--amount", "400", "--key", "R")
    sold = {"result": "posted", "balance": 400, "collected": 0, "fee": 15, "commission": 5}
    assert told(*sale) == (0, sold)
    assert told(*sale) == (0, {**sold, "result": "exists"})
    assert told("agent-close", *shop) == (0, {"agent": "warung", "is_open": False})
    assert told(*sale[:-1], "R-2")[1]["refused"] == "agent_closed"
    assert told("agent-open", *shop)[0] == 0
    order = ("order", "--card", "2", "--below", "100", "--amount", "150", "--monthly-cap", "300")
    assert told(*order, "--key", "O") == (1, {}), "nobody pays"
    placed = told(*order, "--payer", "1", "--key", "O")
    assert placed == (0, {"result": "posted", "order": placed[1]["order"]})
    assert told("orders-run") == (0, {"done": 1, "refused": 0})
    assert told("orders-run") == (0, {"done": 0, "refused": 0})
    assert (money(conn, 1), money(conn, 2)) == (Money(250, 0), Money(150, 0))
    number = str(placed[1]["order"])
    assert told("order-end", "--order", number) == (0, {"order": placed[1]["order"]})
    assert told("order-end", "--order", "99")[1]["refused"] == "order_unknown"
    assert postings(conn) == 5
