"""The words of approvals: what can be proposed, and what became of it. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from typing import Annotated

import msgspec

LASTS = timedelta(hours=72)

Number = Annotated[int, msgspec.Meta(ge=1)]
Amount = Annotated[int, msgspec.Meta(ge=1)]
Why = Annotated[str, msgspec.Meta(min_length=3, max_length=300)]


class State(IntEnum):
    """What became of a proposal. Stored; never renumber."""

    WAITING = 0
    DONE = 1
    REFUSED = 2  # approved, but the action itself refused
    REJECTED = 3
    WITHDRAWN = 4
    EXPIRED = 5


class Goodwill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money given to a card, paid by its bank; with `operator`, by that operator."""

    card: Number
    amount: Amount
    operator: Annotated[int, msgspec.Meta(ge=0)] = 0


class Prefund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bank has deposited in all, which caps what it may owe the others."""

    bank: Number
    amount: Annotated[int, msgspec.Meta(ge=0)]


class PayBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed card's money goes to an account; `bank_code` empty: at the card's own bank."""

    card: Number
    account: str
    name: str
    bank_code: str = ""

    def __repr__(self) -> str:
        return "PayBack(…)"

    def decided(self) -> PayBack:
        """What is kept of it once it was decided: not whose account it was."""
        return msgspec.structs.replace(self, account="", name="")


class ActivateTariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draft of a tariff comes into force, for a reason that is kept with it; with `replace` in
    the place of a version of its name or day."""

    draft: Number
    why: Why
    replace: bool = False


class RollBackTariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tariffs of before the last change come back, for a reason that is kept."""

    city: str
    why: Why


Parameters = Goodwill | Prefund | PayBack | ActivateTariff | RollBackTariff
