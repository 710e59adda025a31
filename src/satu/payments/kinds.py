"""The words of money in and out. Pure."""

from __future__ import annotations

from enum import StrEnum
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
