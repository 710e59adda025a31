"""What residents are told: a city pack's `messages.toml`, which it may do without. No database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from satu.formats.faults.fault import Fault
from satu.formats.rows import Line
from satu.formats.toml import read_toml
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
    given = read_toml(path.read_bytes(), FILE, MessageRules)
    if isinstance(given, Fault):
        faults.append(given)
        return None
    low = Line(FILE, 0, given).amount("low_balance", currency) if given.low_balance else None
    if isinstance(low, Fault):
        faults.append(low)
        return None
    return Rules(currency, low, given.most_a_day)
