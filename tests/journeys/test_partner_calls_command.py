"""A bank is called at the command line: connected, probed, asked to pay; out, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests import commands
from tests.database.cards_support import issue, open_banks
from tests.journeys.bank_support import BALANCE, bank, closed_card
from tests.journeys.partners_support import private_pem
from tests.support import Database


def satu(*arguments: str, code: int = 0) -> str:
    done = commands.satu("partner", *arguments)
    assert done.returncode == code, done.stderr
    return done.stdout


def run(*arguments: str, code: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(satu(*arguments, "--json", code=code).splitlines()[-1])
    return told


def test_a_bank_is_probed_asked_to_pay_and_told_to_be_out(database: Database) -> None:
    open_banks()
    conn = database.connect()
    card, (open_card,) = closed_card(conn), issue()
    goes_to = ("--account", "140001", "--name", "Siti Contoh")
    refused = run("pay-back", "--card", str(card), *goes_to, code=1)
    assert refused["refused"] == "bank_not_connected"
    with bank("http://localhost:1", "--opening", "100000") as mandiri:
        assert run("probe", "mandiri") == {"code": "mandiri", "answers": True, "failures": 0}
        assert run("probe", "bca", code=1)["refused"] == "bank_not_connected"
        refused = run("pay-back", "--card", str(open_card), *goes_to, code=1)
        assert refused["refused"] == "nothing_paid_back"
        (told,) = run("pay-back", "--card", str(card), *goes_to)["payouts"]
        assert (told["bank"], told["amount"], told["state"]) == ("mandiri", BALANCE, "waiting")
        (row,) = run("payouts")["payouts"]
        assert (row["bank"], row["reference"]) == ("mandiri", told["reference"])
        assert run("payouts", "--call") == {"known": 1, "payouts": []}
        assert mandiri.booked() == 1

        mandiri.behave("down")
        for failures in range(1, 6):
            probed = run("probe", "mandiri", code=1)
            assert (probed["answers"], probed["failures"]) == (False, failures)
        assert run("list")["partners"][0]["out"] is True
        assert "its cards ride on" in satu("list")
        mandiri.behave()
        assert run("probe", "mandiri")["failures"] == 0
        assert run("list")["partners"][0]["out"] is False


def test_a_bank_is_connected_with_sealed_keys(database: Database, tmp_path: Path) -> None:
    from satu.partners.actions import Added, NewPartner, add_partner
    from tests.database.test_partners import BY, GOOD

    open_banks()
    new: NewPartner = GOOD
    assert isinstance(add_partner(new=new, **BY), Added)
    key, secret, profile = (tmp_path / name for name in ("satu.key", "secret", "bank.toml"))
    key.write_text(private_pem())
    secret.write_text("the-banks-secret\n")
    profile.write_text('timeout_s = 5\n[paths]\n17 = "/openapi/transfer-intrabank"\n')
    asked = {
        "--url": "https://api.bank.example",
        "--client-key": "satu-1",
        "--account": "1230004567890",
        "--private-key": str(key),
        "--secret-file": str(secret),
        "--profile": str(profile),
    }

    def connect(code: int = 0, name: str = "mandiri", **changed: str) -> dict[str, Any]:
        told = asked | {f"--{option.replace('_', '-')}": to for option, to in changed.items()}
        return run("connect", name, *(part for pair in told.items() for part in pair), code=code)

    for refusal, wrong in (
        ("address_invalid", {"url": "http://api.bank.example"}),
        ("address_invalid", {"url": "api.bank.example"}),
        ("private_key_invalid", {"private_key": str(secret)}),
        ("account_invalid", {"account": "1-2"}),
        ("partner_name_invalid", {"client_key": "a b"}),
        ("partner_unknown", {"name": "nobody"}),
    ):
        assert connect(1, **wrong)["refused"] == refusal
    assert connect() == {"code": "mandiri", "url": "https://api.bank.example"}
    row = database.connect().execute("select partners_bank::text from partners_bank").fetchone()
    assert row is not None and "openapi" in row[0]
    assert "the-banks-secret" not in row[0] and "PRIVATE" not in row[0]
