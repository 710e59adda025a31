"""The words of cards: states, media, issuers. Pure. Numbers are stored and keep their meaning."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

from satu.wire.messages import MediumKind


class CardState(IntEnum):
    """What may be done with a card. A closed card never opens again."""

    ACTIVE = 0
    BLOCKED = 1
    CLOSED = 2


class Medium(IntEnum):
    """What is held to a reader for a card. CHIP is Satu's own and carries the card's serial."""

    CHIP = 1
    BANK_CHIP = 2
    EMV = 3
    QR = 4
    PLATE = 5

    @property
    def wire(self) -> str:
        """The name that readers send (satu.wire.messages.MediumKind)."""
        return self.name.lower()

    @classmethod
    def from_wire(cls, kind: MediumKind) -> Medium:
        return cls[kind.upper()]


class MediumState(IntEnum):
    ACTIVE = 0
    REMOVED = 1


class Issuer(NamedTuple):
    """A bank that issues cards and holds the money of their purses.

    `number_prefix` are the six digits that its printed numbers begin with; the note is shown to
    people (what it was called before, that it is simulated here).
    """

    id: int
    code: str
    name: str
    number_prefix: str
    is_simulated: bool = False
    note: str = ""


class CardProduct(NamedTuple):
    """A kind of card: how much its purse may hold and take in, how long it opens doors.

    Money is in the smallest unit of the city's currency; None: no such limit, or for ever. The
    limits of a calendar month are of what comes in. `dormant_months` after its expiry a balance
    is `unclaimed`; `redeem_days` are the working days in which a closed card's money is paid. A
    card that `is_personal` never passes to another resident.
    """

    id: int
    code: str
    name_id: str
    name_en: str
    balance_unregistered: int | None = None
    balance_registered: int | None = None
    monthly_unregistered: int | None = None
    monthly_registered: int | None = None
    valid_months: int | None = None
    dormant_months: int = 12
    redeem_days: int = 14
    is_personal: bool = False


class OrderState(IntEnum):
    """How far an order of cards is. Numbers are stored."""

    ORDERED = 0
    PRODUCED = 1
    DELIVERED = 2


class Why(StrEnum):
    """Why a card is on the deny list: the reason of its last change there."""

    NOT_ACTIVATED = "not_activated"
    FROZEN = "frozen"
    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CLOSED = "closed"
