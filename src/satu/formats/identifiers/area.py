"""Codes of areas: the same digits name different places in two official lists. Pure.

The home ministry's codes are in NIK and KK, the statistics office's in NOP: 3171 is Central
Jakarta in a NIK and South Jakarta in a NOP. An Area says whose code it is, so the two never match.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from satu.formats.identifiers.fault import Doubt


class AreaSystem(StrEnum):
    """Who numbers the areas."""

    KEMENDAGRI = "kemendagri"
    BPS = "bps"


class Area(NamedTuple):
    """An area of one list, as that list writes it: Kemendagri `31.71.01`, BPS `3171010`."""

    system: AreaSystem
    code: str


# Kepmendagri 2025. 54 was East Timor; before about 2000 provinces were numbered from 01.
_TODAY = (
    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65"
    " 71 72 73 74 75 76 81 82 91 92 93 94 95 96"
)
_ONCE = "01 02 03 04 05 06 07 08 09 10 54"
PROVINCES = frozenset(_TODAY.split())
OLD_PROVINCES = frozenset(_ONCE.split())


def district(digits: str) -> Area:
    """The district (kecamatan) that the first six digits of a NIK or KK name."""
    return Area(AreaSystem.KEMENDAGRI, f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}")


def area_doubts(area: Area, known: Collection[str] | None) -> list[Doubt] | None:
    """What is doubtful about a district; None if even its province never was.

    `known` holds the codes of districts on a list of the ministry's (`31.71.01`); without it only
    the province is looked at. Districts merge and split, and a number once issued stays: one that
    is not on the list is no fault.
    """
    province = area.code[:2]
    if province in OLD_PROVINCES:
        return [Doubt.AREA_OLD]
    if province not in PROVINCES:
        return None
    return [] if known is None or area.code in known else [Doubt.AREA_UNKNOWN]
