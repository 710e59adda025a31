"""The other way round: what Satu asks of a bank by SNAP BI, and what an answer proves. Pure.

Only an answer that says so proves that a transfer was done or refused. All else is unknown, and is
asked for until it is known.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from satu.formats.snap.fields import write_amount
from satu.formats.snap.signing import Encoding

DONE_STATE = "00"
FAILED_STATES = ("04", "05", "06")  # refunded, cancelled, failed
NOT_FOUND_STATE = "07"
NO_NUMBER = ("01", "11", "12", "19")  # of service 26: there is none, or it has expired
NOTHING_DONE = (401, 429)  # who we are was not proved, or too many calls


class Wanted(StrEnum):
    """The services of a bank that Satu uses, by their SNAP number."""

    BALANCE = "11"
    TRANSFER_INTRABANK = "17"
    TRANSFER_INTERBANK = "18"
    VA_STATUS = "26"
    VA_CREATE = "27"
    TRANSFER_STATUS = "36"
    NOTICE = "56"
    ACCESS_TOKEN = "73"


STANDARD_PATHS = {
    Wanted.BALANCE.value: "/v1.0/balance-inquiry",
    Wanted.TRANSFER_INTRABANK.value: "/v1.0/transfer-intrabank",
    Wanted.TRANSFER_INTERBANK.value: "/v1.0/transfer-interbank",
    Wanted.VA_STATUS.value: "/v1.0/transfer-va/status",
    Wanted.VA_CREATE.value: "/v1.0/transfer-va/create-va",
    Wanted.TRANSFER_STATUS.value: "/v1.0/transfer/status",
    Wanted.NOTICE.value: "/v1.0/debit/notify",
    Wanted.ACCESS_TOKEN.value: "/v1.0/access-token/b2b",
}


class ClientProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """How a bank wants to be called. Paths that are not told are the standard's.

    `notices`: it wants to be told of each top-up that it asked for, once that is booked.
    """

    paths: dict[str, str] = {}
    signature: Literal["symmetric", "asymmetric"] = "symmetric"
    encoding: Encoding = "base64"
    timeout_s: float = 10.0
    notices: bool = False

    def path(self, wanted: Wanted) -> str:
        """The whole path of a service."""
        return self.paths.get(wanted.value, STANDARD_PATHS[wanted.value])


class Outcome(StrEnum):
    """What an answer, or none, proves of a call."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_DONE = "not_done"  # certain that nothing was done: it may be sent again


class Told(NamedTuple):
    """An answer as it was understood: `code` is the bank's, `reference` its name of the call."""

    outcome: Outcome
    code: str = ""
    reference: str = ""


class Transfer(NamedTuple):
    """Money from the float's account to somebody's: `bank_code` "" is an account of the bank."""

    reference: str
    amount: int
    currency: str
    source: str
    account: str
    bank_code: str
    name: str

    @property
    def wanted(self) -> Wanted:
        """Which service does it."""
        return Wanted.TRANSFER_INTERBANK if self.bank_code else Wanted.TRANSFER_INTRABANK


class Opening(NamedTuple):
    """A number that a bank is asked to open, for just `amount`, until `expires` (as it is sent)."""

    reference: str
    service_id: str
    customer_no: str
    name: str
    amount: int
    currency: str
    expires: str

    @property
    def number(self) -> dict[str, str]:
        """The number in the three fields of the standard."""
        return {
            "partnerServiceId": self.service_id,
            "customerNo": self.customer_no,
            "virtualAccountNo": self.service_id + self.customer_no,
        }


class Booked(NamedTuple):
    """A top-up that was booked, as it is told: the bank's reference and ours, what we are there.

    `at` is when, as it is sent.
    """

    reference: str
    ours: str
    merchant: str
    amount: int
    currency: str
    at: str


class VaTold(NamedTuple):
    """What is known of a number: `is_there` (None: not known), and what was paid to it if it was.

    `request` is the bank's paymentRequestId; `paid` an amount as it was written.
    """

    is_there: bool | None
    code: str = ""
    request: str = ""
    paid: str = ""


def transfer_body(transfer: Transfer, timestamp: str) -> bytes:
    """The request of services 17 and 18."""
    told: dict[str, Any] = {
        "partnerReferenceNo": transfer.reference,
        "amount": _money(transfer.amount, transfer.currency),
        "beneficiaryAccountName": transfer.name,
        "beneficiaryAccountNo": transfer.account,
        "sourceAccountNo": transfer.source,
        "transactionDate": timestamp,
    }
    if transfer.bank_code:
        told["beneficiaryBankCode"] = transfer.bank_code
    return msgspec.json.encode(told)


def status_body(transfer: Transfer) -> bytes:
    """The request of service 36."""
    return msgspec.json.encode(
        {
            "originalPartnerReferenceNo": transfer.reference,
            "serviceCode": transfer.wanted.value,
            "amount": _money(transfer.amount, transfer.currency),
        }
    )


def balance_body(reference: str, account: str) -> bytes:
    """The request of service 11."""
    return msgspec.json.encode({"partnerReferenceNo": reference, "accountNo": account})


def opening_body(opening: Opening) -> bytes:
    """The request of service 27: the same body each time, so that a bank opens it once."""
    told: dict[str, Any] = {
        **opening.number,
        "virtualAccountName": opening.name,
        "trxId": opening.reference,
        "totalAmount": _money(opening.amount, opening.currency),
        "virtualAccountTrxType": "C",
        "expiredDate": opening.expires,
    }
    return msgspec.json.encode(told)


def number_body(opening: Opening, inquiry: str) -> bytes:
    """The request of service 26."""
    return msgspec.json.encode({**opening.number, "inquiryRequestId": inquiry})


def notice_body(booked: Booked) -> bytes:
    """The request of service 56: the same body each time."""
    return msgspec.json.encode(
        {
            "originalPartnerReferenceNo": booked.reference,
            "originalReferenceNo": booked.ours,
            "merchantId": booked.merchant,
            "amount": _money(booked.amount, booked.currency),
            "latestTransactionStatus": DONE_STATE,
            "transactionStatusDesc": "Success",
            "createdTime": booked.at,
            "finishedTime": booked.at,
        }
    )


def read_notice(status: int, body: bytes) -> Told:
    """Whether a bank took a notice (service 56); anything but its yes is none."""
    told = _read(Wanted.NOTICE, status, body)
    code = told["responseCode"] if told else str(status)
    is_taken = told is not None and status == 200 and code[5:] == "00"
    return Told(Outcome.DONE if is_taken else Outcome.UNKNOWN, code)


def is_alive(wanted: Wanted, status: int, body: bytes) -> bool:
    """Whether an answer is one of a bank that works, be it a refusal."""
    return status < 500 and _read(wanted, status, body) is not None


def read_transfer(transfer: Transfer, status: int, body: bytes) -> Told:
    """What the answer to services 17 and 18 proves."""
    told = _read(transfer.wanted, status, body)
    if told is None:
        return Told(Outcome.UNKNOWN, str(status))
    code = told["responseCode"]
    reference = told.get("referenceNo")
    proved = Told(Outcome.UNKNOWN, code, reference if isinstance(reference, str) else "")
    if status == 200:
        is_done = code[5:] == "00" and _names(told, "partnerReferenceNo", transfer)
        return proved._replace(outcome=Outcome.DONE) if is_done else proved
    if status in NOTHING_DONE:
        return proved._replace(outcome=Outcome.NOT_DONE)
    if status in (400, 403, 404):
        return proved._replace(outcome=Outcome.REFUSED)
    return proved  # 202 in progress, 409 came before, 5xx: it may have been done


def read_status(transfer: Transfer, status: int, body: bytes) -> Told:
    """What the answer to service 36 proves. Not found: nothing was done up to now."""
    told = _read(Wanted.TRANSFER_STATUS, status, body)
    if told is None:
        return Told(Outcome.UNKNOWN, str(status))
    code = told["responseCode"]
    if status == 404 and code[5:] == "01":
        return Told(Outcome.NOT_DONE, code)
    if status != 200 or not _names(told, "originalPartnerReferenceNo", transfer):
        return Told(Outcome.UNKNOWN, code)
    amount = told.get("amount")
    if amount is not None and amount != _money(transfer.amount, transfer.currency):
        return Told(Outcome.UNKNOWN, code)
    reference = told.get("originalReferenceNo")
    proved = Told(Outcome.UNKNOWN, code, reference if isinstance(reference, str) else "")
    state = told.get("latestTransactionStatus")
    if state == DONE_STATE:
        return proved._replace(outcome=Outcome.DONE)
    if state in FAILED_STATES:
        return proved._replace(outcome=Outcome.REFUSED)
    return proved._replace(outcome=Outcome.NOT_DONE) if state == NOT_FOUND_STATE else proved


def read_opening(opening: Opening, status: int, body: bytes) -> Told:
    """What the answer to service 27 proves. A number that is there already may be ours."""
    told = _read(Wanted.VA_CREATE, status, body)
    if told is None:
        return Told(Outcome.UNKNOWN, str(status))
    code = told["responseCode"]
    if status == 200 and code[5:] == "00":
        data = told.get("virtualAccountData")
        number = data.get("virtualAccountNo") if isinstance(data, dict) else None
        is_ours = number in (None, "") or str(number).strip() == _plain(opening)
        return Told(Outcome.DONE if is_ours else Outcome.UNKNOWN, code)
    if status in NOTHING_DONE:
        return Told(Outcome.NOT_DONE, code)
    is_refused = status in (400, 403, 404)
    return Told(Outcome.REFUSED if is_refused else Outcome.UNKNOWN, code)


def read_number(opening: Opening, status: int, body: bytes) -> VaTold:
    """What the answer to service 26 proves: whether a number is there, and was paid."""
    told = _read(Wanted.VA_STATUS, status, body)
    if told is None:
        return VaTold(None, str(status))
    code = told["responseCode"]
    if status == 404:
        return VaTold(False if code[5:] in NO_NUMBER else None, code)
    data = told.get("virtualAccountData")
    if status != 200 or not isinstance(data, dict):
        return VaTold(None, code)
    if str(data.get("virtualAccountNo", "")).strip() not in ("", _plain(opening)):
        return VaTold(None, code)
    money, request = data.get("paidAmount"), data.get("paymentRequestId")
    if data.get("paymentFlagStatus") != DONE_STATE or not isinstance(money, dict) or not request:
        return VaTold(True, code)
    value = money.get("value")
    is_told = isinstance(value, str) and money.get("currency") == opening.currency
    return VaTold(True, code, str(request), str(value)) if is_told else VaTold(None, code)


def _plain(opening: Opening) -> str:
    return opening.service_id.strip() + opening.customer_no


def _read(wanted: Wanted, status: int, body: bytes) -> dict[str, Any] | None:
    """An answer of this service; None: anything else (a proxy's page, say) proves nothing."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    code = told.get("responseCode") if isinstance(told, dict) else None
    if not isinstance(code, str) or len(code) != 7:
        return None
    is_ours = code[:3] == str(status) and code[3:5] == wanted.value
    return told if is_ours else None


def _names(told: dict[str, Any], field: str, transfer: Transfer) -> bool:
    """Whether an answer is about this transfer; one that does not say so is."""
    return told.get(field) in (None, "", transfer.reference)


def _money(amount: int, currency: str) -> dict[str, str]:
    return {"value": write_amount(amount, currency), "currency": currency}
