"""An operator's own pages: what it earns and what it is owed, its riders, its readers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.fares.words import CLASSES
from satu.insight import parties
from satu.insight.devices import Wanted
from satu.insight.parties import INCOMPLETE, LineSum, OperatorDay
from satu.kernel.days import from_ms
from satu.kernel.refusal import UseClass
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import SCHEME
from satu.people.kinds import Role
from satu.services.rules import Operator
from satu.web.console.devices import reader_counts, reader_sheet
from satu.web.console.party import (
    Period,
    Side,
    asked_period,
    currency,
    owed_sheet,
    own_operator,
    said_day,
    said_percent,
    said_since,
    short_day,
    today,
)
from satu.web.console.words import outcome_names
from satu.web.design.cells import Cell, Money, Noted
from satu.web.design.plots import Bar
from satu.web.design.plots import Column as Drawn
from satu.web.design.sheets import Column, Sheet, Sort, asked_sort, csv_answer
from satu.web.doors.rights import staff_only
from satu.web.pictures import current_picture
from satu.web.said import say

MOST_BARS = 10


@require_GET
@never_cache
@staff_only(Role.OPERATOR)
def revenue(request: HttpRequest) -> HttpResponseBase:
    """What was earned day by day, riders, refusals, rides without an end; `?format=csv`."""
    operator, period, asset = own_operator(request), asked_period(request), currency()
    conn = raw_connection()
    days = parties.operator_days(conn, operator.id, *period)
    if request.GET.get("format") == "csv":
        return csv_answer(_days_sheet(days, asset), f"pendapatan-{operator.code}")
    rides = parties.operator_rides(conn, operator.id, *period)
    refused = parties.operator_refusals(conn, operator.id, *period)
    dues = [due.owed for due in parties.owed_to(conn, operator.id, today()) if due.other]
    names = outcome_names()
    context = {
        **_common(operator, period),
        **_sums(days, asset),
        "owed": Money(sum(due.amount for due in dues), asset),
        "owed_since": said_since(dues),
        "sheet": _days_sheet([one for one in days if any(one[1:])], asset),
        "columns": [Drawn(short_day(one.day), one.earned) for one in reversed(days)],
        "products": _products(operator, period, rides),
        "endings": [Bar(say(CLASSES[ended]), count) for ended, count, _fare in rides],
        "refusals": [Bar(names.get(outcome, str(outcome)), taps) for outcome, taps in refused],
    }
    return render(request, "console/operator_revenue.html", context)


@require_GET
@never_cache
@staff_only(Role.OPERATOR)
def lines(request: HttpRequest) -> HttpResponseBase:
    """What each line earned and carried; `?format=csv` gives it as a file."""
    operator, period, asset = own_operator(request), asked_period(request), currency()
    found = parties.operator_lines(raw_connection(), operator.id, *period)
    columns = _line_columns()
    sort = asked_sort(request, columns, Sort("fare", True))
    found.sort(key=lambda line: _line_key(line, sort.column), reverse=sort.is_down)
    sheet = Sheet(
        columns,
        [_line_cells(line, asset) for line in found],
        _("Lines"),
        sort=sort,
        empty=_("Nobody has ridden in these days, as far as is counted."),
        export="csv",
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, f"jalur-{operator.code}")
    best = sorted(found, key=lambda line: -line.fare)[:MOST_BARS]
    bars = [
        Bar(_line_name(line.route), line.fare, _colour(line.route)) for line in best if line.fare
    ]
    context = {**_common(operator, period), "sheet": sheet, "bars": bars}
    return render(request, "console/operator_lines.html", context)


@require_GET
@never_cache
@staff_only(Role.OPERATOR)
def owed(request: HttpRequest) -> HttpResponseBase:
    """What each bank owes the operator, and since when; `?format=csv` gives it as a file."""
    operator, asset = own_operator(request), currency()
    picture = current_picture()
    dues = parties.owed_to(raw_connection(), operator.id, today())
    of_banks = [due for due in dues if due.other != SCHEME]
    sheet = owed_sheet(
        request,
        _("Bank"),
        [Side(picture.issuers.get(due.other, str(due.other)), due.owed) for due in of_banks],
        asset,
        caption=_("What banks owe"),
        empty=_("No bank owes anything."),
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, f"piutang-{operator.code}")
    claim = next((due.owed for due in dues if due.other == SCHEME), None)
    context = {
        "operator": operator,
        "sheet": sheet,
        "total": Money(sum(due.owed.amount for due in of_banks), asset),
        "since": said_since(due.owed for due in of_banks),
        "older": Money(sum(due.owed.by_age[-1] for due in of_banks), asset),
        "claim": Money(claim.amount if claim else 0, asset),
        "bars": [
            Bar(picture.issuers.get(due.other, str(due.other)), due.owed.amount)
            for due in of_banks
            if due.owed.amount > 0
        ],
        "currency": asset,
    }
    return render(request, "console/operator_owed.html", context)


@require_GET
@never_cache
@staff_only(Role.OPERATOR)
def own_readers(request: HttpRequest) -> HttpResponseBase:
    """How the operator's readers are; `?format=csv` gives all of them as a file."""
    operator, asked = own_operator(request), request.GET
    wanted = Wanted(asked.get("q", "")[:64], operator.id, None, asked.get("soal", ""))
    sheet = reader_sheet(request, wanted, is_linked=False)
    if asked.get("format") == "csv":
        return csv_answer(sheet, f"pembaca-{operator.code}")
    counts = reader_counts(operator.id)
    context = {"operator": operator, "sheet": sheet, "wanted": wanted, "counts": counts}
    return render(request, "console/operator_readers.html", context)


def _common(operator: Operator, period: Period) -> dict[str, Any]:
    return {
        "operator": operator,
        "period": period,
        "latest": today(),
        "currency": currency(),
        "owed_href": reverse("console:own_owed"),
    }


def _sums(days: list[OperatorDay], asset: str) -> dict[str, Any]:
    taps, uses = sum(one.taps for one in days), sum(one.uses for one in days)
    refused, incomplete = sum(one.refused for one in days), sum(one.incomplete for one in days)
    return {
        "earned": Money(sum(one.earned for one in days), asset),
        "riders": sum(one.riders for one in days),
        "incomplete": incomplete,
        "incomplete_share": said_percent(incomplete, uses),
        "refused": refused,
        "refused_share": said_percent(refused, taps),
    }


def _days_sheet(days: list[OperatorDay], asset: str) -> Sheet:
    columns = [
        Column("day", _("Day")),
        Column("earned", _("Revenue"), is_number=True),
        Column("riders", _("Riders"), is_number=True),
        Column("uses", _("Rides"), is_number=True),
        Column("incomplete", _("Incomplete"), is_number=True),
        Column("taps", _("Taps"), is_number=True),
        Column("refused", _("Refused"), is_number=True),
    ]
    rows: list[list[Cell]] = [
        [
            said_day(one.day),
            Money(one.earned, asset),
            one.riders,
            one.uses,
            one.incomplete,
            one.taps,
            one.refused,
        ]
        for one in days
    ]
    empty = _("Nobody has ridden in these days, as far as is counted.")
    return Sheet(columns, rows, _("By day"), empty=empty, export="csv")


def _products(
    operator: Operator, period: Period, rides: list[tuple[UseClass, int, int]]
) -> list[Bar]:
    """What was sold: rides that ended as they should, the others, each kind of pass."""
    places = current_picture().places
    assert places is not None
    whole = sum(fare for ended, _count, fare in rides if ended not in INCOMPLETE)
    others = sum(fare for ended, _count, fare in rides if ended in INCOMPLETE)
    calendar = places.calendar
    since = from_ms(calendar.start_ms(period.first))
    until = from_ms(calendar.start_ms(period.last + timedelta(days=1)))
    names = {one.product: one.name for tariff in places.bundle.tariffs for one in tariff.passes}
    sold = [
        Bar(names.get(one.what) or one.what, one.amount)
        for one in parties.operator_passes(raw_connection(), operator.id, since, until)
    ]
    found = [Bar(_("Rides"), whole), Bar(_("Incomplete rides"), others), *sold]
    return [bar for bar in found if bar.value]


def _line_columns() -> list[Column]:
    return [
        Column("line", _("Line"), is_sortable=True),
        Column("fare", _("What rides cost"), is_number=True, is_sortable=True),
        Column("riders", _("Riders"), is_number=True, is_sortable=True),
        Column("uses", _("Rides"), is_number=True, is_sortable=True),
        Column("incomplete", _("Incomplete"), is_number=True, is_sortable=True),
        Column("taps", _("Taps"), is_number=True, is_sortable=True),
        Column("refused", _("Refused"), is_number=True, is_sortable=True),
    ]


def _line_key(line: LineSum, column: str) -> tuple[Any, int]:
    value = _line_name(line.route) if column == "line" else getattr(line, column)
    return value, line.route


def _line_cells(line: LineSum, asset: str) -> list[Cell]:
    places = current_picture().places
    route = places.routes.get(line.route) if places else None
    name: Cell = Noted(route.code, route.name) if route else _line_name(line.route)
    return [
        name,
        Money(line.fare, asset),
        line.riders,
        line.uses,
        line.incomplete,
        line.taps,
        line.refused,
    ]


def _line_name(number: int) -> str:
    places = current_picture().places
    route = places.routes.get(number) if places else None
    return f"{route.code} · {route.name}" if route else _("At gates and doors, no line told")


def _colour(number: int) -> str:
    places = current_picture().places
    route = places.routes.get(number) if places else None
    return route.colour if route else ""
