"""SIM, a driving licence's number: 12 digits, 14 on cards since 2019, or the NIK since 2025. Pure.

What its 12 or 14 digits mean is the police's own affair and is not read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import Identifier, grouped, read_digits
from satu.formats.identifiers.nik import DIGITS as NIK_DIGITS
from satu.formats.identifiers.nik import Nik, read_nik

LENGTHS = (12, 14, NIK_DIGITS)


@dataclass(frozen=True, slots=True, repr=False)
class Sim(Identifier):
    """A driving licence's number; `nik` is set where it is the resident's own."""

    nik: Nik | None = None

    @property
    def shown(self) -> str:
        return self.nik.shown if self.nik else grouped(self.text, 4, 4, between="-")


def read_sim(typed: str, *, on: date, areas: Collection[str] | None = None) -> Sim | Fault:
    """The licence's number that somebody typed on the day `on`; `areas` as for a NIK.

    Faults: SIM_CHARACTERS, SIM_LENGTH, and those of a NIK where it has 16 digits.
    """
    text = read_digits(
        typed, lengths=LENGTHS, characters=Fault.SIM_CHARACTERS, length=Fault.SIM_LENGTH
    )
    if isinstance(text, Fault) or len(text) < NIK_DIGITS:
        return text if isinstance(text, Fault) else Sim(text)
    nik = read_nik(text, on=on, areas=areas)
    return nik if isinstance(nik, Fault) else Sim(text, nik)
