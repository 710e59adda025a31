"""Finding a card or a person by what is told at a counter: a number, a phone, a NIK.

Asked by POST, so that no number of a person stands in an address. A card leads to its page; for a
person staff say what for and in which case, and whoever is found sees it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.cards import queries as cards
from satu.cards.finding import find_person
from satu.cards.held import CardHeld, cards_of
from satu.cards.models import Card
from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.nik import read_nik
from satu.formats.identifiers.phone import read_phone
from satu.people import words
from satu.people.codes import use_code
from satu.people.errors import Refusal
from satu.people.kinds import Role
from satu.people.queries import Standing, standing
from satu.web.console.opened import OPENERS, Opened, WhyForm, keep, staff_viewer
from satu.web.doors.rights import Viewer, staff_only
from satu.web.said import say

FINDERS = (*OPENERS, Role.BANK, Role.AUDITOR)
SERIAL_DIGITS = 9
CODE_LETTERS = 12


class Asked(NamedTuple):
    """What was typed, as what it can be: of a person at most one is told."""

    card: Card | None = None
    nik: str = ""
    phone: str = ""
    code: str = ""


class FindForm(WhyForm):
    """What was typed, and if it names a person, what for."""

    q = forms.CharField(
        label=_("Card number, phone, NIK or printed code"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("q", "purpose", "case")


class Found(NamedTuple):
    """A resident who was found, by number, and their cards."""

    number: int
    standing: Standing | None
    cards: list[CardHeld]


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*FINDERS)
def find(request: HttpRequest) -> HttpResponseBase:
    """The page on which to search; what the field on top of every page sends comes here too."""
    viewer = staff_viewer(request)
    typed = request.POST.get("q", "")[:64].strip()
    if not typed:
        return _page(request, viewer, FindForm(viewer=viewer), "")
    asked = read(typed)
    if asked.card is not None and _sees(viewer, asked.card):
        return redirect("console:card", asked.card.id)
    names_a_person = asked.nik or asked.phone or asked.code
    if not names_a_person or viewer.roles.isdisjoint(OPENERS):
        return _page(request, viewer, FindForm(initial={"q": typed}, viewer=viewer), "nothing")
    if "purpose" not in request.POST:
        form = FindForm(initial={"q": typed}, viewer=viewer)
        return _page(request, viewer, form, "why")
    form = FindForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return _page(request, viewer, form, "why")
    return _people(request, viewer, form, asked)


def read(typed: str) -> Asked:
    """What somebody typed: a card's number or serial, a NIK, a phone, or a printed code."""
    plain = "".join(typed.replace("-", "").split())
    is_number = plain.isascii() and plain.isdigit()
    is_serial = len(plain) <= SERIAL_DIGITS and not plain.startswith("0")
    if is_number and (is_serial or len(plain) == cards.PRINTED_DIGITS):
        card = cards.find(plain)
        if card is not None or is_serial:
            return Asked(card=card)
    nik, phone = read_nik(plain, on=localdate()), read_phone(plain)
    if not isinstance(nik, Fault):
        return Asked(nik=nik.text)
    if not isinstance(phone, Fault):
        return Asked(phone=phone.text)
    return Asked(code=plain) if len(plain) == CODE_LETTERS and plain.isalnum() else Asked()


def _sees(viewer: Viewer, card: Card) -> bool:
    """Whether a card is anything to somebody: a bank's staff see that bank's own."""
    return viewer.sees_issuer(card.issuer.code)


def _people(request: HttpRequest, viewer: Viewer, form: FindForm, asked: Asked) -> HttpResponseBase:
    given = form.says()
    found = _found(viewer, asked, given)
    if isinstance(found, Refusal):
        form.add_error(None, say(words.REFUSALS[found]))
        return _page(request, viewer, form, "why")
    for number in found:
        keep(request, f"person:{number}", given)
    if len(found) == 1:
        return redirect("console:resident", found[0])
    on = localdate()
    people = [Found(number, standing(number), cards_of(number, on)) for number in found]
    return _page(request, viewer, form, "people" if people else "nobody", people)


def _found(viewer: Viewer, asked: Asked, given: Opened) -> list[int] | Refusal:
    at = timezone.now()
    who: dict[str, Any] = {**given._asdict(), "actor": viewer.actor, "at": at}
    if not asked.code:
        return find_person(nik=asked.nik, phone=asked.phone, **who)
    # Who shows the code that a counter printed for them is that resident.
    shown = use_code(code=asked.code, actor=viewer.actor, at=at)
    return shown if isinstance(shown, Refusal) else [shown]


def _page(
    request: HttpRequest,
    viewer: Viewer,
    form: FindForm,
    what: str,
    people: list[Found] | None = None,
) -> HttpResponse:
    """The page; `what` says where one is: nothing fits, why is asked, people were found."""
    asks = what in ("why", "people", "nobody") or form.is_bound
    if not asks:
        del form.fields["purpose"], form.fields["case"]
    context = {
        "form": form,
        "what": what,
        "people": people or [],
        "asked": form["q"].value() or "",
        "finds_people": not viewer.roles.isdisjoint(OPENERS),
        "may_register": Role.DESK in viewer.roles,
    }
    return render(request, "console/find.html", context)
