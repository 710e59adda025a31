"""What residents are told: a city pack's `messages.toml`, which it may do without. No database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from satu.formats.rows import Fault
from satu.kernel.money import parse
from satu.messages.kinds import Rules

FILE = "messages.toml"


class MessageRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. `low_balance` in decimal notation, empty: nobody is warned."""

    low_balance: str = ""
    most_a_day: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20


def read_message_rules(folder: Path, currency: str, faults: list[Fault]) -> Rules | None:
    """The rules in a folder; None if there is no such file, or it is faulty."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        given = msgspec.toml.decode(path.read_bytes(), type=MessageRules)
        low = parse(given.low_balance, currency) if given.low_balance else None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, ValueError) as error:
        faults.append(Fault(FILE, 0, "", str(error)))
        return None
    return Rules(currency, low, given.most_a_day)
