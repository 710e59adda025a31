"""Virtual accounts: a bank asks what a number is (24) and pays to it (25, 34), each once."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from satu.cards.actions import block_card
from satu.cards.queries import card as card_of
from satu.cli.verify import ALL_CHECKS
from satu.formats.snap import signing
from satu.formats.snap.codes import Service
from satu.ledger.verify import verify
from satu.partners import actions, virtual
from satu.partners.calls import Answered, Call, answer
from satu.partners.errors import Refusal
from satu.partners.models import Partner, VirtualAccount
from satu.partners.rules import State
from satu.payments.kinds import Cause
from satu.payments.outage import mark_out
from satu.payments.settling import Position, standing
from tests.commands import satu
from tests.database.cards_support import (
    AT,
    BCA,
    MANDIRI,
    audited,
    issue,
    money,
    one,
    open_banks,
    postings,
)
from tests.database.test_partners import BY, GOOD, add, number_of
from tests.support import Database

SERVICE_ID = "88123"
IDS = count(1)


class Bank:
    """A partner that calls the doors of virtual accounts, signed."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        set_to = actions.set_service_id(code=partner.code, service_id=SERVICE_ID, **BY)
        assert isinstance(set_to, Partner)
        self.token = actions.grant_token(partner=partner, at=AT)
        self.later = timedelta(0)

    def call(
        self, service: Service, told: dict[str, Any], external_id: str = "", customer: str = ""
    ) -> Answered:
        path, body, stamp = f"/v1.0/{service.endpoint}", json.dumps(told).encode(), AT.isoformat()
        text = signing.symmetric_text("POST", path, self.token, body, stamp)
        secret = actions.secret_of(self.partner).encode()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-TIMESTAMP": stamp,
            "X-SIGNATURE": signing.sign_symmetric(secret, text),
            "X-PARTNER-ID": self.partner.partner_id,
            "X-EXTERNAL-ID": external_id or f"E{next(IDS)}",
            "CHANNEL-ID": "95221",
            "Authorization-Customer": customer,
        }
        return answer(Call(service, "POST", path, headers, body, AT + self.later))

    def inquire(self, customer_no: str, **more: Any) -> dict[str, Any]:
        told = {**number(customer_no), "inquiryRequestId": "I-1", **more}
        return heard(self.call(Service.VA_INQUIRY, told))

    def pay(
        self, customer_no: str, value: str, request: str, external_id: str = "", **more: Any
    ) -> dict[str, Any]:
        told = {**number(customer_no), **payment(value, request), **more}
        return heard(self.call(Service.VA_PAYMENT, told, external_id))

    def notify(
        self, customer_no: str, request: str, external_id: str = "", **more: Any
    ) -> dict[str, Any]:
        told = {**number(customer_no), "paymentRequestId": request, **more}
        return heard(self.call(Service.VA_NOTICE, told, external_id))

    def top_up(
        self, customer_no: str, value: str, reference: str, external_id: str = ""
    ) -> dict[str, Any]:
        told = {
            "partnerReferenceNo": reference,
            "customerNumber": customer_no,
            "amount": {"value": value, "currency": "IDR"},
        }
        return heard(self.call(Service.TOP_UP, told, external_id))


def number(customer_no: str) -> dict[str, Any]:
    padded = SERVICE_ID.rjust(8)
    return {
        "partnerServiceId": padded,
        "customerNo": customer_no,
        "virtualAccountNo": padded + customer_no,
    }


def payment(value: str, request: str) -> dict[str, Any]:
    paid = {"value": value, "currency": "IDR"}
    return {"paymentRequestId": request, "paidAmount": paid, "trxDateTime": AT.isoformat()}


def heard(answered: Answered) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answered.body)
    assert told["responseCode"][:3] == str(answered.status)
    return told


@pytest.fixture
def bank(database: Database) -> Bank:
    open_banks()
    return Bank(add())


def asked(card: int, amount: int = 5_000, state: State = State.OPEN) -> str:
    """A number for one top-up, as it stands once the bank has opened it."""
    row = VirtualAccount.objects.create(
        partner=Partner.objects.get(),
        key="K",
        reference="T",
        customer_no="000000000018",
        card=card,
        amount=amount,
        currency="IDR",
        state=state,
        made_at=AT,
        expires_at=AT + timedelta(minutes=4),
        next_at=AT,
    )
    return row.customer_no


def test_a_cards_own_number_is_told_and_tops_it_up(bank: Bank, database: Database) -> None:
    (card,) = issue()
    customer_no, conn = number_of(card), database.connect()
    found = card_of(card)
    assert found is not None
    assert virtual.numbers_of(found) == [("mandiri", SERVICE_ID + customer_no)]
    told = bank.inquire(customer_no)
    assert told["responseCode"] == "2002400"
    assert told["virtualAccountData"] == {
        "inquiryStatus": "00",
        "inquiryReason": {"english": "Success", "indonesia": "Sukses"},
        **number(customer_no),
        "virtualAccountName": f"Kartu Satu {customer_no[-4:]}",
        "inquiryRequestId": "I-1",
        "totalAmount": {"value": "0.00", "currency": "IDR"},
        "feeAmount": {"value": "0.00", "currency": "IDR"},
        "subCompany": "00000",
        "virtualAccountTrxType": "O",
    }
    assert postings(conn) == 0
    paid = bank.pay(customer_no, "7500.00", "P-1")
    assert paid["responseCode"] == "2002500"
    data = paid["virtualAccountData"]
    assert (data["paymentFlagStatus"], data["paymentRequestId"]) == ("00", "P-1")
    assert data["partnerServiceId"] == "   88123", "blanks are kept"
    assert data["paidAmount"] == {"value": "7500.00", "currency": "IDR"}
    (posting,) = one(conn, "select posting from cards_top_up where reference = 'P-1'")
    assert data["referenceNo"] == str(posting).replace("-", "")
    assert money(conn, card).purse == 7_500 and postings(conn) == 1
    ((actor, *_, detail),) = audited(conn, "partner.va_paid")
    assert (actor, detail) == (
        "partner:mandiri",
        {"partner": "mandiri", "amount": 7_500, "reference": "P-1"},
    )
    assert verify(conn, ALL_CHECKS).problems == []


def test_a_payment_told_again_is_booked_once(bank: Bank, database: Database) -> None:
    card, other = issue(count=2)
    mine, conn = number_of(card), database.connect()
    first = bank.pay(mine, "7500.00", "P-1", "E-1")
    assert bank.pay(mine, "7500.00", "P-1", "E-1") == first, "the same call: the same answer"
    again = bank.pay(mine, "7500.00", "P-1", "E-2")
    assert again["responseCode"] == "4042518"
    assert again["virtualAccountData"]["paymentFlagStatus"] == "00"
    told = again["virtualAccountData"]["referenceNo"]
    assert told == first["virtualAccountData"]["referenceNo"]
    assert bank.pay(mine, "7501.00", "P-1", "E-1")["responseCode"] == "4092500"
    for changed in ((mine, "7501.00"), (number_of(other), "7500.00")):
        refused = bank.pay(*changed, "P-1")
        assert refused["responseCode"] == "4092501"
        assert refused["virtualAccountData"]["paymentFlagStatus"] == "01"
    assert (
        bank.notify(mine, "P-1", paidAmount={"value": "7500.00", "currency": "IDR"})["responseCode"]
        == "2003400"
    ), "told by the other service too"
    assert money(conn, card).purse == 7_500 and money(conn, other).purse == 0
    assert postings(conn) == 1

    profile = {**bank.partner.profile, "service_id": SERVICE_ID, "repeated_payment": "200xx00"}
    Partner.objects.update(profile=profile)
    assert bank.pay(mine, "7500.00", "P-1")["responseCode"] == "2002500"
    assert postings(conn) == 1


def test_a_request_id_may_be_as_long_as_the_standard_says(bank: Bank, database: Database) -> None:
    (card,) = issue()
    mine, conn = number_of(card), database.connect()
    long, other = "p" * 128, "p" * 127 + "q"
    assert bank.pay(mine, "500.00", long)["responseCode"] == "2002500"
    assert bank.pay(mine, "500.00", long)["responseCode"] == "4042518"
    assert bank.pay(mine, "600.00", other)["responseCode"] == "2002500"
    assert bank.pay(mine, "600.00", long + "p")["responseCode"] == "4002501"
    assert money(conn, card).purse == 1_100 and postings(conn) == 2


def test_a_reference_of_service_38_is_no_payment_of_a_number(
    bank: Bank, database: Database
) -> None:
    (card,) = issue()
    mine, conn = number_of(card), database.connect()
    assert bank.top_up(mine, "500.00", "P-1")["responseCode"] == "2003800"
    assert bank.pay(mine, "500.00", "P-1")["responseCode"] == "4092501"
    assert bank.pay(mine, "500.00", "P-2")["responseCode"] == "2002500"
    assert bank.top_up(mine, "500.00", "P-2")["responseCode"] == "4093801", "that was other money"
    assert money(conn, card).purse == 1_000


def test_a_number_for_one_top_up_takes_just_that_once(bank: Bank, database: Database) -> None:
    (card,) = issue()
    customer_no, conn = asked(card), database.connect()
    told = bank.inquire(customer_no)["virtualAccountData"]
    assert told["virtualAccountTrxType"] == "C"
    assert told["totalAmount"] == {"value": "5000.00", "currency": "IDR"}
    assert bank.pay(customer_no, "5001.00", "P-1")["responseCode"] == "4042513"
    assert (
        bank.inquire(customer_no, amount={"value": "1.00", "currency": "IDR"})["responseCode"]
        == "4042413"
    )
    assert postings(conn) == 0
    assert bank.pay(customer_no, "5000.00", "P-1")["responseCode"] == "2002500"
    assert VirtualAccount.objects.get().state == State.PAID
    assert bank.pay(customer_no, "5000.00", "P-2")["responseCode"] == "4042514"
    refused = bank.inquire(customer_no)
    assert refused["responseCode"] == "4042414"
    assert refused["virtualAccountData"]["inquiryReason"] == {
        "english": "This number has been paid",
        "indonesia": "Nomor ini sudah dibayar",
    }
    assert bank.pay(customer_no, "5000.00", "P-1")["responseCode"] == "4042518"
    assert money(conn, card).purse == 5_000 and postings(conn) == 1


def test_a_number_that_expired_takes_only_what_the_bank_has_for_good(
    bank: Bank, database: Database
) -> None:
    (card,) = issue()
    customer_no, conn = asked(card), database.connect()
    bank.later = timedelta(minutes=4)
    assert bank.inquire(customer_no)["responseCode"] == "4042419"
    assert bank.pay(customer_no, "5000.00", "P-1")["responseCode"] == "4042519"
    assert postings(conn) == 0
    told = bank.notify(customer_no, "P-1", additionalInfo={"paymentAmount": "5000.00"})
    assert told["responseCode"] == "2003400", "some banks tell the amount there"
    assert bank.notify(customer_no, "P-1", additionalInfo={"paymentAmount": "5000.00"}) == told
    assert money(conn, card).purse == 5_000 and postings(conn) == 1


def test_another_banks_card_is_topped_up_through_what_the_bank_owes(
    bank: Bank, database: Database
) -> None:
    (card,) = issue(issuer=BCA)
    conn = database.connect()
    assert bank.pay(number_of(card), "600.00", "P-1")["responseCode"] == "2002500"
    found = standing(MANDIRI)
    assert found.positions == (Position(MANDIRI, BCA, 600),)  # type: ignore[union-attr]
    conn.execute("update cards_prefund set amount = 1000")
    assert bank.pay(number_of(card), "401.00", "P-2")["responseCode"] == "4032514"
    assert money(conn, card).purse == 600
    assert verify(conn, ALL_CHECKS).problems == []


def test_what_is_refused_says_why_in_both_languages(bank: Bank, database: Database) -> None:
    card, blocked = issue(count=2)
    mine, conn = number_of(card), database.connect()
    block_card(card=blocked, reason="lost", **BY)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"partnerServiceId": "   99999"}, "4042416"),
        ({"partnerServiceId": "88123"}, "2002400"),
        ({"partnerServiceId": "12345678x"}, "4002401"),
        ({"virtualAccountNo": "   881231"}, "4002401"),
        ({"customerNo": ""}, "4002402"),
        (number("000000000018"), "4042412"),
        (number("1"), "4042412"),
        (number(number_of(blocked)), "4032418"),
    ]
    for changed, code in wrong:
        told = bank.inquire(mine, **changed)
        assert told["responseCode"] == code, changed
        if code[:3] in ("403", "404"):
            data = told["virtualAccountData"]
            assert data["inquiryStatus"] == "01"
            reasons = data["inquiryReason"].values()
            assert len(reasons) == 2 and all(0 < len(words) <= 64 for words in reasons)
    assert bank.pay(mine, "500", "P-1")["responseCode"] == "4002501"
    assert bank.pay(mine, "0.00", "P-1")["responseCode"] == "4042513"
    assert bank.pay(number_of(blocked), "500.00", "P-1")["responseCode"] == "4032518"
    assert bank.notify(mine, "P-1")["responseCode"] == "4003402"
    mark_out(bank=MANDIRI, cause=Cause.STAFF, **BY)
    refused = bank.pay(mine, "500.00", "P-1")
    assert refused["responseCode"] == "4032515"
    assert "gangguan" in refused["virtualAccountData"]["paymentFlagReason"]["indonesia"]
    assert postings(conn) == 0
    taken = bank.notify(mine, "P-1", paidAmount={"value": "500.00", "currency": "IDR"})
    assert taken["responseCode"] == "2003400", "the bank has the money: it is booked"
    assert money(conn, card).purse == 500


def test_a_bank_without_a_service_id_has_no_numbers(database: Database) -> None:
    open_banks()
    (card,) = issue()
    add()
    found = card_of(card)
    assert found is not None and virtual.numbers_of(found) == []
    for wrong in ("", "123456789", "12a"):
        told = actions.set_service_id(code="mandiri", service_id=wrong, **BY)
        assert told is Refusal.SERVICE_ID_INVALID
    assert actions.set_service_id(code="x", service_id="1", **BY) is Refusal.PARTNER_UNKNOWN
    refused = satu("partner", "service-id", "mandiri", "12a", "--json")
    assert refused.returncode == 1 and refused.told["refused"] == "service_id_invalid"
    told = satu("partner", "service-id", "mandiri", SERVICE_ID, "--json").told
    assert told == {"code": "mandiri", "service_id": SERVICE_ID}
    assert virtual.numbers_of(found) == [("mandiri", SERVICE_ID + number_of(card))]
    shown = satu("partner", "va", "--card", str(card)).stdout
    assert f"mandiri: {SERVICE_ID}{number_of(card)}" in shown
    assert GOOD.profile.service_id == ""


def test_a_proof_finds_payments_that_are_not_in_the_books(bank: Bank, database: Database) -> None:
    (card,) = issue()
    number_asked, conn = asked(card), database.connect()
    bank.pay(number_asked, "5000.00", "P-1")
    bank.pay(number_of(card), "700.00", "P-2")
    assert verify(conn, ALL_CHECKS).problems == []
    owner = database.owner()
    owner.execute("update partners_va_payment set amount = 701 where request = 'P-2'")
    owner.execute("update partners_virtual_account set state = 2")
    found = {
        problem.check.split(",")[0]: problem.row for problem in verify(conn, ALL_CHECKS).problems
    }
    assert [row.get("request", row.get("customer_no")) for row in found.values()] == [
        "P-2",
        number_asked,
    ]


def test_a_customers_token_is_read_with_or_without_the_word_before_it(bank: Bank) -> None:
    (card,) = issue(balance=700)
    linked = actions.link_card(code="mandiri", card=card, **BY)
    assert isinstance(linked, actions.Linked)
    for customer, code in (
        (f"Bearer {linked.token}", "2001400"),
        (linked.token, "2001400"),
        ("", "4011404"),
        ("Bearer made-up", "4011402"),
    ):
        told = heard(bank.call(Service.STATEMENT, {}, customer=customer))
        assert told["responseCode"] == code
