"""What staff type to clear with a bank: a token added, a file written, its answer read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import commands
from tests.journeys.gateway_support import Town
from tests.support import Database

DAY = "2026-01-05"


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def run(*arguments: str, code: int = 0) -> tuple[dict[str, Any], str]:
    """The command's last line as JSON, and all that it wrote."""
    done = commands.satu("clearing", *arguments, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stdout


def ridden(town: Town, card: int, amount: int) -> None:
    """A ride of the token's on the day, as the books have it."""
    from satu.cards.collecting import payables
    from satu.cards.store import lock_card
    from satu.kernel.ids import named_key
    from satu.ledger import store as ledger
    from satu.ledger.entry import Entry
    from satu.ledger.kinds import PostingKind, Result
    from tests.journeys.gateway_support import ACTOR, AT

    on = date.fromisoformat(DAY)
    row = lock_card(town.conn, card)
    assert row is not None
    operator = town.bundle.operators[0].id
    payable = payables(town.conn, row, [operator], ACTOR, AT)[operator]
    key = named_key(1, "ride", card)
    entry = Entry(key, row.purse, payable, amount, PostingKind.FARE, 1, on, tap=7, use=7)
    assert ledger.post(town.conn, [entry], posted_at=AT, settlement_day=on) == [Result.POSTED]


def test_a_token_is_added_cleared_and_paid(town: Town, tmp_path: Path) -> None:
    adding = ("add", "--bank", "mandiri", "--kind", "emv", "--token", "T-1", "--reference", "R-1")
    card = run(*adding, "--guarantee", "50000")[0]["card"]
    assert run(*adding, "--guarantee", "50000")[0] == {"card": card, "reference": "R-1"}
    ridden(town, card, 3_500)
    assert town.balance(card) == 46_500

    day = ("--bank", "mandiri", "--day", DAY)
    file = tmp_path / "mandiri.csv"
    told, _ = run("write", *day, "--to", str(file))
    assert told == {"lines": 1, "amount": 3_500}
    assert file.read_text() == "line,reference,rides,amount\n1,R-1,1,3500\n"
    assert run("write", *day)[1].startswith(file.read_text())

    reply = tmp_path / "answer.csv"
    reply.write_text("line,outcome,reason\n1,paid,\n")
    assert run("read", *day, str(reply))[0] == {"paid": 1, "refused": 0, "repeated": 0}
    assert run("read", *day, str(reply))[0] == {"paid": 0, "refused": 0, "repeated": 1}
    assert town.balance(card) == 50_000
    reply.write_text("line,outcome,reason\n1,refused,late\n")
    assert run("read", *day, str(reply), code=1)[0]["refused"] == "line_answered_otherwise"
    assert run("write", "--bank", "x", "--day", DAY, code=1)[0]["refused"] == "issuer_unknown"
