"""BPJS Kesehatan: a member's 13 digits, and the virtual account that takes the premium. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import Identifier, read_digits

DIGITS = 13
VIRTUAL_ACCOUNT_PREFIX = "88888"


@dataclass(frozen=True, slots=True, repr=False)
class Bpjs(Identifier):
    """A member's number."""

    @property
    def virtual_account(self) -> str:
        """Where the premium is paid: 16 digits. The member's first two are not in it."""
        return VIRTUAL_ACCOUNT_PREFIX + self.text[2:]


def read_bpjs(typed: str) -> Bpjs | Fault:
    """The member's number that somebody typed. Faults: BPJS_CHARACTERS, BPJS_LENGTH."""
    text = read_digits(
        typed, lengths=(DIGITS,), characters=Fault.BPJS_CHARACTERS, length=Fault.BPJS_LENGTH
    )
    return text if isinstance(text, Fault) else Bpjs(text)
