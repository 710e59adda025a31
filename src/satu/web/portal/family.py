"""Family: the cards of wards, their limits, and money from one's own card; who acts for oneself."""

from __future__ import annotations

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from satu.cards.errors import Refusal as CardRefusal
from satu.cards.family import limit_of, set_limit
from satu.cards.held import CardHeld
from satu.cards.transfers import Transferred, transfer_value
from satu.cards.words import REFUSALS as CARD_REFUSALS
from satu.people.family import Guardianship, guardianships_of
from satu.people.kinds import GuardianKind, Scope
from satu.people.words import REFUSALS as PERSON_REFUSALS
from satu.web.design.formats import day, money
from satu.web.doors.rights import resident_only, resident_pays
from satu.web.portal.fields import KeyedForm, MoneyField, in_asset, offer
from satu.web.portal.own import (
    Asker,
    acted_on,
    asker,
    called,
    open_cards,
    purses_in_order,
    repeated,
    unit,
    written_money,
)
from satu.web.said import language, say


class WardsCard(NamedTuple):
    """A card of a ward; `balance` None: the guardian does not look after their money."""

    card: CardHeld
    called: str
    balance: int | None
    asset: str


class Ward(NamedTuple):
    """Somebody for whom the resident acts, and what they may do: what is not theirs is hidden."""

    number: int
    place: int
    is_child: bool
    cards: list[WardsCard]
    limit: int | None
    asset: str
    has_money: bool
    has_cards: bool
    sees_trips: bool
    until: str


class LimitForm(forms.Form):
    """How much may come into each of a ward's cards in a month."""

    monthly = MoneyField(
        label=gettext_lazy("At most in a month"),
        help_text=gettext_lazy("For each card. Empty: no limit of the family."),
        required=False,
    )


class SendForm(KeyedForm):
    """Money from one of the resident's cards to a ward's."""

    source = forms.TypedChoiceField(label=gettext_lazy("From your card"), coerce=int)
    amount = MoneyField(label=gettext_lazy("Amount"))


@require_GET
@never_cache
@resident_only
def family(request: HttpRequest) -> HttpResponseBase:
    """Those for whom the resident acts, and those who act for the resident."""
    asks = asker(request)
    found = guardianships_of(asks.resident, asks.at)
    mine = [one for one in found if one.guardian == asks.resident]
    wards = [_ward(asks, one, place) for place, one in enumerate(mine, start=1)]
    carers = [
        (one.kind is GuardianKind.PARENT, day(one.until, language()), one.sees_trips)
        for one in found
        if one.ward == asks.resident
    ]
    return render(request, "portal/family.html", {"wards": wards, "carers": carers})


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def limit(request: HttpRequest, ward: int) -> HttpResponseBase:
    """Set how much may come into a ward's cards, or let the family have no limit."""
    asks = asker(request)
    _guarded(asks, ward)
    now = limit_of(ward, asks.at)
    asset = _asset(ward, asks)
    shown = "" if now is None else written_money(now, asset)
    form = LimitForm(request.POST or None, initial={"monthly": shown})
    in_asset(form, asset)
    if request.method == "POST" and form.is_valid():
        refusal = set_limit(
            guardian=asks.resident,
            ward=ward,
            monthly=form.cleaned_data["monthly"],
            actor=asks.actor,
            at=asks.at,
        )
        if refusal is None:
            messages.success(request, _("The limit is set. A ride that was taken is always paid."))
            return redirect("portal:family")
        if isinstance(refusal, CardRefusal):
            form.add_error("monthly", say(CARD_REFUSALS[refusal]))
        else:
            form.add_error("monthly", say(PERSON_REFUSALS[refusal]))
    return render(request, "portal/family_limit.html", {"form": form, "unit": unit(asset)})


@require_http_methods(["GET", "POST"])
@never_cache
@resident_pays
def send(request: HttpRequest, card: int) -> HttpResponseBase:
    """Top up a ward's card from one of the resident's own."""
    asks = asker(request)
    to = acted_on(asks, card, Scope.MONEY)
    own = open_cards(asks.resident, asks.at)
    if to.is_own:
        raise Http404
    asset = purses_in_order(card)[0].asset
    form = SendForm(request.POST or None)
    in_asset(form, asset)
    offer(form, "source", [(one.serial, _source(one)) for one in own])
    if form.is_valid():
        refusal = _send(asks, card, form)
        if not refusal:
            told = _("The money is on %(card)s now.") % {"card": to.called}
            messages.success(request, told)
            return redirect("portal:family")
        form.add_error(None, refusal)
    context = {"form": form, "to": to, "own": own, "unit": unit(asset)}
    return render(request, "portal/family_send.html", context)


def _ward(asks: Asker, one: Guardianship, place: int) -> Ward:
    has_money = Scope.MONEY in one.scopes
    found = [_card(card, has_money) for card in open_cards(one.ward, asks.at)]
    return Ward(
        number=one.ward,
        place=place,
        is_child=one.kind is GuardianKind.PARENT,
        cards=found,
        limit=limit_of(one.ward, asks.at) if has_money else None,
        asset=_asset(one.ward, asks),
        has_money=has_money,
        has_cards=Scope.CARD in one.scopes,
        sees_trips=one.sees_trips,
        until=day(one.until, language()),
    )


def _card(card: CardHeld, has_money: bool) -> WardsCard:
    purses = purses_in_order(card.serial)
    balance = sum(purse.balance for purse in purses) if has_money else None
    return WardsCard(card, called(card), balance, purses[0].asset)


def _asset(ward: int, asks: Asker) -> str:
    """What a ward's cards hold."""
    found = open_cards(ward, asks.at)
    return purses_in_order(found[0].serial)[0].asset if found else "IDR"


def _guarded(asks: Asker, ward: int) -> None:
    """Http404: the resident does not look after the money of this one."""
    for one in guardianships_of(asks.resident, asks.at):
        mine = one.guardian == asks.resident and one.ward == ward
        if mine and Scope.MONEY in one.scopes:
            return
    raise Http404


def _source(card: CardHeld) -> str:
    """A card to pay from, with what is on it."""
    purses = purses_in_order(card.serial)
    has = sum(purse.available for purse in purses)
    return f"{called(card)} · {money(has, purses[0].asset, language())}"


def _send(asks: Asker, card: int, form: SendForm) -> str:
    """Send the money; why not, if it cannot be."""
    done = transfer_value(
        card=form.cleaned_data["source"],
        to=card,
        amount=form.cleaned_data["amount"],
        key=form.named(asks),
        owner=asks.resident,
        actor=asks.actor,
        at=asks.at,
    )
    return repeated(done.result) if isinstance(done, Transferred) else say(CARD_REFUSALS[done])
