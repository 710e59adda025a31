"""A city pack's CSV files: where they are, what their rows are. Used by the pack's reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from satu.city.rows import PatternRow
from satu.formats.faults.fault import Fault, fault_at
from satu.formats.rows import Line, read_rows

CALL_SEPARATOR = ";"

RowT = TypeVar("RowT", bound=msgspec.Struct)


def table_files(folder: Path, table: str) -> list[Path]:
    """The files of a table: `points.csv`, or every csv in the folder `points`, by name."""
    single = folder / f"{table}.csv"
    return [single] if single.is_file() else sorted((folder / table).glob("*.csv"))


def read_table(folder: Path, table: str, kind: type[RowT], faults: list[Fault]) -> list[Line[RowT]]:
    """All rows of a table, in the order of its files."""
    files = table_files(folder, table)
    if not files:
        faults.append(fault_at(f"{table}.csv", 0, "", "table_missing", table=table))
    return [line for path in files for line in _lines(folder, path, kind, faults)]


def _lines(folder: Path, path: Path, kind: type[RowT], faults: list[Fault]) -> Iterator[Line[RowT]]:
    name = path.relative_to(folder).as_posix()
    with path.open(encoding="utf-8-sig", newline="") as lines:
        try:
            for row, value in read_rows(lines, name, kind, faults):
                yield Line(name, row, value)
        except UnicodeDecodeError:
            faults.append(Fault(name, 0, "", "file_not_text"))


def calls_of(pattern: PatternRow) -> list[tuple[str, int]]:
    """A pattern's calls as (point code, metres from the start); ValueError names what is none."""
    calls = []
    for call in pattern.calls.split(CALL_SEPARATOR):
        point, colon, metres = call.rpartition(":")
        if not colon or not point or not metres.isdigit():
            raise ValueError(call)
        calls.append((point, int(metres)))
    return calls
