"""A bank is let in at the command line: keys, profile, secret; what is wrong is told in a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import commands
from tests.database.cards_support import issue, one, open_banks
from tests.journeys.partners_support import public_pem
from tests.support import Database


def run(*arguments: str, code: int = 0) -> dict[str, Any]:
    done = satu(*arguments, "--json")
    assert done.returncode == code, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def satu(*arguments: str) -> commands.Finished:
    return commands.satu("partner", *arguments)


@pytest.fixture
def key(tmp_path: Path) -> str:
    path = tmp_path / "mandiri.pem"
    path.write_text(public_pem())
    return str(path)


def test_a_bank_is_let_in_shut_out_and_given_a_new_secret(database: Database, key: str) -> None:
    open_banks()
    asked = ("add", "mandiri", "--issuer", "mandiri", "--public-key", key)
    added = run(*asked, "--client-key", "K-1")
    assert added == {
        "code": "mandiri",
        "client_key": "K-1",
        "partner_id": "mandiri",
        "signature": "symmetric",
        "client_secret": added["client_secret"],
    }
    assert run(*asked, code=1)["refused"] == "partner_taken"
    renewed = run("renew", "mandiri")
    assert renewed["client_secret"] != added["client_secret"]
    assert run("close", "mandiri") == {"code": "mandiri", "open": False}
    (row,) = run("list")["partners"]
    assert (row["code"], row["issuer"], row["open"]) == ("mandiri", "mandiri", False)
    assert row["paths"]["38"] == "/v1.0/emoney/topup"
    assert run("open", "mandiri")["open"] is True
    assert run("open", "nobody", code=1)["refused"] == "partner_unknown"

    (card,) = issue()
    (number,) = one(database.connect(), "select number from cards_card where id = %s", card)
    for name in (str(number), str(card)):
        linked = run("link", "mandiri", "--card", name)
        assert linked["number"] == number and len(linked["customer_token"]) >= 43
    assert run("unlink", "--card", str(number)) == {"ended": 2}
    assert run("link", "mandiri", "--card", "999", code=1)["refused"] == "card_unknown"
    assert "K-1" not in satu("list").stderr


def test_a_profile_of_ones_own(database: Database, key: str, tmp_path: Path) -> None:
    open_banks()
    profile = tmp_path / "bca.toml"
    profile.write_text('[paths]\n"73" = "/authorization/v1/access-token/b2b"\n')
    asked = ("add", "bca", "--issuer", "bca", "--public-key", key, "--profile")
    for wrong, why in [("nothing", "No such file"), (key, "--profile")]:
        refused = satu(*asked, wrong)
        assert refused.returncode == 1 and why in refused.stderr
        assert "Traceback" not in refused.stderr
    assert run(*asked, str(profile))["signature"] == "symmetric"
    (row,) = run("list")["partners"]
    assert row["paths"] == {"73": "/authorization/v1/access-token/b2b"}
