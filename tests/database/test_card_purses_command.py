"""`satu card purses|purse-open|purse-order|purse-close`: what a desk and a program see."""

from __future__ import annotations

from typing import Any

import pytest

from satu.cards.actions import link_card
from satu.cards.queries import faces
from tests.commands import satu
from tests.database.cards_support import audited, issue, open_banks
from tests.database.test_payments import BY
from tests.support import Database


@pytest.fixture
def told(database: Database) -> Any:
    """Runs `satu card … --json`: (exit code, its last line), with two banks and a card with 500."""
    open_banks()
    (face,) = faces(issue(balance=500))
    link_card(number=face.number, secret=face.secret, owner=501, **BY)

    def ask(*words: str) -> tuple[int, dict[str, Any]]:
        ran = satu("card", *words, "--card", "1", "--json")
        return ran.returncode, ran.told if ran.stdout else {}

    return ask


def test_a_desk_opens_orders_and_closes_purses(told: Any, database: Database) -> None:
    mandiri = {"bank": "mandiri", "balance": 500, "held": 0, "in_use": True}
    bca = {"bank": "bca", "balance": 0, "held": 0, "in_use": False}
    assert told("purses") == (0, {"purses": [mandiri]})
    opened = ("purse-open", "--bank", "bca", "--key", "K")
    assert told(*opened) == (0, {"result": "posted", "bank": "bca"})
    assert told(*opened) == (0, {"result": "exists", "bank": "bca"})
    assert told("purse-open", "--bank", "mandiri", "--key", "L")[1]["refused"] == "purse_is_there"
    assert told("purse-open", "--bank", "nobody", "--key", "L") == (1, {})
    assert told("purses") == (0, {"purses": [mandiri, bca]})
    assert told("purse-order", "bca", "mandiri") == (0, {"order": ["bca", "mandiri"]})
    assert told("purses") == (0, {"purses": [bca, mandiri]}), "the first has no money yet"
    assert told("purse-order", "bca")[1]["refused"] == "purse_order_invalid"
    cash = satu("pay", "cash-out", "--card", "1", "--amount", "1", "--key", "C", "--bank", "bca")
    assert (cash.returncode, "balance_insufficient" in cash.stderr) == (1, True)
    closed = ("purse-close", "--bank", "mandiri", "--into", "bca", "--key", "M")
    gone = {"bank": "mandiri", "into": "bca", "amount": 500}
    assert told(*closed) == (0, {**gone, "result": "posted"})
    assert told(*closed) == (0, {**gone, "result": "exists"})
    assert told(*closed[:-1], "N")[1]["refused"] == "purse_unknown"
    assert told("purses") == (0, {"purses": [{**bca, "balance": 500, "in_use": True}]})
    conn = database.connect()
    looked = audited(conn, "card.purses_looked_at")
    assert len(looked) == 4
    ordered = [entry[3] for entry in audited(conn, "card.purses_ordered")]
    assert ordered == [{"banks": "2 1"}]
