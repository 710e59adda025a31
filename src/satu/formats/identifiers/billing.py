"""Kode billing: 15 digits that name a payment to the state (MPN G3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import Identifier, grouped, read_digits

DIGITS = 15


class Collector(StrEnum):
    """Whose money it is, as the first digit says."""

    TAX = "DJP"  # 0 to 3
    CUSTOMS = "DJBC"  # 4 to 6
    OTHER_REVENUE = "DJA"  # 7 to 9: driving licences, vehicle papers, passports


@dataclass(frozen=True, slots=True, repr=False)
class BillingCode(Identifier):
    """A payment's code and who collects it."""

    collector: Collector

    @property
    def shown(self) -> str:
        return grouped(self.text, 5, 5)


def read_billing_code(typed: str) -> BillingCode | Fault:
    """The billing code that somebody typed. Faults: BILLING_CHARACTERS, BILLING_LENGTH."""
    text = read_digits(
        typed, lengths=(DIGITS,), characters=Fault.BILLING_CHARACTERS, length=Fault.BILLING_LENGTH
    )
    if isinstance(text, Fault):
        return text
    if text[0] <= "3":
        return BillingCode(text, Collector.TAX)
    return BillingCode(text, Collector.CUSTOMS if text[0] <= "6" else Collector.OTHER_REVENUE)
