"""A simulated bank's books and its answers to SNAP BI: written from the standard, not from ours."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from satu.formats.snap import signing
from satu.formats.snap.outgoing import STANDARD_PATHS, Wanted
from satu.kernel import money

SERVICES = {path: Wanted(number) for number, path in STANDARD_PATHS.items()}
STATEMENT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
CURRENCY = "IDR"


class Failing(StrEnum):
    """How a bank fails on command."""

    NO = "no"
    DOWN = "down"  # a proxy's page instead of an answer
    ERROR = "error"  # 500, and nothing was done
    REFUSE = "refuse"  # transfers are refused: insufficient funds
    DEAF = "deaf"  # it never does what it is asked, nor answers
    SILENT = "silent"  # it does what it is asked, and does not answer


class Asked(NamedTuple):
    """A request as it came; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime


class Answer(NamedTuple):
    """HTTP status and what the body says."""

    status: int
    told: dict[str, Any]


class Booked(NamedTuple):
    """Money on the account: positive came in."""

    reference: str
    amount: int
    on: date


class Opened(NamedTuple):
    """A number that was opened for one payment of an amount; by which request it was paid."""

    trx_id: str
    amount: dict[str, str]
    request: str = ""


class BankBooks:
    """One account that holds a float, and every call that was answered."""

    def __init__(self, account: str, opening: int, key: RSAPublicKey, secret: str) -> None:
        self.account, self.opening = account, opening
        self.booked: list[Booked] = []
        self._key, self._secret = key, secret
        self._tokens: set[str] = set()
        self._calls: dict[tuple[date, str], tuple[bytes, Answer]] = {}
        self._transfers: dict[str, tuple[bytes, str]] = {}
        self.numbers: dict[str, Opened] = {}
        self._serve: dict[Wanted, Callable[[Wanted, dict[str, Any]], Answer]] = {
            Wanted.BALANCE: self._tell_balance,
            Wanted.TRANSFER_INTRABANK: self._transfer,
            Wanted.TRANSFER_INTERBANK: self._transfer,
            Wanted.TRANSFER_STATUS: self._tell_status,
            Wanted.NOTICE: self._hear,
            Wanted.VA_CREATE: self._open_number,
            Wanted.VA_STATUS: self._tell_number,
        }

    @property
    def balance(self) -> int:
        return self.opening + sum(one.amount for one in self.booked)

    def answer(self, asked: Asked, *, refuses: bool = False) -> Answer:
        """What the bank answers; `refuses`: it has no money to transfer today."""
        wanted = SERVICES.get(asked.path)
        if wanted is None:
            return Answer(404, {"responseCode": "4040000", "responseMessage": "Not Found"})
        if wanted is Wanted.ACCESS_TOKEN:
            return self._grant(asked)
        if not self._is_signed(asked):
            return _refused(401, wanted, "00", "Unauthorized. [Signature]")
        name = asked.at.date(), asked.headers.get("x-external-id", "")
        body = signing.minify(asked.body)
        if name in self._calls:
            first, kept = self._calls[name]
            same = first == body and kept.status == 200
            return kept if same else _refused(409, wanted, "00", "Conflict")
        if refuses and wanted in (Wanted.TRANSFER_INTRABANK, Wanted.TRANSFER_INTERBANK):
            return _refused(403, wanted, "14", "Insufficient Funds")
        told = msgspec.json.decode(asked.body, type=dict[str, Any])
        answered = self._serve[wanted](wanted, told | {"on": asked.at.date()})
        self._calls[name] = (body, answered)
        return answered

    def _grant(self, asked: Asked) -> Answer:
        text = signing.token_text(
            asked.headers.get("x-client-key", ""), asked.headers.get("x-timestamp", "")
        )
        signature = asked.headers.get("x-signature", "")
        if not signing.verifies_asymmetric(self._key, text, signature):
            return _refused(401, Wanted.ACCESS_TOKEN, "00", "Unauthorized. [Signature]")
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        more = {"accessToken": token, "tokenType": "Bearer", "expiresIn": "900"}
        return _done(Wanted.ACCESS_TOKEN, more)

    def _is_signed(self, asked: Asked) -> bool:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        timestamp = asked.headers.get("x-timestamp", "")
        text = signing.symmetric_text("POST", asked.path, token, asked.body, timestamp)
        signature = asked.headers.get("x-signature", "")
        return token in self._tokens and signing.verifies_symmetric(
            self._secret.encode(), text, signature
        )

    def _tell_balance(self, wanted: Wanted, told: dict[str, Any]) -> Answer:
        if told.get("accountNo") != self.account:
            return _refused(404, wanted, "11", "Invalid Account")
        amount = {"value": f"{self.balance}.00", "currency": CURRENCY}
        more = {"accountNo": self.account, "accountInfos": [{"availableBalance": amount}]}
        return _done(wanted, more)

    def _transfer(self, wanted: Wanted, told: dict[str, Any]) -> Answer:
        reference, amount = (
            told["partnerReferenceNo"],
            money.parse(told["amount"]["value"], CURRENCY),
        )
        body = msgspec.json.encode({name: told[name] for name in told if name != "on"})
        if reference in self._transfers:
            return _refused(409, wanted, "01", "Duplicate partnerReferenceNo")
        if told["sourceAccountNo"] != self.account:
            return _refused(404, wanted, "11", "Invalid Account")
        if amount > self.balance:
            return _refused(403, wanted, "14", "Insufficient Funds")
        own = secrets.token_hex(8)
        self._transfers[reference] = (body, own)
        self.booked.append(Booked(reference, -amount, told["on"]))
        names = {"referenceNo": own, "partnerReferenceNo": reference, "amount": told["amount"]}
        return _done(wanted, names)

    def _tell_status(self, wanted: Wanted, told: dict[str, Any]) -> Answer:
        reference = told["originalPartnerReferenceNo"]
        if reference not in self._transfers:
            return _refused(404, wanted, "01", "Transaction Not Found")
        body, own = self._transfers[reference]
        amount = msgspec.json.decode(body, type=dict[str, Any])["amount"]
        more = {
            "originalPartnerReferenceNo": reference,
            "originalReferenceNo": own,
            "serviceCode": told["serviceCode"],
            "amount": amount,
            "latestTransactionStatus": "00",
            "transactionStatusDesc": "Success",
        }
        return _done(wanted, more)

    def _hear(self, wanted: Wanted, told: dict[str, Any]) -> Answer:
        """Satu tells that a top-up is booked; one that the bank knows nothing of is not found."""
        reference = told["originalPartnerReferenceNo"]
        if all(one.reference != reference for one in self.booked):
            return _refused(404, wanted, "01", "Transaction Not Found")
        return _done(wanted, {})

    def _open_number(self, wanted: Wanted, told: dict[str, Any]) -> Answer:
        number = told["virtualAccountNo"].strip()
        known = self.numbers.get(number)
        if known is not None and known[:2] != (told["trxId"], told["totalAmount"]):
            return _refused(409, wanted, "01", "Duplicate trxId")
        if known is None:
            self.numbers[number] = Opened(told["trxId"], told["totalAmount"])
        names = ("partnerServiceId", "customerNo", "virtualAccountNo", "trxId", "totalAmount")
        return _done(wanted, {"virtualAccountData": {name: told[name] for name in names}})

    def _tell_number(self, wanted: Wanted, told: dict[str, Any]) -> Answer:
        known = self.numbers.get(told["virtualAccountNo"].strip())
        if known is None:
            return _refused(404, wanted, "12", "Invalid Bill/Virtual Account [Not Found]")
        names = ("partnerServiceId", "customerNo", "virtualAccountNo", "inquiryRequestId")
        data: dict[str, Any] = {name: told[name] for name in names}
        if known.request:
            data |= {"paymentFlagStatus": "00", "paymentRequestId": known.request}
            data["paidAmount"] = known.amount
        return _done(wanted, {"virtualAccountData": data})

    def collect(self, number: str, request: str, amount: int, on: date) -> None:
        """A customer paid to a number: the money is on the account."""
        self.booked.append(Booked(request, amount, on))
        if number in self.numbers:
            self.numbers[number] = self.numbers[number]._replace(request=request)

    def give_back(self, number: str, request: str) -> None:
        """What was collected is the customer's again: Satu refused it."""
        self.booked = [one for one in self.booked if one.reference != request]
        if number in self.numbers:
            self.numbers[number] = self.numbers[number]._replace(request="")

    def statement(self, at: datetime, zone: str) -> str:
        """All that was booked up to now as one camt.053 statement of the account."""
        today = at.astimezone(ZoneInfo(zone)).date()
        first = min([one.on for one in self.booked], default=today)
        lines = "".join(
            f"<Ntry>{_signed(one.amount)}<Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{one.on}</Dt></BookgDt><NtryDtls><TxDtls><Refs>"
            f"<EndToEndId>{escape(one.reference)}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
            for one in self.booked
        )
        balances = "".join(
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_signed(amount)}"
            f"<Dt><Dt>{on}</Dt></Dt></Bal>"
            for code, amount, on in (
                ("OPBD", self.opening, first),
                ("CLBD", self.balance, today),
            )
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{STATEMENT}"><BkToCstmrStmt>'
            f"<GrpHdr><MsgId>{today:%Y%m%d}</MsgId></GrpHdr><Stmt>"
            f"<Id>{today:%Y%m%d}-{len(self.booked)}</Id><Acct><Id><Othr><Id>{self.account}</Id>"
            f"</Othr></Id><Ccy>{CURRENCY}</Ccy></Acct>{balances}{lines}</Stmt></BkToCstmrStmt>"
            "</Document>"
        )


def _signed(amount: int) -> str:
    mark = "CRDT" if amount >= 0 else "DBIT"
    return f'<Amt Ccy="{CURRENCY}">{abs(amount)}.00</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


def _done(wanted: Wanted, more: dict[str, Any]) -> Answer:
    code = {"responseCode": f"200{wanted.value}00", "responseMessage": "Successful"}
    return Answer(200, code | more)


def _refused(status: int, wanted: Wanted, case: str, words: str) -> Answer:
    code = f"{status}{wanted.value}{case}"
    return Answer(status, {"responseCode": code, "responseMessage": words})
