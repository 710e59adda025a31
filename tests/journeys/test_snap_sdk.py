"""A client that others wrote (dana-python, as it is on PyPI) works against a running Satu.

Only its configuration is ours: the host, the key and the names that a partner has.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from dana.api_client import ApiClient
from dana.disbursement.v1 import (
    DanaAccountInquiryRequest,
    DanaAccountInquiryRequestAdditionalInfo,
    TransferToDanaInquiryStatusRequest,
    TransferToDanaRequest,
    TransferToDanaRequestAdditionalInfo,
)
from dana.disbursement.v1 import Money as DisbursementMoney
from dana.disbursement.v1.api import DisbursementApi
from dana.exceptions import (
    ApiException,
    BadRequestException,
    ForbiddenException,
    NotFoundException,
    UnauthorizedException,
)
from dana.utils.snap_configuration import AuthSettings, Env, SnapConfiguration
from dana.widget.v1 import BalanceInquiryRequest, BalanceInquiryRequestAdditionalInfo
from dana.widget.v1.api import WidgetApi

from satu.cards.actions import block_card
from satu.partners.actions import Linked, link_card
from tests.journeys.gateway_support import ACTOR
from tests.journeys.partners_support import BALANCE, Banks, Web, private_pem

FUND = "AGENT_TOPUP_FOR_USER_SETTLE"


class Sdk:
    """The client, configured as its documentation says."""

    def __init__(self, host: str, partner_id: str = "bca-id") -> None:
        configuration = SnapConfiguration(
            api_key=AuthSettings(
                PRIVATE_KEY=private_pem(),
                ORIGIN="https://bank.example",
                X_PARTNER_ID=partner_id,
                CHANNEL_ID="95221",
                ENV=Env.SANDBOX,
                DANA_ENV=Env.SANDBOX,
            )
        )
        configuration.host = host
        client = ApiClient(configuration)
        self.money, self.widget = DisbursementApi(client), WidgetApi(client)

    def inquire(self, number: str, value: str = "10000.00") -> Any:
        return self.money.dana_account_inquiry(
            DanaAccountInquiryRequest(
                partner_reference_no=uuid4().hex,
                customer_number=number,
                amount=DisbursementMoney(value=value, currency="IDR"),
                additional_info=DanaAccountInquiryRequestAdditionalInfo(fund_type=FUND),
            )
        )

    def top_up(self, number: str, value: str, reference: str) -> Any:
        return self.money.transfer_to_dana(
            TransferToDanaRequest(
                partner_reference_no=reference,
                customer_number=number,
                amount=DisbursementMoney(value=value, currency="IDR"),
                fee_amount=DisbursementMoney(value="0.00", currency="IDR"),
                additional_info=TransferToDanaRequestAdditionalInfo(fund_type=FUND),
            )
        )

    def status(self, reference: str) -> Any:
        return self.money.transfer_to_dana_inquiry_status(
            TransferToDanaInquiryStatusRequest(
                original_partner_reference_no=reference, service_code="38"
            )
        )

    def balance(self, token: str) -> Any:
        return self.widget.balance_inquiry(
            BalanceInquiryRequest(
                partner_reference_no=uuid4().hex,
                balance_types=["BALANCE"],
                additional_info=BalanceInquiryRequestAdditionalInfo(
                    access_token=token, device_id="d", end_user_ip_address="127.0.0.1"
                ),
            )
        )


def code(refused: pytest.ExceptionInfo[ApiException]) -> str:
    """The response code that the client read out of a refusal."""
    data = refused.value.data
    assert isinstance(data, dict), data
    return str(data["responseCode"])


def test_inquiry_top_up_status_and_balance(banks: Banks, running: Web) -> None:
    sdk, number = Sdk(running.base_url), banks.bca[0]
    found = sdk.inquire(number)
    assert (found.response_code, found.response_message) == ("2003700", "Successful")
    assert found.customer_name == f"Kartu Satu {number[-4:]}"
    assert (found.amount.value, found.fee_amount.value) == ("10000.00", "0.00")
    assert (found.min_amount.value, found.max_amount.value) == ("1.00", "20000000.00")

    done = sdk.top_up(number, "10000.00", "p1")
    assert (done.response_code, done.partner_reference_no) == ("2003800", "p1")
    assert (done.amount.value, done.amount.currency) == ("10000.00", "IDR")
    assert banks.balance(number) == BALANCE + 10_000

    again = sdk.top_up(number, "10000.00", "p1")
    assert again == done, "another external id, the same reference: the same answer"
    assert banks.top_ups() == [(2, "p1", 10_000)]

    status = sdk.status("p1")
    assert (status.response_code, status.latest_transaction_status) == ("2003900", "00")
    assert status.original_reference_no == done.reference_no
    assert (status.amount.value, status.service_code) == ("10000.00", "38")

    linked = link_card(code="bca", card=banks.serial(number), actor=ACTOR, at=datetime.now(UTC))
    assert isinstance(linked, Linked) and linked.number == number
    told = sdk.balance(linked.token)
    assert told.response_code == "2001100"
    (info,) = told.account_infos
    assert info.available_balance.value == f"{BALANCE + 10_000}.00"
    assert (info.hold_amount.value, info.status) == ("0.00", "1")


def test_refusals_can_be_read(banks: Banks, running: Web) -> None:
    sdk, (number, blocked) = Sdk(running.base_url), banks.bca
    block_card(card=banks.serial(blocked), reason="lost", actor=ACTOR, at=datetime.now(UTC))
    sdk.top_up(number, "10000.00", "p1")
    books = banks.books()
    with pytest.raises(NotFoundException) as refused:
        sdk.top_up(number, "10001.00", "p1")
    assert code(refused) == "4043818", "other data under a reference"
    with pytest.raises(NotFoundException) as refused:
        sdk.inquire("6281234567890")
    assert code(refused) == "4043711"
    banks.conn.execute("update cards_prefund set amount = 9999")
    with pytest.raises(ForbiddenException) as refused:
        sdk.top_up(banks.mandiri[0], "10000.00", "p2")
    assert code(refused) == "4033814", "more for another bank's card than was deposited"
    with pytest.raises(NotFoundException) as refused:
        sdk.status("p9")
    assert code(refused) == "4043901"
    with pytest.raises(ForbiddenException) as refused:
        sdk.top_up(blocked, "10000.00", "p2")
    assert code(refused) == "4033818"
    with pytest.raises(ForbiddenException) as refused:
        sdk.top_up(number, "20000001.00", "p2")
    assert code(refused) == "4033802"
    with pytest.raises(BadRequestException) as refused:
        sdk.top_up(number, "10000", "p2")
    assert code(refused) == "4003801"
    with pytest.raises(UnauthorizedException) as unknown:
        sdk.balance("made-up")
    assert '"4011102"' in str(unknown.value.body)
    with pytest.raises(UnauthorizedException) as refused:
        Sdk(running.base_url, "nobody").inquire(number)
    assert code(refused) == "4013700"
    assert banks.books() == books
