"""`satu verify` as a person or a program runs it: exit code, JSON, the rows at fault."""

from __future__ import annotations

from datetime import UTC, datetime

from satu.cards.actions import ensure_issuers, issue_cards
from satu.cards.kinds import Issuer
from tests.commands import satu
from tests.small_city import BANK, SmallCity, at

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_verify_tells_the_state_of_the_books(database):
    city = SmallCity(database)
    ensure_issuers(issuers=[Issuer(BANK, "bank", "Bank", "100001", True)], actor="t", at=NOW)
    (rider,) = issue_cards(issuer=BANK, count=1, balance=10_000, actor="t", at=NOW)
    city.send(city.tap(rider, "A", at(8), route="R1"))

    healthy = satu("verify", "--json")
    assert healthy.returncode == 0, healthy.stderr
    accounts = city.conn.execute("select count(*) from ledger_account").fetchone()[0]
    assert healthy.told == {"ok": True, "postings": 2, "accounts": accounts, "problems": []}

    database.owner().execute("update ledger_account set balance = 1 where kind = 2")
    damaged = satu("verify", "--json")
    assert damaged.returncode == 1
    balance = next(p for p in damaged.told["problems"] if p["check"].startswith("a balance is"))
    assert balance["row"]["balance"] == 1 and balance["row"]["postings_say"] == 6_500
    assert "a balance is the sum of its postings" in damaged.stderr
