"""A card's purses at several banks: their order of use, one more, one less."""

from __future__ import annotations

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.cards import queries as cards
from satu.cards.held import Purse
from satu.cards.purses import MAX_PURSES
from satu.payments.errors import Refused
from satu.payments.purses import Closed, Opened, close_purse, open_purse, set_order
from satu.payments.words import words_of
from satu.people.kinds import Scope
from satu.web.doors.rights import resident_only
from satu.web.portal.fields import KeyedForm, offer
from satu.web.portal.own import acted_on, asker, purses_in_order, repeated
from satu.web.said import say


class PurseShown(NamedTuple):
    """A purse of a card; `bank` is its bank's number, `place` its place in the order, from 1."""

    purse: Purse
    bank: int
    place: int


class OpenForm(KeyedForm):
    """A bank at which a purse is opened."""

    bank = forms.TypedChoiceField(label=gettext_lazy("Bank"), coerce=int)

    def __init__(self, banks: list[tuple[int, str]], told: QueryDict | None = None) -> None:
        super().__init__(told)
        self.banks = banks
        offer(self, "bank", banks)


class CloseForm(KeyedForm):
    """Where the money of a purse goes that ends."""

    into = forms.TypedChoiceField(label=gettext_lazy("Its money goes to"), coerce=int)


class FirstForm(forms.Form):
    """The bank whose purse is used first from now on."""

    bank = forms.IntegerField(widget=forms.HiddenInput)


@require_GET
@never_cache
@resident_only
def purses(request: HttpRequest, card: int) -> HttpResponseBase:
    """The purses in their order of use, with what can be done to each."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.MONEY)
    shown = _shown(card)
    is_full, form = len(shown) >= MAX_PURSES, _open_form(shown)
    context = {
        "card": found,
        "purses": [(one, FirstForm(initial={"bank": one.bank}, auto_id=False)) for one in shown],
        "is_several": len(shown) > 1,
        "is_full": is_full,
        "form": None if is_full or not form.banks else form,
    }
    return render(request, "portal/purses.html", context)


@require_POST
@never_cache
@resident_only
def first(request: HttpRequest, card: int) -> HttpResponseBase:
    """Use a purse before the others from now on."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.MONEY)
    form = FirstForm(request.POST)
    if form.is_valid():
        wanted, banks = form.cleaned_data["bank"], [one.bank for one in _shown(card)]
        order = [wanted] + [bank for bank in banks if bank != wanted]
        done = set_order(card=card, banks=order, owner=found.holder, actor=asks.actor, at=asks.at)
        if isinstance(done, Refused):
            messages.error(request, say(words_of(done)))
        else:
            messages.success(request, _("Rides are paid from it first from now on."))
    return redirect("portal:purses", card)


@require_POST
@never_cache
@resident_only
def open_at(request: HttpRequest, card: int) -> HttpResponseBase:
    """Open one more purse of a card, at another bank."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.MONEY)
    form = _open_form([], request.POST)
    if form.is_valid():
        done = open_purse(
            card=card,
            bank=form.cleaned_data["bank"],
            key=form.named(asks),
            owner=found.holder,
            actor=asks.actor,
            at=asks.at,
        )
        _tell(request, done, _("The purse is open. It is the last in the order of use."))
    return redirect("portal:purses", card)


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def close_at(request: HttpRequest, card: int, bank: int) -> HttpResponseBase:
    """Close a purse; what is in it goes to another of the card's."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.MONEY)
    shown = _shown(card)
    name = next((issuer.name for issuer in cards.issuers() if issuer.id == bank), "")
    form = CloseForm(request.POST or None)
    others = [(one.bank, one.purse.bank) for one in shown if one.bank != bank]
    offer(form, "into", others)
    if form.is_valid():
        done = close_purse(
            card=card,
            bank=bank,
            into=form.cleaned_data["into"],
            key=form.named(asks),
            owner=found.holder,
            actor=asks.actor,
            at=asks.at,
        )
        _tell(request, done, _("The purse is closed; its money is in the other one."))
        return redirect("portal:purses", card)
    if not any(one.bank == bank for one in shown):
        raise Http404
    asked = {
        "title": _("Close the purse at %(bank)s?") % {"bank": name},
        "text": _("Rides that are still owed are paid from it first."),
        "yes": _("Close the purse"),
        "kind": "danger",
        "form": form,
        "back": reverse("portal:purses", args=[card]),
        "action": request.path,
    }
    return render(request, "portal/confirm.html", asked)


def _shown(card: int) -> list[PurseShown]:
    """The purses of a card in their order."""
    number = {bank.name: bank.id for bank in cards.issuers()}
    return [
        PurseShown(purse, number[purse.bank], place)
        for place, purse in enumerate(purses_in_order(card), start=1)
    ]


def _open_form(shown: list[PurseShown], told: QueryDict | None = None) -> OpenForm:
    """The banks at which a card has no purse among those shown."""
    there = {one.bank for one in shown}
    return OpenForm(
        [(bank.id, bank.name) for bank in cards.issuers() if bank.id not in there], told
    )


def _tell(request: HttpRequest, done: Opened | Closed | Refused, told: str) -> None:
    """Say on the next page what was done, or why not."""
    if isinstance(done, Refused):
        messages.error(request, say(words_of(done)))
    elif again := repeated(done.result):
        messages.error(request, again)
    else:
        messages.success(request, told)
