"""NOP, a taxed property's number: PP.RR.KKK.LLL.BBB-UUUU.K (PER-12/PJ/2010). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from satu.formats.identifiers.area import Area, AreaSystem
from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import Identifier, grouped, read_digits

DIGITS = 18
WIDTHS = (2, 2, 3, 3, 3, 4, 1)


class PropertyKind(Enum):
    """What the last digit says."""

    ONE_TAXPAYER = "0"
    SISTEP = "7"
    SHARED = "9"


@dataclass(frozen=True, slots=True, repr=False)
class Nop(Identifier):
    """A taxed property's number. Its areas are the statistics office's, not a NIK's."""

    regency: Area
    district: Area
    village: Area
    block: str
    serial: str
    kind: PropertyKind

    @property
    def shown(self) -> str:
        head = grouped(self.text[:13], 2, 2, 3, 3, between=".")
        return f"{head}-{self.text[13:17]}.{self.text[17]}"


def read_nop(typed: str) -> Nop | Fault:
    """The property's number that somebody typed. Faults: NOP_CHARACTERS, NOP_LENGTH,
    NOP_LAST_DIGIT."""
    text = read_digits(
        typed, lengths=(DIGITS,), characters=Fault.NOP_CHARACTERS, length=Fault.NOP_LENGTH
    )
    if isinstance(text, Fault):
        return text
    if text[-1] not in {kind.value for kind in PropertyKind}:
        return Fault.NOP_LAST_DIGIT
    regency, district, village = (Area(AreaSystem.BPS, text[:end]) for end in (4, 7, 10))
    kind = PropertyKind(text[-1])
    return Nop(text, regency, district, village, text[10:13], text[13:17], kind)
