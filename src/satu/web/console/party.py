"""Whose figures somebody sees: the one operator or bank that they work for, and the days shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from satu.cards.models import Issuer
from satu.cards.queries import issuers
from satu.insight.ages import Owed
from satu.services.rules import Operator
from satu.web.design import formats
from satu.web.design.cells import Cell, Money
from satu.web.design.sheets import Column, Sheet, Sort, asked_sort
from satu.web.doors.rights import hide_unless, viewer_of
from satu.web.pictures import current_picture
from satu.web.said import language

USUAL = timedelta(days=29)  # thirty days with the last one
LONGEST = timedelta(days=91)


class Period(NamedTuple):
    """The days that are shown, both included."""

    first: date
    last: date


def own_operator(request: HttpRequest) -> Operator:
    """The operator that somebody's organisation acts for; Http404: none that the city knows."""
    viewer, places = viewer_of(request), current_picture().places
    assert viewer is not None
    for operator in places.bundle.operators if places else ():
        if viewer.organisation == f"operator:{operator.code}":
            hide_unless(viewer.sees_operator(operator.code))
            return operator
    raise Http404


def own_issuer(request: HttpRequest) -> Issuer:
    """The bank that somebody's organisation acts for; Http404: none that the city knows."""
    viewer = viewer_of(request)
    assert viewer is not None
    for issuer in issuers():
        if viewer.organisation == f"issuer:{issuer.code}":
            hide_unless(viewer.sees_issuer(issuer.code))
            return issuer
    raise Http404


def currency() -> str:
    """What the city counts money in."""
    places = current_picture().places
    return places.bundle.asset if places else "IDR"


def today() -> date:
    """The city's service day; before its first tap the machine's."""
    picture = current_picture()
    return picture.today.day if picture.today else timezone.localdate()


def asked_period(request: HttpRequest) -> Period:
    """What `?dari=` and `?sampai=` ask for, at most a quarter of a year; else thirty days."""
    last = min(_day(request, "sampai") or today(), today())
    first = _day(request, "dari") or last - USUAL
    return Period(max(min(first, last), last - LONGEST), last)


def said_day(day: date) -> str:
    """`7 Jul 2026` in the page's language."""
    return formats.day(day, language())


def short_day(day: date) -> str:
    """`7 Jul`: a day under a chart, which says the year elsewhere."""
    return said_day(day).rpartition(" ")[0]


def said_percent(part: int, whole: int) -> str:
    """A share in per cent; of nothing a dash."""
    return formats.percent(100 * part / whole, language()) if whole else "–"


def said_since(found: Iterable[Owed]) -> str:
    """Since when the oldest of it is owed; a dash: nothing is."""
    days = [one.since for one in found if one.since is not None]
    return said_day(min(days)) if days else "–"


class Side(NamedTuple):
    """Who is on the other side of a debt, and how it stands."""

    name: str
    owed: Owed


def owed_sheet(
    request: HttpRequest,
    heading: str,
    sides: Iterable[Side],
    asset: str,
    *,
    caption: str,
    empty: str,
) -> Sheet:
    """What is owed, by age, sorted as asked, else the most first; `heading` is over who is on the
    other side."""
    columns = [
        Column("other", heading, is_sortable=True),
        Column("owed", _("Owed"), is_number=True, is_sortable=True),
        Column("since", _("Since"), is_sortable=True),
        Column("now", _("Of today"), is_number=True, is_sortable=True),
        Column("week", _("1–6 days"), is_number=True, is_sortable=True),
        Column("month", _("7–29 days"), is_number=True, is_sortable=True),
        Column("older", _("30 days and more"), is_number=True, is_sortable=True),
    ]
    sort = asked_sort(request, columns, Sort("owed", is_down=True))
    place = [column.name for column in columns].index(sort.column)
    in_order = sorted(sides, key=lambda side: _owed_keys(side)[place], reverse=sort.is_down)
    rows = [_owed_cells(side, asset) for side in in_order]
    return Sheet(columns, rows, caption, sort=sort, empty=empty, export="csv")


def _owed_keys(side: Side) -> tuple[Any, ...]:
    """What a row is sorted by, column by column; what is not owed is the youngest."""
    owed = side.owed
    return side.name.casefold(), owed.amount, owed.since or date.max, *owed.by_age


def _owed_cells(side: Side, asset: str) -> list[Cell]:
    owed = side.owed
    parts = (Money(part, asset) for part in owed.by_age)
    return [side.name, Money(owed.amount, asset), owed.since or "–", *parts]


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
