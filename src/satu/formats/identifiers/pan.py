"""The account number in a QRIS code: 9360, the provider's four digits, the account. Pure.

It looks like a card's number and is none: its last digit is no check digit (of real merchants'
numbers about one in ten passes Luhn, as by chance), so none is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import Identifier, read_digits

PREFIX = "9360"
LENGTHS = range(16, 20)


@dataclass(frozen=True, slots=True, repr=False)
class QrisPan(Identifier):
    """A merchant's or payer's account at the provider that `nns` names (`0002`: BRI)."""

    nns: str


def read_qris_pan(typed: str) -> QrisPan | Fault:
    """A QRIS account number. Faults: PAN_CHARACTERS, PAN_LENGTH, PAN_PREFIX."""
    text = read_digits(
        typed, lengths=LENGTHS, characters=Fault.PAN_CHARACTERS, length=Fault.PAN_LENGTH
    )
    if isinstance(text, Fault):
        return text
    return QrisPan(text, text[4:8]) if text.startswith(PREFIX) else Fault.PAN_PREFIX
