"""A table as one description: what a page shows, what a file gives, how it is sorted and paged.

A view makes a `Sheet` of columns and rows of cells (design.cells); the page writes it with
`{% sheet sheet %}`, and `csv_answer(sheet, "kartu")` gives the same rows as a file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import Promise

from satu.web.design.cells import Cell, plain

SORT, DESCENDING = "urut", "-"
LEAST_FIGURES = 3


class Column(NamedTuple):
    """A column: its name in addresses, its heading, and whether it is of numbers or sortable."""

    name: str
    heading: str | Promise
    is_number: bool = False
    is_sortable: bool = False


class Sort(NamedTuple):
    """The column that the rows are sorted by, and in which direction."""

    column: str
    is_down: bool

    def __str__(self) -> str:
        return (DESCENDING if self.is_down else "") + self.column


@dataclass(frozen=True)
class Sheet:
    """Rows of cells under columns; the first cell of a row names it.

    `caption` says what the table is for who listens. `empty` is said when there are no rows.
    `newer` and `older` are values of `page_parameter` in the links to the neighbouring pages.
    `folds`: on a phone its rows become cards, though it is mostly figures.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    caption: str
    sort: Sort | None = None
    said: str = ""
    empty: str = ""
    newer: str = ""
    older: str = ""
    page_parameter: str = "hal"
    export: str = ""
    folds: bool = False

    @property
    def is_figures(self) -> bool:
        """Mostly figures: on a phone it stays a table, in which they can be compared."""
        figures = sum(column.is_number for column in self.columns[1:])
        is_most = figures >= LEAST_FIGURES and 2 * figures > len(self.columns) - 1
        return is_most and not self.folds


def asked_sort(request: HttpRequest, columns: Sequence[Column], otherwise: Sort) -> Sort:
    """What `?urut=-at` asks for, if such a column can be sorted."""
    asked = request.GET.get(SORT, "")
    name = asked.removeprefix(DESCENDING)
    if any(column.name == name and column.is_sortable for column in columns):
        return Sort(name, asked.startswith(DESCENDING))
    return otherwise


def asked_page(request: HttpRequest, parameter: str = "hal") -> int:
    """What `?hal=3` asks for; anything else is the first page, 1."""
    asked = request.GET.get(parameter, "")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def csv_answer(sheet: Sheet, filename: str) -> StreamingHttpResponse:
    """The sheet's rows as a CSV file in UTF-8 (with a mark for spreadsheets), row by row."""
    answer = StreamingHttpResponse(_lines(sheet), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(sheet: Sheet) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([str(column.heading) for column in sheet.columns])
    for row in sheet.rows:
        yield writer.writerow([plain(cell) for cell in row])
