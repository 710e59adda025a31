"""Phone numbers in E.164, from the ways Indonesians write them. Pure.

0812-3456-7890, 62812…, +62 (0)812…, 0062812… and 812… are one number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import Identifier, compact, grouped

INDONESIA = "62"
# Digits after the country's code, without the 0 that is dialled at home.
MOBILE_DIGITS = range(9, 13)
FIXED_DIGITS = range(7, 12)
FOREIGN_DIGITS = range(7, 16)  # E.164: at most 15 with the country's code


@dataclass(frozen=True, slots=True, repr=False)
class Phone(Identifier):
    """A phone number; `text` is E.164, `+6281234567890`."""

    @property
    def is_indonesian(self) -> bool:
        return self.text.startswith(f"+{INDONESIA}")

    @property
    def is_mobile(self) -> bool:
        """Whether it is an Indonesian mobile number, which can receive a message."""
        return self.is_indonesian and _is_mobile(self.text[3:])

    @property
    def shown(self) -> str:
        """As it is written at home: 0812-3456-7890; abroad as E.164."""
        if not self.is_indonesian:
            return self.text
        home = "0" + self.text[3:]
        return grouped(home, 4, 4, between="-") if self.is_mobile else home


def read_phone(typed: str) -> Phone | Fault:
    """The phone number that somebody typed in Indonesia, also one of another country with + or 00.

    Faults: PHONE_CHARACTERS, PHONE_PREFIX, PHONE_LENGTH.
    """
    text = re.sub(r"[()]", "", compact(typed))
    digits = text.removeprefix("+")
    if not digits:
        return Fault.PHONE_LENGTH
    if not (digits.isascii() and digits.isdigit()):
        return Fault.PHONE_CHARACTERS
    if text.startswith("0") and not text.startswith("00"):
        digits = INDONESIA + digits[1:]
    elif digits.startswith("00"):
        digits = digits[2:]
    elif text.startswith("8"):
        digits = INDONESIA + digits
    elif not text.startswith(("+", INDONESIA)):
        return Fault.PHONE_PREFIX
    return _with_country(digits)


def _with_country(digits: str) -> Phone | Fault:
    if digits.startswith("0"):
        return Fault.PHONE_PREFIX
    if not digits.startswith(INDONESIA):
        return Phone(f"+{digits}") if len(digits) in FOREIGN_DIGITS else Fault.PHONE_LENGTH
    number = digits.removeprefix(INDONESIA).removeprefix("0")
    if number.startswith("0"):
        return Fault.PHONE_PREFIX
    lengths = MOBILE_DIGITS if _is_mobile(number) else FIXED_DIGITS
    return Phone(f"+{INDONESIA}{number}") if len(number) in lengths else Fault.PHONE_LENGTH


def _is_mobile(number: str) -> bool:
    """0800 and its like are services that others pay for, not phones that people carry."""
    return number.startswith("8") and not number.startswith("80")
