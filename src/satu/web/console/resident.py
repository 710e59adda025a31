"""A resident at the counter: their cards and cases, who looked, and for a purpose who they are.

The page itself is opened for a purpose and a case (satu.people.access.find_person), and the profile
is told once, in the answer that opens it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from satu.cards import words as card_words
from satu.cards.actions import link_card
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.held import CardHeld, cards_of
from satu.cases.kinds import State
from satu.cases.queries import city_cases, of_resident
from satu.cases.words import STATES
from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.nik import read_nik
from satu.people import words
from satu.people.access import find_person, open_profile
from satu.people.actions import register_resident
from satu.people.codes import print_code
from satu.people.errors import Refusal
from satu.people.kinds import Assurance, Role
from satu.people.looks import ROLES, LookTold
from satu.people.profile import NewResident, Profile, Registered
from satu.people.queries import standing
from satu.taps.queries import who_looked
from satu.web.console.card_cells import level_word, state_badge
from satu.web.console.cases_words import kind_words
from satu.web.console.opened import OPENERS, Opened, WhyForm, keep, opened, staff_viewer, told
from satu.web.console.trail import Look, looks_sheet
from satu.web.design.cells import Cell, Link
from satu.web.design.formats import NO_BREAK
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet
from satu.web.doors.rights import staff_only
from satu.web.said import say

CODE_LASTS = timedelta(days=365)
MOST_LOOKS = 50


class LinkForm(forms.Form):
    """What is printed on the card that somebody holds in the hand."""

    number = forms.CharField(
        label=_("Number on the card"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    secret = forms.CharField(
        label=_("Secret beside it"),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class NewForm(forms.Form):
    """Who stands at the counter with an identity card, and has no phone."""

    name = forms.CharField(
        label=_("Name, as on the identity card"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    nik = forms.CharField(
        label=_("NIK"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    area = forms.CharField(
        label=_("Kelurahan"),
        help_text=_("Its code, such as 31.71.01.1001."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.BooleanField(label=_("I see the person with their own identity card"))

    def clean_nik(self) -> str:
        found = read_nik(self.cleaned_data["nik"], on=localdate())
        if isinstance(found, Fault):
            raise forms.ValidationError(say(words.REFUSALS[Refusal.NIK_INVALID]))
        return found.text


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*OPENERS)
def resident(request: HttpRequest, number: int) -> HttpResponseBase:
    """A resident's page; who did not come from a search says first what for."""
    viewer, what = staff_viewer(request), f"person:{number}"
    why = opened(request, what)
    if why is not None:
        return _page(request, number, why)
    form = WhyForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        given = form.says()
        found = find_person(number=number, actor=viewer.actor, at=timezone.now(), **given._asdict())
        if found == [number]:
            keep(request, what, given)
            return redirect("console:resident", number)
        refusal = found if isinstance(found, Refusal) else Refusal.RESIDENT_UNKNOWN
        form.add_error(None, say(words.REFUSALS[refusal]))
    context = {
        "title": gettext("Open resident %(number)s?") % {"number": number},
        "text": _("You see their cards and cases. That you looked is kept and told to them."),
        "yes": _("Open"),
        "form": form,
        "back": reverse("console:find"),
        "action": request.path,
    }
    return render(request, "console/device_change.html", context)


@require_POST
@never_cache
@staff_only(*OPENERS)
def profile(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who the resident is, told once in this answer, for the purpose that the page was opened."""
    viewer, why = staff_viewer(request), opened(request, f"person:{number}")
    if why is None:
        return redirect("console:resident", number)
    seen = open_profile(resident_id=number, actor=viewer.actor, at=timezone.now(), **why._asdict())
    if isinstance(seen, Refusal):
        messages.error(request, say(words.REFUSALS[seen]))
        return redirect("console:resident", number)
    return _page(request, number, why, {"profile": seen})


@require_POST
@never_cache
@staff_only(Role.DESK)
def link(request: HttpRequest, number: int) -> HttpResponseBase:
    """Make the resident the holder of the card that they hold in the hand."""
    viewer, why = staff_viewer(request), opened(request, f"person:{number}")
    if why is None:
        return redirect("console:resident", number)
    form = LinkForm(request.POST)
    if form.is_valid():
        done = link_card(
            number=form.cleaned_data["number"],
            secret=form.cleaned_data["secret"],
            owner=number,
            actor=viewer.actor,
            at=timezone.now(),
        )
        if not isinstance(done, CardRefusal):
            messages.success(request, _("Linked. Its money stayed on it."))
            return redirect("console:card", done)
        form.add_error(None, say(card_words.REFUSALS[done]))
    return _page(request, number, why, {"link_form": form})


@require_POST
@never_cache
@staff_only(Role.DESK)
def code(request: HttpRequest, number: int) -> HttpResponseBase:
    """Print a code for somebody without a phone; it is told in this answer and never again."""
    viewer, why = staff_viewer(request), opened(request, f"person:{number}")
    if why is None:
        return redirect("console:resident", number)
    until = localdate() + CODE_LASTS
    printed = print_code(resident=number, until=until, actor=viewer.actor, at=timezone.now())
    if isinstance(printed, Refusal):
        messages.error(request, say(words.REFUSALS[printed]))
        return redirect("console:resident", number)
    return _printed(request, number, printed, until)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(Role.DESK)
def register(request: HttpRequest) -> HttpResponseBase:
    """Register somebody who is at the counter and has no phone; their code is printed at once."""
    viewer = staff_viewer(request)
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not viewer.is_contractor:
        given, at = form.cleaned_data, timezone.now()
        person = Profile(name=given["name"], nik=given["nik"], birth_date=given["birth_date"])
        new = NewResident(profile=person, level=Assurance.IN_PERSON, area=given["area"])
        done = register_resident(new=new, actor=viewer.actor, at=at)
        if isinstance(done, Registered) and done.is_new:
            until = localdate() + CODE_LASTS
            printed = print_code(resident=done.resident, until=until, actor=viewer.actor, at=at)
            assert not isinstance(printed, Refusal), printed
            return _printed(request, done.resident, printed, until)
        if isinstance(done, Registered):
            form.add_error("nik", gettext("This NIK is registered already: find it instead."))
        else:
            form.add_error(None, say(words.REFUSALS[done]))
    elif viewer.is_contractor and request.method == "POST":
        form.add_error(None, say(words.REFUSALS[Refusal.CONTRACTOR]))
    return render(request, "console/register.html", {"form": form})


def _printed(request: HttpRequest, number: int, code: str, until: date) -> HttpResponse:
    context = {"number": number, "code": code, "until": until}
    return render(request, "console/printed_code.html", context)


def _page(
    request: HttpRequest, number: int, why: Opened, more: dict[str, Any] | None = None
) -> HttpResponse:
    viewer, found = staff_viewer(request), standing(number)
    held = cards_of(number, localdate())
    context: dict[str, Any] = {
        "number": number,
        "why": told(why),
        "is_erased": found is None or found.is_erased,
        "level": level_word(found.level) if found else "",
        "area": found.area if found else "",
        "cards": _cards(held),
        "cases": _cases(number),
        "looks": _looks(number),
        "link_form": LinkForm(),
        "may_link": Role.DESK in viewer.roles,
        "may_print": Role.DESK in viewer.roles and bool(found and found.level == 3),
        "crumbs": [
            Place(gettext("Residents"), reverse("console:find")),
            Place(gettext("Resident %(number)s") % {"number": number}),
        ],
    }
    return render(request, "console/resident.html", context | (more or {}))


def _cards(held: list[CardHeld]) -> Sheet:
    columns = [
        Column("card", _("Card")),
        Column("state", _("State")),
        Column("bank", _("Bank")),
        Column("since", _("Since")),
    ]
    rows: list[list[Cell]] = [
        [
            Link(f"••••{NO_BREAK}{card.number[-4:]}", reverse("console:card", args=[card.serial])),
            state_badge(card),
            card.bank,
            card.issued_at,
        ]
        for card in held
    ]
    return Sheet(columns, rows, gettext("Cards"), empty=gettext("No card is linked yet."))


def _cases(number: int) -> Sheet:
    columns = [
        Column("case", _("Case")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("at", _("Opened")),
    ]
    city = city_cases()
    rows: list[list[Cell]] = [
        [
            Link(str(case), reverse("console:case", args=[case.pk])),
            kind_words(case.kind, city),
            say(STATES[State(case.state)]),
            case.opened_at,
        ]
        for case in of_resident(number)
    ]
    return Sheet(columns, rows, gettext("Cases"), empty=gettext("They asked nothing yet."))


def _looks(number: int) -> Sheet:
    looks = [_look(look) for look in who_looked(number, timezone.now())[:MOST_LOOKS]]
    return looks_sheet(looks, empty=gettext("Nobody looked."))


def _look(look: LookTold) -> Look:
    """A look for staff: in the words that the resident reads, but for "you"."""
    is_own = look.who == ROLES[Role.RESIDENT]
    what = " · ".join(part for part in (say(look.what), look.card) if part)
    if is_own:
        return Look(look.at, gettext("The resident"), what, gettext("Their own data"), look.case)
    return Look(look.at, say(look.who), what, say(look.why), look.case)
