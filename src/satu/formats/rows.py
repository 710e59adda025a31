"""Typed rows of CSV text: one reader for GTFS feeds and city packs. Pure; streams.

A row type is a msgspec Struct whose fields are the columns. An empty cell is an absent one, so a
field's default says what absence means. Columns a type does not name are left alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any, Generic, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from satu.formats.faults.fault import Fault, Value, fault_at
from satu.kernel import money

RowT = TypeVar("RowT", bound=msgspec.Struct)
ValueT = TypeVar("ValueT")

_FIELD_IN_MESSAGE = re.compile(r"(?:at `\$\.|field `)([A-Za-z0-9_]+)")


class Line(NamedTuple, Generic[ValueT]):
    """A row and where it stands."""

    file: str
    row: int
    value: ValueT

    def fault(self, field: str, code: str, /, **values: Value) -> Fault:
        """What is wrong with a cell of the row."""
        return fault_at(self.file, self.row, field, code, **values)

    def amount(self, field: str, asset: str) -> int | Fault:
        """A cell of decimal notation in an asset's smallest unit."""
        text: str = getattr(self.value, field)
        try:
            return money.parse(text, asset)
        except ValueError:
            is_fine = money.DECIMAL.fullmatch(text.strip())
            code = "amount_too_fine" if is_fine else "amount_unreadable"
            return self.fault(field, code, value=text, asset=asset, example=money.example(asset))


class Numbered(NamedTuple):
    """A line of a file and its number, counted from 1."""

    number: int
    text: str


def read_rows(
    lines: Iterable[str], file: str, kind: type[RowT], faults: list[Fault]
) -> Iterator[tuple[int, RowT]]:
    """The rows of CSV text as `kind`, each with its line number; what cannot be read is a fault.

    The first line names the columns; lines before it that start with `#` are comments. A cell may
    be quoted, but not run over the end of its line.
    """
    numbered = _content_lines(lines)
    header = next(numbered, None)
    if header is None:
        faults.append(Fault(file, 0, "", "file_empty"))
        return
    columns = _cells(header.text) or []
    wrong = list(_wrong_columns(Line(file, header.number, None), columns, kind))
    if wrong:
        faults += wrong
        return
    for number, text in numbered:
        line, cells = Line(file, number, None), _cells(text)
        if cells is None:
            faults.append(line.fault("", "line_unreadable"))
            continue
        if len(cells) > len(columns):
            counts = {"cells": len(cells), "columns": len(columns)}
            faults.append(line.fault("", "cells_too_many", **counts))
            continue
        given = {name: cell for name, cell in zip(columns, cells, strict=False) if cell != ""}
        try:
            yield number, msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            faults.append(_fault_of(error, kind, line, given))


def column_names(lines: Iterable[str]) -> list[str]:
    """The columns that CSV text names; none if it is empty."""
    header = next(_content_lines(lines), None)
    return (_cells(header.text) if header else None) or []


def required_columns(kind: type[msgspec.Struct]) -> set[str]:
    """The columns that a row type cannot do without."""
    return {field.encode_name for field in msgspec.structs.fields(kind) if field.required}


def _wrong_columns(
    header: Line[None], columns: list[str], kind: type[msgspec.Struct]
) -> Iterator[Fault]:
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for name in sorted(required_columns(kind) - set(columns)):
        yield header.fault(name, "column_missing")
    if kind.__struct_config__.forbid_unknown_fields:
        for name in columns:
            if name not in known:
                yield header.fault(name, "column_unknown", columns=", ".join(known))


def _content_lines(lines: Iterable[str]) -> Iterator[Numbered]:
    in_comments = True
    for number, line in enumerate(lines, start=1):
        in_comments = in_comments and line.startswith("#")
        if not in_comments and line.strip():
            yield Numbered(number, line)


def _cells(text: str) -> list[str] | None:
    """A line's cells; None: it is no CSV, or one of them is longer than 128 kB."""
    try:
        return [cell.strip() for cell in next(csv.reader([text]))]
    except csv.Error:
        return None


def _fault_of(
    error: msgspec.ValidationError,
    kind: type[msgspec.Struct],
    line: Line[None],
    given: dict[str, str],
) -> Fault:
    found = _FIELD_IN_MESSAGE.search(str(error))
    field = found.group(1) if found else ""
    if field not in given:
        return line.fault(field, "cell_empty")
    code, wanted = _wanted(get_type_hints(kind, include_extras=True)[field])
    return line.fault(field, code, value=given[field], **wanted)


def _wanted(hint: Any) -> tuple[str, dict[str, str]]:
    """What a column may hold, as its type says it: the fault's code and what its words name."""
    parts = [hint, *get_args(hint), *(one for part in get_args(hint) for one in get_args(part))]
    metas = [part for part in parts if isinstance(part, msgspec.Meta)]
    for part in parts:
        if get_origin(part) is Literal:
            allowed = ", ".join(str(value) for value in get_args(part))
            return "cell_not_listed", {"allowed": allowed}
    for meta in metas:
        if meta.examples:
            return "cell_not_alike", {"examples": ", ".join(map(str, meta.examples))}
    if bool in parts:
        return "cell_not_listed", {"allowed": "true, false"}
    if int in parts or float in parts:
        low = next((meta.ge for meta in metas if meta.ge is not None), None)
        high = next((meta.le for meta in metas if meta.le is not None), None)
        code = "cell_not_whole" if int in parts else "cell_not_number"
        return code, {"bounds": _bounds(low, high)}
    low = next((meta.min_length for meta in metas if meta.min_length is not None), None)
    high = next((meta.max_length for meta in metas if meta.max_length is not None), None)
    return "cell_not_text", {"bounds": _bounds(low, high)}


def _bounds(low: float | None, high: float | None) -> str:
    """A range in signs that both languages read: `(1 … 9)`, `(≥ 0)`; nothing without bounds."""
    if low is not None and high is not None:
        return f"({low} … {high})"
    bounds = [f"≥ {low}"] if low is not None else [f"≤ {high}"] if high is not None else []
    return f"({bounds[0]})" if bounds else ""
