"""The tables of a tariff's folder or zip as rows, and what there is to tell of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, TypeVar

import msgspec

from satu.fares.files.rows import FARE_ROWS
from satu.fares.files.satu_rows import SATU_ROWS
from satu.formats.gtfs import Feed
from satu.formats.rows import Fault, Line, column_names, read_rows
from satu.kernel import money

RowT = TypeVar("RowT", bound=msgspec.Struct)

LIST_SEPARATOR = ";"
SHOWN_NAMES = 8
NOT_TEXT = "not readable as UTF-8"
# Files of fares begin like this; Fares v1 and what is proposed for later do too.
FARE_PREFIXES = ("fare", "rider_", "satu_")


class Remark(NamedTuple):
    """What is worth knowing where: the tariff can be used, but a rule, a column or a default …"""

    file: str
    row: int
    field: str
    note: str

    def __str__(self) -> str:
        return str(Fault(*self))


class Tables:
    """A tariff's files. Faults keep it from being used, notes do not; both grow as it is read."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.faults: list[Fault] = []
        self.notes: list[Remark] = []
        self.currency = ""
        self._rows: dict[type[msgspec.Struct], list[Any]] = {}
        self._text: dict[str, list[str]] = {}

    def has(self, kind: type[msgspec.Struct]) -> bool:
        """Whether the file of a row type is there."""
        return self.feed.has(file_of(kind))

    def columns(self, kind: type[msgspec.Struct]) -> list[str]:
        """The columns that a file names; none if it is not there."""
        return column_names(self._lines(kind))

    def rows(self, kind: type[RowT]) -> list[Line[RowT]]:
        """All rows of a file that can be read, read once; none if it is not there."""
        if kind not in self._rows:
            file, lines = file_of(kind), self._lines(kind)
            is_readable = self.has(kind) and Fault(file, 0, "", NOT_TEXT) not in self.faults
            found = read_rows(lines, file, kind, self.faults) if is_readable else ()
            self._rows[kind] = [Line(file, *row) for row in found]
        return self._rows[kind]

    def _lines(self, kind: type[msgspec.Struct]) -> list[str]:
        """A file's text, read once; a fault if it is not UTF-8."""
        file = file_of(kind)
        if file not in self._text:
            self._text[file] = []
            if self.feed.has(file):
                try:
                    with self.feed.lines(file) as lines:
                        self._text[file] = list(lines)
                except UnicodeDecodeError:
                    self.faults.append(Fault(file, 0, "", NOT_TEXT))
        return self._text[file]

    def note(self, line: Line[RowT] | str, field: str, note: str) -> None:
        """Remember what is worth telling about a row, or about a file as a whole."""
        file, row = (line, 0) if isinstance(line, str) else (line.file, line.row)
        self.notes.append(Remark(file, row, field, note))

    def fault(self, line: Line[RowT], field: str, problem: str) -> None:
        """Remember a fault of a row."""
        self.faults.append(line.fault(field, problem))

    def known(self, line: Line[RowT], field: str, name: str, names: Iterable[str]) -> bool:
        """Whether a name is defined; a fault that tells the allowed ones if it is not."""
        allowed = set(names)
        if name in allowed:
            return True
        self.fault(line, field, f"{name!r} is not defined; allowed: {told(allowed)}")
        return False

    def listed(
        self, line: Line[RowT], field: str, names: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        """The names that a cell lists, each once; a fault for each that is not defined."""
        cell: str = getattr(line.value, field)
        listed = (name.strip() for name in cell.split(LIST_SEPARATOR))
        found = tuple(dict.fromkeys(name for name in listed if name))
        if names is not None:
            allowed = set(names)
            for name in found:
                self.known(line, field, name, allowed)
        return found

    def amount(self, line: Line[RowT], field: str, default: int = 0) -> int:
        """A cell of decimal notation in the tariff's smallest unit; 0 and a fault if it is none."""
        text: str | None = getattr(line.value, field)
        if text is None:
            return default
        try:
            return money.parse(text, self.currency)
        except ValueError as error:
            self.fault(line, field, str(error))
            return 0

    def day(self, line: Line[RowT], field: str) -> date:
        """A cell of eight digits as a date; a fault if there is no such day."""
        text: str = getattr(line.value, field)
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            self.fault(line, field, f"{text!r} is no date; write it as YYYYMMDD: 20250131")
            return date.min

    def tell_unknown(self) -> None:
        """Files and columns of fares that nobody here reads, by name."""
        known = {file_of(kind): kind for kind in (*FARE_ROWS, *SATU_ROWS)}
        for file in self.feed.files():
            if file.startswith("satu_") and file not in known:
                allowed = told(name for name in known if name.startswith("satu_"))
                self.faults.append(Fault(file, 0, "", f"no such table; there are {allowed}"))
            elif file.startswith(FARE_PREFIXES) and file not in known:
                self.note(file, "", "a file of fares that is not read")
        for kind in FARE_ROWS:
            named = {field.encode_name for field in msgspec.structs.fields(kind)}
            for column in self.columns(kind):
                if column not in named:
                    self.note(file_of(kind), column, "a column that is not read")


def told(names: Iterable[str]) -> str:
    """Names for people, the first few of them if they are many."""
    ordered = sorted(names)
    if not ordered:
        return "nothing: none is defined"
    shown, more = ordered[:SHOWN_NAMES], len(ordered) - SHOWN_NAMES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def told_rows(lines: Iterable[Line[RowT]]) -> str:
    """The lines of a file that rows stand on, for people: `rows 3-9, 12`."""
    numbers = sorted({line.row for line in lines})
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    parts = (str(first) if first == last else f"{first}-{last}" for first, last in spans)
    return f"row{'s' if len(numbers) > 1 else ''} {', '.join(parts)}"


def file_of(kind: type[msgspec.Struct]) -> str:
    file: str = kind.FILE  # type: ignore[attr-defined]
    return file
