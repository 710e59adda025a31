"""The words of messages: what residents are told, by which way, and what became of it. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a message tells. The value is stored."""

    LOW_BALANCE = "low_balance"
    RIDE_REFUSED = "ride_refused"
    TOP_UP_LANDED = "top_up_landed"
    CARD_BLOCKED = "card_blocked"
    CARD_FROZEN = "card_frozen"
    CARD_LOST = "card_lost"
    CARD_REPLACED = "card_replaced"
    CARD_GIVEN = "card_given"
    CARD_TAKEN = "card_taken"
    CASE_OPENED = "case_opened"
    CASE_ASKED = "case_asked"
    CASE_ANSWERED = "case_answered"
    DATA_LOOKED_AT = "data_looked_at"


# What a resident can do without; the others protect a card, a person or a right.
OPTIONAL = frozenset({Kind.LOW_BALANCE, Kind.RIDE_REFUSED, Kind.TOP_UP_LANDED, Kind.CARD_FROZEN})

# Each is told for a tap, whose name it has: that tells the reader, and so the place.
OF_TAPS = frozenset({Kind.LOW_BALANCE, Kind.RIDE_REFUSED})

# After so long a message is old news and is dropped instead of sent.
LIFETIMES = {Kind.RIDE_REFUSED: timedelta(hours=6)}
LIFETIME = timedelta(days=2)


class Channel(StrEnum):
    """The ways to a resident, in the order in which they are tried."""

    EMAIL = "email"
    SMS = "sms"


class State(IntEnum):
    """What became of a message. Stored; never renumber."""

    WAITING = 0
    SENT = 1
    DROPPED = 2  # and `why` tells


class Why(StrEnum):
    """Why a message was dropped; a refusal of the door to a person is told by its own code."""

    UNWANTED = "unwanted"
    TOO_MANY = "too_many"
    TOO_OLD = "too_old"
    NO_ADDRESS = "no_address"
    ADDRESS_REFUSED = "address_refused"
    NOT_DELIVERED = "not_delivered"


class Rules(NamedTuple):
    """A city's rules: `low_balance` in the smallest unit of `asset` (None: nobody is warned),
    `most_a_day` messages of the optional kinds to one resident in 24 hours."""

    asset: str
    low_balance: int | None
    most_a_day: int


class Wishes(NamedTuple):
    """What a resident wants: the language (`id`, `en`), what not, a threshold and a way of theirs.

    `low_balance` and `channel` None: as everybody.
    """

    language: str = "id"
    off: frozenset[Kind] = frozenset()
    low_balance: int | None = None
    channel: Channel | None = None
