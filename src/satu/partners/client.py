"""Calls a bank by SNAP BI over HTTP: signed, with time-outs; says what was sent and answered."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from satu.formats.snap import signing
from satu.formats.snap.fields import write_timestamp
from satu.formats.snap.outgoing import ClientProfile, Wanted

CONNECT_S = 3.0
CHANNEL = "95221"
MAX_ANSWER_BYTES = 256 * 1024


class Reply(NamedTuple):
    """HTTP status and body."""

    status: int
    body: bytes


class NotSent(Exception):
    """The bank was not reached, or gave no access token: it cannot have done anything."""


class NoAnswer(Exception):
    """The call was sent, and what became of it is not known."""


class Login(NamedTuple):
    """How Satu proves who it is at a bank."""

    base_url: str
    client_key: str
    partner_id: str
    private_key: RSAPrivateKey
    secret: str
    profile: ClientProfile


class SnapClient:
    """Calls of one run. The access token lasts for the run, and is asked for anew if refused."""

    def __init__(self, login: Login, http: httpx.Client, zone: str) -> None:
        self._login, self._http, self._zone = login, http, ZoneInfo(zone)
        self._token = ""

    def call(self, wanted: Wanted, body: bytes, external_id: str, at: datetime) -> Reply:
        """A bank's answer; NotSent, NoAnswer."""
        if self._login.profile.signature == "symmetric" and not self._token:
            self._token = self._ask_token(at)
        reply = self._send(wanted, body, external_id, at)
        if reply.status == 401:
            self._token = ""
        return reply

    def _send(self, wanted: Wanted, body: bytes, external_id: str, at: datetime) -> Reply:
        profile, timestamp = self._login.profile, write_timestamp(at, self._zone)
        path = profile.path(wanted)
        headers = {
            "X-PARTNER-ID": self._login.partner_id,
            "X-EXTERNAL-ID": external_id,
            "CHANNEL-ID": CHANNEL,
        }
        if profile.signature == "symmetric":
            text = signing.symmetric_text("POST", path, self._token, body, timestamp)
            secret = self._login.secret.encode()
            headers["Authorization"] = f"Bearer {self._token}"
            headers["X-SIGNATURE"] = signing.sign_symmetric(secret, text, profile.encoding)
        else:
            text = signing.asymmetric_text("POST", path, body, timestamp)
            key = self._login.private_key
            headers["X-SIGNATURE"] = signing.sign_asymmetric(key, text, profile.encoding)
        return self._post(path, body, timestamp, headers)

    def _ask_token(self, at: datetime) -> str:
        profile, timestamp = self._login.profile, write_timestamp(at, self._zone)
        text = signing.token_text(self._login.client_key, timestamp)
        signature = signing.sign_asymmetric(self._login.private_key, text, profile.encoding)
        headers = {"X-CLIENT-KEY": self._login.client_key, "X-SIGNATURE": signature}
        body = b'{"grantType":"client_credentials"}'
        try:
            reply = self._post(profile.path(Wanted.ACCESS_TOKEN), body, timestamp, headers)
            told = msgspec.json.decode(reply.body, type=dict[str, object])
        except (NoAnswer, msgspec.DecodeError) as error:
            raise NotSent(f"no access token: {error}") from None
        token = told.get("accessToken")
        if reply.status != 200 or not isinstance(token, str) or not token:
            raise NotSent(f"no access token: {reply.status}")
        return token

    def _post(self, path: str, body: bytes, timestamp: str, headers: dict[str, str]) -> Reply:
        timeout = httpx.Timeout(self._login.profile.timeout_s, connect=CONNECT_S)
        sent = {**headers, "X-TIMESTAMP": timestamp, "Content-Type": "application/json"}
        url = self._login.base_url.rstrip("/") + path
        try:
            answer = self._http.post(url, content=body, headers=sent, timeout=timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__) from None
        return Reply(answer.status_code, answer.content[:MAX_ANSWER_BYTES])
