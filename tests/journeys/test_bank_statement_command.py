"""A bank's statement at the command line: only in balance is `in balance` said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from satu.cards.actions import top_up
from tests import commands
from tests.database.cards_support import ACTOR, AT, BANKS, issue
from tests.statements import ACCOUNT, Booked, statement
from tests.support import Database


def satu(*arguments: str, code: int = 0) -> commands.Finished:
    done = commands.satu("bank-statement", *arguments)
    assert done.returncode == code, done.stderr
    return done


def run(*arguments: str, code: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(satu(*arguments, "--json", code=code).stdout.splitlines()[-1])
    return told


def test_a_float_is_compared_with_the_banks_statement(database: Database, tmp_path: Path) -> None:
    from satu.cards.actions import ensure_issuers

    ensure_issuers(issuers=BANKS[:1], actor=ACTOR, at=AT)
    (card,) = issue()
    top_up(card=card, amount=10_000, reference="T-1", actor=ACTOR, at=AT)
    top_up(card=card, amount=2_000, reference="T-2", actor=ACTOR, at=AT)
    assert "in balance" not in satu("check", code=1).stdout
    file = tmp_path / "mandiri.xml"
    file.write_bytes(statement("S-1", 0, [Booked(10_000, [("T-1", 10_000)])]))
    assert run("import", str(file), code=1)["refused"] == "account_unknown"
    told = run("account", "mandiri", ACCOUNT)
    assert told == {"issuer": "mandiri", "account": ACCOUNT, "transit_days": 3}
    assert run("import", str(file)) == {"imported": 1, "exists": 0, "lines": 1}
    assert run("import", str(file)) == {"imported": 0, "exists": 1, "lines": 1}
    checked = run("check")
    assert checked["ok"] is True
    assert checked["banks"] == [
        {
            "issuer": "mandiri",
            "in_balance": True,
            "float": 12_000,
            "statement": 10_000,
            "closed_on": "2026-01-05",
            "opening_difference": 0,
            "in_transit": 1,
            "found": [
                {
                    "reference": "T-2",
                    "booked": 2_000,
                    "stated": None,
                    "on": "2026-01-05",
                    "finding": "on_the_way",
                }
            ],
        }
    ]
    shown = satu("check").stdout
    assert "in balance with the bank" in shown and "T-2" in shown

    wrong = tmp_path / "wrong.xml"
    wrong.write_bytes(statement("S-2", 10_000, [Booked(5)], closing=10_006))
    refused = satu("import", str(wrong), code=1)
    assert "do not make closing" in refused.stderr and "Traceback" not in refused.stderr
    wrong.write_bytes(statement("S-2", 10_000, [Booked(-10_000, [("T-1", -10_000)])]))
    assert run("import", str(wrong))["imported"] == 1
    shown = satu("check", code=1).stdout
    assert "NOT in balance with the bank" in shown and "AMOUNTS DIFFER" in shown
