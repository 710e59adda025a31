"""Sends a code by the ports of satu.messages, beside the request: who asks waits for nobody.

What waits here when the process ends is lost; whoever waits for it asks again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.db import connections

from satu.messages.kinds import Channel
from satu.messages.ports import NotDelivered, Outgoing, Port, ports
from satu.messages.words import Text
from satu.web.doors.contacts import Contact, Way

CHANNELS = {Way.PHONE: Channel.SMS, Way.EMAIL: Channel.EMAIL}
SENDERS = 4

logger = logging.getLogger(__name__)


def send_later(to: Contact | None, text: Text, *, reference: str) -> None:
    """Let a text with a code be sent; None: nowhere."""
    if to is not None:
        do_later(lambda: send(to, text, reference=reference))


def do_later(work: Callable[[], None]) -> None:
    """Let something be done beside the request; what goes wrong in it is in the log."""
    _senders().submit(_do, work)


def wait_for_all() -> None:
    """Wait until all that was to be done is done."""
    _senders().shutdown()
    _senders.cache_clear()


def _do(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        logger.exception("what was to be done beside a request was not")
    finally:
        connections.close_all()


def open_ways() -> Collection[Channel]:
    """The ways by which a text can be sent."""
    return _ports()


def send(to: Contact, text: Text, *, reference: str) -> None:
    """Send a text with a code; what cannot be sent is in the log."""
    port = _ports().get(CHANNELS[to.way])
    if port is None:
        logger.error("%s was not sent: no way for %s is set up", reference, to.way)
        return
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
