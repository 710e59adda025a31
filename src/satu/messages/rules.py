"""When a message is sent, dropped or tried again. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from satu.messages.kinds import LIFETIME, LIFETIMES, OPTIONAL, Channel, Kind, Rules, Why, Wishes

MOST_TRIES = 6
FIRST_PAUSE = timedelta(minutes=1)
GROWS = 4  # minutes 1, 4, 16, 64, 256: the last try is within the lifetime of most kinds
DAY = timedelta(days=1)
# What protects a card or a person is hardly ever held back: only a program gone wild is.
MOST_NEEDED_A_DAY = 50
LANGUAGES = ("id", "en")
SHOWN = 3


def masked(address: str) -> str:
    """As much of an address as its owner needs to know it again: `•••• 999`, `si••@example.id`."""
    name, at, place = address.rpartition("@")
    return f"{name[:2]}••@{place}" if at else f"•••• {address[-SHOWN:]}"


def next_try(tries: int, at: datetime) -> datetime | None:
    """When a message that could not be delivered is tried again; None: never."""
    return at + FIRST_PAUSE * GROWS ** (tries - 1) if tries < MOST_TRIES else None


def why_not(
    kind: Kind, *, made_at: datetime, sent_today: int, wishes: Wishes, rules: Rules, at: datetime
) -> Why | None:
    """Why a message is not to be sent now; None: it is.

    `sent_today` messages of its sort, optional or not, went to this resident within a DAY.
    """
    if kind in OPTIONAL and kind in wishes.off:
        return Why.UNWANTED
    if at - made_at > LIFETIMES.get(kind, LIFETIME):
        return Why.TOO_OLD
    most = rules.most_a_day if kind in OPTIONAL else MOST_NEEDED_A_DAY
    return Why.TOO_MANY if sent_today >= most else None


def way_to(
    addresses: Collection[Channel], open_ways: Collection[Channel], wished: Channel | None
) -> Channel | None:
    """The way that a message takes: the wished one if it can be had, else the first that can."""
    usable = [way for way in Channel if way in addresses and way in open_ways]
    return wished if wished in usable else next(iter(usable), None)
