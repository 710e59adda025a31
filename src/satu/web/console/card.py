"""A card's life on one page: state and money at once, its places only for a purpose and a case.

Every page here writes down that somebody looked (satu.cards.desk), once in half an hour for one
reason; where the card was is written down each time it is shown.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from satu.approvals.models import Proposal
from satu.approvals.queries import of_subject
from satu.audit.entry import Subject
from satu.cards import queries as cards
from satu.cards.desk import AtDesk, look_at_card
from satu.cards.errors import Refusal
from satu.cards.held import media_of
from satu.cards.rights import Rights
from satu.cards.rights_actions import look_at_rights
from satu.cases.queries import code_of, of_card
from satu.kernel.days import from_ms
from satu.people.kinds import Role
from satu.people.looks import BANK_KEEPS, CARD_SERVICE, OVERSIGHT
from satu.people.queries import standing
from satu.taps.desk import books_of, days_of, history_without_places, ride_counts
from satu.taps.explain import Looked
from satu.taps.history import MOST, History, NoMark, look_at_history
from satu.taps.looking import look_at_day
from satu.taps.places import NoCityLoaded
from satu.web.console import card_cells, card_day
from satu.web.console.card_steps import GRANTERS, STEPPERS, steps_for
from satu.web.console.opened import OPENERS, Opened, WhyForm, keep, opened, staff_viewer, told
from satu.web.design.formats import NO_BREAK
from satu.web.design.menus import Place
from satu.web.design.sheets import csv_answer
from satu.web.doors.rights import Viewer, hide_unless, staff_only
from satu.web.pictures import current_picture

READERS = (*OPENERS, Role.AUDITOR)
VIEWERS = (*READERS, Role.BANK)
DAYS = 31
DAYS_COUNTED = 30
MOST_DAYS = 400
ONLY = ("rides", "money")

Shown = dict[str, Any]


@require_GET
@never_cache
@staff_only(*VIEWERS)
def card(request: HttpRequest, number: int) -> HttpResponseBase:
    """The card with its history; a bank sees what of it is the bank's own: state and purse."""
    viewer, found = staff_viewer(request), _found(request, number)
    if viewer.roles.isdisjoint(READERS):
        return _page(request, found, "purses", _purses(request, found))
    why = opened(request, f"card:{number}")
    since, until = _period(request)
    only = request.GET.get("hanya", "")
    asked: Shown = {"since": since, "until": until, "only": only if only in ONLY else ""}
    is_file = request.GET.get("format") == "csv"
    try:
        after = "" if is_file else request.GET.get("hal", "")
        page = _history(viewer, found, why, {**asked, "after": after})
        while is_file and page.after:
            more = _history(viewer, found, why, {**asked, "after": page.after, "limit": MOST})
            page = History((*page.lines, *more.lines), more.after)
    except NoMark:
        raise Http404 from None
    sheet = card_cells.history_sheet(page, found.asset, None if why is None else number)
    if is_file:
        return csv_answer(sheet, f"riwayat-{found.held.number[-4:]}")
    context = {"sheet": sheet, "since": since.date(), "until": _last(until)}
    choices = {"choices": card_cells.line_choices(), "only": asked["only"]}
    return _page(request, found, "history", context | choices)


@require_GET
@never_cache
@staff_only(*READERS)
def fares(request: HttpRequest, number: int) -> HttpResponse:
    """Why a day cost what it cost, rule by rule; it tells places, so that it has to be opened."""
    viewer, found = staff_viewer(request), _found(request, number)
    why = opened(request, f"card:{number}")
    context: Shown = {"days": [], "looked": None}
    if why is not None:
        days = days_of(number)
        day = _date(request, "hari") or next(iter(days), None)
        looked = _day(viewer, number, day, why)
        context = {"days": days, "day": day, "looked": looked}
        context |= card_day.told(looked) if looked else {}
    return _page(request, found, "fares", context)


@require_GET
@never_cache
@staff_only(*READERS)
def purses(request: HttpRequest, number: int) -> HttpResponse:
    """The purses in their order, the limits, the media; the rights once the card is opened."""
    found = _found(request, number)
    return _page(request, found, "purses", _purses(request, found))


@require_GET
@never_cache
@staff_only(*READERS)
def books(request: HttpRequest, number: int) -> HttpResponseBase:
    """Every posting of the card's purses in some days."""
    found = _found(request, number)
    since, until = _period(request)
    lines = books_of(number, since=since, until=until)
    sheet = card_cells.books_sheet(lines, found.asset)
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, f"buku-{found.held.number[-4:]}")
    context = {"sheet": sheet, "since": since.date(), "until": _last(until)}
    return _page(request, found, "books", context)


@require_GET
@never_cache
@staff_only(*READERS)
def looks(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who looked at the card and why, and what was done to it."""
    found = _found(request, number)
    looked, done = card_cells.trail_sheets(number, found.asset)
    if request.GET.get("format") == "csv":
        return csv_answer(looked, f"dilihat-{found.held.number[-4:]}")
    return _page(request, found, "looks", {"looked": looked, "done": done})


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*OPENERS)
def open_card(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask what for and in which case; then the card's places are open for half an hour."""
    viewer, found = staff_viewer(request), _found(request, number)
    initial = {"case": next((code_of(one.id) for one in of_card(number)), "")}
    form = WhyForm(request.POST or None, viewer=viewer, initial=initial)
    back = reverse("console:card", args=[number])
    if request.method == "POST" and form.is_valid():
        keep(request, f"card:{number}", form.says())
        asked = request.POST.get("then", "")
        return redirect("console:card_fares" if asked == "fares" else "console:card", number)
    context = {
        "title": _("Open the places of card %(number)s?") % {"number": _tail(found)},
        "text": _("For half an hour you see where it was. That you looked is kept and told."),
        "yes": _("Open"),
        "form": form,
        "back": back,
        "action": request.path,
    }
    return render(request, "console/device_change.html", context)


def _found(request: HttpRequest, number: int) -> AtDesk:
    """The card, with the look written down; Http404 if it is not there for this viewer."""
    viewer, seen = staff_viewer(request), cards.card(number)
    if seen is None:
        raise Http404
    hide_unless(viewer.sees_issuer(seen.issuer.code))
    why = opened(request, f"card:{number}")
    found = look_at_card(
        card=number,
        purpose=why.purpose if why else _usual_purpose(viewer),
        case=why.case if why else "",
        actor=viewer.actor,
        at=timezone.now(),
    )
    assert found is not None
    return found


def _usual_purpose(viewer: Viewer) -> str:
    """Why somebody looks at state and money, before they say for what and in which case."""
    if viewer.roles.isdisjoint(READERS):
        return BANK_KEEPS
    return OVERSIGHT if viewer.roles <= {Role.AUDITOR} else CARD_SERVICE


def _history(viewer: Viewer, found: AtDesk, why: Opened | None, asked: Shown) -> History:
    """A page of the card's lines; its places are told, and that written down, once it is opened."""
    if why is None:
        seen = cards.card(found.held.serial)
        assert seen is not None
        return history_without_places(seen, **asked)
    looked = look_at_history(
        card=str(found.held.serial),
        purpose=why.purpose,
        case=why.case,
        actor=viewer.actor,
        at=timezone.now(),
        **asked,
    )
    assert looked is not None
    return looked


def _day(viewer: Viewer, number: int, day: date | None, why: Opened) -> Looked | None:
    """A card's day told rule by rule; None: it did not ride, or no city is loaded."""
    if day is None:
        return None
    try:
        return look_at_day(
            card=str(number),
            day=day,
            purpose=why.purpose,
            case=why.case,
            actor=viewer.actor,
            at=timezone.now(),
        )
    except NoCityLoaded:
        return None


def _purses(request: HttpRequest, found: AtDesk) -> Shown:
    viewer, number = staff_viewer(request), found.held.serial
    own = [bank for bank in cards.issuers() if viewer.sees_issuer(bank.code)]
    seen = [purse for purse in found.purses if purse.bank in {bank.name for bank in own}]
    rights: Rights | None = None
    if why := opened(request, f"card:{number}"):
        looked = look_at_rights(
            card=number,
            purpose=why.purpose,
            case=why.case,
            actor=viewer.actor,
            at=timezone.now(),
        )
        rights = None if isinstance(looked, Refusal) else looked
    return {
        "sheet": card_cells.purses_sheet(seen),
        "media": [card_cells.medium_word(medium) for medium in media_of(number)],
        "rights": card_cells.rights_sheet(rights) if rights is not None else None,
        "may_grant": not viewer.roles.isdisjoint(GRANTERS),
        "limits": card_cells.limits(found),
        "whole": len(seen) == len(found.purses),
    }


def _page(request: HttpRequest, found: AtDesk, part: str, context: Shown) -> HttpResponse:
    viewer, number = staff_viewer(request), found.held.serial
    is_reader = not viewer.roles.isdisjoint(READERS)
    today = _today()
    counts = ride_counts(number, today - timedelta(days=DAYS_COUNTED), today + timedelta(days=1))
    may_step = not viewer.roles.isdisjoint(STEPPERS)
    holder = standing(found.owner) if found.owner is not None else None
    why = opened(request, f"card:{number}")
    head: Shown = {
        "card": found,
        "part": part,
        "serial": str(number),
        "tail": _tail(found),
        "badge": card_cells.state_badge(found.held),
        "life": card_cells.life(found, holder, viewer),
        "tiles": card_cells.tiles(found, counts, viewer),
        "tabs": _tabs(number, part) if is_reader else [],
        "steps": steps_for(found) if may_step else [],
        "opened": told(why) if why else "",
        "may_open": not viewer.roles.isdisjoint(OPENERS) and not viewer.is_contractor,
        "may_see_holder": not viewer.roles.isdisjoint(OPENERS),
        "may_propose": not viewer.roles.isdisjoint((Role.DESK, Role.BANK)),
        "cases": of_card(number)[:5] if is_reader else [],
        "proposals": _proposals(viewer, number)[:5],
        "crumbs": [Place(_("Cards"), reverse("console:find")), Place(_tail(found))],
    }
    return render(request, f"console/card_{part}.html", head | context)


def _proposals(viewer: Viewer, number: int) -> list[Proposal]:
    """What was proposed for the card; a bank's staff see what is asked of that bank."""
    found = of_subject(Subject("card", number))
    return [one for one in found if viewer.organisation in (None, one.party)]


def _tabs(number: int, part: str) -> list[Place]:
    named: list[tuple[str, str, str]] = [
        ("history", "console:card", _("History")),
        ("fares", "console:card_fares", _("Why this fare")),
        ("purses", "console:card_purses", _("Purses and limits")),
        ("books", "console:card_books", _("Books")),
        ("looks", "console:card_looks", _("Who looked")),
    ]
    return [Place(words, reverse(name, args=[number]), key == part) for key, name, words in named]


def _tail(found: AtDesk) -> str:
    return f"••••{NO_BREAK}{found.held.number[-4:]}"


def _period(request: HttpRequest) -> tuple[datetime, datetime]:
    """The days that `?dari=` and `?sampai=` ask for, both in; else the last month."""
    last = _date(request, "sampai") or _today()
    first = _date(request, "dari") or last - timedelta(days=DAYS)
    first = min(max(first, last - timedelta(days=MOST_DAYS)), last)
    return _midnight(first), _midnight(last + timedelta(days=1))


def _date(request: HttpRequest, name: str) -> date | None:
    try:
        found = parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found and 2000 < found.year < 2200 else None


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))


def _last(until: datetime) -> date:
    return localdate(until) - timedelta(days=1)


def _today() -> date:
    """The city's day or this machine's, whichever is later: a demo's city is ahead."""
    city_ms = current_picture().city_ms
    return max(localdate(), localdate(from_ms(city_ms)) if city_ms else localdate())
