"""A bank is told of the top-ups that it asked for, as an unmodified client reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from dana.webhook import WebhookParser

from satu.formats.snap.outgoing import ClientProfile
from satu.partners import banks, notices
from satu.partners.models import Bank as Connected
from satu.partners.models import Notice
from tests.commands import satu
from tests.database.cards_support import AT, issue, open_banks, postings
from tests.database.test_partners import BY, add, number_of
from tests.database.test_partners_virtual import Bank
from tests.journeys.partners_support import private_pem, public_pem
from tests.support import Database

HOUR = timedelta(hours=1)
TAKEN = {"responseCode": "2005600", "responseMessage": "Successful"}


class OtherSide:
    """The bank: what it was told, and what it answers."""

    def __init__(self) -> None:
        self.heard: list[httpx.Request] = []
        self.answer: tuple[int, Any] = (200, TAKEN)

    def serve(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        status, told = self.answer
        return httpx.Response(status, json=told)

    def go_on(self, bank: Connected, later: timedelta = timedelta()) -> int:
        with httpx.Client(transport=httpx.MockTransport(self.serve)) as http:
            return notices.go_on(bank, banks.client(bank, http), AT + later)


def connected(*, wants: bool = True) -> Connected:
    profile = ClientProfile(signature="asymmetric", notices=wants)
    to = banks.Connection(
        "http://localhost:1", "satu", "satu", "1230004567890", private_pem(), "", profile
    )
    bank = banks.connect(code="mandiri", to=to, **BY)
    assert isinstance(bank, Connected)
    return bank


def topped_up(bank: Bank, reference: str = "R-1") -> str:
    return str(bank.top_up(number_of(1), "12500.00", reference)["responseCode"])


@pytest.fixture
def calls(database: Database) -> Bank:
    open_banks()
    issue()
    return Bank(add())


def test_an_unmodified_parser_reads_what_it_is_told(
    calls: Bank, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    bank, other = connected(), OtherSide()
    assert topped_up(calls) == topped_up(calls) == "2003800"
    (kept,) = notices.not_taken()
    assert [one.pk for one in banks.due(AT)] == [bank.pk]
    before = postings(database.connect())
    assert other.go_on(bank) == 1 and other.go_on(bank) == 0
    (request,) = other.heard
    assert request.url.path == "/v1.0/debit/notify"
    monkeypatch.setenv("DANA_ENV", "PRODUCTION")
    parser = WebhookParser(public_key=public_pem())
    asked = ("POST", request.url.path, dict(request.headers), request.content.decode())
    told = parser.parse_webhook(*asked)
    assert told.original_partner_reference_no == "R-1"
    assert told.original_reference_no == kept.posting.hex
    assert (told.amount.value, told.amount.currency) == ("12500.00", "IDR")
    assert (told.latest_transaction_status, told.merchant_id) == ("00", "satu")
    assert told.created_time == told.finished_time == "2026-01-05T15:00:00+07:00"
    with pytest.raises(ValueError, match="Signature"):
        parser.parse_webhook(*asked[:3], asked[3].replace("12500", "92500"))
    assert notices.not_taken() == [] and banks.due(AT) == []
    assert postings(database.connect()) == before, "telling moves nothing"


def test_who_takes_no_notice_is_told_again_for_a_day_and_is_not_out(calls: Bank) -> None:
    bank, other = connected(), OtherSide()
    topped_up(calls)
    other.answer = (404, "not here")
    for later in (timedelta(), HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR):
        assert other.go_on(bank, later) == 0
        assert other.go_on(bank, later) == 0, "not before its time"
    assert len(other.heard) == 6 and not banks.breaker(bank).is_open
    assert other.go_on(bank, 24 * HOUR) == 0
    (kept,) = notices.not_taken()
    assert (kept.response_code, kept.next_at, kept.attempts) == ("404", None, 7)
    (row,) = satu("partner", "notices", "--json").told["notices"]
    assert (row["bank"], row["reference"], row["given_up"]) == ("mandiri", "R-1", True)
    assert topped_up(calls, "R-2") == "2003800", "its top-ups go on"
    other.answer = (200, TAKEN)
    assert other.go_on(bank, 25 * HOUR) == 1


def test_who_did_not_ask_to_be_told_is_not(calls: Bank) -> None:
    topped_up(calls)
    connected(wants=False)
    topped_up(calls, "R-2")
    connected()
    calls.pay(number_of(1), "1000.00", "P-1")
    assert Notice.objects.count() == 0, "who pays to a number has told us"
