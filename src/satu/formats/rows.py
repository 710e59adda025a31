"""Typed rows of CSV text: one reader for GTFS feeds and city packs. Pure; streams.

A row type is a msgspec Struct whose fields are the columns. An empty cell is an absent one, so a
field's default says what absence means. Columns a type does not name are left alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Generic, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

RowT = TypeVar("RowT", bound=msgspec.Struct)

_FIELD_IN_MESSAGE = re.compile(r"(?:at `\$\.|field `)([A-Za-z0-9_]+)")


class Fault(NamedTuple):
    """What is wrong where: `row` counts lines of the file from 1 (0: the file as a whole)."""

    file: str
    row: int
    field: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.row}" if self.row else self.file
        return (
            f"{place}: {self.field}: {self.problem}" if self.field else f"{place}: {self.problem}"
        )


class Line(NamedTuple, Generic[RowT]):
    """A row and where it stands."""

    file: str
    row: int
    value: RowT

    def fault(self, field: str, problem: str) -> Fault:
        return Fault(self.file, self.row, field, problem)


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
        faults.append(Fault(file, 0, "", "the file is empty; its first line names the columns"))
        return
    columns = _cells(header.text)
    wrong = _wrong_columns(columns, kind)
    if wrong:
        faults += [Fault(file, header.number, name, problem) for name, problem in wrong]
        return
    for number, text in numbered:
        cells = _cells(text)
        if len(cells) > len(columns):
            problem = f"{len(cells)} cells under {len(columns)} columns; quote a cell with a comma"
            faults.append(Fault(file, number, "", problem))
            continue
        given = {name: cell for name, cell in zip(columns, cells, strict=False) if cell != ""}
        try:
            yield number, msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            faults.append(_fault_of(error, kind, Fault(file, number, "", ""), given))


def column_names(lines: Iterable[str]) -> list[str]:
    """The columns that CSV text names; none if it is empty."""
    header = next(_content_lines(lines), None)
    return _cells(header.text) if header else []


def required_columns(kind: type[msgspec.Struct]) -> set[str]:
    """The columns that a row type cannot do without."""
    return {field.encode_name for field in msgspec.structs.fields(kind) if field.required}


def _wrong_columns(columns: list[str], kind: type[msgspec.Struct]) -> list[tuple[str, str]]:
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    missing = sorted(required_columns(kind) - set(columns))
    wrong = [(name, "this column is missing") for name in missing]
    if kind.__struct_config__.forbid_unknown_fields:
        problem = f"no such column; there are {', '.join(known)}"
        wrong += [(name, problem) for name in columns if name not in known]
    return wrong


def _content_lines(lines: Iterable[str]) -> Iterator[Numbered]:
    in_comments = True
    for number, line in enumerate(lines, start=1):
        in_comments = in_comments and line.startswith("#")
        if not in_comments and line.strip():
            yield Numbered(number, line)


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([text]))]


def _fault_of(
    error: msgspec.ValidationError,
    kind: type[msgspec.Struct],
    place: Fault,
    given: dict[str, str],
) -> Fault:
    found = _FIELD_IN_MESSAGE.search(str(error))
    field = found.group(1) if found else ""
    if field not in given:
        return place._replace(field=field, problem="this cell is empty; a value is needed")
    wanted = _allowed(kind, field) or str(error).split(" - at ")[0]
    return place._replace(field=field, problem=f"{given[field]!r} cannot be read: {wanted}")


def _allowed(kind: type[msgspec.Struct], field: str) -> str:
    """What a column may hold, where its type lists that or gives an example; else ""."""
    hint = get_type_hints(kind, include_extras=True)[field]
    for part in (hint, *get_args(hint)):
        if get_origin(part) is Literal:
            return f"allowed: {', '.join(str(value) for value in get_args(part))}"
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.examples:
                return f"write it as {', '.join(str(example) for example in meta.examples)}"
    return "allowed: true, false" if hint is bool else ""
