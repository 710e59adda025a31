"""The tables of a tariff's folder or zip as rows, and what there is to tell of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar
from zipfile import BadZipFile
from zlib import error as ZlibError

import msgspec

from satu.fares.files.rows import FARE_ROWS
from satu.fares.files.satu_rows import SATU_ROWS
from satu.formats.faults.fault import Fault, Remark, Value, fault_at
from satu.formats.gtfs import Feed
from satu.formats.rows import Line, column_names, read_rows

RowT = TypeVar("RowT", bound=msgspec.Struct)

LIST_SEPARATOR = ";"
# A member of a zip that is damaged, has a password, or is packed in a way that nobody unpacks.
NOT_UNPACKED = (BadZipFile, ZlibError, RuntimeError, NotImplementedError, EOFError)
# Files of fares begin like this; Fares v1 and what is proposed for later do too.
FARE_PREFIXES = ("fare", "rider_", "satu_")


class Tables:
    """A tariff's files. Faults keep it from being used, notes do not; both grow as it is read."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.faults: list[Fault] = []
        self.notes: list[Remark] = []
        self.currency = ""
        self._rows: dict[type[msgspec.Struct], list[Any]] = {}
        self._text: dict[str, list[str]] = {}
        self._unreadable: set[str] = set()

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
            is_readable = self.has(kind) and file not in self._unreadable
            found = read_rows(lines, file, kind, self.faults) if is_readable else ()
            self._rows[kind] = [Line(file, *row) for row in found]
        return self._rows[kind]

    def _lines(self, kind: type[msgspec.Struct]) -> list[str]:
        """A file's text, read once; a fault if it cannot be unpacked or is not UTF-8."""
        file = file_of(kind)
        if file not in self._text:
            self._text[file] = []
            if self.feed.has(file):
                try:
                    with self.feed.lines(file) as lines:
                        self._text[file] = list(lines)
                except UnicodeDecodeError:
                    self._cannot_read(file, "file_not_text")
                except NOT_UNPACKED:
                    self._cannot_read(file, "file_not_unpacked")
        return self._text[file]

    def _cannot_read(self, file: str, code: str) -> None:
        self._unreadable.add(file)
        self.faults.append(Fault(file, 0, "", code))

    def note(self, line: Line[RowT] | str, field: str, code: str, /, **values: Value) -> None:
        """Remember what is worth telling about a row, or about a file as a whole."""
        file, row = (line, 0) if isinstance(line, str) else (line.file, line.row)
        self.notes.append(Remark(file, row, field, code, tuple(values.items())))

    def fault(self, line: Line[RowT], field: str, code: str, /, **values: Value) -> None:
        """Remember a fault of a row."""
        self.faults.append(line.fault(field, code, **values))

    def known(self, line: Line[RowT], field: str, name: str, names: Iterable[str]) -> bool:
        """Whether a name is defined; a fault that tells the allowed ones if it is not."""
        allowed = set(names)
        if name in allowed:
            return True
        self.fault(line, field, "name_undefined", name=name, allowed=tuple(sorted(allowed)))
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
        if getattr(line.value, field) is None:
            return default
        amount = line.amount(field, self.currency)
        if isinstance(amount, Fault):
            self.faults.append(amount)
            return 0
        return amount

    def day(self, line: Line[RowT], field: str) -> date:
        """A cell of eight digits as a date; a fault if there is no such day."""
        text: str = getattr(line.value, field)
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            self.fault(line, field, "day_unreadable", value=text)
            return date.min

    def tell_unknown(self) -> None:
        """Files and columns of fares that nobody here reads, by name."""
        known = {file_of(kind): kind for kind in (*FARE_ROWS, *SATU_ROWS)}
        for file in self.feed.files():
            if file.startswith("satu_") and file not in known:
                tables = ", ".join(sorted(name for name in known if name.startswith("satu_")))
                self.faults.append(fault_at(file, 0, "", "satu_table_unknown", tables=tables))
            elif file.startswith(FARE_PREFIXES) and file not in known:
                self.note(file, "", "file_unread")
        for kind in FARE_ROWS:
            named = {field.encode_name for field in msgspec.structs.fields(kind)}
            for column in self.columns(kind):
                if column not in named:
                    self.note(file_of(kind), column, "column_unread")


def told_rows(lines: Iterable[Line[RowT]]) -> str:
    """The lines of a file that rows stand on, for people: `3-9, 12`."""
    numbers = sorted({line.row for line in lines})
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def file_of(kind: type[msgspec.Struct]) -> str:
    file: str = kind.FILE  # type: ignore[attr-defined]
    return file
