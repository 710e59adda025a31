"""A bank's outage, over HTTP and the gateway: its top-ups stop, and every card rides."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx

from satu.formats.iso20022.camt053 import read_statements
from satu.ledger.verify import verify
from satu.partners.banks import bank_of, client, probe
from satu.partners.breaker import FAILURES_TO_OPEN
from satu.partners.calling import call_banks
from satu.settlement.actions import Imported, import_statements
from satu.settlement.queries import check_floats
from satu.taps.verify import ALL_CHECKS
from satu.validator.keys import DeviceKeys
from tests.database.cards_support import ACTOR, one, sum_of
from tests.journeys.bank_support import bank
from tests.journeys.gateway_support import BALANCE, RunningGateway, Town, gateway
from tests.journeys.partners_support import web
from tests.small_city import BANK, OTHER_BANK
from tests.support import Database

AMOUNT = 50_000


def rides(town: Town, door: RunningGateway, keys: DeviceKeys, card: int) -> str:
    tap = town.tap(card, direction="entry", decided="ask")

    async def ask() -> str:
        async with door.client(town, keys) as client:
            return (await client.tap(tap)).code

    return asyncio.run(ask())


def other_banks_card() -> int:
    from satu.cards.actions import issue_cards

    made = issue_cards(
        issuer=OTHER_BANK, count=1, balance=BALANCE, actor=ACTOR, at=datetime.now(UTC)
    )
    assert isinstance(made, range)
    return made[0]


def test_an_outage_stops_a_banks_top_ups_and_no_card(database: Database) -> None:
    town = Town(database)
    mine, second, other = *town.cards(2), other_banks_card()
    number, foreign = (
        str(one(town.conn, "select number from cards_card where id = %s", card)[0])
        for card in (mine, other)
    )
    with web() as satu, gateway() as door, bank(satu.base_url) as mandiri:
        keys = town.reader()
        done = mandiri.top_up(number, AMOUNT, "T-1")
        assert (done.status_code, done.json()["responseCode"]) == (200, "2003800"), done.text
        assert town.balance(mine) == BALANCE + AMOUNT and mandiri.booked() == 1
        assert mandiri.top_up(number, AMOUNT, "T-1").status_code == 200
        assert mandiri.top_up(foreign, AMOUNT, "T-9").json()["responseCode"] == "4033814"
        assert town.balance(mine) == BALANCE + AMOUNT and mandiri.booked() == 1

        mandiri.behave("down")
        refused = mandiri.top_up(number, AMOUNT, "T-2")
        assert refused.status_code == 503
        assert "isi ulang berhenti" in refused.json()["id"]
        assert "Cards ride on" in refused.json()["en"]
        assert town.balance(mine) == BALANCE + AMOUNT
        for card in (mine, second, other):
            assert rides(town, door, keys, card) == "accepted"

        called = bank_of(BANK)
        assert called is not None
        now = datetime.now(UTC)
        with httpx.Client() as http:
            for _ in range(FAILURES_TO_OPEN):
                assert not probe(called, client(called, http), now)
        mandiri.behave()
        ridden = town.balance(mine)
        refused = mandiri.top_up(number, AMOUNT, "T-2")
        told = refused.json()
        assert (refused.status_code, told["responseCode"]) == (403, "4033815")
        assert told["responseMessage"] == "Transaction Not Permitted. bank_is_out"
        assert town.balance(mine) == ridden
        for card in (mine, second, other):
            assert rides(town, door, keys, card) == "accepted"

        assert call_banks(at=now + timedelta(seconds=59)) == 0
        assert mandiri.top_up(number, AMOUNT, "T-2").status_code == 403, "it is not probed yet"
        assert call_banks(at=now + timedelta(seconds=60)) == 0
        assert mandiri.top_up(number, AMOUNT, "T-2").status_code == 200
        statement = mandiri.statement()
    (imported,) = read_statements(statement)
    done_at = datetime.now(UTC)
    became = import_statements(statements=[imported], actor=ACTOR, at=done_at)
    assert became == [Imported.IMPORTED]
    (checked,) = (one for one in check_floats() if one.issuer == "mandiri")
    assert checked.balance is not None and checked.balance.in_balance
    assert checked.balance.found == ()
    (float_account,) = one(town.conn, "select float_account from cards_issuer where id = 1")
    assert isinstance(float_account, int)
    assert checked.balance.closing == -sum_of(town.conn, float_account)
    report = verify(town.conn, ALL_CHECKS)
    assert report.ok, report.problems
