"""Where somebody can be reached. Called by who has something to send to a resident now.

An address is opened for one message, which is written down, and is kept by nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from satu.messages.kinds import Channel, Why
from satu.messages.rules import way_to
from satu.people.access import open_profile
from satu.people.errors import Refusal
from satu.people.kinds import MESSAGES, Role


class Address(NamedTuple):
    """A resident's address, and the way that leads there. Never printed."""

    way: Channel
    value: str

    def __repr__(self) -> str:
        return f"Address({self.way})"


def open_address(
    *,
    resident: int,
    wished: Channel | None,
    open_ways: Collection[Channel],
    sort: str,
    number: int,
    actor: str,
    at: datetime,
) -> Address | Refusal | Why:
    """Where a message reaches a resident: by the way they wish, else by one that is open.

    `sort` (a letter) and `number` name the message in the resident's log: `M-1_234`. Opens a
    profile, in a transaction of its own. Refusals: as satu.people.access.open_profile; no_address.
    """
    profile = open_profile(
        actor=actor,
        role=Role.SYSTEM,
        resident_id=resident,
        purpose=MESSAGES,
        case=f"{sort}-{number:_}",  # nine digits in a row would be taken for somebody's number
        at=at,
    )
    if isinstance(profile, Refusal):
        return profile
    told = {Channel.EMAIL: profile.email, Channel.SMS: profile.phone}
    known = {way: address for way, address in told.items() if address}
    way = way_to(known, open_ways, wished)
    return Address(way, known[way]) if way else Why.NO_ADDRESS
