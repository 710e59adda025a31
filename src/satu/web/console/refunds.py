"""Refunds: missing taps that riders told, with the evidence, and closed cards to be paid back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.cards import queries as cards
from satu.cards.collecting import settlement_day
from satu.cases.kinds import REPAIR
from satu.cases.queries import about, asset, code_of
from satu.cases.repairs import follow_repairs
from satu.fares.words import CLASSES
from satu.kernel.refusal import UseClass
from satu.partners.unpaid import LACKS, unpaid
from satu.people.kinds import Role
from satu.taps.models import Repair
from satu.taps.places import NoCityLoaded
from satu.taps.repair_queries import look_at_evidence, repairs
from satu.taps.repair_rules import Doubt, Refusal, RepairState
from satu.taps.repair_words import DOUBTS, REFUSALS, STATES
from satu.taps.repairs import approve_repair, reject_repair
from satu.web.books import books_url
from satu.web.categories import city_rules
from satu.web.console.opened import Opened, WhyForm, keep, opened, staff_viewer
from satu.web.design import formats
from satu.web.design.cells import Badge, Cell, Link, Money, Noted
from satu.web.design.formats import NO_BREAK
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, Sort, asked_sort, csv_answer
from satu.web.doors.rights import staff_only
from satu.web.said import language, say

VIEWERS = (Role.DESK, Role.AUDITOR)
MOST = 500
PARTS = {
    "menunggu": RepairState.ASKED,
    "disetujui": RepairState.APPROVED,
    "ditolak": RepairState.REJECTED,
    "gugur": RepairState.WITHDRAWN,
}
NOT_BELIEVED = (
    ("not_plausible", _("It is not plausible")),
    ("rode_elsewhere", _("Other taps say otherwise")),
    ("too_often", _("It is told too often")),
)
BY_ITSELF = ("tap_came_late", _("The tap itself came after all"))


class RejectForm(forms.Form):
    """Why a rider is not believed."""

    reason = forms.ChoiceField(label=_("Why not"), choices=NOT_BELIEVED)


@require_GET
@never_cache
@staff_only(*VIEWERS)
def refunds(request: HttpRequest) -> HttpResponseBase:
    """Requests by their state, and closed cards whose money waits; no place is told here."""
    part = request.GET.get("bagian", "menunggu")
    if part == "tutup":
        return _closings(request)
    if part not in PARTS:
        raise Http404
    columns = _columns()
    sort = asked_sort(request, columns, Sort("asked", False))
    found = repairs(state=PARTS[part], limit=MOST)
    ordered = sorted(found, key=KEYS[sort.column], reverse=sort.is_down)
    tails, operators = _tails(one.card for one in ordered), _operators()
    currency = asset()
    sheet = Sheet(
        columns,
        [_cells(one, tails, operators, currency) for one in ordered],
        gettext("Requests"),
        sort=sort,
        said=gettext("In all: %(n)s") % {"n": len(ordered)},
        empty=gettext("No request is in this state."),
        export="csv",
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, "pengembalian")
    return render(request, "console/refunds.html", {"sheet": sheet, "tabs": _tabs(part)})


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*VIEWERS)
def refund(request: HttpRequest, number: int) -> HttpResponseBase:
    """One request; where the rider was and often goes is shown for a purpose and a case."""
    viewer, found = staff_viewer(request), _found(number)
    may_decide, what = Role.DESK in viewer.roles, f"repair:{number}"
    case = about(f"{REPAIR}{number}")
    form = WhyForm(
        request.POST or None,
        viewer=viewer,
        initial={"case": code_of(case.pk) if case else ""},
    )
    if request.method == "POST" and may_decide and form.is_valid():
        keep(request, what, form.says())
        return redirect("console:refund", number)
    why = opened(request, what) if may_decide else None
    return _page(request, found, {"why": why, "form": form, "case_code": str(case or "–")})


@require_POST
@never_cache
@staff_only(Role.DESK, moves_money=True)
def believe(request: HttpRequest, number: int) -> HttpResponseBase:
    """Believe the rider: the tap is added, and what was charged too much flows back. Once."""
    viewer, found = staff_viewer(request), _found(number)
    if opened(request, f"repair:{number}") is None:
        messages.error(request, _("Open the evidence first."))
        return redirect("console:refund", number)
    try:
        done = approve_repair(
            url=books_url(), repair=found.id, actor=viewer.actor, at=timezone.now()
        )
    except NoCityLoaded:
        raise Http404 from None
    _say(request, viewer.actor, done)
    return redirect("console:refund", number)


@require_POST
@never_cache
@staff_only(Role.DESK)
def disbelieve(request: HttpRequest, number: int) -> HttpResponseBase:
    """Do not believe the rider, and say why."""
    viewer, found = staff_viewer(request), _found(number)
    form = RejectForm(request.POST)
    if form.is_valid():
        done = reject_repair(
            repair=found.id,
            reason=form.cleaned_data["reason"],
            actor=viewer.actor,
            at=timezone.now(),
        )
        _say(request, viewer.actor, done)
    return redirect("console:refund", number)


def _say(request: HttpRequest, actor: str, done: Repair | Refusal) -> None:
    """Tell what came of a decision, and answer the case that waits for it."""
    if isinstance(done, Refusal):
        messages.error(request, say(REFUSALS[done]))
        return
    follow_repairs(actor=actor, at=timezone.now())
    if done.refunded:
        amount = formats.money(done.refunded, asset(), language())
        messages.success(request, gettext("%(amount)s went back to the card.") % {"amount": amount})
    else:
        messages.success(request, _("Declined: the fare stays."))


def _found(number: int) -> Repair:
    found = Repair.objects.select_related("point").filter(id=number).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Repair, more: dict[str, Any]) -> HttpResponse:
    viewer, why = staff_viewer(request), more["why"]
    context = {
        "repair": found,
        "badge": state_badge(found),
        "missing": say(CLASSES[UseClass(found.missing)]),
        "card": _tails([found.card])[found.card],
        "doubts": [say(DOUBTS[Doubt(one)]) for one in found.waits_for.split()],
        "refunded": Money(found.refunded, asset()) if found.refunded else "–",
        "reason": dict((*NOT_BELIEVED, BY_ITSELF)).get(found.reason, found.reason),
        "evidence": _evidence(found, viewer.actor, why) if why is not None else None,
        "may_open": Role.DESK in viewer.roles and not viewer.is_contractor,
        "may_decide": Role.DESK in viewer.roles and found.state == RepairState.ASKED,
        "is_own": found.asked_by == viewer.actor,
        "reject_form": RejectForm(),
        "crumbs": [
            Place(gettext("Refunds"), reverse("console:refunds")),
            Place(f"#{found.id}"),
        ],
    }
    return render(request, "console/refund.html", context | more)


def _evidence(found: Repair, actor: str, why: Opened) -> dict[str, Any]:
    """What was known when the rider asked, in names; that somebody looks is written down."""
    look_at_evidence(
        repair=found.id, purpose=why.purpose, case=why.case, actor=actor, at=timezone.now()
    )
    names, currency = _names(), asset()
    told = found.evidence
    use, mended = told["use"], told["mended"]
    saved = -int(told["difference"])
    return {
        "said": f"{found.point.name} · {formats.moment(localtime(found.said_at), language())}",
        "use": _ride(use, names),
        "charged": Money(use["fare"], currency),
        "mended": _ride(mended, names) if mended else gettext("no ride at all"),
        "saved": Money(saved, currency),
        "rides": _rides(told["rides"], names, currency),
        "habits": _habits(told["habits"], names),
        "aside": [
            f"{names.get(one['point'], one['point'])} · {_time(one['at'])}" for one in told["aside"]
        ],
    }


def _names() -> dict[str, str]:
    """What people call the points, by their codes."""
    rules = city_rules()
    return {point.code: point.name for point in rules.bundle.points} if rules else {}


def _operators() -> dict[str, str]:
    """Whose each network is, by the networks' codes."""
    rules = city_rules()
    if rules is None:
        return {}
    return {one.network: rules.operators[one.operator].name for one in rules.bundle.points}


def _ride(use: dict[str, Any], names: dict[str, str]) -> str:
    ends = [names.get(use[end], use[end]) or "?" for end in ("from", "to")]
    return f"{' → '.join(ends)} · {_time(use['started_at'])}"


def _time(text: str) -> str:
    return formats.moment(localtime(datetime.fromisoformat(text)), language())


def _rides(rides: list[dict[str, Any]], names: dict[str, str], currency: str) -> Sheet:
    columns = [
        Column("ride", _("Ride")),
        Column("class", _("How complete")),
        Column("fare", _("Fare"), is_number=True),
    ]
    classes = {one.code: say(words) for one, words in CLASSES.items()}
    rows: list[list[Cell]] = [
        [_ride(one, names), classes.get(one["class"], one["class"]), Money(one["fare"], currency)]
        for one in rides
    ]
    return Sheet(columns, rows, gettext("Rides of the day"), empty=gettext("No ride that day."))


def _habits(habits: list[dict[str, Any]], names: dict[str, str]) -> Sheet:
    columns = [
        Column("way", _("Way")),
        Column("rides", _("Rides"), is_number=True),
    ]
    rows: list[list[Cell]] = [
        [f"{names.get(one['from'], one['from'])} → {names.get(one['to'], one['to'])}", one["rides"]]
        for one in habits
    ]
    empty = gettext("The card has no habit yet.")
    return Sheet(columns, rows, gettext("Usual ways in eight weeks"), empty=empty)


def state_badge(repair: Repair) -> Badge:
    """A request's state by shape and word."""
    state = RepairState(repair.state)
    shape = {
        RepairState.ASKED: "wait",
        RepairState.APPROVED: "good",
        RepairState.REJECTED: "bad",
        RepairState.WITHDRAWN: "none",
    }[state]
    return Badge(shape, say(STATES[state]).capitalize())


def _closings(request: HttpRequest) -> HttpResponseBase:
    columns = [
        Column("card", _("Card")),
        Column("closed", _("Closed")),
        Column("from", _("Paid not before")),
        Column("due", _("Paid by")),
        Column("lacks", _("What it waits for")),
    ]
    today = settlement_day(timezone.now())
    waiting = unpaid(on=today)
    tails = _tails(one.card for one in waiting)
    banks = {bank.id: bank.name for bank in cards.issuers()}
    rows: list[list[Cell]] = [
        [
            Link(tails[one.card], reverse("console:card", args=[one.card])),
            one.closed_at,
            formats.day(one.pay_from, language()),
            _due(one.due_on, today),
            Noted(say(LACKS[one.lacks]).capitalize(), banks[one.bank]),
        ]
        for one in waiting
    ]
    sheet = Sheet(
        columns,
        rows,
        gettext("Closed cards to be paid back"),
        empty=gettext("Every closed card was paid back."),
        export="csv",
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, "kartu-tutup")
    return render(request, "console/refunds.html", {"sheet": sheet, "tabs": _tabs("tutup")})


def _due(day: date, today: date) -> Cell:
    words = formats.day(day, language())
    return Badge("bad", words) if day < today else words


def _tabs(part: str) -> list[Place]:
    here = reverse("console:refunds")
    named = [(key, say(STATES[state]).capitalize()) for key, state in PARTS.items()]
    named.append(("tutup", gettext("Closed cards")))
    return [Place(words, f"{here}?bagian={key}", key == part) for key, words in named]


def _tails(found: Iterable[int]) -> dict[int, str]:
    """Cards by their last figures."""
    return {
        card: f"••••{NO_BREAK}{number[-4:]}" for card, number in cards.numbers(set(found)).items()
    }


KEYS: dict[str, Any] = {
    "asked": lambda one: one.asked_at,
    "day": lambda one: one.service_day,
    "refunded": lambda one: one.refunded,
}


def _columns() -> list[Column]:
    return [
        Column("card", _("Card")),
        Column("missing", _("What is missing")),
        Column("day", _("Day"), is_sortable=True),
        Column("asked", _("Asked"), is_sortable=True),
        Column("doubt", _("Why staff decide")),
        Column("refunded", _("Went back"), is_number=True, is_sortable=True),
    ]


def _cells(
    one: Repair, tails: dict[int, str], operators: dict[str, str], currency: str
) -> list[Cell]:
    doubts = " ".join(say(DOUBTS[Doubt(doubt)]) for doubt in one.waits_for.split())
    return [
        Link(tails[one.card], reverse("console:refund", args=[one.id]), f"#{one.id}"),
        Noted(say(CLASSES[UseClass(one.missing)]), operators.get(one.network, one.network)),
        formats.day(one.service_day, language()),
        one.asked_at,
        doubts,
        Money(one.refunded, currency) if one.refunded else "–",
    ]
