"""The words of cards: states, media, issuers. Pure. Numbers are stored and keep their meaning."""

from __future__ import annotations

from enum import IntEnum
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
