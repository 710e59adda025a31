"""NPWP, a taxpayer's number: 16 digits since PMK 112/2022, 15 before. Pure.

A person's is the NIK. All others have 0 and the old 15: 9 of the taxpayer (the ninth a Luhn check
digit), 3 of the tax office, 3 of the branch.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import Identifier, grouped, read_digits
from satu.formats.identifiers.nik import Nik, read_nik
from satu.formats.luhn import is_valid

OLD_DIGITS, DIGITS = 15, 16
CHECKED_DIGITS = 9


@dataclass(frozen=True, slots=True, repr=False)
class Npwp(Identifier):
    """A taxpayer's number in 16 digits; `nik` is set where the number is a resident's own."""

    nik: Nik | None = None

    @property
    def old(self) -> str | None:
        """The 15 digits that it had before; None where it is a NIK."""
        return None if self.nik else self.text[1:]

    @property
    def office(self) -> str | None:
        """The tax office (KPP) that registered it; None where it is a NIK."""
        return None if self.nik else self.text[10:13]

    @property
    def branch(self) -> str | None:
        """000 is the head office; None where it is a NIK."""
        return None if self.nik else self.text[13:]

    @property
    def shown(self) -> str:
        if self.old is None:
            return grouped(self.text, 4, 4, 4)
        taxpayer = grouped(self.old[:9], 2, 3, 3, between=".")
        return f"{taxpayer}-{grouped(self.old[9:], 3, between='.')}"


def read_npwp(typed: str, *, on: date, areas: Collection[str] | None = None) -> Npwp | Fault:
    """The taxpayer's number that somebody typed on the day `on`; `areas` as for a NIK.

    Faults: NPWP_CHARACTERS, NPWP_LENGTH, NPWP_CHECK_DIGIT, and those of a NIK where it is one.
    """
    text = read_digits(
        typed,
        lengths=(OLD_DIGITS, DIGITS),
        characters=Fault.NPWP_CHARACTERS,
        length=Fault.NPWP_LENGTH,
    )
    if isinstance(text, Fault):
        return text
    text = text.zfill(DIGITS)
    if text[0] != "0":
        nik = read_nik(text, on=on, areas=areas)
        return nik if isinstance(nik, Fault) else Npwp(text, nik)
    if not is_valid(text[1 : 1 + CHECKED_DIGITS]):
        return Fault.NPWP_CHECK_DIGIT
    return Npwp(text)
