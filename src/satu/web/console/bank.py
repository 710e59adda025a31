"""A bank's own pages: its float and book, its cards, what it owes, its clearing files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.cards.interbank import deposited, positions
from satu.cards.kinds import CardState
from satu.cards.models import Issuer
from satu.insight import parties
from satu.insight.parties import Counted
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import AccountKind, Asset
from satu.ledger.queries import DailySum, daily_sums
from satu.partners.rules import State
from satu.payments.outage import outages
from satu.people.kinds import Role
from satu.settlement import queries as settlement
from satu.settlement.models import FloatCheck
from satu.settlement.rules import Finding
from satu.web.console.party import (
    Period,
    Side,
    asked_period,
    currency,
    owed_sheet,
    own_issuer,
    said_day,
    said_since,
    short_day,
    today,
)
from satu.web.design.cells import Badge, Cell, Link, Money
from satu.web.design.plots import Bar
from satu.web.design.plots import Column as Drawn
from satu.web.design.sheets import Column, Sheet, asked_page, csv_answer
from satu.web.doors.rights import staff_only
from satu.web.pictures import current_picture

PAGE = 30
MOST_FOUND = 50


@require_GET
@never_cache
@staff_only(Role.BANK)
def bank(request: HttpRequest) -> HttpResponseBase:
    """The bank's float day by day, its book, its cards and numbers; `?format=csv`."""
    issuer, period, asset = own_issuer(request), asked_period(request), currency()
    days = _float_days(issuer, period)
    if request.GET.get("format") == "csv":
        return csv_answer(_days_sheet(days, asset), f"float-{issuer.code}")
    picture = current_picture()
    book = next((one for one in picture.books if one.book == issuer.id), None)
    checked = settlement.last_check(issuer.id)
    context = {
        "issuer": issuer,
        "period": period,
        "latest": today(),
        "currency": asset,
        "sheet": _days_sheet([one for one in days if one.postings], asset),
        "columns": [Drawn(short_day(one.settlement_day), one.debits) for one in reversed(days)],
        "out_since": outages().get(issuer.id),
        "float": Money(book.float_total if book else 0, asset),
        "purses": Money(book.purses if book else 0, asset),
        "payables": Money(book.payables if book else 0, asset),
        "book": _book_rows(book.standings if book else {}, asset),
        "book_closes": book is None or book.difference == 0,
        "owed_href": reverse("console:bank_owed"),
        **_balance(checked, asset),
        **_counts(issuer),
        **_others(issuer, Asset[asset]),
    }
    return render(request, "console/bank.html", context)


@require_GET
@never_cache
@staff_only(Role.BANK)
def owed(request: HttpRequest) -> HttpResponseBase:
    """What the bank owes each operator, and since when; `?format=csv` gives it as a file."""
    issuer, asset, places = own_issuer(request), currency(), current_picture().places
    dues = parties.owed_by(raw_connection(), issuer.id, today())

    def name(number: int) -> str:
        return (places.operator_name(number) if places else "") or str(number)

    sheet = owed_sheet(
        request,
        _("Operator"),
        [Side(name(due.other), due.owed) for due in dues],
        asset,
        caption=_("Owed to operators"),
        empty=_("The bank owes no operator anything."),
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, f"utang-{issuer.code}")
    context = {
        "issuer": issuer,
        "currency": asset,
        "sheet": sheet,
        "total": Money(sum(due.owed.amount for due in dues), asset),
        "since": said_since(due.owed for due in dues),
        "older": Money(sum(due.owed.by_age[-1] for due in dues), asset),
        "bars": [Bar(name(due.other), due.owed.amount) for due in dues if due.owed.amount > 0],
    }
    return render(request, "console/bank_owed.html", context)


@require_GET
@never_cache
@staff_only(Role.BANK)
def clearing(request: HttpRequest) -> HttpResponse:
    """The files of what the bank's own chips and tokens rode, to take along."""
    issuer, asset, page = own_issuer(request), currency(), asked_page(request)
    found, has_more = settlement.clearings(issuer.id, page=page, limit=PAGE)
    columns = [
        Column("day", _("Settlement day")),
        Column("state", _("The bank's answer")),
        Column("lines", _("Chips and tokens"), is_number=True),
        Column("amount", _("Amount"), is_number=True),
        Column("written", _("Written")),
    ]
    rows: list[list[Cell]] = [
        [
            Link(said_day(one.day), reverse("console:bank_clearing_file", args=[one.id]), "CSV"),
            _answer(one),
            one.lines,
            Money(one.amount, asset),
            one.written_at,
        ]
        for one in found
    ]
    sheet = Sheet(
        columns,
        rows,
        _("Clearing files"),
        empty=_("No clearing file has been written for this bank yet."),
        newer=str(page - 1) if page > 1 else "",
        older=str(page + 1) if has_more else "",
    )
    return render(request, "console/bank_clearing.html", {"issuer": issuer, "sheet": sheet})


@require_GET
@never_cache
@staff_only(Role.BANK)
def clearing_file(request: HttpRequest, number: int) -> HttpResponse:
    """One of the bank's clearing files, as it is sent; another bank's is not there."""
    issuer = own_issuer(request)
    found = settlement.clearing_text(issuer.id, number)
    if found is None:
        raise Http404
    day, text = found
    name = f"kliring-{issuer.code}-{day.isoformat()}.csv"
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _float_days(issuer: Issuer, period: Period) -> list[DailySum]:
    """The float's days of a span, the newest first, also those on which nothing moved."""
    first, end = period.first, period.last + timedelta(days=1)
    found = {
        one.settlement_day: one
        for one in daily_sums(raw_connection(), issuer.float_account, first, end)
    }
    days = [end - timedelta(days=back) for back in range(1, (end - first).days + 1)]
    return [found.get(day, DailySum(day, 0, 0, 0)) for day in days]


def _days_sheet(days: list[DailySum], asset: str) -> Sheet:
    columns = [
        Column("day", _("Settlement day")),
        Column("in", _("Came in"), is_number=True),
        Column("out", _("Went out"), is_number=True),
        Column("postings", _("Postings"), is_number=True),
    ]
    rows: list[list[Cell]] = [
        [
            said_day(one.settlement_day),
            Money(one.debits, asset),
            Money(one.credits, asset),
            one.postings,
        ]
        for one in days
    ]
    empty = _("Nothing came in or went out in these days.")
    return Sheet(columns, rows, _("Float by day"), empty=empty, export="csv")


def _book_rows(standings: dict[AccountKind, int], asset: str) -> list[tuple[str, Money]]:
    """The bank's book: what stands against its float, by kind of account; nothing left out."""
    names = {
        AccountKind.PURSE: _("Purses"),
        AccountKind.PROGRAMME_PURSE: _("Benefit purses"),
        AccountKind.ALLOWANCE: _("Set aside on chips"),
        AccountKind.PAYABLE: _("Owed to operators"),
        AccountKind.INTERBANK: _("Owed to other banks, less what they owe"),
        AccountKind.PROGRAMME_FUND: _("Benefit funds"),
        AccountKind.FEE: _("Fees"),
        AccountKind.LOAN: _("Loans"),
        AccountKind.UNCLAIMED: _("Nobody has come for it"),
        AccountKind.LOSS: _("Losses"),
        AccountKind.SUSPENSE: _("Guarantees and what is not assigned yet"),
        AccountKind.AGENT: _("Paid in by agents"),
    }
    return [(names[kind], Money(standings[kind], asset)) for kind in names if standings.get(kind)]


def _balance(checked: FloatCheck | None, asset: str) -> dict[str, Any]:
    """Whether the float is in balance with the bank, and each difference by its name."""
    if checked is None:
        return {"checked": None}
    words = {
        Finding.ON_THE_WAY: Badge("wait", _("On the way to the bank")),
        Finding.NOT_BOOKED_YET: Badge("wait", _("At the bank, not booked yet")),
        Finding.MISSING_AT_BANK: Badge("bad", _("Missing at the bank")),
        Finding.MISSING_IN_BOOKS: Badge("bad", _("Missing in the books")),
        Finding.DIFFERS: Badge("bad", _("Amounts differ")),
    }
    columns = [
        Column("reference", _("Reference")),
        Column("finding", _("What it is")),
        Column("booked", _("In the books"), is_number=True),
        Column("stated", _("On the statement"), is_number=True),
        Column("on", _("Day")),
    ]

    def told(amount: int | None) -> Cell:
        return "–" if amount is None else Money(amount, asset)

    rows: list[list[Cell]] = [
        [
            reference,
            words[Finding(finding)],
            told(booked),
            told(stated),
            said_day(date.fromisoformat(on)),
        ]
        for finding, reference, booked, stated, on in checked.found[:MOST_FOUND]
    ]
    return {
        "checked": checked,
        "closed_on": said_day(checked.closed_on),
        "closing": Money(checked.closing, asset),
        "opening": Money(checked.opening_difference, asset),
        "compared": Money(checked.float_balance, asset),
        "difference": Money(checked.closing - checked.float_balance, asset),
        "differences": Sheet(columns, rows, _("What differs, by name")) if rows else None,
        "not_shown": checked.found_count - len(rows),
    }


def _counts(issuer: Issuer) -> dict[str, Any]:
    conn = raw_connection()
    cards = parties.cards_counted(conn, issuer.id)
    numbers = parties.virtual_accounts_counted(conn, issuer.id)
    card_words = {
        CardState.ACTIVE: _("Active"),
        CardState.BLOCKED: _("Blocked"),
        CardState.CLOSED: _("Closed"),
    }
    number_words = {
        State.WAITING: _("Waiting for the bank"),
        State.UNKNOWN: _("Not known, being asked"),
        State.OPEN: _("Open, to be paid"),
        State.PAID: _("Paid"),
        State.REFUSED: _("Refused by the bank"),
        State.EXPIRED: _("Expired"),
        State.UNPLACED: _("Given back"),
    }
    return {
        "cards": _numbers(cards, card_words),
        "cards_total": sum(cards.numbers.values()),
        "numbers": _numbers(numbers, number_words),
        "counted_at": cards.at,
    }


def _numbers(counted: Counted, words: dict[Any, str]) -> list[tuple[str, int]]:
    return [(words[state], counted.numbers[state]) for state in words if state in counted.numbers]


def _others(issuer: Issuer, asset: Asset) -> dict[str, Any]:
    """What the bank owes each other bank (below zero: is owed), and what it deposited for it."""
    conn, names = raw_connection(), current_picture().issuers
    found = positions(conn, issuer.id, asset)
    rows: list[list[Cell]] = [
        [names.get(other, str(other)), Money(net, asset.name)]
        for other, net in sorted(found.items())
        if net
    ]
    columns = [
        Column("bank", _("Bank")),
        Column("owes", _("Owed to it; below zero it owes"), is_number=True),
    ]
    return {
        "others": Sheet(columns, rows, _("Other banks"), empty=_("No bank owes another.")),
        "prefund": Money(deposited(issuer.id), asset.name),
    }


def _answer(file: settlement.Clearing) -> Badge:
    if file.answered < file.lines:
        return Badge("wait", _("Not answered yet"))
    return Badge("bad", _("Some refused")) if file.refused else Badge("good", _("Paid"))
