"""The words of money in and out. Pure."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple


class Channel(StrEnum):
    """Where a holder pays money in."""

    OWN_BANK = "own_bank"
    OTHER_BANK = "other_bank"
    AGENT = "agent"


class FeeRule(NamedTuple):
    """What a top-up up to an amount costs the payer, on top of it; None: any amount."""

    channel: Channel
    up_to: int | None
    fee: int


class Cause(IntEnum):
    """Who says that a bank is out. Numbers are stored."""

    STAFF = 0
    BREAKER = 1  # it did not answer our own calls
