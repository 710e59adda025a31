"""A simulated bank over HTTP: it answers Satu's calls, takes top-ups, and fails on command.

`POST /simulator` changes how it behaves, `/simulator/top-up` is a customer at its counter or in its
app, `/simulator/pay` one who pays to a virtual account, `/simulator/statement` its statement. It
listens on this machine alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from satu.city.bank_books import SERVICES, Asked, BankBooks, Booked, Failing
from satu.formats.snap import signing
from satu.formats.snap.fields import write_timestamp
from satu.formats.snap.outgoing import Wanted
from satu.formats.snap.profile import Profile

NEVER_S = 3_600
HALF = (Failing.DEAF, Failing.SILENT)  # access tokens are given, nothing else is answered
OUT = {
    "id": "Bank sedang gangguan: isi ulang berhenti dahulu. Kartu tetap dapat dipakai.",
    "en": "The bank is out: top-ups stop for now. Cards ride on.",
}


class Telling(StrEnum):
    """How a bank tells Satu that a virtual account was paid."""

    PAYMENT = "payment"
    NOTICE = "notice"
    NOTHING = "nothing"


class Behaviour(msgspec.Struct):
    """How the bank behaves from now on: seconds before each answer but an access token, and how it
    fails."""

    slow_s: float = 0.0
    fail: Failing = Failing.NO


class AtSatu(NamedTuple):
    """How the bank calls Satu: what `satu partner add` told it."""

    base_url: str
    client_key: str
    partner_id: str
    secret: str
    private_key: RSAPrivateKey
    profile: Profile


class SimulatedBank:
    """The bank's program. `now` is its clock."""

    def __init__(
        self,
        books: BankBooks,
        satu: AtSatu,
        behaviour: Behaviour,
        now: Callable[[], datetime],
        zone: str,
    ) -> None:
        self.books, self.satu, self.behaviour = books, satu, behaviour
        self._now, self._zone = now, ZoneInfo(zone)
        self._ids = count(1)
        self.app = Starlette(
            routes=[
                Route("/simulator", self.behave, methods=["GET", "POST"]),
                Route("/simulator/top-up", self.top_up, methods=["POST"]),
                Route("/simulator/pay", self.pay, methods=["POST"]),
                Route("/simulator/statement", self.statement),
                Route("/{path:path}", self.serve, methods=["POST"]),
            ]
        )

    async def behave(self, request: Request) -> Response:
        """Change how the bank behaves, or see it."""
        if request.method == "POST":
            try:
                self.behaviour = msgspec.json.decode(await request.body(), type=Behaviour)
            except msgspec.DecodeError as error:
                return JSONResponse({"en": str(error)}, 400)
        told = {"balance": self.books.balance, "booked": len(self.books.booked)}
        return JSONResponse(msgspec.to_builtins(self.behaviour) | told)

    async def serve(self, request: Request) -> Response:
        """A call of Satu's."""
        fail, path = self.behaviour.fail, request.url.path
        is_token = SERVICES.get(path) is Wanted.ACCESS_TOKEN
        if not is_token:
            await asyncio.sleep(self.behaviour.slow_s)
        if fail in HALF and is_token:
            fail = Failing.NO
        if fail is Failing.DEAF:
            await asyncio.sleep(NEVER_S)
        if fail is Failing.DOWN:
            return PlainTextResponse("Service Unavailable", 503)
        if fail is Failing.ERROR:
            told = {"responseCode": "5000001", "responseMessage": "Internal Server Error"}
            return JSONResponse(told, 500)
        at = self._now().astimezone(self._zone)
        asked = Asked(path, dict(request.headers), await request.body(), at)
        answered = self.books.answer(asked, refuses=fail is Failing.REFUSE)
        if fail is Failing.SILENT:
            await asyncio.sleep(NEVER_S)
        return JSONResponse(answered.told, answered.status)

    async def top_up(self, request: Request) -> Response:
        """A customer pays for a card: the money is booked here, then Satu is told (service 38)."""
        if self.behaviour.fail is not Failing.NO:
            return JSONResponse(OUT, 503)
        asked = await request.json()
        reference = str(asked.get("reference") or f"{self._now():%Y%m%d%H%M%S}-{next(self._ids)}")
        amount = int(asked["amount"])
        body = {
            "partnerReferenceNo": reference,
            "customerNumber": str(asked["number"]),
            "amount": {"value": f"{amount}.00", "currency": "IDR"},
            "feeAmount": {"value": "0.00", "currency": "IDR"},
        }
        try:
            answer = await self._call_satu("38", msgspec.json.encode(body))
        except httpx.HTTPError as error:
            return JSONResponse({"en": f"Satu does not answer: {type(error).__name__}"}, 502)
        if answer.status_code == 200 and not self._has(reference):
            on = self._now().astimezone(self._zone).date()
            self.books.booked.append(Booked(reference, amount, on))
        return JSONResponse({"reference": reference, **answer.json()}, answer.status_code)

    async def pay(self, request: Request) -> Response:
        """A customer pays to a virtual account: inquiry (24), then as `tell` says.

        `payment` (25: what Satu refuses is given back), `notice` (34), or `nothing`: the call got
        lost, and Satu has to ask (26).
        """
        if self.behaviour.fail is not Failing.NO:
            return JSONResponse(OUT, 503)
        asked = await request.json()
        tell = Telling(asked.get("tell", Telling.PAYMENT))
        number = str(asked["account"]).strip()
        service = self.satu.profile.service_id
        made_of = {
            "partnerServiceId": service.rjust(8),
            "customerNo": number.removeprefix(service),
            "virtualAccountNo": service.rjust(8) + number.removeprefix(service),
        }
        paid = {"value": f"{int(asked['amount'])}.00", "currency": "IDR"}
        name = str(asked.get("request") or f"{self._now():%Y%m%d%H%M%S}-{next(self._ids)}")
        try:
            told = {**made_of, "inquiryRequestId": name, "amount": paid}
            answer = await self._call_satu("24", msgspec.json.encode(told))
            if answer.status_code != 200:
                return JSONResponse(answer.json(), answer.status_code)
            on = self._now().astimezone(self._zone).date()
            self.books.collect(number, name, int(asked["amount"]), on)
            if tell is Telling.NOTHING:
                return JSONResponse({"request": name})
            body = {**made_of, "paymentRequestId": name, "paidAmount": paid}
            wanted = "25" if tell is Telling.PAYMENT else "34"
            answer = await self._call_satu(wanted, msgspec.json.encode(body))
        except httpx.HTTPError as error:
            return JSONResponse({"en": f"Satu does not answer: {type(error).__name__}"}, 502)
        status = answer.json().get("virtualAccountData", {}).get("paymentFlagStatus")
        if tell is Telling.PAYMENT and status == "01":
            self.books.give_back(number, name)
        return JSONResponse({"request": name, **answer.json()}, answer.status_code)

    async def statement(self, request: Request) -> Response:
        """The account's statement up to now (camt.053)."""
        text = self.books.statement(self._now(), self._zone.key)
        return Response(text, media_type="application/xml")

    def _has(self, reference: str) -> bool:
        return any(one.reference == reference for one in self.books.booked)

    async def _call_satu(self, service: str, body: bytes) -> httpx.Response:
        satu, timestamp = self.satu, write_timestamp(self._now(), self._zone)
        path = satu.profile.paths[service]
        headers = {
            "X-PARTNER-ID": satu.partner_id,
            "X-EXTERNAL-ID": f"{self._now():%Y%m%d%H%M%S%f}-{next(self._ids)}",
            "X-TIMESTAMP": timestamp,
            "CHANNEL-ID": "95221",
            "Content-Type": "application/json",
        }
        async with httpx.AsyncClient(base_url=satu.base_url, timeout=10) as http:
            if satu.profile.signature == "symmetric":
                token = await self._token(http, timestamp)
                text = signing.symmetric_text("POST", path, token, body, timestamp)
                headers["Authorization"] = f"Bearer {token}"
                headers["X-SIGNATURE"] = signing.sign_symmetric(satu.secret.encode(), text)
            else:
                text = signing.asymmetric_text("POST", path, body, timestamp)
                headers["X-SIGNATURE"] = signing.sign_asymmetric(satu.private_key, text)
            return await http.post(path, content=body, headers=headers)

    async def _token(self, http: httpx.AsyncClient, timestamp: str) -> str:
        text = signing.token_text(self.satu.client_key, timestamp)
        headers: dict[str, Any] = {
            "X-CLIENT-KEY": self.satu.client_key,
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": signing.sign_asymmetric(self.satu.private_key, text),
            "Content-Type": "application/json",
        }
        body = b'{"grantType":"client_credentials"}'
        answer = await http.post(self.satu.profile.paths["73"], content=body, headers=headers)
        return str(answer.json().get("accessToken", ""))
