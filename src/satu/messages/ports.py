"""The ports that messages leave by. satu.messages.delivering picks one for each message.

A port is handed an address for one delivery and keeps nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from satu.messages.kinds import Channel

TIMEOUT_S = 10.0
CLIENT_FAULTS = range(400, 500)
TRY_LATER = frozenset({408, 425, 429})


class Outgoing(NamedTuple):
    """A message with its address, for as long as it takes to send it. Never printed."""

    address: str
    subject: str
    body: str
    reference: str  # the same at every try: a gateway can tell a repeat by it

    def __repr__(self) -> str:
        return f"Outgoing({self.reference})"


class NotDelivered(Exception):
    """It did not go out. `is_final`: this address will never take it, so trying again is no use."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Port(Protocol):
    """A way out."""

    def deliver(self, message: Outgoing) -> None:
        """Hand a message over; returns once the other side has taken it. Raises NotDelivered."""


class MailPort:
    """E-mail by Django's mail backend, as the settings choose it."""

    def deliver(self, message: Outgoing) -> None:
        headers = {"X-Satu-Reference": message.reference}
        mail = EmailMessage(message.subject, message.body, to=[message.address], headers=headers)
        try:
            mail.send()
        except SMTPRecipientsRefused as error:
            raise NotDelivered("the address was refused", is_final=True) from error
        except (SMTPException, OSError) as error:
            raise NotDelivered(type(error).__name__) from error


class HttpPort:
    """A text-message or push gateway that takes JSON by POST: `to`, `text`, `reference`.

    `url` may have a token as its password; it goes as a bearer token.
    """

    def __init__(self, url: str, client: httpx.Client) -> None:
        parts = urlsplit(url)
        self._url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self._headers = {"Authorization": f"Bearer {parts.password}"} if parts.password else {}
        self._client = client

    def deliver(self, message: Outgoing) -> None:
        content = {
            "to": message.address,
            "text": message.body,
            "reference": message.reference,
        }
        try:
            answer = self._client.post(
                self._url, json=content, headers=self._headers, timeout=TIMEOUT_S
            )
        except httpx.HTTPError as error:
            raise NotDelivered(type(error).__name__) from error
        if not answer.is_success:
            code = answer.status_code
            is_final = code in CLIENT_FAULTS and code not in TRY_LATER
            raise NotDelivered(f"status {code}", is_final=is_final)


class ShownPort:
    """Where no gateway is set up, outside production: messages are seen in the outbox alone."""

    def deliver(self, message: Outgoing) -> None:
        """Nothing leaves this machine."""


@cache
def _client() -> httpx.Client:
    """One for the process: its connections are used again."""
    return httpx.Client()


def ports() -> Mapping[Channel, Port]:
    """The ways that are open here, by the settings. In production one that is not set is closed."""
    found: dict[Channel, Port] = {} if settings.PRODUCTION else dict.fromkeys(Channel, ShownPort())
    if settings.MAIL:
        found[Channel.EMAIL] = MailPort()
    if settings.SMS_URL:
        found[Channel.SMS] = HttpPort(settings.SMS_URL, _client())
    return found
