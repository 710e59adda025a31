"""What all identifiers share: how what people type is cleaned, and what may be shown of it. Pure.

Each module beside this one reads one identifier: `read_nik(typed, …) -> Nik | Fault`. A value's
`text` is the one spelling that is stored and compared, `shown` the one that its owner recognises,
`masked` the one for everybody else. A value printed or logged shows itself masked.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from satu.formats.identifiers.fault import Fault

MASK = "•"
VISIBLE = 4
# What people put between groups: blanks of any kind, dots, slashes and every hyphen of a keyboard.
_BETWEEN = re.compile(r"[\s./\-\u2010-\u2015\u200b\ufeff]+")


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """An identifier in its one spelling."""

    text: str

    @property
    def shown(self) -> str:
        """As its owner is used to seeing it."""
        return self.text

    @property
    def masked(self) -> str:
        """For people who need to recognise it but not to know it: the last four characters."""
        return MASK * (len(self.text) - VISIBLE) + self.text[-VISIBLE:]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked})"


def compact(typed: str) -> str:
    """What was typed without what people put between groups."""
    return _BETWEEN.sub("", typed)


def read_digits(
    typed: str, *, lengths: Collection[int], characters: Fault, length: Fault
) -> str | Fault:
    """The ASCII digits of an identifier that has nothing else, or which of two faults it has."""
    text = compact(typed)
    if not (text.isascii() and text.isdigit()):
        return characters if text else length
    return text if len(text) in lengths else length


def grouped(text: str, *widths: int, between: str = " ") -> str:
    """The text in groups of these widths; what is left over is the last group."""
    groups, place = [], 0
    for width in widths:
        groups.append(text[place : place + width])
        place += width
    return between.join([*groups, text[place:]] if place < len(text) else groups)
