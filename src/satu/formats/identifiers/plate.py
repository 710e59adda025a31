"""Number plates: B 1234 ABC; of the state, RI 1; of embassies, CD 12 34 (Perpol 7/2021). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.identifier import MASK, Identifier, compact

_LETTERS = (
    "A AA AB AD AE AG B BA BB BD BE BG BH BK BL BM BN BP D DA DB DC DD DE DG DH DK DL DM DN DP DR"
    " DS DT DW E EA EB ED F G H K KB KH KT KU L M N P PA PB PG PS PT PY R S T W Z"
)
AREAS = frozenset(_LETTERS.split())
STATE = "RI"
EMBASSIES = frozenset(("CD", "CC"))

_USUAL = re.compile(r"([A-Z]{1,2})([1-9][0-9]{0,3})([A-Z]{0,3})")
_EMBASSY = re.compile(r"(C[CD])[\s.-]*([1-9][0-9]{0,2})[\s.-]+([1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True, repr=False)
class Plate(Identifier):
    """A vehicle's plate, its parts one blank apart: area, number, last letters.

    For an embassy's the number is its country and `letters` is the number within it.
    """

    area: str
    number: str
    letters: str

    @property
    def masked(self) -> str:
        hidden = MASK * (len(self.number) - 1) + self.number[-1]
        return " ".join(filter(None, (self.area, hidden, self.letters)))


def read_plate(typed: str) -> Plate | Fault:
    """The plate that somebody typed, in capitals or not, with or without blanks.

    Faults: PLATE_FORM, PLATE_AREA_UNKNOWN.
    """
    text = typed.strip().upper() if typed.isascii() else ""
    found = _EMBASSY.fullmatch(text) or _USUAL.fullmatch(compact(text))
    if found is None:
        return Fault.PLATE_FORM
    area, number, letters = found.groups()
    if area in EMBASSIES:
        if not letters.isdigit():
            return Fault.PLATE_FORM
    elif area not in AREAS and area != STATE:
        return Fault.PLATE_AREA_UNKNOWN
    return Plate(" ".join(filter(None, (area, number, letters))), area, number, letters)
