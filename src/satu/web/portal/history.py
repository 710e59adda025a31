"""Riwayat: journeys and money of a resident's cards, the newest first; filtered, and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.cases.words import say_day
from satu.taps.history import MOST
from satu.web.design import formats
from satu.web.design.cells import Cell, Money
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, csv_answer
from satu.web.doors.rights import hide_unless, resident_only
from satu.web.portal import lines
from satu.web.portal.lines import Page, Row, Seen, Span, Told, cards_seen, page_of
from satu.web.portal.names import mark_named_by, name_of_mark
from satu.web.portal.own import Asker, asker
from satu.web.said import language

LINES = 40
USUAL_DAYS = 30
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
ONE_DAY = timedelta(days=1)
STATEMENTS = 12  # months that are offered; older ones have addresses too


class FilterForm(forms.Form):
    """What a history is narrowed by. Nothing chosen: the resident's own cards, the last month."""

    kartu = forms.TypedChoiceField(
        label=gettext_lazy("Card"), coerce=int, empty_value=None, required=False
    )
    jenis = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            ("", gettext_lazy("Everything")),
            ("rides", gettext_lazy("Journeys")),
            ("money", gettext_lazy("Other money")),
        ],
        required=False,
    )
    dari = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    sampai = forms.DateField(
        label=gettext_lazy("To"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        told = super().clean() or {}
        first, last = told.get("dari"), told.get("sampai")
        for name, day in (("dari", first), ("sampai", last)):
            if isinstance(day, date) and not EARLIEST <= day <= LATEST:
                self.add_error(name, _("Choose a day from 2000 to 2099."))
        if isinstance(first, date) and isinstance(last, date) and first > last:
            self.add_error("sampai", _("This is before the first day; choose a later one."))
        return told


class Asked(NamedTuple):
    """What somebody wants to see."""

    cards: list[Seen]
    span: Span
    first: date
    last: date


class DayOf(NamedTuple):
    """A day of a history: what it is called, and its lines."""

    name: str
    rows: list[Row]


@require_GET
@never_cache
@resident_only
def history(request: HttpRequest) -> HttpResponseBase:
    """A page of the history, or with `?format=csv` all of what is asked for as a file."""
    asks = asker(request)
    cards = cards_seen(asks)
    form = filter_form(request, cards)
    wanted = asked(form, cards, asks)
    if request.GET.get("format") == "csv":
        return csv_answer(_sheet(asks, wanted), _("history"))
    after = mark_named_by(request.GET.get("hal", ""), asks.resident)
    if after is None:
        raise Http404
    page = page_of(asks, wanted.cards, wanted.span, after=after, limit=LINES)
    context = {
        "form": form,
        "has_cards": bool(cards),
        "is_several": len(cards) > 1,
        "days": days_of(page, asks, names_card=len(wanted.cards) > 1),
        "older": _with(request, hal=name_of_mark(page.after, asks.resident)) if page.after else "",
        "newest": _with(request) if after else "",
        "csv": _with(request, format="csv"),
        "periods": _periods(request, wanted, asks),
        "watched": [one for one in wanted.cards if not one.is_own],
        "statement": statement_form(cards, asks),
    }
    return render(request, "portal/history.html", context)


def filter_form(request: HttpRequest, cards: Sequence[Seen]) -> FilterForm:
    """The filter as it was sent; without anything of it, empty."""
    sent = {name: request.GET.get(name, "") for name in FilterForm.base_fields}
    if not (sent["dari"] or sent["sampai"]):
        sent["dari"] = (localdate() - (USUAL_DAYS - 1) * ONE_DAY).isoformat()
    form = FilterForm(sent)
    own = [(one.card.serial, one.called) for one in cards if one.is_own]
    others = [(one.card.serial, one.called) for one in cards if not one.is_own]
    choices: list[tuple[object, object]] = [("", _("My cards")), *own]
    if others:
        choices.append((_("Of those you look after"), others))
    form.fields["kartu"].choices = choices  # type: ignore[attr-defined]
    form.full_clean()
    for field in form.fields.values():
        field.required = True  # so that no label says what goes without saying
    form.use_required_attribute = False
    return form


def asked(form: FilterForm, cards: Sequence[Seen], asks: Asker) -> Asked:
    """What a filter asks for; what cannot be is as if it had not been sent, and said beside it.

    A ward's card is looked at only when it is named: each look is written down for the ward.
    """
    hide_unless("kartu" not in form.errors)
    told = form.cleaned_data
    today = localdate(asks.at)
    last = told.get("sampai")
    first = told.get("dari") or (last or today) - (USUAL_DAYS - 1) * ONE_DAY
    wanted = told.get("kartu")
    chosen = [one for one in cards if one.card.serial == wanted or (wanted is None and one.is_own)]
    # Without a last day there is no end: a city's clock in a demo may be ahead of ours.
    until = asks.at + USUAL_DAYS * ONE_DAY if last is None else start_of(last + ONE_DAY)
    span = Span(start_of(first), until, told.get("jenis") or "")
    return Asked(chosen, span, first, last or today)


def start_of(day: date) -> datetime:
    """The first instant of a day by the city's clock."""
    return datetime.combine(day, time(), get_current_timezone())


def days_of(page: Page, asks: Asker, *, names_card: bool) -> list[DayOf]:
    """A page's lines under the days on which they were."""
    today = localdate(asks.at)
    return [
        DayOf(day_name(day, today), rows_of(list(told), asks, names_card=names_card))
        for day, told in groupby(page.told, key=lambda one: localdate(one.line.at))
    ]


def rows_of(
    told: Sequence[Told], asks: Asker, *, names_card: bool, names_day: bool = False
) -> list[Row]:
    """Lines as rows whose journeys lead to their pages; `names_day` where no heading does."""
    return [
        lines.row_of(one, asks, journey_address, names_card=names_card, names_day=names_day)
        for one in told
    ]


def journey_address(name: str) -> str:
    """The page of a journey."""
    return reverse("portal:journey", args=[name])


def day_name(day: date, today: date) -> str:
    """`Hari ini`, `Kemarin`, `Senin 23 Nov 2026`."""
    if day == today:
        return _("Today")
    return _("Yesterday") if day == today - ONE_DAY else say_day(day, language())


def _sheet(asks: Asker, wanted: Asked) -> Sheet:
    rows = [_cells(told) for told in _all(asks, wanted)]
    return Sheet(_columns(), rows, _("History"))


def _columns() -> tuple[Column, ...]:
    """The heads of the file: said now, for it is written when the page's language is over."""
    return (
        Column("at", _("Time")),
        Column("what", _("What")),
        Column("other", _("With")),
        Column("ended", _("Until")),
        Column("state", _("State")),
        Column("card", _("Card")),
        Column("amount", _("Amount"), is_number=True),
        Column("fare", _("Fare"), is_number=True),
        Column("balance", _("Balance"), is_number=True),
    )


def _all(asks: Asker, wanted: Asked) -> Iterator[Told]:
    after = ""
    while True:
        page = page_of(asks, wanted.cards, wanted.span, after=after, limit=MOST)
        yield from page.told
        after = page.after
        if not after:
            return


def _cells(told: Told) -> tuple[Cell, ...]:
    line, seen = told
    ride = line.ride
    badge = lines.badge_of(ride) if ride else None
    return (
        line.at,
        lines.way_of(line),
        line.other,
        ride.ended_at if ride else None,
        badge.word if badge else "",
        seen.called,
        Money(lines.amount_of(line)),
        Money(ride.fare) if ride else None,
        None if line.balance is None else Money(line.balance),
    )


def _with(request: HttpRequest, **more: str) -> str:
    """This address with the filter as it is, and something more."""
    kept = {name: request.GET[name] for name in FilterForm.base_fields if request.GET.get(name)}
    return f"?{urlencode(kept | more)}"


def _periods(request: HttpRequest, wanted: Asked, asks: Asker) -> list[Place]:
    """The usual periods as links that keep the other choices."""
    today = localdate(asks.at)
    month = today.replace(day=1)
    before = (month - ONE_DAY).replace(day=1)
    spans = (
        (_("30 days"), today - (USUAL_DAYS - 1) * ONE_DAY, today),
        (_("This month"), month, today),
        (_("Last month"), before, month - ONE_DAY),
    )
    kept = {name: request.GET[name] for name in ("kartu", "jenis") if request.GET.get(name)}
    here = (wanted.first, wanted.last)
    return [
        Place(
            name,
            "?" + urlencode({**kept, "dari": first.isoformat(), "sampai": last.isoformat()}),
            (first, last) == here,
        )
        for name, first, last in spans
    ]


class StatementForm(forms.Form):
    """The card and the month of a statement."""

    kartu = forms.TypedChoiceField(label=gettext_lazy("Card"), coerce=int)
    bulan = forms.ChoiceField(label=gettext_lazy("Month"))


def statement_form(cards: Sequence[Seen], asks: Asker) -> StatementForm:
    """A statement of one of these cards, and one of the last months."""
    form = StatementForm(auto_id="laporan_%s")
    form.fields["kartu"].choices = [  # type: ignore[attr-defined]
        (one.card.serial, one.called) for one in cards
    ]
    month, months = localdate(asks.at).replace(day=1), []
    for _number in range(STATEMENTS):
        months.append((f"{month:%Y-%m}", month_name(month)))
        month = (month - ONE_DAY).replace(day=1)
    form.fields["bulan"].choices = months  # type: ignore[attr-defined]
    return form


def month_name(month: date) -> str:
    """`Nov 2026`."""
    return f"{formats.MONTHS[language()][month.month - 1]} {month.year}"
