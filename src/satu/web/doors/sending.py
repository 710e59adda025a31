"""Sends a code by the ports of satu.messages, beside the request: who asks waits for nobody.

What waits here when the process ends is lost; whoever waits for it asks again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from satu.messages.kinds import Channel
from satu.messages.ports import NotDelivered, Outgoing, Port, ports
from satu.messages.words import sign_in_code
from satu.web.doors.contacts import Contact, Way

CHANNELS = {Way.PHONE: Channel.SMS, Way.EMAIL: Channel.EMAIL}
SENDERS = 4

logger = logging.getLogger(__name__)


def send_later(to: Contact | None, code: str, language: str, *, reference: str) -> None:
    """Let a code be sent; None: nowhere."""
    if to is not None:
        _senders().submit(_send, to, code, language, reference)


def _send(to: Contact, code: str, language: str, reference: str) -> None:
    port = _ports().get(CHANNELS[to.way])
    if port is None:
        logger.error("%s was not sent: no way for %s is set up", reference, to.way)
        return
    text = sign_in_code(code, language=language)
    try:
        port.deliver(Outgoing(to.value, text.subject, text.body, reference))
    except NotDelivered as failed:
        logger.error("%s was not sent: %s", reference, failed)


@cache
def _senders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SENDERS, thread_name_prefix="codes")


@cache
def _ports() -> Mapping[Channel, Port]:
    return ports()
