"""A second client that others wrote (snapapi, as it is on PyPI) works against a running Satu.

It signs, and has a model of each request and answer, but sends nothing: the sending is ours. The
partner's profile spells as these models do; what they take of the standard's own words is held too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import BaseModel, ValidationError
from snapapi import SNAPCrypto
from snapapi.model.balance_inquiry import BalanceInquiryRequest, BalanceInquiryResponse
from snapapi.model.bank_statement import BankStatementRequest, BankStatementResponse
from snapapi.model.oauth2 import Oauth2Request, Oauth2Response
from snapapi.model.virtual_account.inquiry import (
    InquiryHeader,
    InquiryRequest,
    InquiryResponse,
    InquiryResponseData,
)
from snapapi.model.virtual_account.payment import (
    PaymentAmount,
    PaymentRequest,
    PaymentResponse,
    PaymentResponseData,
)

from satu.cards.actions import block_card
from satu.partners.actions import Linked, link_card
from satu.partners.models import Partner, VirtualAccount
from satu.partners.rules import State
from tests.journeys.gateway_support import ACTOR
from tests.journeys.partners_support import (
    BALANCE,
    PATHS,
    PREFIX,
    Banks,
    Web,
    account,
    private_pem,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
STATEMENT = "/v1.0/bank-statement"
CODE = "mandiri"
ITS_SPELLING = {"token_type": "BearerToken", "statement_balance": "object"}


class Sdk:
    """A bank's program made with the package: its signatures, its headers, its models."""

    def __init__(self, host: str, secret: str) -> None:
        self.http, self.token = httpx.Client(base_url=host, timeout=60), ""
        self.crypto = SNAPCrypto(
            private_key=private_pem(), client_id=f"{CODE}-key", client_secret=secret
        )
        self._ids = count(10_000)

    def ask_token(self) -> dict[str, Any]:
        at = now()
        signature = self.crypto.create_signature_oauth2(f"{self.crypto.client_id}|{at}".encode())
        named = {"X-CLIENT-KEY": self.crypto.client_id, "X-TIMESTAMP": at, "X-SIGNATURE": signature}
        body = Oauth2Request().model_dump(exclude_none=True)
        return dict(self.http.post(PATHS["73"], json=body, headers=named).json())

    def sign_in(self) -> None:
        self.token = Oauth2Response.model_validate(self.ask_token()).accessToken

    def call(
        self, path: str, asked: BaseModel, external_id: str = "", customer: str = ""
    ) -> httpx.Response:
        body, at = asked.model_dump(exclude_none=True), now()
        signature = self.crypto.create_signature_transactional(
            path=path, timestamp=at, request_body=body, http_method="POST", access_token=self.token
        )
        headers = InquiryHeader(
            x_timestamp=at,
            x_signature=signature,
            x_external_id=external_id or str(next(self._ids)),
            x_partner_id=f"{CODE}-id",
            channel_id="95221",
        ).model_dump(by_alias=True)
        headers["Authorization"] = f"Bearer {self.token}"
        if customer:
            headers["Authorization-Customer"] = f"Bearer {customer}"
        return self.http.post(path, json=body, headers=headers)

    def inquire(self, number: str, external_id: str = "") -> httpx.Response:
        asked = InquiryRequest(**account(number), inquiryRequestId="I-1", trxDateInit=now())
        return self.call(PATHS["24"], asked, external_id)

    def pay(self, number: str, value: str, request: str, external_id: str = "") -> httpx.Response:
        asked = PaymentRequest(
            **account(number),
            paidAmount=PaymentAmount(value=value),
            paymentRequestId=request,
            trxDateTime=now(),
        )
        return self.call(PATHS["25"], asked, external_id)


def now() -> str:
    return datetime.now(JAKARTA).isoformat(timespec="milliseconds")


def code(answer: httpx.Response, kind: type[BaseModel]) -> str:
    """The response code, read out of a refusal with the package's own model."""
    return str(kind.model_validate(answer.json()).responseCode)  # type: ignore[attr-defined]


@pytest.fixture
def standard(banks: Banks, running: Web) -> Sdk:
    """Of a bank with the standard's own profile."""
    banks.open_accounts()
    return Sdk(running.base_url, banks.secret)


@pytest.fixture
def sdk(standard: Sdk) -> Sdk:
    """Of a bank whose profile spells as the package does."""
    partner = Partner.objects.get(code=CODE)
    partner.profile = {**partner.profile, **ITS_SPELLING}
    partner.save()
    standard.sign_in()
    return standard


def test_a_virtual_account_is_asked_about_and_paid_once(banks: Banks, sdk: Sdk) -> None:
    number = banks.mandiri[0]
    found = InquiryResponseData.model_validate(sdk.inquire(number).json())
    assert (found.responseCode, found.responseMessage) == ("2002400", "Successful")
    told = found.virtualAccountData
    assert (told.virtualAccountNo, told.inquiryStatus) == (PREFIX + number, "00")
    assert (told.virtualAccountName, told.inquiryRequestId) == (f"Kartu Satu {number[-4:]}", "I-1")
    assert (told.totalAmount.value, told.totalAmount.currency) == ("0.00", "IDR"), "any amount"

    first = sdk.pay(number, "15000.00", "P-1", "E-0001")
    paid = PaymentResponseData.model_validate(first.json())
    assert (paid.responseCode, paid.virtualAccountData.paymentFlagStatus) == ("2002500", "00")
    assert paid.virtualAccountData.paidAmount.value == "15000.00"
    assert banks.balance(number) == BALANCE + 15_000

    again = PaymentResponseData.model_validate(sdk.pay(number, "15000.00", "P-1").json())
    assert (again.responseCode, again.virtualAccountData.paymentFlagStatus) == ("4042518", "00")
    assert again.virtualAccountData.paymentRequestId == "P-1"
    assert banks.top_ups() == [(1, "P-1", 15_000)]


def test_refusals_can_be_read_and_move_nothing(banks: Banks, sdk: Sdk, running: Web) -> None:
    number, blocked = banks.mandiri
    block_card(card=banks.serial(blocked), reason="lost", actor=ACTOR, at=datetime.now(UTC))
    sdk.pay(number, "15000.00", "P-1", "E-0001")
    books = banks.books()
    assert code(sdk.inquire("9" * 16), InquiryResponse) == "4042412"
    assert code(sdk.inquire(blocked), InquiryResponse) == "4032418"
    assert code(sdk.pay(number, "1.50", "P-2"), PaymentResponse) == "4002501"
    assert code(sdk.pay(number, "20000001.00", "P-2"), PaymentResponse) == "4032502"
    assert code(sdk.pay(number, "15000.01", "P-1", "E-0001"), PaymentResponse) == "4092500"
    assert code(sdk.pay(number, "16000.00", "P-1"), PaymentResponse) == "4092501"
    stranger = Sdk(running.base_url, "not-the-secret")
    stranger.token = sdk.token
    assert code(stranger.inquire(number), InquiryResponse) == "4012400"
    sdk.token = "made-up"
    assert code(sdk.inquire(number), InquiryResponse) == "4012401"
    assert banks.books() == books


def test_balance_and_statement(banks: Banks, sdk: Sdk) -> None:
    number, began = banks.mandiri[0], datetime.now(JAKARTA)
    sdk.pay(number, "15000.00", "P-1")
    answer = sdk.call(PATHS["11"], BalanceInquiryRequest(accountNo=number))
    (info,) = BalanceInquiryResponse.model_validate(answer.json()).accountInfos or []
    assert info.availableBalance is not None
    assert (info.availableBalance.value, info.status) == (f"{BALANCE + 15_000}.00", "0001")

    asked = BankStatementRequest(
        accountNo=number,
        fromDateTime=began.isoformat(timespec="seconds"),
        toDateTime=(began + timedelta(hours=1)).isoformat(timespec="seconds"),
    )
    without = sdk.call(STATEMENT, asked)
    assert code(without, BankStatementResponse) == "4011404", "the holder has not agreed"
    linked = link_card(code=CODE, card=banks.serial(number), actor=ACTOR, at=datetime.now(UTC))
    assert isinstance(linked, Linked)
    answer = sdk.call(STATEMENT, asked, customer=linked.token)
    told = BankStatementResponse.model_validate(answer.json())
    assert told.responseCode == "2001400" and told.hasMore == "N"
    assert told.balance is not None and told.totalCreditEntries is not None
    assert told.balance.startingBalance.value == f"{BALANCE}.00"
    assert told.balance.endingBalance.value == f"{BALANCE + 15_000}.00"
    assert told.totalCreditEntries.amount.value == "15000.00"
    (line,) = told.detailData or []
    assert line.amount is not None and (line.type, line.amount.value) == ("CREDIT", "15000.00")


def test_what_it_does_not_take_of_the_standards_own_words(banks: Banks, standard: Sdk) -> None:
    """Each is the standard's; a profile can spell the first two as this package has them."""
    granted = standard.ask_token()
    assert granted["tokenType"] == "Bearer"
    with pytest.raises(ValidationError, match="tokenType"):
        Oauth2Response.model_validate(granted)

    number = banks.mandiri[0]
    linked = link_card(code=CODE, card=banks.serial(number), actor=ACTOR, at=datetime.now(UTC))
    assert isinstance(linked, Linked)
    standard.token = granted["accessToken"]
    span = BankStatementRequest(accountNo=number, fromDateTime=None, toDateTime=None)
    stated = standard.call(STATEMENT, span, customer=linked.token).json()
    assert stated["responseCode"] == "2001400" and len(stated["balance"]) == 1
    with pytest.raises(ValidationError, match="balance"):
        BankStatementResponse.model_validate(stated)

    paid_number(banks.serial(number))
    standard.pay(number, "15000.00", "P-1", "E-0001")
    for asked, external_id, told in (
        ("000000000018", "", ("4042414", "Paid Bill")),
        (number, "E-0001", ("4092400", "Conflict")),
    ):
        answer = standard.inquire(asked, external_id).json()
        assert (answer["responseCode"], answer["responseMessage"]) == told
        with pytest.raises(ValidationError, match=r"responseMessage\n.* at least 10 characters"):
            InquiryResponse.model_validate(answer)


def paid_number(card: int) -> None:
    """A number for one top-up that was paid."""
    at = datetime.now(UTC)
    VirtualAccount.objects.create(
        partner=Partner.objects.get(code=CODE),
        key="K",
        reference="T",
        customer_no="000000000018",
        card=card,
        amount=5_000,
        currency="IDR",
        state=State.PAID,
        made_at=at,
        expires_at=at + timedelta(days=1),
        next_at=at,
    )
