"""What is wrong in a file, or worth knowing of it: the place, a code, and words. Pure.

Programs compare codes; people read the words that `satu.formats.faults.words` has for them in
Indonesian and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from satu.formats.faults.words import WORDS
from satu.wire.messages import Words

SHOWN_NAMES = 8

# A tuple lists names: the first few are shown, and how many more there are.
Value = str | int | tuple[str, ...]
Values = tuple[tuple[str, Value], ...]


class Fault(NamedTuple):
    """What is wrong where: `row` counts lines of the file from 1 (0: the file as a whole).

    `values` are what the words of its code name.
    """

    file: str
    row: int
    field: str
    code: str
    values: Values = ()

    @property
    def words(self) -> Words:
        return words_of(self.code, self.values)

    def told(self, language: str) -> str:
        """`points.csv:3: area: …` in a language, `id` or `en`."""
        place = f"{self.file}:{self.row}" if self.row else self.file
        parts = (place, self.field, self.words.told(language))
        return ": ".join(part for part in parts if part)

    def __str__(self) -> str:
        return self.told("en")

    def as_json(self) -> dict[str, Any]:
        """For programs: the place, the code with its values, the words in both languages."""
        words = {"id": self.words.id, "en": self.words.en}
        return {**self._asdict(), "values": dict(self.values), "words": words}


class Remark(Fault):
    """What is worth knowing where: the file can be used, but a rule, a column or a default …"""


def fault_at(file: str, row: int, field: str, code: str, /, **values: Value) -> Fault:
    """A fault with its values by name."""
    return Fault(file, row, field, code, tuple(values.items()))


def words_of(code: str, values: Values) -> Words:
    """The words of a code with its values; KeyError: a code or a value that there is none of."""
    words, given = WORDS[code], dict(values)
    return Words(
        words.id.format(**_shown(given, "tidak ada: belum ada yang ditetapkan", "dan {} lainnya")),
        words.en.format(**_shown(given, "nothing: none is defined", "and {} more")),
    )


def _shown(values: Mapping[str, Value], none: str, more: str) -> dict[str, str | int]:
    """Values as they stand in a sentence; long lists are cut."""
    shown: dict[str, str | int] = {}
    for name, value in values.items():
        if not isinstance(value, tuple):
            shown[name] = value
            continue
        rest = len(value) - SHOWN_NAMES
        told = ", ".join(value[:SHOWN_NAMES])
        shown[name] = (f"{told} {more.format(rest)}" if rest > 0 else told) or none
    return shown
