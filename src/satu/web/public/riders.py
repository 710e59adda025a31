"""Riders by line and place of days that are over: to look at, and as files for anybody."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.insight.history import first_day
from satu.insight.open_data import (
    PublicRiders,
    last_public_day,
    riders_by_day,
    riders_of_day,
)
from satu.insight.places import Places
from satu.kernel.days import from_ms
from satu.ledger.actions import raw_connection
from satu.services.rules import Route
from satu.web.design import formats
from satu.web.design.cells import Cell
from satu.web.design.menus import Place
from satu.web.design.plots import Bar
from satu.web.design.plots import Column as Tall
from satu.web.design.sheets import Column, Sheet, Sort, asked_page, asked_sort, csv_answer
from satu.web.doors.limits import Buckets, limited
from satu.web.doors.rights import public
from satu.web.pictures import current_picture
from satu.web.public.stops import stops_of
from satu.web.said import language

FRESH_S = 600  # late taps of a day come in for three days
ROWS = 25
LOOKS = Buckets(burst=60, per_minute=60)
LINES, PLACES = "garis", "tempat"
LINE_COLUMNS = (
    Column("operator", lazy("Operator"), is_sortable=True),
    Column("line", lazy("Line"), is_sortable=True),
    Column("name", lazy("Name"), is_sortable=True),
    Column("riders", lazy("Riders, at least"), is_number=True, is_sortable=True),
)
PLACE_COLUMNS = (
    Column("place", lazy("Place"), is_sortable=True),
    Column("operator", lazy("Operator"), is_sortable=True),
    Column("riders", lazy("Riders in, at least"), is_number=True, is_sortable=True),
)
MOST_FIRST = Sort("riders", is_down=True)
DAY = "tanggal"


@require_GET
@never_cache
@public
@limited(LOOKS)
def riders(request: HttpRequest) -> HttpResponseBase:
    """A day's riders: by operator and hour as pictures, by line and place as tables and files."""
    places = current_picture().places
    span = _span(places) if places else None
    if places is None or span is None:
        return render(request, "public/riders.html", {"places": None})
    first, last = span
    day = _asked_day(request, first, last)
    told = _riders(places, day, _bucket())
    table = PLACES if request.GET.get("tabel") == PLACES else LINES
    sheet = _sheet(request, places, told, table)
    if request.GET.get("format") == "csv":
        return csv_answer(_filed(sheet, day), f"penumpang-{table}-{day.isoformat()}")
    context = {
        "places": places,
        "day": day,
        "first": first,
        "last": last,
        "earlier": day - timedelta(days=1) if day > first else None,
        "later": day + timedelta(days=1) if day < last else None,
        "total": sum(told.operators.values()),
        "operators": [
            Bar(places.operators[one].name, n, places.operators[one].colour)
            for one, n in sorted(told.operators.items(), key=lambda one: -one[1])
            if one in places.operators
        ],
        "hours": _hours(places, told),
        "days": _days(_by_day(last, _bucket())),
        "sheet": _page(request, sheet),
        "table": table,
        "tables": _tables(request, table),
        "is_empty": not told.operators,
    }
    return render(request, "public/riders.html", context)


def _span(places: Places) -> tuple[date, date] | None:
    """The first and the last day to choose; None: no day is over yet."""
    picture = current_picture()
    told = picture.public
    upto = from_ms(told.upto_ms) if told and told.upto_ms else timezone.now()
    first, last = first_day(raw_connection()), last_public_day(places.calendar, upto)
    return (first, last) if first is not None and first <= last else None


def _asked_day(request: HttpRequest, first: date, last: date) -> date:
    try:
        return min(max(date.fromisoformat(request.GET.get(DAY, "")), first), last)
    except ValueError:
        return last


def _bucket() -> int:
    return int(time.monotonic() // FRESH_S)


@lru_cache(maxsize=40)
def _riders(places: Places, day: date, bucket: int) -> PublicRiders:
    stops = stops_of(places)

    def name_of(point: int) -> str:
        drawn = places.drawn[places.index[point]].id if point in places.index else point
        stop = stops.at(drawn)
        return stop.label if stop else ""

    return riders_of_day(
        raw_connection(), places.calendar, day, operator_of=places.operator_of, group=name_of
    )


@lru_cache(maxsize=2)
def _by_day(last: date, bucket: int) -> dict[date, int]:
    return riders_by_day(raw_connection(), last)


def _hours(places: Places, told: PublicRiders) -> list[Tall]:
    """The hours from the day's begin on; an hour that is not shown has no column."""
    begin = places.calendar.day_start_hour
    hours = [(begin + off) % 24 for off in range(24)]
    return [Tall(f"{hour:02}", told.hours.get(hour, 0)) for hour in hours]


def _days(found: dict[date, int]) -> list[Tall]:
    return [
        Tall(formats.day(day, language()).rpartition(" ")[0], n) for day, n in sorted(found.items())
    ]


def _sheet(request: HttpRequest, places: Places, told: PublicRiders, table: str) -> Sheet:
    """All rows of a table, sorted as asked."""
    if table == PLACES:
        columns: Sequence[Column] = PLACE_COLUMNS
        rows: list[tuple[Cell, ...]] = [
            (name or _("Unknown place"), places.operator_name(operator), n)
            for (operator, name), n in told.places.items()
        ]
        caption = _("Riders by place")
    else:
        columns, caption = LINE_COLUMNS, _("Riders by line")
        routes = {route.id: route for route in places.bundle.routes}
        rows = [
            _line(places.operator_name(operator), routes.get(route), n)
            for (operator, route), n in told.lines.items()
        ]
    sort = asked_sort(request, columns, MOST_FIRST)
    at = next(place for place, column in enumerate(columns) if column.name == sort.column)
    rows.sort(key=lambda row: str(row[0]))
    rows.sort(key=lambda row: row[at], reverse=sort.is_down)  # type: ignore[arg-type, return-value]
    empty = _("Too few riders to show this day without showing single people.")
    return Sheet(columns, rows, caption, sort=sort, empty=empty, export="csv")


def _line(operator: str, route: Route | None, n: int) -> tuple[Cell, ...]:
    if route is None:
        return (operator, "", _("at gates that do not tell the line"), n)
    return (operator, route.code, route.name, n)


def _tables(request: HttpRequest, table: str) -> list[Place]:
    """The tabs above the table."""
    found = []
    for name, label in ((LINES, _("By line")), (PLACES, _("By place"))):
        asked = request.GET.copy()
        for gone in ("hal", "urut", "format"):
            asked.pop(gone, None)
        asked["tabel"] = name
        found.append(Place(label, f"?{asked.urlencode()}", name == table))
    return found


def _page(request: HttpRequest, sheet: Sheet) -> Sheet:
    """The rows of one page of a table."""
    rows = list(sheet.rows)
    pages = max(1, -(-len(rows) // ROWS))
    at = min(asked_page(request), pages)
    shown = rows[(at - 1) * ROWS : at * ROWS]
    return Sheet(
        sheet.columns,
        shown,
        sheet.caption,
        sort=sheet.sort,
        empty=sheet.empty,
        export=sheet.export,
        newer=str(at - 1) if at > 1 else "",
        older=str(at + 1) if at < pages else "",
        said=_("%(first)s–%(last)s of %(all)s")
        % {"first": (at - 1) * ROWS + 1, "last": (at - 1) * ROWS + len(shown), "all": len(rows)}
        if rows
        else "",
    )


def _filed(sheet: Sheet, day: date) -> Sheet:
    """The table for a file: every row says its day."""
    columns = (Column("day", _("Day")), *sheet.columns)
    return Sheet(columns, [(day.isoformat(), *row) for row in sheet.rows], sheet.caption)
