"""Card orders: what a bank or the city ordered, how far it is, a new one, and its arrival."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from satu.cards import orders as card_orders
from satu.cards import queries as cards
from satu.cards.errors import Refusal
from satu.cards.kinds import OrderState
from satu.cards.orders import NewCards, Standing, order_cards
from satu.cards.shown import product_names
from satu.cards.words import REFUSALS
from satu.people.kinds import Role
from satu.taps.passes import categories_of
from satu.web.categories import category_words, city_rules, usual_category
from satu.web.console.opened import staff_viewer
from satu.web.design.cells import Badge, Cell, Noted
from satu.web.design.sheets import Column, Sheet, Sort, asked_sort, csv_answer
from satu.web.doors.rights import Viewer, hide_unless, staff_only
from satu.web.said import say

ORDERERS = (Role.DESK, Role.BANK)
VIEWERS = (*ORDERERS, Role.AUDITOR)
MOST_CARDS = 100_000


class OrderForm(forms.Form):
    """An order of cards to a maker; nothing is made until it is personalised."""

    bank = forms.ChoiceField(label=_("Bank that holds the money"))
    product = forms.ChoiceField(label=_("Kind of card"))
    category = forms.ChoiceField(label=_("Group"))
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_CARDS)
    maker = forms.CharField(
        label=_("Maker"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    maker_key = forms.CharField(
        label=_("The maker's public key"),
        help_text=_("X25519, in PEM. The cards' secrets are sealed to it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    is_citys = forms.BooleanField(label=_("The city orders, not the bank"), required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: Viewer, **more: Any) -> None:
        super().__init__(*args, **more)
        banks = [one for one in cards.issuers() if viewer.sees_issuer(one.code)]
        self._choose("bank", [(str(one.id), one.name) for one in banks])
        self._choose("product", [(code, say(name)) for code, name in product_names().items()])
        words = category_words()
        self._choose("category", list(words.items()))
        self.initial.setdefault("category", usual_category())
        if viewer.roles <= {Role.BANK}:
            del self.fields["is_citys"]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


@require_GET
@never_cache
@staff_only(*VIEWERS)
def orders(request: HttpRequest) -> HttpResponseBase:
    """All orders, the newest first; a bank's staff see that bank's. `?format=csv`: as a file."""
    viewer = staff_viewer(request)
    columns = _columns()
    sort = asked_sort(request, columns, Sort("order", True))
    found = [one for one in card_orders.orders() if viewer.sees_issuer(one.bank)]
    ordered = sorted(found, key=KEYS[sort.column], reverse=sort.is_down)
    may_order = not viewer.roles.isdisjoint(ORDERERS)
    sheet = Sheet(
        columns,
        _rows(ordered),
        gettext("Card orders"),
        sort=sort,
        said=gettext("In all: %(n)s") % {"n": len(ordered)},
        empty=gettext("No cards were ordered yet."),
        export="csv",
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, "pesanan-kartu")
    arriving = [one for one in ordered if one.state is OrderState.PRODUCED]
    context = {"sheet": sheet, "may_order": may_order, "arriving": arriving if may_order else []}
    return render(request, "console/orders.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*ORDERERS)
def order_new(request: HttpRequest) -> HttpResponseBase:
    """Order cards; the same page sent twice orders once."""
    viewer, rules = staff_viewer(request), city_rules()
    form = OrderForm(request.POST or None, viewer=viewer, initial={"key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = NewCards(
            issuer=int(given["bank"]),
            product=given["product"],
            category=given["category"],
            quantity=given["quantity"],
            maker=given["maker"],
            maker_key=given["maker_key"].encode(),
            is_citys=bool(given.get("is_citys")),
        )
        done = order_cards(
            new=new,
            categories=categories_of(rules.bundle) if rules else set(),
            key=f"page:{given['key']}",
            actor=viewer.actor,
            at=timezone.now(),
        )
        if not isinstance(done, Refusal) and done.result.is_in_books:
            messages.success(request, gettext("Order %(number)s stands.") % {"number": done.order})
            return redirect("console:orders")
        told = say(REFUSALS[done]) if isinstance(done, Refusal) else gettext("Load the page anew.")
        form.add_error("maker_key" if done is Refusal.MAKER_KEY_INVALID else None, told)
    return render(request, "console/order_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*ORDERERS)
def order_deliver(request: HttpRequest, number: int) -> HttpResponseBase:
    """Write down that an order's cards arrived: their holders can activate them."""
    viewer = staff_viewer(request)
    found = next((one for one in card_orders.orders() if one.order == number), None)
    hide_unless(found is not None and viewer.sees_issuer(found.bank))
    back = reverse("console:orders")
    if request.method == "POST":
        done = card_orders.deliver(order=number, actor=viewer.actor, at=timezone.now())
        if isinstance(done, Refusal):
            messages.error(request, say(REFUSALS[done]))
        else:
            messages.success(request, _("Written down: holders can activate these cards."))
        return redirect("console:orders")
    context = {
        "title": gettext("Did order %(number)s arrive?") % {"number": number},
        "text": _("Count the boxes first. From now on whoever holds a card can activate it."),
        "yes": _("It arrived"),
        "back": back,
        "action": request.path,
    }
    return render(request, "console/device_change.html", context)


def state_badge(state: OrderState) -> Badge:
    """How far an order is, by shape and word."""
    return {
        OrderState.ORDERED: Badge("wait", gettext("Ordered")),
        OrderState.PRODUCED: Badge("info", gettext("Produced")),
        OrderState.DELIVERED: Badge("good", gettext("Delivered")),
    }[state]


KEYS: dict[str, Any] = {
    "order": lambda one: one.order,
    "bank": lambda one: (one.bank, one.order),
    "count": lambda one: one.quantity,
    "activated": lambda one: one.activated,
}


def _columns() -> list[Column]:
    return [
        Column("order", _("Order"), is_sortable=True),
        Column("bank", _("Bank"), is_sortable=True),
        Column("what", _("Kind of card")),
        Column("maker", _("Maker")),
        Column("state", _("State")),
        Column("count", _("Cards"), is_number=True, is_sortable=True),
        Column("activated", _("Activated"), is_number=True, is_sortable=True),
    ]


def _rows(found: list[Standing]) -> list[list[Cell]]:
    banks = {one.code: one.name for one in cards.issuers()}
    products = {code: say(name) for code, name in product_names().items()}
    groups = category_words()
    return [
        [
            f"#{one.order}",
            Noted(banks[one.bank], gettext("for the city") if one.is_citys else ""),
            Noted(products[one.product], groups.get(one.category, one.category)),
            one.maker,
            state_badge(one.state),
            one.quantity,
            one.activated,
        ]
        for one in found
    ]
