"""What a bank's answer proves: done, refused, nothing done; all else is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from satu.formats.snap.outgoing import (
    ClientProfile,
    Opening,
    Outcome,
    Told,
    Transfer,
    VaTold,
    Wanted,
    is_alive,
    number_body,
    opening_body,
    read_number,
    read_opening,
    read_status,
    read_transfer,
    status_body,
    transfer_body,
)

DONE, REFUSED, UNKNOWN, NOT_DONE = (
    Outcome.DONE,
    Outcome.REFUSED,
    Outcome.UNKNOWN,
    Outcome.NOT_DONE,
)
TRANSFER = Transfer("R-1", 12_500, "IDR", "111", "222", "014", "Siti Contoh")


def body(code: str, **more: Any) -> bytes:
    return json.dumps({"responseCode": code, **more}).encode()


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (200, body("2001800", referenceNo="B-1", partnerReferenceNo="R-1"), DONE),
        (200, body("2001800"), DONE),
        (200, body("2001800", partnerReferenceNo="R-2"), UNKNOWN),
        (200, body("2001700"), UNKNOWN),  # of another service
        (200, body("2001801"), UNKNOWN),
        (202, body("2021800"), UNKNOWN),
        (400, body("4001801"), REFUSED),
        (403, body("4031814"), REFUSED),
        (404, body("4041811"), REFUSED),
        (403, b"<html>blocked by a proxy</html>", UNKNOWN),
        (404, body("4031814"), UNKNOWN),
        (401, body("4011800"), NOT_DONE),
        (429, body("4291800"), NOT_DONE),
        (409, body("4091800"), UNKNOWN),
        (409, body("4091801"), UNKNOWN),
        (500, body("5001801"), UNKNOWN),
        (504, body("5041800"), UNKNOWN),
        (200, b"", UNKNOWN),
        (200, b"[]", UNKNOWN),
        (200, b"[" * 100_000, UNKNOWN),
    ],
)
def test_what_an_answer_to_a_transfer_proves(status: int, answer: bytes, outcome: Outcome) -> None:
    assert read_transfer(TRANSFER, status, answer).outcome is outcome


def test_the_banks_name_of_it_is_kept() -> None:
    told = read_transfer(TRANSFER, 200, body("2001800", referenceNo="B-1"))
    assert told == Told(DONE, "2001800", "B-1")


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("00", DONE),
        ("01", UNKNOWN),
        ("02", UNKNOWN),
        ("03", UNKNOWN),
        ("04", REFUSED),
        ("05", REFUSED),
        ("06", REFUSED),
        ("07", NOT_DONE),
        ("", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_what_a_state_proves(state: str | None, outcome: Outcome) -> None:
    answer = body("2003600", latestTransactionStatus=state, originalPartnerReferenceNo="R-1")
    assert read_status(TRANSFER, 200, answer).outcome is outcome
    other = body("2003600", latestTransactionStatus=state, originalPartnerReferenceNo="R-2")
    assert read_status(TRANSFER, 200, other).outcome is UNKNOWN
    amount = {"value": "12501.00", "currency": "IDR"}
    wrong = body("2003600", latestTransactionStatus=state, amount=amount)
    assert read_status(TRANSFER, 200, wrong).outcome is UNKNOWN


def test_what_a_bank_never_heard_of_was_not_done() -> None:
    assert read_status(TRANSFER, 404, body("4043601")).outcome is NOT_DONE
    for status, code in ((404, "4043611"), (404, "4040000"), (401, "4013600"), (500, "5003601")):
        assert read_status(TRANSFER, status, body(code)).outcome is UNKNOWN


def test_a_refusal_is_an_answer_of_a_bank_that_works() -> None:
    for status, code, alive in ((200, "2001100", True), (404, "4041111", True)):
        assert is_alive(Wanted.BALANCE, status, body(code)) is alive
    for status, answer in ((500, body("5001101")), (503, b"out"), (200, b"<html>")):
        assert not is_alive(Wanted.BALANCE, status, answer)


def test_the_same_bank_and_another_are_asked_at_their_own_services() -> None:
    asked = json.loads(transfer_body(TRANSFER, "2026-01-05T15:00:00+07:00"))
    assert asked == {
        "partnerReferenceNo": "R-1",
        "amount": {"value": "12500.00", "currency": "IDR"},
        "beneficiaryAccountName": "Siti Contoh",
        "beneficiaryAccountNo": "222",
        "sourceAccountNo": "111",
        "transactionDate": "2026-01-05T15:00:00+07:00",
        "beneficiaryBankCode": "014",
    }
    own = TRANSFER._replace(bank_code="")
    assert (TRANSFER.wanted, own.wanted) == (
        Wanted.TRANSFER_INTERBANK,
        Wanted.TRANSFER_INTRABANK,
    )
    assert "beneficiaryBankCode" not in json.loads(transfer_body(own, ""))
    assert json.loads(status_body(own))["serviceCode"] == "17"
    other = ClientProfile(paths={"17": "/openapi/v1.0/transfer-intrabank"})
    assert other.path(Wanted.TRANSFER_INTRABANK) == "/openapi/v1.0/transfer-intrabank"
    assert other.path(Wanted.BALANCE) == "/v1.0/balance-inquiry"


OPENING = Opening(
    "VA1", "   88123", "000000000018", "Kartu Satu 0014", 5_000, "IDR", "2026-11-23T08:00:00+07:00"
)
NUMBER = {
    "partnerServiceId": "   88123",
    "customerNo": "000000000018",
    "virtualAccountNo": "   88123000000000018",
}
PAID = {
    **NUMBER,
    "paymentFlagStatus": "00",
    "paymentRequestId": "P-1",
    "paidAmount": {"value": "5000.00", "currency": "IDR"},
}


def data(**told: Any) -> dict[str, Any]:
    return {"virtualAccountData": told}


def test_a_number_is_asked_for_by_the_same_body_each_time() -> None:
    first = opening_body(OPENING)
    assert first == opening_body(OPENING)
    assert json.loads(first) == {
        **NUMBER,
        "virtualAccountName": "Kartu Satu 0014",
        "trxId": "VA1",
        "totalAmount": {"value": "5000.00", "currency": "IDR"},
        "virtualAccountTrxType": "C",
        "expiredDate": "2026-11-23T08:00:00+07:00",
    }
    assert json.loads(number_body(OPENING, "I-1")) == {**NUMBER, "inquiryRequestId": "I-1"}


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (200, body("2002700", **data(**NUMBER)), DONE),
        (200, body("2002700", **data(virtualAccountNo="88123000000000018")), DONE),
        (200, body("2002700"), DONE),
        (200, body("2002700", **data(virtualAccountNo="88123000000000026")), UNKNOWN),
        (200, body("2002600", **data(**NUMBER)), UNKNOWN),  # of another service
        (400, body("4002701"), REFUSED),
        (404, body("4042712"), REFUSED),
        (401, body("4012700"), NOT_DONE),
        (409, body("4092700"), UNKNOWN),
        (409, body("4092701"), UNKNOWN),
        (500, body("5002701"), UNKNOWN),
        (403, b"<html>blocked by a proxy</html>", UNKNOWN),
    ],
)
def test_only_an_answer_that_says_so_opens_a_number(
    status: int, answer: bytes, outcome: Outcome
) -> None:
    assert read_opening(OPENING, status, answer).outcome is outcome


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (200, body("2002600", **data(**NUMBER)), VaTold(True, "2002600")),
        (200, body("2002600", **data(**PAID)), VaTold(True, "2002600", "P-1", "5000.00")),
        (
            200,
            body("2002600", **data(**{**PAID, "paymentFlagStatus": "01"})),
            VaTold(True, "2002600"),
        ),
        (200, body("2002600", **data(**{**PAID, "paymentRequestId": ""})), VaTold(True, "2002600")),
        (
            200,
            body("2002600", **data(**{**PAID, "paidAmount": {"value": 5, "currency": "IDR"}})),
            VaTold(None, "2002600"),
        ),
        (
            200,
            body("2002600", **data(**{**PAID, "virtualAccountNo": "881"})),
            VaTold(None, "2002600"),
        ),
        (404, body("4042612"), VaTold(False, "4042612")),
        (404, body("4042601"), VaTold(False, "4042601")),
        (404, body("4042608"), VaTold(None, "4042608")),
        (200, body("2002600"), VaTold(None, "2002600")),
        (500, body("5002600"), VaTold(None, "5002600")),
        (502, b"<html>", VaTold(None, "502")),
    ],
)
def test_what_is_known_of_a_number(status: int, answer: bytes, told: VaTold) -> None:
    assert read_number(OPENING, status, answer) == told
