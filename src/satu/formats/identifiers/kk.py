"""KK, a family card's number: PPRRKK DDMMYY NNNN, the date being that of its issue. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from satu.formats.identifiers.area import Area, area_doubts, district
from satu.formats.identifiers.fault import Doubt, Fault
from satu.formats.identifiers.identifier import Identifier, grouped, read_digits
from satu.formats.identifiers.nik import possible_days

DIGITS = 16


@dataclass(frozen=True, slots=True, repr=False)
class FamilyCard(Identifier):
    """A family card's number. `issues` are the days of issue that it can mean, oldest first."""

    area: Area
    issues: tuple[date, ...]
    serial: int
    doubts: tuple[Doubt, ...] = ()

    @property
    def shown(self) -> str:
        return grouped(self.text, 6, 6)


def read_kk(typed: str, *, on: date, areas: Collection[str] | None = None) -> FamilyCard | Fault:
    """The family card's number that somebody typed on the day `on`; `areas` as for a NIK.

    Faults: KK_CHARACTERS, KK_LENGTH, KK_AREA_UNKNOWN, KK_DATE_IMPOSSIBLE. Days do not have 40
    added: a woman's NIK, typed in the wrong box, is refused. A man's cannot be told apart.
    """
    text = read_digits(
        typed, lengths=(DIGITS,), characters=Fault.KK_CHARACTERS, length=Fault.KK_LENGTH
    )
    if isinstance(text, Fault):
        return text
    area = district(text)
    doubts = area_doubts(area, areas)
    if doubts is None:
        return Fault.KK_AREA_UNKNOWN
    issues = possible_days(int(text[6:8]), int(text[8:10]), int(text[10:12]), on)
    if not issues:
        return Fault.KK_DATE_IMPOSSIBLE
    serial = int(text[12:])
    doubts += [Doubt.SERIAL_ZERO] * (serial == 0) + [Doubt.CENTURY_UNSURE] * (len(issues) > 1)
    return FamilyCard(text, area, issues, serial, tuple(doubts))
