"""NIK, a resident's number: PPRRKK DDMMYY NNNN (Permendagri 137/2017; UU 24/2013). Pure.

It has no check digit. Its area is where it was first issued, never where somebody lives.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from satu.formats.identifiers.area import Area, area_doubts, district
from satu.formats.identifiers.fault import Doubt, Fault
from satu.formats.identifiers.identifier import Identifier, grouped, read_digits

DIGITS = 16
WOMEN_DAYS = 40
CENTURIES = (1900, 2000)


class Sex(StrEnum):
    """As the day of birth tells it."""

    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True, slots=True, repr=False)
class Nik(Identifier):
    """A resident's number and what it tells. `births` are the days that it can mean, the oldest
    first: two if the century is open."""

    area: Area
    births: tuple[date, ...]
    sex: Sex
    serial: int
    doubts: tuple[Doubt, ...] = ()

    @property
    def born(self) -> date | None:
        """The day of birth; None if it can be one of two."""
        return self.births[0] if len(self.births) == 1 else None

    @property
    def shown(self) -> str:
        return grouped(self.text, 6, 6)


def read_nik(typed: str, *, on: date, areas: Collection[str] | None = None) -> Nik | Fault:
    """The NIK that somebody typed on the day `on`, blanks, dots and hyphens aside.

    `areas` are the known districts' codes, `31.71.01`. Faults: NIK_CHARACTERS, NIK_LENGTH,
    NIK_AREA_UNKNOWN, NIK_DATE_IMPOSSIBLE. What is only unusual is among the value's doubts.
    """
    text = read_digits(
        typed, lengths=(DIGITS,), characters=Fault.NIK_CHARACTERS, length=Fault.NIK_LENGTH
    )
    if isinstance(text, Fault):
        return text
    area = district(text)
    doubts = area_doubts(area, areas)
    if doubts is None:
        return Fault.NIK_AREA_UNKNOWN
    day = int(text[6:8])
    is_female = day > WOMEN_DAYS
    births = possible_days(day - WOMEN_DAYS * is_female, int(text[8:10]), int(text[10:12]), on)
    if not births:
        return Fault.NIK_DATE_IMPOSSIBLE
    serial = int(text[12:])
    doubts += [Doubt.SERIAL_ZERO] * (serial == 0) + [Doubt.CENTURY_UNSURE] * (len(births) > 1)
    sex = Sex.FEMALE if is_female else Sex.MALE
    return Nik(text, area, births, sex, serial, tuple(doubts))


def possible_days(day: int, month: int, year: int, on: date) -> tuple[date, ...]:
    """The days not after `on` that a date with a year of two digits can mean, the oldest first."""
    found = []
    for century in CENTURIES:
        try:
            meant = date(century + year, month, day)
        except ValueError:
            continue
        if meant <= on:
            found.append(meant)
    return tuple(found)


def make_nik(*, district_code: str, born: date, sex: Sex, serial: int) -> str:
    """The digits of a NIK: for registers of demos and for tests. `district_code` is `31.71.01`."""
    assert 0 <= serial <= 9_999, serial
    day = born.day + WOMEN_DAYS * (sex is Sex.FEMALE)
    return f"{district_code.replace('.', '')}{day:02}{born:%m%y}{serial:04}"
