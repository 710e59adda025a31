"""A lost card, from the last good tap to the books: over HTTP, the gateway and the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from satu.cards import queries
from satu.cards.kinds import CardProduct
from satu.ledger.verify import verify
from satu.project.clock import now_ms
from satu.taps.verify import ALL_CHECKS
from tests import commands
from tests.journeys.gateway_support import ACTOR, AT, BALANCE, RunningGateway, Town, gateway
from tests.journeys.portal_support import Reader
from tests.support import Database

MINUTE_MS = 60_000
REFUSED_WITHIN_S = 5.0
FARES = (2_000, 3_500)  # early bird or not, by the hour this test runs
ZOO = 4_000
LOSS = 3_500
RESIDENT = CardProduct(1, "resident", "Warga", "Resident", 2_000_000, 20_000_000, valid_months=60)


@pytest.fixture
def town(database: Database) -> Town:
    from satu.cards.products import ensure_products

    made = Town(database)
    ensure_products(products=[RESIDENT], actor=ACTOR, at=AT)
    return made


@pytest.fixture
def door(town: Town) -> Iterator[RunningGateway]:
    with gateway() as running:
        yield running


def run(*arguments: str, code: int = 0) -> dict[str, Any]:
    """A command at the service desk, and its last line."""
    done = commands.satu("card", *arguments, "--json")
    assert done.returncode == code, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def resident_card(owner: int) -> int:
    from satu.cards.actions import issue_cards

    made = issue_cards(issuer=1, count=1, balance=BALANCE, product="resident", actor=ACTOR, at=AT)
    assert isinstance(made, range)
    (face,) = queries.faces(made)
    told = run(
        "register", "--number", face.number, "--secret", face.secret, "--owner", str(owner)
    )  # fmt: skip
    assert told == {"card": made[0], "owner": owner}
    return made[0]


def test_a_lost_card_gives_the_money_back(town: Town, door: RunningGateway) -> None:
    reader = Reader(town, door, town.reader())
    old = resident_card(501)
    rode = reader.enters(old)
    assert rode.code == "accepted" and rode.charge in FARES
    left = BALANCE - rode.charge
    assert rode.balance == left
    # The zoo's gate has no network today: it took the card too, a little before it was lost.
    gate = {"point": "GATE", "route": "", "direction": "entry", "decided": "open"}
    offline = town.tap(old, **gate, at_ms=now_ms() - MINUTE_MS)
    assert not reader.denies(old)

    told = run("lost", "--card", str(old))
    since = time.monotonic()
    assert told["card"] == old and run("lost", "--card", str(old)) == told
    assert reader.enters(old).code == "card_blocked"
    while not reader.denies(old):
        assert time.monotonic() - since < REFUSED_WITHIN_S
        time.sleep(0.1)
    assert reader.denied.version == told["denial_version"]

    new = run("replace", "--card", str(old), "--why", "lost")
    assert run("replace", "--card", str(old)) == {**new, "is_repeat": True}
    assert new["number"] != str(old) and new["successor"] != old
    rides = reader.enters(new["successor"])
    assert rides.code == "accepted" and rides.charge in FARES
    assert rides.balance == left - rides.charge
    assert reader.enters(old).code == "card_closed"

    (late,) = reader.uploads([offline])
    assert (late.code, late.charge) == ("accepted", ZOO)
    left -= rides.charge + ZOO
    assert town.balance(old) == town.balance(new["successor"]) == left
    assert reader.uploads([offline])[0].repeat
    assert reader.denies(old) and not reader.denies(new["successor"])
    assert run("freeze", "--card", str(old), code=1)["refused"] == "card_closed"
    report = verify(town.conn, ALL_CHECKS)
    assert report.ok, report.problems


def test_the_desk_freezes_moves_money_makes_good_and_closes(town: Town) -> None:
    ani, budi = str(resident_card(501)), str(resident_card(502))
    frozen = run("freeze", "--card", ani)
    assert run("unfreeze", "--card", ani)["denial_version"] == frozen["denial_version"] + 1
    sending = ("transfer", "--card", ani, "--to", budi, "--amount", "40000", "--key", "desk-1")
    assert run(*sending) == {"result": "posted", "balance": BALANCE - 40_000}
    assert run(*sending) == {"result": "exists", "balance": BALANCE - 40_000}
    telling = ("loss", "--card", ani, "--amount", LOSS, "--key", "case-1", "--cause")
    asked = [str(part) for part in telling]
    assert run(*asked, "used_before_report", code=1)["refused"] == "loss_is_the_holders"
    assert run(*asked, "used_after_report") == {
        "result": "posted",
        "bearer": "issuer",
        "amount": LOSS,
    }
    assert run("renew", "--card", ani, code=1)["refused"] == "card_not_expired"
    closed = run("close", "--card", ani)
    assert closed["amount"] is None and closed["pay_from"] < closed["due_on"]
    waiting = {"card": int(ani), "bank": 1, "lacks": "rides_may_come"}
    waiting |= {"pay_from": closed["pay_from"], "due_on": closed["due_on"]}
    (told,) = run("closings")["closings"]
    assert told.pop("closed_at") and told == waiting
    assert run("closings", "--overdue")["closings"] == []
    assert run("lost", "--card", ani, code=1)["refused"] == "card_closed"
    report = verify(town.conn, ALL_CHECKS)
    assert report.ok, report.problems
