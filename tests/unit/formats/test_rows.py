"""Typed rows of CSV: what is read, and what a fault says."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from satu.formats.faults.fault import Fault, fault_at
from satu.formats.rows import column_names, read_rows


class Shelf(msgspec.Struct, frozen=True):
    code: Annotated[str, msgspec.Meta(min_length=1)]
    books: Annotated[int, msgspec.Meta(ge=0)]
    width_m: float = 1.0


class StrictShelf(Shelf, frozen=True, forbid_unknown_fields=True):
    pass


def read(*lines: str, kind: type[Any] = Shelf) -> tuple[list[tuple[int, Any]], list[Fault]]:
    faults: list[Fault] = []
    return list(read_rows(lines, "shelves.csv", kind, faults)), faults


def test_rows_are_typed_and_keep_their_line_numbers() -> None:
    rows, faults = read("# source: a visit\n", "books,code,owner\n", "3,A,Ani\n", "\n", "0,B,\n")
    assert rows == [(3, Shelf("A", 3)), (5, Shelf("B", 0))]
    assert faults == []


def test_an_empty_cell_is_an_absent_one() -> None:
    rows, faults = read("code,books,width_m\n", "A,1,\n", ",1,2\n", "B,,2\n", "C\n")
    assert rows == [(2, Shelf("A", 1, 1.0))]
    assert [str(fault) for fault in faults] == [
        "shelves.csv:3: code: this cell is empty; a value is needed",
        "shelves.csv:4: books: this cell is empty; a value is needed",
        "shelves.csv:5: books: this cell is empty; a value is needed",
    ]


def test_a_cell_of_the_wrong_kind_is_told_with_its_value() -> None:
    rows, faults = read("code,books\n", "A,many\n", "B,-1\n", "C,2\n")
    assert rows == [(4, Shelf("C", 2))]
    assert faults == [
        fault_at("shelves.csv", 2, "books", "cell_not_whole", value="many", bounds="(≥ 0)"),
        fault_at("shelves.csv", 3, "books", "cell_not_whole", value="-1", bounds="(≥ 0)"),
    ]
    assert faults[0].told("id") == (
        "shelves.csv:2: books: 'many' tidak dapat dibaca; tulis bilangan bulat (≥ 0)"
    )


class Wide(msgspec.Struct, frozen=True):
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] = 0.0
    width_m: float = 1.0
    short: Annotated[str, msgspec.Meta(max_length=3)] = ""
    seats: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None
    most: Annotated[int, msgspec.Meta(le=5)] = 5


def test_bounds_are_told_as_the_type_says_them() -> None:
    lines = ("lat,width_m,short,seats,most\n", "91,,,,\n", ",wide,,,\n", ",,four,,\n", ",,,10,\n")
    _, faults = read(*lines, ",,,,6\n", kind=Wide)
    assert [(fault.code, dict(fault.values)["bounds"]) for fault in faults] == [
        ("cell_not_number", "(-90 … 90)"),
        ("cell_not_number", ""),
        ("cell_not_text", "(≤ 3)"),
        ("cell_not_whole", "(1 … 9)"),
        ("cell_not_whole", "(≤ 5)"),
    ]


def test_a_cell_longer_than_csv_goes_is_a_fault_of_its_line() -> None:
    rows, faults = read("code,books\n", f"{'A' * 200_000},1\n", "B,2\n")
    assert [row.code for _, row in rows] == ["B"]
    assert faults == [Fault("shelves.csv", 2, "", "line_unreadable")]


class Loan(msgspec.Struct, frozen=True):
    shelf: Literal["A", "B"]
    day: Annotated[str, msgspec.Meta(pattern="^[0-9]{8}$", examples=["20250131"])] | None = None
    is_back: bool = False


def test_what_is_allowed_is_told_where_the_type_says_it() -> None:
    lines = ("shelf,day,is_back\n", "C,,\n", "A,today,\n", "A,,perhaps\n", "B,20260101,true\n")
    rows, faults = read(*lines, kind=Loan)
    assert rows == [(5, Loan("B", "20260101", True))]
    assert [str(fault) for fault in faults] == [
        "shelves.csv:2: shelf: 'C' cannot be read: allowed: A, B",
        "shelves.csv:3: day: 'today' cannot be read: write it as 20250131",
        "shelves.csv:4: is_back: 'perhaps' cannot be read: allowed: true, false",
    ]


def test_the_columns_of_a_file() -> None:
    assert column_names(["# a visit\n", '"code", books\n', "A,1\n"]) == ["code", "books"]
    assert column_names(["# nothing yet\n"]) == []


def test_a_comma_in_a_cell_needs_quotes() -> None:
    rows, faults = read("code,books\n", 'A,"1"\n', '"B, C",2\n', "B, C,2\n")
    assert [row.code for _, row in rows] == ["A", "B, C"]
    assert [(fault.row, fault.field) for fault in faults] == [(4, "")]


def test_columns_are_checked_once() -> None:
    assert read("code\n", "A\n", "B\n") == (
        [],
        [Fault("shelves.csv", 1, "books", "column_missing")],
    )
    rows, faults = read("code,books,colour\n", "A,1,red\n", kind=StrictShelf)
    assert rows == []
    assert faults == [
        fault_at("shelves.csv", 1, "colour", "column_unknown", columns="code, books, width_m")
    ]


def test_an_empty_file_is_a_fault() -> None:
    rows, faults = read("# nothing yet\n")
    assert rows == []
    assert [(fault.row, fault.field) for fault in faults] == [(0, "")]


@given(st.lists(st.text(max_size=12), max_size=20))
def test_every_line_is_a_row_or_a_fault_or_empty(cells: list[str]) -> None:
    lines = [cell.replace("\n", "").replace("\r", "").replace("\x00", "") for cell in cells]
    rows, faults = read("code,books\n", *lines)
    spoken = {number for number, _ in rows} | {fault.row for fault in faults}
    assert spoken == {number for number, line in enumerate(lines, start=2) if line.strip()}
