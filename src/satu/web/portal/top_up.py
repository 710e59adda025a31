"""Topping up: the numbers to pay to at each bank, what it costs, and standing orders."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.cards import queries as cards
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.held import CardHeld, Purse
from satu.cards.telling import tail
from satu.partners.virtual import numbers_of
from satu.payments.errors import Refusal, Refused
from satu.payments.fees import fees
from satu.payments.kinds import Channel
from satu.payments.orders import NewOrder, end_order, place_order
from satu.payments.outage import outages
from satu.payments.queries import OrderKept, orders_of
from satu.payments.rules import fee_of
from satu.payments.words import words_of
from satu.people.family import guardianships_of
from satu.people.kinds import Scope
from satu.web.design.cells import Cell, Money
from satu.web.design.sheets import Column, Sheet
from satu.web.doors.rights import resident_only, resident_pays
from satu.web.portal.fields import KeyedForm, MoneyField, in_asset, offer
from satu.web.portal.own import (
    Asker,
    asker,
    called,
    grouped,
    open_cards,
    purses_in_order,
    repeated,
    unit,
)
from satu.web.said import say

EXAMPLES = (50_000, 200_000, 500_000)
HOUR_S = 3600
GAPS = {
    HOUR_S: gettext_lazy("an hour"),
    24 * HOUR_S: gettext_lazy("a day"),
    7 * 24 * HOUR_S: gettext_lazy("a week"),
}
BANK, CARD = "bank", "card"


class BankShown(NamedTuple):
    """A bank at which a card can be topped up, the number to pay to, and since when it is out."""

    name: str
    number: str
    is_own: bool
    out_since: datetime | None


class OrderShown(NamedTuple):
    """A standing order in words: what it tops up, who pays, how often at most."""

    order: OrderKept
    card: str
    payer: str
    gap: str
    refused: str


class OrderForm(KeyedForm):
    """A standing order: what falls below what, how much comes, from whom, how often at most."""

    threshold = MoneyField(label=gettext_lazy("When the balance falls below"))
    amount = MoneyField(label=gettext_lazy("Top up by"))
    monthly_cap = MoneyField(label=gettext_lazy("At most in a month"))
    gap_s = forms.TypedChoiceField(
        label=gettext_lazy("Not more often than once in"),
        choices=list(GAPS.items()),
        coerce=int,
        initial=24 * HOUR_S,
    )
    payer = forms.ChoiceField(label=gettext_lazy("Paid from"))


@require_http_methods(["GET", "POST"])
@never_cache
@resident_pays
def top_up(request: HttpRequest) -> HttpResponseBase:
    """How money comes to a card: numbers, fees, standing orders. POST places an order."""
    asks = asker(request)
    choices = _cards(asks)
    if not choices:
        return render(request, "portal/top_up.html", {"card": None})
    card, is_own = _chosen(request, choices)
    purses = purses_in_order(card.serial)
    asset = purses[0].asset
    form = OrderForm(request.POST or None)
    offer(form, "payer", _payers(asks, card, is_own))
    in_asset(form, asset)
    if form.is_valid():
        refusal = _place(asks, card, form)
        if not refusal:
            messages.success(request, _("The standing order is set. Stop it here any time."))
            return redirect(f"{reverse('portal:top_up')}?kartu={card.serial}")
        form.add_error(None, refusal)
    banks = _banks(card, purses)
    found = cards.card(card.serial)
    assert found is not None
    context = {
        "card": card,
        "called": called(card),
        "choices": [(one.serial, called(one), one is card) for one, _own in choices],
        "balance": sum(purse.balance for purse in purses),
        "asset": asset,
        "unit": unit(asset),
        "room": cards.room(found, asks.at) if card.is_usable else 0,
        "banks": banks,
        "out": [bank for bank in banks if bank.out_since],
        "has_numbers": any(bank.number for bank in banks),
        "sheet": _fees(asset),
        "orders": [_shown(one) for one in _orders(card)],
        "form": form,
    }
    return render(request, "portal/top_up.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def end(request: HttpRequest, order: int) -> HttpResponseBase:
    """Stop a standing order that brings money to, or takes it from, a card of the resident."""
    asks = asker(request)
    serials = [card.serial for card, _own in _cards(asks)]
    found = next((one for one in orders_of(serials) if one.order == order), None)
    if found is None:
        raise Http404
    back = f"{reverse('portal:top_up')}?kartu={found.card}"
    if request.method == "POST":
        end_order(order=order, actor=asks.actor, at=asks.at)
        messages.success(request, _("The standing order has ended: nothing more is taken."))
        return redirect(back)
    asked = {
        "title": _("Stop this standing order?"),
        "text": _("From now on the card is topped up only when you do it."),
        "yes": _("Stop it"),
        "back": back,
        "action": request.path,
    }
    return render(request, "portal/confirm.html", asked)


def _cards(asks: Asker) -> list[tuple[CardHeld, bool]]:
    """The resident's own cards, then those of wards whose money they look after."""
    found = [(card, True) for card in open_cards(asks.resident, asks.at)]
    for ward in guardianships_of(asks.resident, asks.at):
        if ward.guardian == asks.resident and Scope.MONEY in ward.scopes:
            found += [(card, False) for card in open_cards(ward.ward, asks.at)]
    return found


def _chosen(request: HttpRequest, choices: list[tuple[CardHeld, bool]]) -> tuple[CardHeld, bool]:
    """The card that `?kartu=` names, else the first; Http404: it is not one of these."""
    asked = request.GET.get("kartu", "")
    if not asked:
        return choices[0]
    for card, is_own in choices:
        if str(card.serial) == asked:
            return card, is_own
    raise Http404


def _banks(card: CardHeld, purses: list[Purse]) -> list[BankShown]:
    """The banks with a number for a card or a purse of it: the card's own first."""
    found, out = cards.card(card.serial), outages()
    assert found is not None
    numbers = {number.bank: number.account for number in numbers_of(found)}
    own = {purse.bank for purse in purses}
    shown = [
        BankShown(
            bank.name,
            _read_aloud(numbers.get(bank.code, ""), card.number),
            bank.name in own,
            out.get(bank.id),
        )
        for bank in cards.issuers()
        if bank.code in numbers or bank.name in own
    ]
    return sorted(shown, key=lambda bank: not bank.is_own)


def _read_aloud(account: str, number: str) -> str:
    """A number to pay to: what the bank calls us, then the card's number by fours."""
    return f"{account.removesuffix(number)} {grouped(number)}" if account else ""


def _fees(asset: str) -> Sheet:
    """What is paid in all for some amounts, at the card's bank and elsewhere."""
    rules = fees()
    columns = [
        Column("amount", _("Top-up")),
        Column("own", _("At the card's bank"), is_number=True),
        Column("other", _("At another bank"), is_number=True),
        Column("agent", _("At a shop"), is_number=True),
    ]
    channels = (Channel.OWN_BANK, Channel.OTHER_BANK, Channel.AGENT)
    rows: list[list[Cell]] = [
        [
            Money(amount, asset),
            *(Money(amount + fee_of(rules, channel, amount), asset) for channel in channels),
        ]
        for amount in EXAMPLES
    ]
    return Sheet(columns, rows, _("What you pay in all"), folds=True)


def _payers(asks: Asker, card: CardHeld, is_own: bool) -> list[tuple[str, str]]:
    """Who can pay for a card: banks, for one's own; the resident's other cards."""
    banks = cards.issuers() if is_own else []
    own = {purse.bank for purse in purses_in_order(card.serial)}
    named = [
        (f"{BANK}:{bank.id}", _("my account at %(bank)s") % {"bank": bank.name})
        for bank in sorted(banks, key=lambda bank: (bank.name not in own, bank.id))
    ]
    others = [one for one in open_cards(asks.resident, asks.at) if one.serial != card.serial]
    return named + [
        (f"{CARD}:{one.serial}", _("card %(card)s") % {"card": called(one)}) for one in others
    ]


def _place(asks: Asker, card: CardHeld, form: OrderForm) -> str:
    """Keep a standing order; why not, if it cannot be."""
    told = form.cleaned_data
    kind, _colon, number = told["payer"].partition(":")
    new = NewOrder(
        card=card.serial,
        threshold=told["threshold"],
        amount=told["amount"],
        gap_s=told["gap_s"],
        monthly_cap=told["monthly_cap"],
        bank=int(number) if kind == BANK else None,
        payer=int(number) if kind == CARD else None,
    )
    done = place_order(
        new=new, key=form.named(asks), owner=asks.resident, actor=asks.actor, at=asks.at
    )
    return say(words_of(done)) if isinstance(done, Refused) else repeated(done.result)


def _orders(card: CardHeld) -> list[OrderKept]:
    """What stands for a card, or is paid from it."""
    return [one for one in orders_of([card.serial]) if one.is_active]


def _shown(order: OrderKept) -> OrderShown:
    card = cards.card(order.card)
    assert card is not None
    if order.payer is None:
        payer = next(one.name for one in cards.issuers() if one.id == order.bank)
    else:
        paying = cards.card(order.payer)
        payer = f"•{tail(paying.number)}" if paying else ""
    known = order.refused in set(CardRefusal) | set(Refusal)
    return OrderShown(
        order=order,
        card=f"•{tail(card.number)}",
        payer=payer,
        gap=str(GAPS.get(order.gap_s, "")),
        refused=say(words_of(_refusal(order.refused))) if known else "",
    )


def _refusal(code: str) -> Refused:
    """The refusal of a code that a standing order keeps."""
    return CardRefusal(code) if code in set(CardRefusal) else Refusal(code)
